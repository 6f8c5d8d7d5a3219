"""The exact law against published numbers, closed forms, another transform, and draws."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import special, stats

from simulator import (
    Empirical,
    ExactLaw,
    Gamma,
    InputError,
    Lognormal,
    NegativeBinomial,
    Pareto,
    Poisson,
    Uniform,
    compound,
)
from simulator.compounds import transform
from tests.references import fourier
from tests.references.checks import misses, probability_against
from tests.references.published import CASES, Case, Fact
from tests.statistical.test_published_compounds import law_of

# The sources' own grids are coarser than ours: what they print is off by up to this share beyond
# its rounding (the tail of 5.3.5 and the quantiles of Embrechts & Frei).
GRID_OF_THE_SOURCE = 3e-4
LEVELS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)


def said_of(law, fact: Fact) -> float:
    match fact.kind:
        case "mean" | "variance":
            return getattr(law, fact.kind)
        case "cdf":
            return float(law.cdf(fact.at))
        case "tail":
            return 1 - float(law.cdf(fact.at))
    return float({"quantile": law.quantile, "stop_loss": law.stop_loss}[fact.kind](fact.at))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_published_facts(case: Case) -> None:
    law = law_of(case).exact()
    for fact in case.facts:
        allowed = fact.rounding + GRID_OF_THE_SOURCE * fact.exact
        assert said_of(law, fact) == pytest.approx(fact.exact, abs=allowed), fact


def test_geometric_of_exponential_is_known_in_closed_form() -> None:
    """Zero with probability 1/5, or else exponential with mean 5,000."""
    law = compound(NegativeBinomial(mean=4, variance_to_mean=5), Gamma(mean=1000, cv=1)).exact()
    amounts = np.array([1.0, 100.0, 5_000.0, 50_000.0])
    beyond = 0.8 * np.exp(-amounts / 5_000)
    assert law.nothing_probability == pytest.approx(0.2, rel=1e-12)
    np.testing.assert_allclose(1 - law.cdf(amounts), beyond, rtol=1e-6)
    np.testing.assert_allclose(law.stop_loss(amounts), 5_000 * beyond, rtol=1e-6)
    np.testing.assert_allclose(law.quantile([0.1, 0.2, 0.6]), [0, 0, 5_000 * math.log(2)], rtol=1e-6)
    # Third central moment of such a mixture: 0.8 * 6 m^3 - 3 * 4m/5 * 0.8 * 2 m^2 + 2 (4m/5)^3.
    third = 5_000**3 * (0.8 * 6 - 3 * 0.8 * 1.6 + 2 * 0.8**3)
    assert law.skewness == pytest.approx(third / 24e6**1.5, rel=1e-6)


def test_poisson_of_uniform_is_known_in_fractions() -> None:
    """The Irwin-Hall law of each number of uniforms, in fractions: 0.0069838007 beyond 2,000.

    Loss Data Analytics prints 0.006982 for it (example 5.3.5), from a coarser grid.
    """
    beyond = 0.0
    for count in range(1, 90):
        share = Fraction(2_000 - 5 * count, 90)
        terms = range(max(math.floor(share), -1) + 1)
        inside = sum((-1) ** k * math.comb(count, k) * (share - k) ** count for k in terms)
        within = Fraction(inside, math.factorial(count)) if share < count else Fraction(1)
        chance = math.exp(count * math.log(25) - 25 - math.lgamma(count + 1))
        beyond += chance * float(1 - within)
    law = compound(Poisson(mean=25), Uniform(low=5, high=95)).exact()
    # Costs with kinks between the points of a grid: off by 3e-9.
    assert 1 - float(law.cdf(2_000)) == pytest.approx(beyond, abs=5e-9)


@pytest.mark.parametrize("mean", [3.0, 60.0, 6_000.0])
def test_another_transform_says_the_same(mean: float) -> None:
    """`tests/references/fourier.py` rounds costs, tilts, and shares no code with the simulator."""
    cost, reference = Lognormal(mean=2080, cv=1.47), fourier.lognormal(2080, 1.47)
    pairs = [
        (compound(Poisson(mean=mean), cost), fourier.total_of_poisson(reference, mean)),
        (
            compound(NegativeBinomial(mean=mean, variance_to_mean=1.5), cost),
            fourier.total_of_negative_binomial(reference, mean, 1.5),
        ),
    ]
    for law, other in pairs:
        exact = law.exact()
        levels = [level for level in LEVELS if level > exact.nothing_probability + 0.001]
        there = [other.quantile(level) for level in levels]
        np.testing.assert_allclose(exact.cdf(there), levels, atol=3e-5)


LAWS = {
    "few costs": compound(Poisson(mean=0.5), Lognormal(mean=1800, cv=1.6)),
    "a layer": compound(Poisson(mean=30), Lognormal(mean=1800, cv=1.6, deductible=500, limit=4_000)),
    "heavy tail": compound(Poisson(mean=40), Pareto(shape=2.5, scale=3_000)),
    "many costs": compound(NegativeBinomial(mean=6_000, variance_to_mean=4), Lognormal(mean=1800, cv=1.6)),
    "values": compound(Poisson(mean=20), Empirical(values=[1.0, 2.0, 7.0])),
}


@pytest.mark.parametrize("name", LAWS)
def test_draws_follow_the_exact_law(name: str) -> None:
    law = LAWS[name]
    exact, totals = law.exact(), law.draw(400_000, seed=11)
    comparisons = []
    for level in LEVELS:
        amount = float(exact.quantile(level)) + (0.5 if name == "values" else 0.0)
        comparisons.append(probability_against(totals <= amount, float(exact.cdf(amount))))
    assert misses(comparisons) == []


@pytest.mark.parametrize("name", LAWS)
def test_its_answers_fit_together(name: str) -> None:
    exact = LAWS[name].exact()
    amounts = exact.quantile(np.array([0.7, 0.9, 0.99]))
    np.testing.assert_allclose(exact.limited_mean(amounts) + exact.stop_loss(amounts), exact.mean)
    # A step of many cells of the grid, within which the law is spread evenly.
    step = 0.02 * float(amounts[0])
    slope = (exact.stop_loss(amounts + step) - exact.stop_loss(amounts)) / step
    assert np.all(-slope <= 1 - exact.cdf(amounts) + 1e-6)
    assert np.all(-slope >= 1 - exact.cdf(amounts + step) - 1e-6)
    assert float(exact.stop_loss(0.0)) == pytest.approx(exact.mean, rel=1e-6)
    assert float(exact.cdf(-1.0)) == 0.0
    assert float(exact.cdf(1e15)) == pytest.approx(1.0, abs=1e-9)


def test_beyond_its_last_amount_a_single_cost_leads() -> None:
    law = compound(Poisson(mean=40), Pareto(shape=2.5, scale=3_000))
    exact = law.exact()
    end = float(exact.amounts_gbp[-1])
    assert float(exact.stop_loss(end * (1 + 1e-9))) == pytest.approx(float(exact.stop_loss(end)), rel=1e-6)
    assert float(exact.stop_loss(3 * end)) == pytest.approx(
        40 * float(law.unit_cost.excess_mean(np.array([3 * end - law.mean]))[0]), rel=1e-2
    )


@pytest.mark.parametrize("cv", [2.0, 4.5])
def test_just_above_a_limit_others_are_as_steep_as_near_nothing(cv: float) -> None:
    """One cost at the limit, and others that come to next to nothing: as without a limit, near nothing."""
    cost, cases, limit = Gamma(mean=1_000, cv=cv), 3.0, 2_000.0
    law = compound(Poisson(mean=cases), Gamma(mean=1_000, cv=cv, limit=limit)).exact()
    above = limit * np.array([1e-9, 1e-8, 1e-7])
    numbers = np.arange(1, 60)[:, None]
    of_numbers = stats.poisson(cases).pmf(numbers)
    near_nothing = math.exp(-cases) + (
        of_numbers * special.gammainc(numbers * cv**-2, above / (1_000 * cv**2))
    ).sum(axis=0)
    at_limit = cases * float(cost.sf(np.array([limit]))[0])
    before = float(law.cdf(limit * (1 - 1e-9)))
    assert law.cdf(limit + above) - before == pytest.approx(at_limit * near_nothing, abs=3e-7)


def test_it_refuses_what_a_grid_cannot_hold() -> None:
    """Of a million million costs a transform is taken to a power that only rounding is left of."""
    law = compound(Poisson(mean=1e12), Uniform(low=1, high=2))
    with pytest.raises(InputError, match=r"use draw\(\)"):
        law.exact()


def test_a_law_that_has_lost_probability_is_refused() -> None:
    """A hundredth is missing, and the mean is as it should be: only the sum can tell."""
    law = compound(Poisson(mean=0.5), Empirical(values=[1.0]))
    within = np.array([0.5, 0.99])
    mean = 0.5 + 0.01  # what is missing counts as beyond the last amount
    short = ExactLaw(np.array([0.0, 1.0]), np.append(0.0, within[:1]), within, law.unit_cost, 0.5, mean, 0.25)
    with pytest.raises(InputError, match=r"probability 0\.99"):
        transform._check(short, 0.5)
