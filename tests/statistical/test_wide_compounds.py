"""Compounds that no scenario can name: costs and numbers of any width, against closed forms and lattices."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulator import Compound, Lognormal, Pareto, Poisson, compound
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
