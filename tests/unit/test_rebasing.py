"""Rebasing within a contract: what a saving does to the next year's budget, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator import Draws, exact_risk, explain, luck, shadow
from simulator.answers.rule_notes import scheme_notes
from simulator.budgets.budgets import LineBudget, set_budgets
from simulator.budgets.per_head import PerHead
from simulator.budgets.rebasing import rebased
from simulator.budgets.toolkit import Toolkit
from simulator.questions.check.answer import CheckAnswer
from simulator.questions.explain.pieces import Source
from simulator.questions.luck.estimates import EARNED
from simulator.records import BUDGET, Account, Spend, SpendElsewhere
from simulator.simulation.plan import make_plan
from simulator.simulation.result import Result
from tests.builders import Table, checked, cluster_of, scenario_of, simulated
from tests.property.comparing import differences
from tests.unit.settling import terms_of

THREE_YEARS = {"start_year": 2010, "years": 3}
FIXED = {"rule": "per_head", "gbp_per_head": 118}
# Nine months and then a year, of one contract and two clusters, of 10 and 30 people.
SPENT = Spend(np.array([[[0.0, 0.0], [975.0, 3_150.0], [1_000.0, 4_000.0]]])[..., None])
TERMS = terms_of(2, 2, people=[10.0, 30.0])


def by_hand(share: float, *, spend: Spend = SPENT, top_slice: float = 0.0, **terms: Any) -> Any:
    some = replace(TERMS, **{key: np.array(value) for key, value in terms.items()})
    nothing = np.zeros((2, 2))
    parts = np.tile(np.array([[0.75], [1.0]]), 2)
    rule = PerHead(gbp_per_head=200, uplift_share=0.02)
    lines = [LineBudget(rule, 0.05, parts, nothing[0], nothing, np.ones((2, 2)), nothing)]
    # The contract starts in the base year, so that the first budget has no uplift.
    return rebased(set_budgets(spend, lines, some, top_slice, 0), spend, lines, some, (share, top_slice))


def test_part_of_a_budget_follows_the_year_before_made_whole_and_uplifted() -> None:
    found = by_hand(0.25)
    # Nine months at 975 are 1,300 a year, 1,326 with 2%: 0.75 * 2,040 + 0.25 * 1,326. The other spent 4,284.
    assert found.budget_gbp[0, :, :, 0] == pytest.approx(np.array([[1_500, 4_500], [1_861.5, 5_661]]))
    assert found.annual_gbp[0, :, 0] == pytest.approx([2_000, 6_000])
    assert by_hand(1.0).budget_gbp[0, 1, :, 0] == pytest.approx([1_326, 4_284])


def test_the_top_slice_is_of_what_is_left() -> None:
    found = by_hand(0.25, top_slice=0.1)
    assert found.budget_gbp[0, 1, :, 0] == pytest.approx([0.9 * 1_861.5, 0.9 * 5_661])
    assert found.top_slice_gbp[0, 1, :, 0] == pytest.approx([186.15, 566.1])


def test_a_clusters_own_first_year_is_not_rebased() -> None:
    # The second joins in the second year.
    assert by_hand(0.25, months=[[9, 0], [12, 12]]).budget_gbp[0, 1, :, 0] == pytest.approx([1_861.5, 6_120])


def test_care_that_is_bought_elsewhere_is_followed_too() -> None:
    clinic = SpendElsewhere("care_by_clinic", Account.SUPPLIERS, np.full((1, 2, 2, 1), 75.0))
    found = by_hand(1.0, spend=replace(SPENT, elsewhere=(clinic,)))
    # 975 and 75 in nine months: 1,400 a year.
    assert found.budget_gbp[0, 1, 0, 0] == pytest.approx(1_400 * 1.02)


def test_budgets_on_the_latest_year_follow_care_that_is_bought_elsewhere() -> None:
    clinic = SpendElsewhere("care_by_clinic", Account.SUPPLIERS, np.full((1, 2, 2, 1), 75.0))
    nothing, parts = np.zeros((2, 2)), np.tile(np.array([[0.75], [1.0]]), 2)
    rule = Toolkit(fair_share_weight_by_year=(0.0,), uplift_share=0.02, historic_year="latest")
    lines = [LineBudget(rule, 0.05, parts, nothing[0], nothing, np.ones((2, 2)), nothing)]
    found = set_budgets(replace(SPENT, elsewhere=(clinic,)), lines, TERMS, 0.0, 0)
    # 975 and 75 in nine months: 1,400 a year; the other 3,150 and 75.
    assert found.budget_gbp[0, 1, :, 0] == pytest.approx([1_400 * 1.02, 4_300 * 1.02])


def run(share: float, saving: tuple[float, ...] = (0.0,), **changes: Any) -> Result:
    clusters = [cluster_of("North", true_saving_share_by_year=saving), cluster_of("South", 20_000)]
    budgets = {"rule": FIXED, "rebased_share": share}
    given: Table = {"contract": THREE_YEARS, "clusters": clusters, "budgets": budgets}
    return simulated(scenario_of(**given | changes))


def test_a_pound_saved_takes_its_part_off_the_next_years_budget_alone() -> None:
    saves, does_not = run(0.4, (0.1, 0.0)), run(0.4)
    less = does_not.contract_outcomes.gbp(BUDGET) - saves.contract_outcomes.gbp(BUDGET)
    spent = [one.contract_outcomes.spend_gbp for one in (does_not, saves)]
    saved = (spent[0] - spent[1])[:, 0, 0]
    assert saved.mean() == pytest.approx(59_000, rel=0.02)
    assert less[:, 1, 0] == pytest.approx(0.4 * saved)
    assert not less[:, [0, 2]].any()
    assert not less[..., 1].any()


def test_nothing_of_it_is_the_identity_and_all_of_it_is_last_years_spend() -> None:
    assert differences(run(0.0), run(0.0, budgets={"rule": FIXED})) == []
    latest = {"rule": "toolkit", "fair_share_weight_by_year": [0.6], "historic_year": "latest"}
    by_need = {"rule": "toolkit", "fair_share_weight_by_year": [1.0]}
    whole, other = (
        run(0.0, budgets=budgets).contract_outcomes.gbp(BUDGET)[:, 1:]
        for budgets in ({"rule": latest}, {"rule": by_need, "rebased_share": 0.4})
    )
    assert whole == pytest.approx(other)


def test_the_exact_method_takes_it() -> None:
    latest = {"rule": "toolkit", "fair_share_weight_by_year": [0.6], "historic_year": "latest"}
    by_need = {"rule": "toolkit", "fair_share_weight_by_year": [1.0]}
    shocks = {"cluster": {"law": "lognormal", "sd_share": 0.03}}
    budgets = {"rule": latest}, {"rule": by_need, "rebased_share": 0.4}
    rows = [exact_risk(checked(scenario_of(budgets=one, shocks=shocks)), "North").rows[1] for one in budgets]
    chances = [row.estimates["overspend_probability"].value for row in rows]
    assert 0.1 < chances[0] < 0.9
    assert chances[0] == pytest.approx(chances[1])


def test_less_is_paid_for_a_saving_that_the_next_budget_knows() -> None:
    paid = []
    for share in (0.0, 0.5):
        given = checked(scenario_of(budgets={"rule": FIXED, "rebased_share": share}, contract=THREE_YEARS))
        paid.append(luck(given, (0.1,), policy_saving=0.1, draws=Draws(400)).row(saving=0.1))
    assert paid[1].estimates[EARNED].value < paid[0].estimates[EARNED].value


def test_budgets_after_shadow_years_are_rebased_alike() -> None:
    given = scenario_of(budgets={"rule": FIXED, "rebased_share": 0.5})
    answer = shadow(checked(given), 1, draws=Draws(300, 1))
    given["contract"] = {"start_year": 2010, "years": 2, "shadow_years": 1}
    own = simulated(given, contracts=300).rows[0].estimates["expected_overspend_gbp"]
    assert answer.row(1, "North").estimates["expected_overspend_gbp"].value == pytest.approx(own.value)


def test_explain_tells_that_a_budget_moves_with_what_lasts() -> None:
    given = scenario_of(
        budgets={"rule": FIXED, "rebased_share": 0.5},
        shocks={"cluster": {"law": "lognormal", "sd_share": 0.05}},
    )
    found = explain(checked(given), draws=Draws(500, 1))
    offset = found.share(Source.BASE_YEAR, "South", "2011/12")
    # Need of the year before takes half of itself off what is left of need, and is not booked twice.
    assert abs(offset.value) < 0.1
    assert any("rebased_share" in note for note in found.notes())


def test_it_is_told_of() -> None:
    given = checked(scenario_of(budgets={"rule": FIXED, "rebased_share": 0.5}))
    said = " ".join(CheckAnswer(given, make_plan(given), "").sentences())
    assert "of a saving in one year about 50% comes off the next year's budget" in said
    one_year = {"start_year": 2010, "years": 1}
    notes = scheme_notes(
        checked(scenario_of(budgets={"rule": FIXED, "rebased_share": 0.5}, contract=one_year))
    )
    assert any("budgets.rebased_share does nothing" in note for note in notes)
