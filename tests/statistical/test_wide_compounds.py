"""Compounds that no scenario can name: costs and numbers of any width, against closed forms and lattices."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulator import (
    Binomial,
    Compound,
    Empirical,
    Fixed,
    Gamma,
    InputError,
    Lognormal,
    Mixture,
    Neyman,
    Pareto,
    Poisson,
    Uniform,
    compound,
)
from tests.references.compound_sums import CELLS, Cdf, Counts, FloatArray, lattice_totals

LEVELS = np.array([0.01, 0.1, 0.5, 0.9, 0.99, 0.999])
DRAWS = 20_000


def is_right(law: Compound, amounts: FloatArray, within: FloatArray, limited_means: FloatArray) -> None:
    """Try a law at amounts where it is known, to a millionth of one, or of the mean and usual spread."""
    exact = law.exact()
    size = law.mean + float(np.diff(exact.quantile([0.1, 0.9]))[0])
    assert exact.cdf(amounts) == pytest.approx(within, abs=1e-6)
    assert exact.limited_mean(amounts) == pytest.approx(limited_means, abs=1e-6 * size)
    assert exact.stop_loss(amounts) == pytest.approx(law.mean - limited_means, abs=1e-6 * size)
    found = exact.quantile(LEVELS)
    assert (exact.cdf(found) >= LEVELS - 1e-6).all()
    assert (exact.cdf(found * (1 - 1e-9) - 1e-12) <= LEVELS + 1e-6).all()


def is_right_on_a_lattice(law: Compound, counts: Counts, cost: Cdf, end: float) -> None:
    cells = np.linspace(0, CELLS, 33).astype(int)
    is_right(law, cells * (end / CELLS), *lattice_totals(counts, cost, end, cells))


def are_drawn_from(law: Compound) -> None:
    """Try draws at levels of the exact law: within four standard errors, and an atom's own."""
    totals, exact = law.draw(DRAWS, seed=7), law.exact()
    for amount in exact.quantile(LEVELS):
        within = float(exact.cdf(amount))
        allowed = 4 * math.sqrt(within * (1 - within) / DRAWS)
        assert abs((totals <= amount * (1 + 1e-9)).mean() - within) <= allowed


@pytest.mark.parametrize("shape", [1.05, 1.2, 1.5, 2.0])
@pytest.mark.parametrize("mean", [0.3, 20.0])
def test_paretos_of_infinite_variance(shape: float, mean: float) -> None:
    law = compound(Poisson(mean=mean), Pareto(shape=shape, scale=100))
    end = 100 * (5 + 5 * mean)
    is_right_on_a_lattice(law, Counts(mean), stats.lomax(shape, scale=100).cdf, end)
    exact = law.exact()
    assert law.variance == exact.variance == exact.skewness == math.inf


@pytest.mark.parametrize(
    ("mean", "cost"),
    [
        (5.0, Pareto(shape=1.5, scale=100)),
        (2e4, Pareto(shape=1.2, scale=100)),
        (300.0, Pareto(shape=2.0, scale=100, deductible=200.0)),
    ],
)
def test_draws_of_infinite_variance(mean: float, cost: Pareto) -> None:
    are_drawn_from(compound(Poisson(mean=mean), cost))


@pytest.mark.parametrize(("cv", "mean"), [(30.0, 1.0), (30.0, 20.0), (1000.0, 1.0)])
def test_lognormals_of_any_width(cv: float, mean: float) -> None:
    law, log_sd = compound(Poisson(mean=mean), Lognormal(mean=100, cv=cv)), math.sqrt(math.log1p(cv**2))
    cost = stats.lognorm(log_sd, scale=100 * math.exp(-(log_sd**2) / 2))
    is_right_on_a_lattice(law, Counts(mean), cost.cdf, 100 * (1 + mean))
    are_drawn_from(law)


@pytest.mark.parametrize("number", [1, 20, 3_000])
def test_a_fixed_number_of_exponentials_is_gamma(number: int) -> None:
    law, known = compound(Fixed(mean=number), Gamma(mean=100, cv=1)), stats.gamma(number, scale=100)
    amounts = known.ppf(np.linspace(0.001, 0.999, 30))
    limited = law.mean * stats.gamma(number + 1, scale=100).cdf(amounts) + amounts * known.sf(amounts)
    is_right(law, amounts, known.cdf(amounts), limited)
    assert law.variance == pytest.approx(number * 100**2)
    are_drawn_from(law)


def test_one_pareto_is_that_cost() -> None:
    law, amounts = compound(Fixed(mean=1), Pareto(shape=1.5, scale=100)), np.geomspace(1e-3, 1e6, 40)
    beyond = (1 + amounts / 100) ** -1.5
    is_right(law, amounts, 1 - beyond, 200 * (1 - beyond * (1 + amounts / 100)))
    are_drawn_from(law)


