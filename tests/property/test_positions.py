"""Money keeps its meaning, whatever the scenario and the order of its rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from simulator.questions.bond.answer import NO_TOP_UP, SHARED_WITH_RUN, TOP_UP
from simulator.questions.bond.ask import bond
from simulator.records import Account
from simulator.risk.account_book import account_books
from simulator.risk.positions import gain_gbp, pct_build_up, pct_net_gbp
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import Table, checked, simulated
from tests.strategies import scenarios

_PARTIES = (
    Account.PRACTICES,
    Account.PARTNER,
    Account.LENDER,
    Account.SUPPLIERS,
    Account.REINVESTMENT,
    Account.PROVIDERS,
    Account.CORE,
    Account.POOL,
    Account.PCT,
)


def _tolerance(result: Result) -> float:
    return 1e-9 * float(result.contract_outcomes.paid_gbp(tuple(Account), tuple(Account)).max()) + 1e-6


def _received(result: Result) -> np.ndarray:
    """What providers are paid, by contract, year and cluster."""
    return result.contract_outcomes.paid_gbp(tuple(Account), (Account.PROVIDERS,))


@given(scenario=scenarios())
def test_rules_alone_never_change_what_providers_receive(scenario: Table) -> None:
    # A cluster's own bond is refused without a rule for it.
    clusters = [
        {key: cluster[key] for key in cluster if key != "bond_gbp"} for cluster in scenario["clusters"]
    ]
    # In-year control reacts to what a limit per case leaves in budgets and spend.
    scenario["actions"] = [one for one in scenario["actions"] if one["action"] != "in_year_control"]
    ruled, unruled = simulated(scenario), simulated(scenario | {"rules": [], "clusters": clusters})
    assert _received(ruled) == pytest.approx(_received(unruled), rel=1e-9, abs=_tolerance(ruled))


@given(scenario=scenarios())
def test_the_positions_of_all_parties_add_up_to_nothing(scenario: Table) -> None:
    result = simulated(scenario)
    for book in account_books(result.contract_outcomes, result.plan.terms):
        gains = sum(gain_gbp(book, party) for party in _PARTIES)
        assert np.abs(gains).max() <= _tolerance(result)
        passing = book.gained_gbp((Account.BOND, Account.HELD, Account.CLUSTER))
        assert np.abs(passing).max() <= _tolerance(result)
        build_up = pct_build_up(book)
        parts = sum(one.value for _, one in build_up.parts)
        assert parts == pytest.approx(pct_net_gbp(book).mean(), abs=_tolerance(result))
        assert build_up.total.value == pytest.approx(parts, abs=_tolerance(result))


@given(scenario=scenarios())
def test_all_together_is_the_sum_of_the_clusters(scenario: Table) -> None:
    result = simulated(scenario)
    *rows, together = (row.estimates for row in result.rows)
    for name in ("practice_net_gain_gbp", "pct_cost_gbp", "pct_net_position_gbp", "pct_payment_gbp"):
        total = sum(row[name].value for row in rows)
        assert together[name].value == pytest.approx(total, rel=1e-9, abs=_tolerance(result)), name


@settings(max_examples=40)
@given(scenario=scenarios())
def test_a_bond_of_the_needed_size_covers_with_its_chance(scenario: Table) -> None:
    result = simulated(scenario)
    if not any(rule["rule"] == "bond" for rule in scenario["rules"]):
        assert all("bond_covers_probability" not in row.estimates for row in result.rows)
        return
    for at, cluster in enumerate(scenario["clusters"]):
        if not cluster["takes_share"]:
            assert "bond_covers_probability" not in result.rows[at].estimates
            continue
        needed = result.rows[at].estimates["bond_needed_gbp"].value
        # A bond of nothing takes the share away, so that rules that look back may find other sums.
        for size, covers in ((needed + 0.01, True), (0.9 * needed - 0.01, False)):
            if size <= 0:
                continue
            settings_ = result.scenario.settings
            clusters = list(settings_.clusters)
            clusters[at] = clusters[at].model_copy(update={"bond_gbp": size})
            posted = SharedDraws(SettledDraws(100, 1)).simulate(
                replace(result.scenario, settings=settings_.model_copy(update={"clusters": tuple(clusters)}))
            )
            found = posted.rows[at].estimates["bond_covers_probability"].value
            assert (found >= 0.95) is covers, (cluster["name"], size, found)
            _covers_where_nothing_is_left_unpaid(posted, at)


def _covers_where_nothing_is_left_unpaid(posted: Result, at: int) -> None:
    """Hold the measure against the flows: where a bond covers it is never short, and where not it is."""
    outcomes = posted.contract_outcomes
    drawn = outcomes.paid_gbp((Account.BOND,), (Account.CLUSTER,))[:, :, at]
    short = outcomes.bond_claims_gbp[:, :, at] - drawn > 0.02
    short &= outcomes.takes_part[:, :, at]
    covers = outcomes.bond_needed_gbp[:, at] < outcomes.bond_posted_gbp[:, at] + 0.005
    assert not (short.any(axis=1) & covers).any()
    left = ~outcomes.takes_part[:, :, at].all(axis=1)
    clearly_not = outcomes.bond_needed_gbp[:, at] > outcomes.bond_posted_gbp[:, at] + 0.05
    assert (short.any(axis=1) | left)[clearly_not].all()


@settings(max_examples=15)
@given(scenario=scenarios())
def test_run_and_bond_agree_on_every_figure_that_they_share(scenario: Table) -> None:
    rules = [rule for rule in scenario["rules"] if rule["rule"] == "bond"]
    result = simulated(scenario)
    posting = [
        (at, cluster["name"])
        for at, cluster in enumerate(scenario["clusters"])
        if cluster["takes_share"] and result.contract_outcomes.annual_budget_gbp[:, at].mean() > 0
    ]
    if not rules or not posting:
        return
    at, name = posting[0]
    answer = bond(checked(scenario), name, confidences=(0.95,), draws=Draws(100, 1))
    told = result.rows[at].estimates
    for column in SHARED_WITH_RUN:
        assert answer.posted_facts[column] == told[column], column
    period = TOP_UP if rules[0]["top_up"] else NO_TOP_UP
    assert answer.needed_gbp[period, 0.95] == told["bond_needed_gbp"]
    assert answer.annual_budget_gbp == told["annual_budget_gbp"]
    # One is short of what reaches it exactly where the other says that it does not cover.
    short = answer.posted_facts["runs_out_probability"].value
    assert short == pytest.approx(1 - told["bond_covers_probability"].value, abs=1e-9)
