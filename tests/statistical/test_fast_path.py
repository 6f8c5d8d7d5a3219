"""Totals by the fast path have the distribution of totals of which every episode is drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest

import simulator
from simulator.random_streams import RandomStreams
from simulator.spend.cost_sums import CostSums
from tests.references import direct, pairs
from tests.references.checks import mean_against, misses, sd_against, two_samples
from tests.references.pairs import COSTS, CostPair, CountPair

MEAN_COUNTS = (0.5, 5, 20, 50, 300, 6000)
FIXED_COUNTS = (17, 18, 40, 150, 1000)
LEVELS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
EPISODES = 12_000_000
MOST_TOTALS = 250_000
FEWEST_TOTALS = 12_000


def draws_for(mean_count: float, most: int = MOST_TOTALS) -> int:
    """Return how many totals to draw, so that the direct way costs about the same for any count."""
    return int(np.clip(EPISODES / mean_count, FEWEST_TOTALS, most))


def compare_compound(count: CountPair, cost: CostPair, seed: int, most: int = MOST_TOTALS) -> list[str]:
    size = draws_for(count.plain.mean, most)
    fast = simulator.compound(count.part, cost.part).draw(size, seed=seed)
    return misses(two_samples(fast, direct.totals(count.plain, cost.plain, size, seed)))


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("mean", MEAN_COUNTS)
def test_poisson_totals(mean: float, kind: str):
    assert compare_compound(pairs.poisson(mean), COSTS[kind], seed=11) == []


@pytest.mark.parametrize("kind", ["lognormal", "Pareto", "100 values"])
@pytest.mark.parametrize("mean", MEAN_COUNTS)
def test_negative_binomial_totals(mean: float, kind: str):
    assert compare_compound(pairs.negative_binomial(mean, 4), COSTS[kind], seed=12) == []


@pytest.mark.parametrize("count", [1, *FIXED_COUNTS])
@pytest.mark.parametrize("kind", COSTS)
def test_fixed_counts(kind: str, count: int):
    size = draws_for(count)
    counts = np.full(size, count)
    fast = CostSums(COSTS[kind].part).draw(counts, RandomStreams(13).generator("cost"))
    slow = direct.totals_of_counts(counts, COSTS[kind].plain, direct.generator(13))
    assert misses(two_samples(fast, slow, LEVELS)) == []


@pytest.mark.parametrize("count", [*FIXED_COUNTS, 6000, 1_000_000])
@pytest.mark.parametrize("kind", COSTS)
def test_fixed_counts_have_the_exact_moments(kind: str, count: int):
    """Beside the exact values, and with more draws than the direct way allows: errors of 0.2%."""
    cost = COSTS[kind].plain
    fast = CostSums(COSTS[kind].part).draw(np.full(400_000, count), RandomStreams(14).generator("cost"))
    found = [mean_against(fast, count * cost.mean), sd_against(fast, math.sqrt(count) * cost.sd)]
    assert misses(found) == []


@pytest.mark.parametrize("kind", ["lognormal", "Pareto", "100 values"])
def test_counts_between_levels_interpolate(kind: str):
    """Counts spread over many levels in one call: each must land in its own cell of the tables."""
    chance = direct.generator(15)
    counts = chance.integers(0, 400, 120_000)
    fast = CostSums(COSTS[kind].part).draw(counts, RandomStreams(15).generator("cost"))
    slow = direct.totals_of_counts(counts, COSTS[kind].plain, chance)
    cost = COSTS[kind].plain
    roots = np.sqrt(np.maximum(counts, 1)) * cost.sd
    assert misses(two_samples((fast - counts * cost.mean) / roots, (slow - counts * cost.mean) / roots)) == []


@pytest.mark.parametrize(
    ("kind", "deductible", "limit"),
    [
        ("lognormal", 0.0, 5000.0),  # a limit: an atom at the top
        ("lognormal", 1000.0, 1e9),  # a deductible: an atom at zero
        ("lognormal", 1000.0, 3000.0),
        ("Pareto", 2000.0, 20_000.0),
        ("gamma", 50.0, 200.0),
        ("uniform", 20.0, 40.0),
        ("few values", 200.0, 500.0),
        ("100 values", 300.0, 1500.0),
    ],
)
@pytest.mark.parametrize("mean", [0.5, 20, 50, 300])
def test_limits_and_deductibles(mean: float, kind: str, deductible: float, limit: float):
    cost = pairs.layered(kind, deductible, limit)
    assert compare_compound(pairs.poisson(mean), cost, seed=16, most=60_000) == []