@pytest.mark.parametrize("mean", [2.0, 60.0, 100.0])
@pytest.mark.parametrize("kind", ["binomial", "Neyman"])
def test_cases_of_one_price(kind: str, mean: float) -> None:
    numbers = np.arange(400)
    groups = np.arange(200)[:, None]
    known = {
        "binomial": stats.binom.pmf(numbers, 100, mean / 100),
        "Neyman": (stats.poisson.pmf(groups, mean / 3) * stats.poisson.pmf(numbers, 3 * groups)).sum(axis=0),
    }[kind]
    count = Binomial(trials=100, mean=mean) if kind == "binomial" else Neyman(mean=mean, cases_per_group=3)
    law = compound(count, Empirical(values=[10.0]))
    is_right(law, numbers * 10.0, known.cumsum(), np.minimum.outer(numbers, numbers) @ known * 10)
    assert law.variance == pytest.approx(known @ (numbers - mean) ** 2 * 100)
    are_drawn_from(law)


@pytest.mark.parametrize(
    "count", [Binomial(trials=100, mean=2), Fixed(mean=40), Neyman(mean=20, cases_per_group=3)]
)
def test_layers_of_other_numbers_are_drawn_from_their_law(count: Fixed | Binomial | Neyman) -> None:
    are_drawn_from(compound(count, Lognormal(mean=100, cv=1.5, deductible=20, limit=300)))


def test_numbers_that_are_none() -> None:
    with pytest.raises(InputError, match="multiple of 1"):
        Fixed(mean=20.5)
    with pytest.raises(InputError, match="no more than the trials"):
        Binomial(trials=10, mean=10.5)


TWO = Mixture(parts=[Gamma(mean=100, cv=1), Gamma(mean=700, cv=1)], probabilities=[0.7, 0.3])


def two(costs: FloatArray) -> FloatArray:
    return 1 - 0.7 * np.exp(-costs / 100) - 0.3 * np.exp(-costs / 700)


def test_a_mixture_by_hand() -> None:
    assert TWO.mean_gbp == pytest.approx(0.7 * 100 + 0.3 * 700)
    assert TWO.variance_gbp2 == pytest.approx(2 * (0.7 * 100**2 + 0.3 * 700**2) - 280**2)
    chances = np.array([0.999, 0.9, 0.5, 0.01, 1e-9, 1e-200])
    costs = TWO.isf(chances)
    assert TWO.sf(costs) == pytest.approx(chances, rel=1e-11)
    alone = Mixture(parts=[Pareto(shape=1.5, scale=100)], probabilities=[1.0])
    assert alone.isf(chances) == pytest.approx(Pareto(shape=1.5, scale=100).isf(chances), rel=1e-12)


def test_one_cost_of_a_mixture() -> None:
    law, amounts = compound(Fixed(mean=1), TWO), np.geomspace(0.01, 5_000, 40)
    beyond = 0.7 * 100 * np.exp(-amounts / 100) + 0.3 * 700 * np.exp(-amounts / 700)
    is_right(law, amounts, two(amounts), 280 - beyond)
    are_drawn_from(law)


@pytest.mark.parametrize("mean", [2.0, 40.0])
def test_totals_of_a_mixture(mean: float) -> None:
    law = compound(Poisson(mean=mean), TWO)
    is_right_on_a_lattice(law, Counts(mean), two, 280 * 2 * mean)
    are_drawn_from(law)
    are_drawn_from(compound(Poisson(mean=mean), TWO.model_copy(update={"deductible": 50.0, "limit": 900.0})))


def test_a_mixture_with_ends_inside() -> None:
    parts = [Uniform(low=0, high=256), Uniform(low=512, high=1024)]
    law = compound(Poisson(mean=3), Mixture(parts=parts, probabilities=[0.9, 0.1]))

    def cost(x: FloatArray) -> FloatArray:
        return 0.9 * np.clip(x / 256, 0, 1) + 0.1 * np.clip((x - 512) / 512, 0, 1)

    is_right_on_a_lattice(law, Counts(3), cost, 4096)


def test_mixtures_that_are_none() -> None:
    with pytest.raises(InputError, match="limit of their own"):
        Mixture(parts=[Gamma(mean=1, cv=1, limit=5)], probabilities=[1.0])
    with pytest.raises(InputError, match="with a density"):
        Mixture(parts=[Empirical.example()], probabilities=[1.0])
    with pytest.raises(InputError, match="add up to 1"):
        Mixture(parts=TWO.parts, probabilities=[0.5, 0.6])
    with pytest.raises(InputError, match="for each part"):
        Mixture(parts=TWO.parts, probabilities=[1.0])


def test_a_part_too_narrow_for_a_grid_is_refused() -> None:
    parts = [Lognormal(mean=100, cv=0.01), Pareto(shape=1.5, scale=5_000)]
    with pytest.raises(InputError, match="parts of costs that a grid can hold"):
        compound(Poisson(mean=1), Mixture(parts=parts, probabilities=[0.9, 0.1])).exact()
