"""Numbers of cases that belong to normals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import nbinom, poisson

from simulator.compounds.totals import CompoundTotals, EndlessTotals
from simulator.demand.count_law import CountLaw
from simulator.demand.negative_binomial import NegativeBinomial
from simulator.demand.neyman import Neyman
from simulator.demand.poisson import Poisson
from simulator.random_streams import Generator, RandomStreams
from simulator.spend.gamma import Gamma

NORMALS = np.random.default_rng(5).standard_normal(3_000)


@pytest.mark.parametrize("mean", [0.2, 2.0, 25.0, 300.0, 5_000.0])
@pytest.mark.parametrize("law", [Poisson(), NegativeBinomial(variance_to_mean=4), Neyman.example()])
def test_counts_of_one_mean_are_those_among_others(law: CountLaw, mean: float) -> None:
    alone = law.quantile(np.full(NORMALS.size, mean), NORMALS)
    among = law.quantile(np.append(np.full(NORMALS.size, mean), 2 * mean), np.append(NORMALS, 0.0))
    assert alone.tolist() == among[:-1].tolist()


def test_counts_are_quantiles() -> None:
    means, levels = np.full(NORMALS.size, 3.0), ndtr(NORMALS)
    assert Poisson().quantile(means, NORMALS).tolist() == poisson.ppf(levels, 3.0).tolist()
    found = NegativeBinomial(variance_to_mean=4).quantile(means, NORMALS)
    assert found.tolist() == nbinom.ppf(levels, 1.0, 0.25).tolist()


@pytest.mark.parametrize("mean", [1.5, 40.0])
def test_the_first_totals_are_those_of_all(mean: float) -> None:
    """Where cases are drawn one by one, and where totals stand in tables."""
    means = mean * np.linspace(1.0, 1.2, 50)
    limited = CompoundTotals(Poisson(), Gamma(mean=100, cv=1), case_limit_gbp=150.0)

    def stream() -> Generator:
        return RandomStreams(7).generator("some")

    assert limited.draw(means, stream(), 20).tolist() == limited.draw(means, stream())[:20].tolist()
    some, every = (limited.draw_within_limit(means, stream(), wanted) for wanted in (20, None))
    assert [one.tolist() for one in some] == [one[:20].tolist() for one in every]


@pytest.mark.parametrize("variance_to_mean", [1.0001, 1.1, 4.0, 1_000.0])
@pytest.mark.parametrize("mean", [0.3, 5.0, 60.0, 70.0])
def test_few_cases_are_counted_up_to_what_the_distribution_function_says(
    variance_to_mean: float, mean: float
) -> None:
    # Breaks: another ratio of probabilities; one too many or too few; an end that cuts long tails off.
    law, normals = NegativeBinomial(variance_to_mean=variance_to_mean), np.append(NORMALS, [-9.0, 7.0, 8.2])
    means = mean * np.exp(0.02 * np.random.default_rng(6).standard_normal(normals.size))
    found, beyond = law.quantile(means, normals), ndtr(-normals)
    assert (law.sf(found.astype(float), means) <= beyond).all()
    some = found > 0
    assert (law.sf(found[some] - 1.0, means[some]) > beyond[some]).all()


def test_endless_totals_are_what_is_expected() -> None:
    whole, limited = Gamma(mean=100, cv=1), Gamma(mean=100, cv=1, limit=150.0)
    means, stream = np.array([1.0, 20.0, 3e6]), RandomStreams(7).generator("some")
    endless = EndlessTotals.of(CompoundTotals(Poisson(), whole, case_limit_gbp=150.0))
    found, within = endless.draw_within_limit(means, stream, 2)
    assert found == pytest.approx(100 * means[:2])
    assert within == pytest.approx(limited.mean_gbp * means[:2])
    no_limit = EndlessTotals.of(CompoundTotals(Poisson(), whole)).draw_within_limit(means, stream)
    assert [one.tolist() for one in no_limit] == [(100 * means).tolist()] * 2
