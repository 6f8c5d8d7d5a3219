"""The map from a standard normal to a total, at fixed normals, beside exact quantiles.

Random draws show errors of a per cent; the map itself can be asked, and then shows what is left of
its interpolation: a few 1e-6 of the SD where a count has a table of its own, more between tables.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from simulator.random_streams import RandomStreams
from simulator.spend.bounds import bounds_gbp, limited_bounds_gbp
from simulator.spend.characteristic import _variance_excess_gbp2, hat_weights
from simulator.spend.cost_sums import CostSums, IntArray
from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.pareto import Pareto
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.uniform import Uniform
from simulator.spend.unit_cost import FloatArray, UnitCost

# Halfway between two columns of a table, where it is furthest off.
NORMALS = np.arange(-4.0, 4.1, 0.4) + 1 / 256
OWN_TABLE = (17, 18, 23, 27, 31, 32, 64, 1024)
"""Every count to 32, and powers of two, have tables of their own."""
BETWEEN = (34, 41, 50, 140, 290, 1400, 9400)
AT_LIMIT, AT_NOTHING = 3, 2
"""Cases beside those that are mapped, where a law has atoms."""

_STEP = 0.01
_NODES = np.arange(-9.0, 9.0 + _STEP / 2, _STEP)
_DENSITIES = np.exp(-(_NODES**2) / 2)
WEIGHTS = _DENSITIES / _DENSITIES.sum()


@dataclass(frozen=True)
class Case:
    """A law, the scipy law of the whole cost, and how far off its map may be, in SDs of the total."""

    law: UnitCost
    whole: Any
    own_table: float
    between: float

    @property
    def limit_probability(self) -> float:
        top = math.inf if self.law.limit is None else self.law.deductible + self.law.limit
        return float(self.whole.sf(top))

    @property
    def probability(self) -> float:
        """Probability of a cost between nothing and the limit."""
        return float(self.whole.sf(self.law.deductible)) - self.limit_probability

    def isf(self, beyond: FloatArray) -> FloatArray:
        """Return the cost that is exceeded with a probability, given that it is between the two."""
        whole = self.whole.isf(self.limit_probability + self.probability * beyond)
        return np.asarray(whole - self.law.deductible)

    @property
    def nodes(self) -> FloatArray:
        """Costs that stand for the law, with `WEIGHTS`: those at evenly spaced standard normals."""
        return self.isf(ndtr(-_NODES))


def lognormal(mean: float, cv: float) -> Any:
    sigma = math.sqrt(math.log(1 + cv**2))
    return stats.lognorm(sigma, scale=mean * math.exp(-(sigma**2) / 2))


# Measured: at most 6e-6, 1.0e-4 (at a normal of 4; 1e-5 up to 3), 1.1e-5, 2.9e-5, 2e-6 and 2e-6 with
# tables of their own; between tables 2.8e-4, 2.4e-3 (7e-4 up to 3), 1.5e-4, 6.5e-4, 1.4e-4, 1.1e-4, the
# error of a straight line in 1 / sqrt(count).
CASES = {
    "lognormal": Case(Lognormal(mean=1550, cv=0.6), lognormal(1550, 0.6), 1e-5, 3.2e-4),
    "skewed lognormal": Case(Lognormal(mean=1550, cv=1.5), lognormal(1550, 1.5), 1.5e-4, 2.6e-3),
    "uniform": Case(Uniform(low=5, high=95), stats.uniform(5, 90), 2e-5, 1.8e-4),
    "Pareto with a limit": Case(
        Pareto(shape=1.5, scale=3000, limit=50_000), stats.lomax(1.5, scale=3000), 4e-5, 7.5e-4
    ),
    "gamma with a limit": Case(Gamma(mean=105, cv=1, limit=300), stats.expon(scale=105), 1e-5, 1.7e-4),
    "gamma with a deductible and a limit": Case(
        Gamma(mean=105, cv=1.2, deductible=40, limit=500),
        stats.gamma(1 / 1.44, scale=105 * 1.44),
        1e-5,
        1.4e-4,
    ),
}
WITH_ATOMS = [name for name, case in CASES.items() if case.law.has_layer]


class Chosen:
    """Stands for a generator: gives the normals and the numbers of cases that the test chose.

    It knows no other law, so that a total drawn cost by cost is an error.
    """

    def __init__(self, normals: FloatArray, between: IntArray) -> None:
        self.normals, self.between = normals, between
        self.probabilities: list[float] = []

    def standard_normal(self, shape: tuple[int, ...]) -> FloatArray:
        assert shape == self.normals.shape
        return self.normals.copy()

    def binomial(self, counts: IntArray, probability: float) -> IntArray:
        self.probabilities.append(probability)
        if len(self.probabilities) == 1:
            return np.full_like(counts, AT_LIMIT)
        return self.between


def mapped(case: Case, counts: tuple[int, ...]) -> tuple[FloatArray, list[float]]:
    """Return totals of costs between nothing and the limit, shape (count, normal).

    And the probabilities of the binomial laws that told them apart.
    """
    between = np.repeat(counts, NORMALS.size)
    chosen: Any = Chosen(np.tile(NORMALS, len(counts)), between)
    cases = between + AT_LIMIT + AT_NOTHING if case.law.has_layer else between
    totals = CostSums(case.law).draw(cases, chosen)
    beside = AT_LIMIT * (case.law.limit or 0.0) if case.law.has_layer else 0.0
    return (totals - beside).reshape(len(counts), -1), chosen.probabilities


def errors(costs: FloatArray, count: int, totals: FloatArray) -> FloatArray:
    """Return how far totals are from the exact quantiles at `NORMALS`, in SDs of the total.

    The law of a total is a Fourier series over an interval that holds all but 1e-10 of it, whose
    coefficients are the transform of one cost to the power of the count. One step of Newton's leads
    from a total to its quantile.
    """
    mean = WEIGHTS @ costs
    sd = math.sqrt(count * (WEIGHTS @ (costs - mean) ** 2))
    largest = costs[np.searchsorted(_NODES, 7.0)]
    low, width = -12 * sd, 24 * sd + largest
    above_mean = totals - count * mean
    below, density = (above_mean - low) / width, np.full(totals.shape, 1 / width)
    size, done = 1.0, 0
    while size > 1e-12:
        t = 2 * math.pi / width * np.arange(done + 1, done + 33)
        transform = (np.exp(1j * np.outer(t, costs - mean)) @ WEIGHTS) ** count
        turns = np.exp(-1j * np.outer(above_mean, t))
        below += 2 / width * (((np.exp(-1j * t * low) - turns) / (1j * t)) @ transform).real
        density += 2 / width * (turns @ transform).real
        size, done = abs(transform[-1]), done + 32
    return np.asarray((below - ndtr(NORMALS)) / density / sd)


def furthest(case: Case, counts: tuple[int, ...]) -> dict[int, float]:
    totals, _ = mapped(case, counts)
    costs = case.nodes
    return {
        count: float(np.abs(errors(costs, count, row)).max())
        for count, row in zip(counts, totals, strict=True)
    }


@pytest.mark.parametrize("name", CASES)
def test_counts_with_tables_of_their_own(name: str) -> None:
    """Exact but for the steps of the table: notices fewer of them, and fewer tables."""
    case = CASES[name]
    found = furthest(case, OWN_TABLE)
    assert {count: error for count, error in found.items() if error > case.own_table} == {}


@pytest.mark.parametrize("name", CASES)
def test_counts_between_tables(name: str) -> None:
    """A straight line in 1 / sqrt(count) from table to table: notices tables that are further apart."""
    case = CASES[name]
    found = furthest(case, BETWEEN)
    assert {count: error for count, error in found.items() if error > case.between} == {}


def test_the_reference_has_the_quantiles_of_a_gamma_total() -> None:
    # A sum of 17 exponential costs is gamma with shape 17.
    costs = stats.expon(scale=105).isf(ndtr(-_NODES))
    exact = stats.gamma(17, scale=105).ppf(ndtr(NORMALS))
    assert np.abs(errors(costs, 17, exact)).max() < 1e-8
    off = errors(costs, 17, exact + 1e-3 * 105 * math.sqrt(17))
    np.testing.assert_allclose(off, 1e-3, rtol=0.01)


@pytest.mark.parametrize("name", WITH_ATOMS)
def test_cases_at_nothing_and_at_the_limit_are_told_apart(name: str) -> None:
    """By two binomial laws: at the limit, and between the two given that it is not at the limit."""
    case = CASES[name]
    _, probabilities = mapped(case, (40,))
    not_at_limit = 1 - case.limit_probability
    assert probabilities == pytest.approx([case.limit_probability, case.probability / not_at_limit], rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_moments_between_nothing_and_the_limit(name: str) -> None:
    """Of the cost, of the cost up to a cap and beyond it, and its quantiles."""
    case = CASES[name]
    part, costs = SmoothPart.of(case.law), case.nodes
    mean = WEIGHTS @ costs
    assert part.mean_gbp == pytest.approx(mean, rel=1e-9)
    assert part.sd_gbp == pytest.approx(math.sqrt(WEIGHTS @ (costs - mean) ** 2), rel=1e-9)
    for beyond in (0.9, 0.3, 0.01):
        cap = float(case.isf(np.array(beyond)))
        assert part.isf(beyond) == pytest.approx(cap, rel=1e-9)
        # A kink at the cap leaves the sum over nodes an error of a step squared.
        below = np.minimum(costs, cap)
        capped_sd = math.sqrt(WEIGHTS @ (below - WEIGHTS @ below) ** 2)
        assert part.capped_mean_gbp(cap) == pytest.approx(WEIGHTS @ below, rel=1e-4)
        assert part.capped_second_moment_gbp2(cap) == pytest.approx(WEIGHTS @ below**2, rel=1e-4)
        assert part.capped_sd_gbp(cap) == pytest.approx(capped_sd, rel=1e-4)
        assert part.excess_mean(np.array([cap]))[0] == pytest.approx(WEIGHTS @ (costs - below), rel=1e-4)


def test_costs_that_are_rarely_between_are_drawn_by_their_quantiles() -> None:
    # P(cost > 500) is 0.85% and P(cost > 700) 0.13%: 0.7% of costs lie between.
    case = Case(Gamma(mean=105, cv=1, deductible=500, limit=200), stats.expon(scale=105), 0, 0)
    uniform = np.array([0.01, 0.3, 0.9, 0.999])

    class Uniforms:
        def random(self, size: int) -> FloatArray:
            assert size == uniform.size
            return uniform

    generator: Any = Uniforms()
    drawn = SmoothPart.of(case.law).draw(generator, uniform.size)
    np.testing.assert_allclose(drawn, case.isf(1 - uniform), rtol=1e-9)


def test_costs_that_are_often_between_are_drawn_until_enough_are() -> None:
    """In order, without those at nothing and at the limit, and drawn again where they run out."""
    whole = np.array([10.0, 40.0, 100.0, 540.0, 600.0, 50.0, 41.0, 539.0])

    class Wholes:
        def gamma(self, shape: float, scale: float, size: int) -> FloatArray:
            return np.resize(whole, size)

    generator: Any = Wholes()
    law = CASES["gamma with a deductible and a limit"].law
    drawn = SmoothPart.of(law).draw(generator, 30)
    np.testing.assert_allclose(drawn[:5], [60.0, 10.0, 1.0, 499.0, 60.0])
    assert drawn.size == 30
    assert drawn.min() > 0
    assert drawn.max() < 500


@pytest.mark.parametrize("cv", [3e-6, 1e-5, 1e-4, 9e-4])
@pytest.mark.parametrize("limit", [None, 1000.0, 1000 * (1 + 3e-6)])
def test_costs_that_are_nearly_alike_have_their_mean_and_spread(cv: float, limit: float | None) -> None:
    law = Gamma(mean=1000, cv=cv, limit=limit)
    counts = np.full(40_000, 100)
    totals = CostSums(law).draw(counts, RandomStreams(5).generator("narrow"))
    # A hundred independent costs; the limit at the mean halves the spread, and no more.
    sd = math.sqrt(100 * law.variance_gbp2)
    assert totals.mean() == pytest.approx(100 * law.mean_gbp, abs=4 * sd / 200)
    assert totals.std() == pytest.approx(sd, rel=0.02)


def test_a_limit_per_case_among_costs_that_are_nearly_alike() -> None:
    law, counts = Gamma(mean=1000, cv=1e-4), np.full(1_000, 50)
    for limit in (400.0, 1000.0, 2000.0):
        limited = law.model_copy(update={"limit": limit})
        totals, within = CostSums(law, limit).draw_within_limit(counts, RandomStreams(5).generator("narrow"))
        assert np.array_equal(totals, CostSums(law).draw(counts, RandomStreams(5).generator("narrow")))
        assert within.mean() == pytest.approx(50 * limited.mean_gbp, rel=1e-5)
        assert (within <= totals).all()


def test_limited_totals_lie_within_bernstein_s_bounds() -> None:
    # Anywhere up to 1,000, limited to 500: mean 375, mean square 500^3 / 3,000 + 500^2 / 2.
    count, whole = 1_000, SmoothPart.of(Uniform(low=0, high=1_000))
    variance, tail = count * (500**3 / 3_000 + 125_000 - 375**2), math.log(1e11)

    def beyond(farthest: float) -> float:
        third = farthest * tail / 3
        return third + math.sqrt(third**2 + 2 * tail * variance)

    expected = count * 375 - beyond(375), count * 375 + beyond(125)
    assert limited_bounds_gbp(whole.within(500), whole, count) == pytest.approx(expected)


def test_totals_lie_within_chernoff_s_bound_and_nine_sds() -> None:
    # Anywhere up to 1,000: mean 500, mean square a third of a million. The bulk leaves out next to nothing.
    count, whole = 1_000, SmoothPart.of(Uniform(low=0, high=1_000))
    below = math.sqrt(2 * math.log(1e11) * count * 1e6 / 3)
    above = 9 * math.sqrt(count * 1e6 / 12) + 1_000
    assert bounds_gbp(whole, count) == pytest.approx((count * 500 - below, count * 500 + above), rel=1e-5)


def test_costs_beyond_a_grid_are_put_at_its_end_and_spread_over_cells_otherwise() -> None:
    # Of an exponential cost of mean 100, one in 545 is beyond 63 cells of 10.
    part = SmoothPart.of(Gamma(mean=100, cv=1))
    weights = hat_weights(part.excess_mean, part.isf(1e-18), 10.0, 64)
    assert weights.shape == (64,)
    assert weights.sum() == pytest.approx(1)
    assert weights @ np.arange(0, 640, 10) == pytest.approx(100 * (1 - math.exp(-6.3)))
    # A hat adds f (1 - f) of a squared cell to the variance of what lies at the share f of it: a sixth.
    assert _variance_excess_gbp2(part, weights, 10.0) == pytest.approx(100 / 6, rel=1e-2)


def test_a_total_of_costs_on_a_lattice_is_on_it_however_far_up() -> None:
    law = Empirical(values=tuple(10.0 * k for k in range(1, 41)))
    totals = CostSums(law).draw(np.full(50, 100_000), RandomStreams(5).generator("lattice"))
    assert np.array_equal(totals % 10, np.zeros(50))


def test_no_total_is_less_than_all_its_costs_at_their_lowest() -> None:
    # All but one cost in ten thousand are the lowest; of 5,300 of them, two tables are mixed.
    values, rare = (10.0, *(40 * math.sqrt(2) ** (k / 3) for k in range(50))), 1e-4
    law = Empirical(values=values, probabilities=(1 - rare, *(rare / 50,) * 50))
    totals = CostSums(law).draw(np.full(1_000, 5_300), RandomStreams(5).generator("low"))
    assert totals.min() == pytest.approx(53_000, rel=1e-12)
    assert (totals >= 53_000).all()


def test_of_costs_of_infinite_variance_about_64_are_drawn_one_by_one() -> None:
    sums = CostSums(Pareto(shape=1.5, scale=3000))
    sums.draw(np.array([20, 1_000]), RandomStreams(5).generator("large"))
    # Of totals of up to 1,024.
    assert {power: below._part.limit_probability for power, below in sums._below.items()} == pytest.approx(
        {10: 64 / 1_024}
    )
