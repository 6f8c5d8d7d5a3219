"""Shocks that PCTs share in part: their exact moments, of two clusters and of the total of all."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from simulator.demand.covariances import covariances
from simulator.demand.shocks import ShockDraws
from simulator.exact.method import exact_risk
from simulator.questions.explain.ask import explain
from simulator.questions.explain.pieces import Source
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import Draws
from simulator.simulation.plan import Plan, make_plan
from tests.builders import checked, cluster_of, line_of, scenario_of
from tests.references.checks import Comparison, FloatArray, mean_against, misses, variance_against, within

CONTRACTS = 40_000
SD, LINES, YEARS, BETWEEN = 0.1, 0.5, 0.8, 0.4
"""Of the shock; correlations between lines, from year to year, and between PCTs."""
LOG_VARIANCE = math.log1p(SD**2)
SIZE = {"law": "lognormal", "sd_share": SD}
SHOCK = {"correlation": LINES, "persistence": YEARS, "correlation_between_pcts": BETWEEN}
PEOPLE = (5_000, 3_000, 8_000, 4_000)
PCTS = ("East", "West", "East", "West")


def plan_of(shocks: dict[str, Any], lines: int = 2) -> Plan:
    return make_plan(checked(scenario_of(**scenario(shocks, lines))))


def scenario(shocks: dict[str, Any], lines: int) -> dict[str, Any]:
    named = enumerate(zip(PEOPLE, PCTS, strict=True))
    return {
        "contract": {"start_year": 2010, "years": 2},
        "shocks": shocks,
        "clusters": [cluster_of(f"cluster {at}", people, pct=pct) for at, (people, pct) in named],
        "service_lines": [line_of(f"line {at}") for at in range(lines)],
        "rules": [],
    }


def drawn(shocks: dict[str, Any]) -> ShockDraws:
    return plan_of(shocks).draw_shocks(RandomStreams(7), Block(0, CONTRACTS))


def levels(draws: ShockDraws, what: str, year: int, cluster: int, line: int) -> FloatArray:
    """Return the standard normal that a factor comes from."""
    factors = draws.prices if what == "price" else draws.factors
    logs = np.log(factors(year, cluster, line))
    # Growth that drifts: the level of the year after the base year is a change, a, and then it is 2 a + b.
    variance = SD**2 * (0, 1, 5)[year] if what == "drift" else LOG_VARIANCE
    return np.asarray((logs + variance / 2) / math.sqrt(variance))


def compared(draws: ShockDraws, what: str, between: float) -> list[Comparison]:
    """Compare products of normals of two clusters' lines in two years with their correlation."""
    found = []
    for (year, then), cluster, other in itertools.product([(1, 1), (2, 1)], (0,), (1, 2)):
        of_years = {"pct": YEARS, "price": YEARS, "drift": 2 / math.sqrt(5)}[what] if year != then else 1.0
        of_pcts = 1.0 if PCTS[cluster] == PCTS[other] else between
        for line in (0, 1):
            one, two = levels(draws, what, year, cluster, 0), levels(draws, what, then, other, line)
            exact = of_years * of_pcts * (1.0 if line == 0 else LINES)
            found.append(mean_against(one * two, exact, what=f"{what} {year} {then} {other} {line}"))
    return found


SHOCKS: dict[str, dict[str, Any]] = {
    "pct": {"pct": SHOCK | {"size": SIZE}},
    "price": {"price": SHOCK | {"size": SIZE}},
    "drift": {
        "pct": {"growth_drift_sd_share": SD, "correlation": LINES, "correlation_between_pcts": BETWEEN}
    },
}


@pytest.mark.parametrize("what", SHOCKS)
def test_pcts_share_a_part_of_each_shock(what: str) -> None:
    assert misses(compared(drawn(SHOCKS[what]), what, BETWEEN)) == []


def test_the_check_of_shocks_between_pcts_can_fail() -> None:
    assert misses(
        compared(drawn({"pct": SHOCK | {"size": SIZE, "correlation_between_pcts": 0.45}}), "pct", BETWEEN)
    )


