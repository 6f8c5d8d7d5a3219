"""What is not known of figures: exact moments, what it leaves alone, and what `explain` makes of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simulator.questions.explain.ask import explain
from simulator.questions.explain.pieces import Source
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import Draws
from simulator.simulation.plan import Plan, make_plan
from tests.builders import checked, cluster_of, line_of, scenario_of
from tests.references.checks import Comparison, mean_against, misses

CONTRACTS = 40_000
COST = {"model": "gamma", "mean": 1000, "cv": 1}
UNSURE = {
    "rate": {"rate_per_1000": {"mean": 100, "sd": 10}},
    "growth": {"growth_share": {"mean": 0.03, "sd": 0.02}},
    "price growth": {"price_growth_share": {"mean": 0.03, "sd": 0.02}},
    "mean cost": {"unit_cost_gbp": COST | {"mean": {"low": 900, "high": 1100}}},
    "need": {"need": {"mean": 1.05, "sd": 0.05}},
    "saving": {"true_saving_share": {"mean": 0.02, "sd": 0.03}},
    "lists": {"list_growth_share": {"mean": 0.03, "sd": 0.02}},
}
OF_CLUSTERS = ("need", "saving", "lists")
OF_PRICES = ("price growth", "mean cost")
GROWTH_LOG_VARIANCE = math.log1p((0.02 / 1.03) ** 2)
COST_SD = 200 / (2 * 1.959963984540054) / 1000
RELATIVE_VARIANCES = {
    # Relative variance of cases, or of prices, in each year; the base year first.
    "rate": [0.1**2] * 4,
    "growth": [math.expm1(GROWTH_LOG_VARIANCE * years**2) for years in range(4)],
    "price growth": [math.expm1(GROWTH_LOG_VARIANCE * years**2) for years in range(4)],
    "mean cost": [COST_SD**2] * 4,
    "lists": [math.expm1(GROWTH_LOG_VARIANCE * years**2) for years in range(4)],
    "need": [(0.05 / 1.05) ** 2] * 4,
    "saving": [0.0] + [(0.03 / 0.98) ** 2] * 3,
}


def scenario(*unsure: str, **changes: Any) -> dict[str, Any]:
    of_line, of_cluster = {}, {}
    for what in unsure:
        (of_cluster if what in OF_CLUSTERS else of_line).update(UNSURE[what])
    return scenario_of(
        contract={"start_year": 2010, "years": 3},
        service_lines=[line_of(**of_line), line_of("tests", **of_line)],
        clusters=[cluster_of("North", 50_000, **of_cluster), cluster_of("South", 20_000, **of_cluster)],
        **changes,
    )


def plan_of(*unsure: str, **changes: Any) -> Plan:
    return make_plan(checked(scenario(*unsure, **changes)))


@pytest.mark.parametrize("what", UNSURE)
def test_factors_have_mean_one_and_the_stated_variance(what: str) -> None:
    shocks = plan_of(what).draw_shocks(RandomStreams(2), Block(0, CONTRACTS))
    comparisons = []
    for year, variance in enumerate(RELATIVE_VARIANCES[what]):
        found = shocks.prices(year, 1, 1) if what in OF_PRICES else shocks.factors(year, 1, 1)
        factors = np.broadcast_to(found, CONTRACTS)
        comparisons += [mean_against(factors, 1.0), mean_against((factors - 1) ** 2, variance)]
    assert misses(comparisons) == []


@pytest.mark.parametrize("what", [one for one in UNSURE if one not in OF_CLUSTERS])
@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_lines_share_a_part_of_what_is_not_known(what: str, correlation: float) -> None:
    shocks = plan_of(what, doubt={"correlation": correlation}).draw_shocks(
        RandomStreams(3), Block(0, CONTRACTS)
    )
    drawn = [
        shocks.prices(2, 0, line) if what in OF_PRICES else shocks.factors(2, 0, line) for line in range(2)
    ]
    logs = [np.log(one) for one in drawn]
    normals = [(one - one.mean()) / one.std() for one in logs]
    assert misses([mean_against(normals[0] * normals[1], correlation)]) == []


def test_clusters_do_not_share_it() -> None:
    shocks = plan_of("need").draw_shocks(RandomStreams(4), Block(0, CONTRACTS))
    north, south = (shocks.factors(1, cluster, 0) - 1 for cluster in range(2))
    assert misses([mean_against(north * south, 0.0)]) == []


@pytest.mark.parametrize("what", UNSURE)
def test_it_does_not_move_what_is_expected(what: str) -> None:
    unsure = plan_of(what)
    spend = unsure.draw(RandomStreams(5), Block(0, 10_000)).gbp
    expected = unsure.expected_spend_gbp
    comparisons = [mean_against(spend[:, *at], float(expected[at])) for at in np.ndindex(expected.shape)]
    assert misses(comparisons) == []


def test_not_carried_every_figure_is_its_mean_on_the_same_draws() -> None:
    known = {"rate_per_1000": 100, "growth_share": 0.03}
    plain = scenario() | {"service_lines": [line_of(**known), line_of("tests", **known)]}
    unsure = scenario("rate", "growth", doubt={"carried": False})
    block = Block(0, 1_000)
    drawn, other = (make_plan(checked(one)).draw(RandomStreams(1), block).gbp for one in (plain, unsure))
    assert np.array_equal(drawn, other)


def test_low_and_high_are_where_it_lies_95_times_of_100() -> None:
    line = checked(scenario("mean cost")).settings.service_lines[0]
    assert line.unit_cost_gbp.mean == 1000
    assert line.unit_cost_gbp.mean.sd == pytest.approx(100 / 1.959963984540054)


@pytest.mark.parametrize("what", UNSURE)
def test_explain_books_it_to_figures_that_are_not_known(what: str) -> None:
    """One cluster and line: the piece's variance against that of chance, both in closed form."""
    mapping = scenario(what, simulation={}) | {"rules": []}
    mapping["clusters"], mapping["service_lines"] = mapping["clusters"][:1], mapping["service_lines"][:1]
    found = explain(checked(mapping), draws=Draws(20_000, 7))
    comparisons = []
    for year, variance in enumerate(RELATIVE_VARIANCES[what][1:], start=1):
        spend = float(found.plan.expected_spend_gbp[year, 0, 0])
        price = float(found.plan.prices[0].price_index[year]) * 1000
        of_prices = 1 + variance if what in OF_PRICES else 1.0
        chance = 2 * spend * price * of_prices  # Poisson cases of gamma costs with CV 1
        doubt = variance * spend**2
        label = found.plan.axes.years[year]
        for source, exact in ((Source.DOUBT, doubt), (Source.INTERACTION, 0.0)):
            share = found.share(source, "North", label)
            assert share is not None
            error = share.standard_error or 0.0
            comparisons.append(Comparison(source, share.value, exact / (doubt + chance), error, 1e-12))
    assert misses(comparisons) == []


def test_without_doubt_explain_has_no_such_source() -> None:
    found = explain(checked(scenario()), draws=Draws(100, 7))
    assert Source.DOUBT not in found.sources
