"""Totals within a limit for each case have the law of a sum of limited costs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

import simulator
from simulator.random_streams import RandomStreams
from simulator.spend.cost_sums import CostSums
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.totals_map import WithinLimit
from simulator.spend.unit_cost import UnitCost
from tests.references import fourier, pairs
from tests.references.checks import (
    Comparison,
    FloatArray,
    mean_against,
    misses,
    probability_against,
    variance_against,
)

DRAWS = 100_000
LEVELS = (0.01, 0.5, 0.95, 0.99)
COUNTS = (17, 40, 150, 1000)
PART = {name: pair.part for name, pair in pairs.COSTS.items()}
# A heavy tail takes long to tabulate, so this one ends; the reference is told.
PART["Pareto"] = PART["Pareto"].model_copy(update={"limit": 300_000.0})


def both(law: UnitCost, limit: float, count: int, seed: int) -> tuple[FloatArray, FloatArray]:
    chance = RandomStreams(seed).generator("cost")
    return CostSums(law, limit).draw_within_limit(np.full(DRAWS, count), chance)


def within_limit_of(law: UnitCost, limit: float) -> UnitCost:
    return law.model_copy(update={"limit": limit if law.limit is None else min(law.limit, limit)})


def moments(sample: FloatArray, law: UnitCost, count: int) -> list[Comparison]:
    """Compare mean and variance with those of a sum of costs that follow `law`."""
    return [mean_against(sample, count * law.mean_gbp), variance_against(sample, count * law.variance_gbp2)]


def tails(sample: FloatArray, law: fourier.Total) -> list[Comparison]:
    return [
        probability_against(sample <= law.quantile(level), level, what=f"below the {level} quantile")
        for level in LEVELS
    ]


def exact(kind: str, limit: float, count: int, deductible: float = 0.0) -> fourier.Total:
    """Return the law of a total of limited costs, on a grid that has the limit as one of its points.

    The spread that the reference is given decides about its grid alone.
    """
    ground = fourier.COSTS[kind]

    def cdf(cost: FloatArray) -> FloatArray:
        return np.where(cost < limit, np.where(cost > 0, ground.cdf(cost + deductible), 0.0), 1.0)

    mean = min(ground.mean, limit)
    least = count * mean + 40 * math.sqrt(count) * math.hypot(mean, ground.sd)
    reach = limit * 2**20 / math.floor(limit * 2**20 / least)
    root = (reach - count * mean) / (40 * math.sqrt(count))
    return fourier.total_of_count(fourier.Continuous(cdf, mean, math.sqrt(root**2 - mean**2)), count)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        ("lognormal", 60_000.0),  # one cost in 4,000
        ("lognormal", 8000.0),
        ("lognormal", 600.0),  # three costs in five
        ("Pareto", 20_000.0),
        ("uniform", 60.0),
    ],
)
def test_moments_and_tails(kind: str, limit: float, count: int):
    _, within = both(PART[kind], limit, count, seed=31)
    found = moments(within, within_limit_of(PART[kind], limit), count)
    assert misses(found + tails(within, exact(kind, limit, count))) == []


@pytest.mark.parametrize("count", [17, 150, 1000])
def test_a_limit_inside_a_layer(count: int):
    law = PART["lognormal"].model_copy(update={"deductible": 1000.0, "limit": 40_000.0})
    _, within = both(law, 5000.0, count, seed=32)
    found = moments(within, within_limit_of(law, 5000.0), count)
    assert misses(found + tails(within, exact("lognormal", 5000.0, count, 1000.0))) == []


@pytest.mark.parametrize("count", [5, 16, 17, 40, 1000])
@pytest.mark.parametrize(
    ("law", "limit"),
    [
        (PART["gamma"], 400.0),
        (PART["gamma"], 60.0),
        (simulator.Gamma(mean=500, cv=5), 2000.0),
        (PART["few values"], 400.0),
        (PART["die of forty"], 30.0),
        (PART["die of forty"], 3.0),
        (PART["100 values on a lattice"], 20_000.0),
        (PART["100 values"], 900.0),
    ],
)
def test_moments_of_other_laws(law: UnitCost, limit: float, count: int):
    _, within = both(law, limit, count, seed=33)
    assert misses(moments(within, within_limit_of(law, limit), count)) == []


@pytest.mark.parametrize("kind", ["lognormal", "gamma", "few values"])
def test_few_costs_are_limited_on_the_same_draws(kind: str):
    """What lies beyond the limit is a sum of independent excesses: so the two totals go together rightly."""
    law, limit, count = PART[kind], 2 * PART[kind].mean_gbp, 6
    totals, within = both(law, limit, count, seed=34)
    beyond = law.model_copy(update={"deductible": limit})
    assert misses(moments(totals - within, beyond, count)) == []


@pytest.mark.parametrize("count", [20, 60])
def test_all_costs_at_the_limit(count: int):
    """A total of nothing but costs at the limit has the probability that it should."""
    law, limit = PART["uniform"], 9.5
    # 95 - 9.5 of the 90 pounds between 5 and 95.
    at_limit = 0.95**count
    _, within = both(law, limit, count, seed=35)
    all_at_limit = within >= count * limit * (1 - 1e-12)
    assert misses([probability_against(all_at_limit, at_limit)]) == []
    assert misses(moments(within, within_limit_of(law, limit), count)) == []


# One value in a thousand is far from the others, which have no common step.
RARE = simulator.Empirical(
    values=(*(1 + math.sqrt(2) ** (k / 40) for k in range(40)), 5000.0),
    probabilities=(*(0.999 / 40,) * 40, 0.001),
)
FLAT = simulator.Empirical(
    values=tuple(10.0 * k for k in range(50)), probabilities=(0.01, *(0.99 / 49,) * 49)
)


@pytest.mark.parametrize(
    ("law", "limit", "count"),
    [
        (PART["lognormal"], 8000.0, 47),
        (PART["lognormal"], 200.0, 17),  # nineteen costs in twenty
        (PART["lognormal"], 30.0, 70),
        (PART["uniform"], 5.09, 17),  # between the lowest cost and one little above it
        (PART["gamma"], 5.0, 60),
        (RARE, 1000.0, 60),
        (FLAT, 10.0, 300),
        (FLAT, 10.0, 1100),
    ],
)
def test_the_map_without_sampling_error(law: UnitCost, limit: float, count: int):
    """Evenly spread probabilities in place of draws: errors of a thousandth show.

    The largest are those of laws whose totals jump, at counts that have no table of their own.
    """
    normals = ndtri((np.arange(400_000) + 0.5) / 400_000)
    within = WithinLimit(SmoothPart.of(law), limit).totals(np.full(normals.size, count), normals)
    exact_law = within_limit_of(law, limit)
    sd = math.sqrt(count * exact_law.variance_gbp2)
    assert within.mean() == pytest.approx(count * exact_law.mean_gbp, abs=2e-3 * sd)
    assert within.std() == pytest.approx(sd, rel=3e-3)


def test_totals_just_below_all_at_the_limit():
    """The atom at the top takes nothing from the totals next to it."""
    normals = ndtri((np.arange(400_000) + 0.5) / 400_000)
    within = WithinLimit(SmoothPart.of(PART["uniform"]), 9.5).totals(np.full(normals.size, 17), normals)
    just_below = (within < 17 * 9.5 - 1e-9) & (within > 17 * 9.5 - 0.02)
    # One of 17 costs is below 9.5 by less than 2 pence, of 90 pounds between 5 and 95; the others are not.
    assert just_below.mean() == pytest.approx(17 * 0.95**16 * 0.02 / 90, rel=0.1)


@pytest.mark.parametrize("count", [300, 1100])
def test_what_is_left_of_a_lattice_keeps_its_probabilities(count: int):
    # Of 0, 10, 20... within 10 is left 0 or 10: a binomial number of tens.
    normals = ndtri((np.arange(400_000) + 0.5) / 400_000)
    within = WithinLimit(SmoothPart.of(FLAT), 10.0).totals(np.full(normals.size, count), normals)
    for tens in range(round(0.97 * count), count):
        exactly = stats.binom.cdf(tens, count, 0.99)
        assert (within < 10 * tens + 5).mean() == pytest.approx(exactly, abs=1e-3)


def test_the_whole_totals_keep_their_law():
    totals, _ = both(PART["lognormal"], 8000.0, 150, seed=36)
    assert misses(tails(totals, fourier.total_of_count(fourier.COSTS["lognormal"], 150))) == []


def test_a_limit_one_per_cent_larger_is_noticed():
    for kind, limit, count in (("lognormal", 2000.0, 150), ("uniform", 60.0, 17)):
        _, within = both(PART[kind], limit * 1.01, count, seed=31)
        assert misses(moments(within, within_limit_of(PART[kind], limit), count))
        assert misses(tails(within, exact(kind, limit, count)))
