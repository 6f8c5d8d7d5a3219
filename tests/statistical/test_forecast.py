"""A forecast's 95% range holds where simulated years end, 19 times in 20; a straight line's does not."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulator.questions.forecast.posterior import Posterior, log_factors
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray
from simulator.simulation.plan import Plan
from tests.builders import cluster_of, line_of, scenario_of
from tests.references.checks import mean_against, misses, sd_against, variance_against
from tests.statistical.forecasts import BURSTS, CV, RATIO, SCENARIO, Years, outturns, posterior_of, years_of

YEARS, MONTHS, DRAWS = 300, 6, 400
LOW, HIGH = 0.935, 0.965


@cache
def simulated() -> Years:
    return years_of(SCENARIO, YEARS)


def prior_of(plan: Plan) -> FloatArray:
    shocks = plan.draw_shocks(RandomStreams(7), Block(0, 20_000))
    return log_factors(shocks, 1, range(len(plan.axes.clusters)), range(len(plan.axes.lines)))


@cache
def forecast_of(what: str) -> tuple[float, FloatArray]:
    """Return how often the range holds the outturn, and its mean width over that, shape (cluster,)."""
    years, prior = simulated(), prior_of(simulated().plan)
    if what == "nothing learned":
        prior = np.zeros_like(prior)
    held, width = [], []
    for at in range(YEARS):
        year = years.cut(at, MONTHS, counted=what == "counted")
        posterior = posterior_of(year, prior, 1e-6 if what == "straight line" else 1.0)
        drawn = np.sort(outturns(year, posterior, at, DRAWS), axis=0)
        # With 400 draws the 10th and the 390th leave 2.5% out on either side.
        low, high = drawn[9], drawn[389]
        truth = years.spend_gbp[at].sum(axis=(0, 2))
        held.append((low <= truth) & (truth <= high))
        width.append((high - low) / truth)
    return float(np.mean(held)), np.mean(width, axis=0)


@pytest.mark.parametrize("what", ["spend", "counted"])
def test_ranges_hold_the_outturn(what: str) -> None:
    assert LOW <= forecast_of(what)[0] <= HIGH


def test_a_straight_line_is_caught() -> None:
    # It believes that all that was seen goes on, chance in it included.
    assert forecast_of("straight line")[0] < LOW - 0.05


def test_ranges_are_narrower_than_if_nothing_were_learned() -> None:
    # Such ranges hold as often, but are wide where shocks rule: in large clusters.
    held, plain = forecast_of("nothing learned")
    narrower = forecast_of("spend")[1] / plain
    assert held > LOW
    assert (np.diff(narrower) < 0).all()
    assert narrower[-1] < 0.75


# One cluster and one line: by brute force


FACTOR_SD = 0.08


def of_one(people: int, sd: float = FACTOR_SD) -> Years:
    """Years of one cluster with one line and one shock; 50 expected cases a year for 1,000 people."""
    shocks = {"cluster_year": {"law": "lognormal", "sd_share": sd}} if sd else {}
    line = line_of(rate_per_1000=50, count=BURSTS)
    clusters = [cluster_of("Only", people)]
    return years_of(scenario_of(shocks=shocks, service_lines=[line], clusters=clusters, rules=[]), 2)


def drawn(years: Years, counted: bool, draws: int = 40_000) -> tuple[FloatArray, FloatArray]:
    """Return the rest of a year as forecast, shape (draw,), and its first half as it was."""
    year = years.cut(0, MONTHS, counted=counted)
    posterior: Posterior = posterior_of(year, prior_of(years.plan))
    so_far = year.known_gbp.sum()
    return outturns(year, posterior, 3, draws)[:, 0] - so_far, so_far


@pytest.mark.parametrize("people", [2_000, 100_000])
def test_the_rest_is_that_of_years_that_began_alike(people: int) -> None:
    years = of_one(people)
    rest, so_far = drawn(years, counted=False)
    # A great many years by numpy alone, of which those are kept that began within 0.5% of this one.
    generator = np.random.default_rng(5)
    share = years.cut(0, MONTHS).months.shares[:MONTHS, 0].sum()
    log_variance = np.log1p(FACTOR_SD**2)
    factors = np.exp(np.sqrt(log_variance) * generator.standard_normal(2_000_000) - log_variance / 2)
    cases = 0.05 * people * factors
    halves = [
        generator.gamma(
            np.maximum(
                generator.poisson(generator.gamma(cases * part / (RATIO - 1), RATIO - 1)) / CV**2, 1e-9
            )
        )
        * 1_000
        for part in (share, 1 - share)
    ]
    alike = halves[1][np.abs(halves[0] / so_far - 1) < 0.005]
    assert alike.size > 5_000
    assert rest.mean() == pytest.approx(alike.mean(), rel=0.004)
    assert rest.std() == pytest.approx(alike.std(), rel=0.02)
    # What was learned is more than nothing, and less than all.
    plain = 50 * people * (1 - share)
    assert 0 < (rest.mean() / plain - 1) / (so_far / (50 * people * share) - 1) < 1


@pytest.mark.parametrize("counted", [False, True])
def test_without_shocks_the_past_says_nothing(counted: bool) -> None:
    years = of_one(20_000, sd=0.0)
    rest, _ = drawn(years, counted)
    cases = 1_000 * years.cut(0, MONTHS).months.shares[MONTHS:, 0].sum()
    variance = cases * (RATIO + CV**2) * 1_000.0**2
    assert misses([mean_against(rest, 1_000 * cases), variance_against(rest, variance)]) == []
    assert misses([sd_against(rest, variance**0.5)]) == []
    assert misses([mean_against(rest, 1_010 * cases)]) != []