def test_a_normal_shock_is_shared_in_the_same_part() -> None:
    draws = drawn({"pct": SHOCK | {"size": {"law": "normal", "sd_share": SD}}})
    moved = [draws.factors(1, cluster, 0) - 1 for cluster in range(3)]
    comparisons = [variance_against(one, SD**2) for one in moved]
    comparisons += [mean_against(moved[0] * moved[at], SD**2 * part) for at, part in ((1, BETWEEN), (2, 1.0))]
    assert misses(comparisons) == []


def test_what_a_history_makes_of_shocks_knows_how_pcts_go_together() -> None:
    shocks = plan_of(SHOCKS["pct"] | SHOCKS["price"]).shocks
    found = covariances(shocks, (0, 1), (0,))
    # Demand and prices alike: 2 shocks.
    assert found[1, 0, 0, 0, 2, 1] == pytest.approx(2 * LOG_VARIANCE * YEARS * LINES)
    assert found[1, 0, 0, 0, 1, 1] == pytest.approx(2 * LOG_VARIANCE * YEARS * LINES * BETWEEN)
    assert found[0, 0, 0, 0, 3, 0] == pytest.approx(2 * LOG_VARIANCE * BETWEEN)


# One line: 100 cases for each 1,000 people, Poisson, of GBP 1,000 with a coefficient of variation of 1.
EXPECTED_GBP = np.array(PEOPLE) / 1000 * 100 * 1000.0
OF_CHANCE = np.array(PEOPLE) / 1000 * 100 * 2 * 1000.0**2
TOGETHER = np.where(np.equal.outer(PCTS, PCTS), 1.0, BETWEEN)
OF_SHOCKS = np.outer(EXPECTED_GBP, EXPECTED_GBP) * np.expm1(TOGETHER * LOG_VARIANCE)
"""Covariances of two clusters' spend: chance is each one's own, shocks are shared inside PCTs and between."""


def test_a_total_of_pcts_has_the_variance_of_what_they_share_and_what_is_their_own() -> None:
    spend = plan_of(SHOCKS["pct"], lines=1).draw(RandomStreams(8), Block(0, 2 * CONTRACTS)).gbp[:, 1, :, 0]
    moved = spend - EXPECTED_GBP
    comparisons = [
        mean_against(moved[:, one] * moved[:, other], OF_SHOCKS[one, other], what=f"{one} and {other}")
        for one, other in ((0, 2), (0, 1), (2, 3))
    ]
    comparisons.append(variance_against(spend.sum(axis=1), OF_SHOCKS.sum() + OF_CHANCE.sum()))
    for pct in ("East", "West"):
        own = np.array([one == pct for one in PCTS])
        exact = OF_SHOCKS[np.ix_(own, own)].sum() + OF_CHANCE[own].sum()
        comparisons.append(variance_against(spend[:, own].sum(axis=1), exact))
    assert misses(comparisons) == []


def test_explain_books_to_pct_wide_shocks_what_pcts_share_of_them() -> None:
    mapping = scenario_of(**scenario(SHOCKS["pct"], lines=1) | {"contract": {"start_year": 2010, "years": 1}})
    found = explain(checked(mapping), draws=Draws(CONTRACTS)).sd_gbp(Source.PCT_SHOCKS)
    exact = math.sqrt(OF_SHOCKS.sum())
    assert found.standard_error is not None
    assert within(found.value, exact, found.standard_error)
    # Were all shared, or none, it would be another.
    assert not within(found.value, SD * EXPECTED_GBP.sum(), found.standard_error)


def test_one_clusters_exact_law_is_the_same_whatever_others_share() -> None:
    of_lines = {"size": SIZE, "correlation": LINES}
    rows = [
        exact_risk(
            checked(scenario_of(**scenario({"pct": of_lines | {"correlation_between_pcts": one}}, 2)))
        ).rows
        for one in (0.0, 1.0)
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) > len(PEOPLE)
