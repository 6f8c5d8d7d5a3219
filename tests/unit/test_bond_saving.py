"""The saving that repays a bond: found between savings that are simulated, and true of a simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import simulator.questions.bond.saving as of_saving
from simulator.questions.bond.ask import bond
from simulator.questions.bond.one_cluster import OneCluster, each_stands_alone
from simulator.records import Account
from simulator.risk.account_book import account_book
from simulator.risk.positions import gain_gbp
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import BOND, DEFICIT_RECOVERY, POOL, SURPLUS, checked, scenario_of

DRAWS = Draws(1_000, 3)
TIGHT = {"rule": {"rule": "expected_spend", "margin_share": -0.02}}
THREE_YEARS = {"start_year": 2010, "years": 3}
RULES = {
    "pool last": [SURPLUS, BOND, POOL],
    "pool first": [SURPLUS, POOL, BOND],
    "deficits recovered": [DEFICIT_RECOVERY, SURPLUS, BOND, POOL],
    "no pool": [SURPLUS, BOND],
}


def scenario(rules: str, **besides: Any) -> Scenario:
    return checked(scenario_of(budgets=TIGHT, contract=THREE_YEARS, rules=RULES[rules], **besides))


def gains_of_north(asked: Scenario, saving: float) -> np.ndarray[Any, Any]:
    varied = asked.vary(f"clusters.North.true_saving_share={saving!r}")
    result = simulate(varied, DRAWS)
    book = account_book(result.contract_outcomes, result.plan.terms, 0)
    return np.asarray(gain_gbp(book, Account.PRACTICES))


@pytest.mark.parametrize("rules", RULES)
def test_at_the_saving_practices_gain_nothing_and_its_error_is_that_of_the_gain(rules: str) -> None:
    asked = scenario(rules)
    found = bond(asked, "North", draws=DRAWS).saving_needed.share_of_demand
    assert found is not None
    gains, step = gains_of_north(asked, found.value), 0.005
    low, high = (gains_of_north(asked, found.value + move).mean() for move in (-step, step))
    slope = (high - low) / (2 * step)
    # To a hundred-thousandth of demand, a fiftieth of its sampling error or less.
    assert abs(gains.mean() / slope) < 2e-5
    assert 0.02 * found.half_width > 2e-5
    error = gains.std(ddof=1) / np.sqrt(len(gains)) / slope
    assert found.standard_error == pytest.approx(error, rel=0.03)


def test_a_root_far_from_the_interpolated_one_is_searched_for_by_simulations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = scenario("pool last")
    usual = bond(asked, "North", draws=DRAWS).saving_needed.share_of_demand
    monkeypatch.setattr(of_saving, "_FAR", 0.0)
    searched = bond(asked, "North", draws=DRAWS).saving_needed.share_of_demand
    monkeypatch.setattr(of_saving, "_is_smooth", lambda plan: False)
    drawn = bond(asked, "North", draws=DRAWS).saving_needed.share_of_demand
    assert usual is not None
    assert drawn is not None
    assert searched == drawn
    assert usual.value == pytest.approx(drawn.value, abs=2e-5)


def test_where_a_pool_comes_first_or_deficits_are_recovered_clusters_are_not_settled_alone() -> None:
    alone = {name: each_stands_alone(scenario(name).settings.rules) for name in RULES}
    assert alone == {
        "pool last": True,
        "pool first": False,
        "deficits recovered": False,
        "no pool": True,
    }


@pytest.mark.parametrize("rules", RULES)
def test_a_cluster_that_is_settled_alone_has_the_flows_that_it_has_among_all(rules: str) -> None:
    result = simulate(scenario(rules), DRAWS)
    for at in range(2):
        among_all = account_book(result.contract_outcomes, result.plan.terms, at)
        alone = OneCluster.of(result, at).book()
        assert (alone.name, alone.people) == (among_all.name, among_all.people)
        for party in (Account.PRACTICES, Account.BOND):
            assert np.array_equal(alone.gained_by_year_gbp([party]), among_all.gained_by_year_gbp([party]))
        assert np.array_equal(alone.bond_needed_gbp, among_all.bond_needed_gbp)


def test_savings_of_others_move_nothing() -> None:
    # All clusters are moved to their own roots at once.
    alone = bond(scenario("pool last"), "South", draws=DRAWS).saving_needed
    of_all = bond(scenario("pool last"), draws=DRAWS).clusters[1].saving_needed
    assert of_all == alone
