"""Totals by the fast path beside a Fourier transform by brute force, far into both tails.

Direct simulation can show errors of a few per cent in a tail; this shows errors of one.
"""

from __future__ import annotations

import numpy as np
import pytest

import simulator
from simulator.random_streams import RandomStreams
from simulator.spend.cost_sums import CostSums
from tests.references import fourier, pairs
from tests.references.checks import FloatArray, misses, probability_against
from tests.references.direct import totals

DRAWS = 1_000_000
LEVELS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)


def tail_misses(sample: FloatArray, law: fourier.Total) -> list[str]:
    """Return the levels at which too many or too few draws lie below the exact quantile."""
    return misses(
        probability_against(sample <= law.quantile(level), level, what=f"below the {level} quantile")
        for level in LEVELS
    )


# 17 to 32 have tables of their own; 33, 41 and 140 lie between levels, 32, 64 and 1024 on one.
@pytest.mark.parametrize("count", [17, 18, 32, 33, 41, 64, 140, 1000, 1024, 6000])
@pytest.mark.parametrize("kind", fourier.COSTS)
def test_fixed_counts(kind: str, count: int):
    chance = RandomStreams(21).generator("cost")
    fast = CostSums(pairs.COSTS[kind].part).draw(np.full(DRAWS, count), chance)
    assert tail_misses(fast, fourier.total_of_count(fourier.COSTS[kind], count)) == []


@pytest.mark.parametrize("mean", [20, 50, 300, 2000])
@pytest.mark.parametrize("kind", fourier.COSTS)
def test_poisson_counts(kind: str, mean: float):
    fast = simulator.compound(simulator.Poisson(mean=mean), pairs.COSTS[kind].part).draw(DRAWS, seed=22)
    assert tail_misses(fast, fourier.total_of_poisson(fourier.COSTS[kind], mean)) == []


@pytest.mark.parametrize("mean", [50, 300])
@pytest.mark.parametrize("kind", fourier.COSTS)
def test_negative_binomial_counts(kind: str, mean: float):
    count = simulator.NegativeBinomial(mean=mean, variance_to_mean=4)
    fast = simulator.compound(count, pairs.COSTS[kind].part).draw(DRAWS, seed=23)
    assert tail_misses(fast, fourier.total_of_negative_binomial(fourier.COSTS[kind], mean, 4)) == []


@pytest.mark.parametrize("kind", fourier.COSTS)
def test_the_two_references_agree(kind: str):
    """Direct simulation and the Fourier transform share no step."""
    slow = totals(pairs.poisson(20).plain, pairs.COSTS[kind].plain, 200_000, seed=24)
    assert tail_misses(slow, fourier.total_of_poisson(fourier.COSTS[kind], 20)) == []
