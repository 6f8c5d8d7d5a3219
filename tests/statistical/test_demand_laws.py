"""Counts and shocks have the moments, probabilities and correlations that they state."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

import simulator
from simulator.demand.count_law import CountLaw
from simulator.demand.shock_laws import (
    AnyShockLaw,
    LognormalShock,
    LognormalYearShock,
    NormalShock,
    NormalYearShock,
    ShockLaw,
)
from simulator.demand.shocks import PctShock, ShockDraws, Shocks, draw_shocks
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block
from tests.builders import shock_plan
from tests.references.checks import (
    Comparison,
    FloatArray,
    mean_against,
    misses,
    probability_against,
    sd_against,
    variance_against,
)

DRAWS = 400_000
AXES = Axes(("2009/10", "2010/11", "2011/12"), ("North", "South"), ("admissions", "drugs", "clinics"))


def draw(shocks: Shocks, sizes: tuple[AnyShockLaw, ...] | None = None) -> ShockDraws:
    return draw_shocks(shock_plan(shocks, AXES, sizes), AXES, RandomStreams(51), Block(0, DRAWS))


def correlation_against(one: FloatArray, other: FloatArray, exact: float, what: str) -> Comparison:
    """Compare the correlation of two normal samples; its error is (1 - r^2) / sqrt(n)."""
    found = float(np.corrcoef(one, other)[0, 1])
    return Comparison(what, found, exact, (1 - exact**2) / math.sqrt(one.size))


def drawn_counts(law: CountLaw, mean: float, seed: int) -> np.ndarray:
    normals = RandomStreams(seed).generator("count").standard_normal(DRAWS)
    return law.quantile(np.full(DRAWS, mean), normals)


@pytest.mark.parametrize("mean", [0.02, 0.5, 3.0, 60.0, 6000.0])
def test_poisson_counts(mean: float):
    counts = drawn_counts(simulator.Poisson(), mean, 52)
    assert count_misses(counts, stats.poisson(mean)) == []


@pytest.mark.parametrize("ratio", [1.05, 1.5, 6.0])
@pytest.mark.parametrize("mean", [0.02, 0.5, 3.0, 60.0, 6000.0])
def test_negative_binomial_counts(mean: float, ratio: float):
    law = simulator.NegativeBinomial(variance_to_mean=ratio)
    counts = drawn_counts(law, mean, 53)
    exact = stats.nbinom(mean / (ratio - 1), 1 / ratio)
    assert exact.var() == pytest.approx(law.variance(mean))
    assert count_misses(counts, exact) == []


def count_misses(counts: np.ndarray, exact: stats.rv_discrete) -> list[str]:
    found = [
        mean_against(counts.astype(float), float(exact.mean())),
        variance_against(counts.astype(float), float(exact.var())),
    ]
    if exact.pmf(0) > 1e-4:
        found.append(probability_against(counts == 0, float(exact.pmf(0)), what="none"))
    for level in (0.01, 0.5, 0.99, 0.999):
        at = exact.ppf(level)
        if 0 < exact.cdf(at) < 1 - 1e-5:
            found.append(probability_against(counts <= at, float(exact.cdf(at)), what=f"up to {at}"))
    return misses(found)


@pytest.mark.parametrize(
    ("law", "of_year"), [(LognormalShock, LognormalYearShock), (NormalShock, NormalYearShock)]
)
@pytest.mark.parametrize("sd", [0.01, 0.05, 0.2])
def test_shocks_have_mean_one_and_the_stated_sd(law: type[ShockLaw], of_year: type[ShockLaw], sd: float):
    named = {"law": "normal"} if law is NormalShock else {}
    shock, passing = (one(sd_share=sd, **named) for one in (law, of_year))
    drawn = draw(Shocks(pct=PctShock(size=shock, correlation=0.3, persistence=0.5), cluster_year=passing))
    found = [
        compared
        for sample in (drawn.pct[:, 2, 0, 1], drawn.pct[:, 0, 0, 0], drawn.cluster_year[:, 1, 0])
        for compared in (mean_against(sample, 1.0), sd_against(sample, sd))
    ]
    assert misses(found) == []


def test_lines_can_have_shocks_of_their_own():
    sizes = tuple(LognormalShock(sd_share=sd) for sd in (0.0, 0.02, 0.1))
    drawn = draw(Shocks(), sizes).pct[:, :, 0]
    assert np.all(drawn[:, :, 0] == 1)
    assert misses(sd_against(drawn[:, 1, line], sizes[line].sd_share) for line in (1, 2)) == []


@pytest.mark.parametrize(("correlation", "persistence"), [(0.0, 0.0), (0.5, 0.6), (0.9, 0.2), (0.3, 0.95)])
def test_pct_shocks_go_together(correlation: float, persistence: float):
    size = LognormalShock(sd_share=0.1)
    logs = np.log(
        draw(Shocks(pct=PctShock(size=size, correlation=correlation, persistence=persistence))).pct[:, :, 0]
    )
    found = [
        correlation_against(logs[:, 1, 0], logs[:, 1, 1], correlation, "two lines"),
        correlation_against(logs[:, 2, 0], logs[:, 2, 2], correlation, "two lines later"),
        correlation_against(logs[:, 0, 0], logs[:, 1, 0], persistence, "two years"),
        correlation_against(logs[:, 0, 1], logs[:, 2, 1], persistence**2, "two years apart"),
        correlation_against(logs[:, 0, 0], logs[:, 1, 1], correlation * persistence, "lines and years"),
    ]
    assert misses(found) == []


def test_a_lasting_cluster_shock_binds_years_and_not_clusters():
    lasting, passing = 0.04, 0.03
    shocks = Shocks(
        cluster=LognormalShock(sd_share=lasting),
        cluster_year=LognormalYearShock(sd_share=passing),
    )
    logs = np.log(draw(shocks).cluster_year)
    variances = [math.log1p(sd**2) for sd in (lasting, passing)]
    bound = variances[0] / sum(variances)
    found = [
        correlation_against(logs[:, 0, 0], logs[:, 1, 0], bound, "two years"),
        correlation_against(logs[:, 0, 1], logs[:, 2, 1], bound, "two years apart"),
        correlation_against(logs[:, 1, 0], logs[:, 1, 1], 0.0, "two clusters"),
        sd_against(logs[:, 2, 0], math.sqrt(sum(variances))),
    ]
    assert misses(found) == []
