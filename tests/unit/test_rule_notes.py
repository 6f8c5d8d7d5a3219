"""What is said of settings that mislead."""

from __future__ import annotations

import pytest

from simulator.answers.rule_notes import BUDGETS_DIFFER, policy_notes, scheme_notes
from tests.builders import BOND, POOL, SURPLUS, Table, checked, cluster_of, scenario_of

ZERO = "With a bond of nothing"


def notes(scenario: Table, *overrides: str) -> str:
    return " ".join(scheme_notes(checked(scenario, *overrides)))


def test_budgets_that_follow_growth_are_named_where_growth_is_varied() -> None:
    key = "service_lines.admissions.growth_share"
    assert "more growth is no risk" in notes(scenario_of(), f"{key}=0.05")
    assert "more growth is no risk" not in notes(scenario_of())
    toolkit = {"rule": "toolkit", "fair_share_weight_by_year": [0.5]}
    for uplift, follows in (({}, True), ({"uplift_share": 0.02}, False)):
        scenario = checked(scenario_of(budgets={"rule": toolkit | uplift}))
        found = " ".join(policy_notes(scenario, [key]))
        assert ("more growth is no risk" in found) is follows


def test_bonds_that_no_rule_moves_are_named() -> None:
    clusters = [cluster_of("North", takes_share=False), cluster_of("South", bond_gbp=5), cluster_of("East")]
    found = notes(scenario_of(clusters=clusters))
    assert "North takes no share, and so posts no bond." in found
    assert "South has a bond of its own agreed (bond_gbp)" in found
    assert "East" not in found
    none = [cluster_of("North", takes_share=False)]
    assert "No cluster takes the practice share" in notes(scenario_of(clusters=none))
    assert "posts a bond" not in notes(scenario_of(rules=[POOL], clusters=none))


def test_a_setting_that_a_varied_key_wakes_is_not_called_idle() -> None:
    scenario = checked(scenario_of(rules=[SURPLUS, BOND, POOL | {"holds_top_slice": True}]))
    idle = "rules.pool.holds_top_slice does nothing here"
    assert idle in " ".join(policy_notes(scenario, ["rules.bond.interest_rate"]))
    assert idle not in " ".join(policy_notes(scenario, ["budgets.top_slice_share"]))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([SURPLUS, BOND | {"share_of_annual_budget": 0.0}], True),
        ([SURPLUS, BOND], False),
        ([SURPLUS | {"needs_bond": False}, BOND | {"share_of_annual_budget": 0.0}], False),
        ([SURPLUS, {"rule": "bond", "gbp_per_head": 0.0}], True),
    ],
)
def test_a_bond_of_nothing_takes_the_share_away(rules: list[Table], said: bool) -> None:
    assert (ZERO in notes(scenario_of(rules=rules))) is said


def test_a_policy_with_a_bond_of_nothing_is_noted() -> None:
    key = "rules.bond.share_of_annual_budget"
    scenario = checked(scenario_of())
    assert "A bond of nothing takes the practice share away" in " ".join(
        policy_notes(scenario, [key], [("0",), ("0.02",)])
    )
    assert "A bond of nothing" not in " ".join(policy_notes(scenario, [key], [("0.01",)]))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("budgets.top_slice_share", True),
        ("rules.per_case_limit.limit_gbp", True),
        ("clusters.North.proportion", True),
        ("service_lines.admissions.budget_rule.gbp_per_head", True),
        ("rules.bond.share_of_annual_budget", False),
        ("service_lines.admissions.growth_share", False),
    ],
)
def test_policies_whose_budgets_are_of_different_things(key: str, said: bool) -> None:
    assert (BUDGETS_DIFFER in list(policy_notes(checked(scenario_of()), [key]))) is said
