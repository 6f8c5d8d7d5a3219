"""The overspend share: what the cluster bears of an overspend, and what the PCT; worked by hand."""

from __future__ import annotations

import pytest

from simulator import InputError
from simulator.answers.rule_notes import scheme_notes
from simulator.rules.bond import Bond
from simulator.rules.minimum_rate import MinimumRate
from simulator.rules.overspend_share import OverspendShare
from tests.builders import BOND, POOL, SURPLUS, checked, scenario_of
from tests.unit.settling import SPLIT, moved, settled

BUDGET = [[100_000]]
# Medicare's BASIC E with a minimum loss rate of 2%: 30% of losses, at most 4% of the budget.
BASIC_E = OverspendShare(
    cluster_share=0.3, minimum_loss_rate=MinimumRate(share_of_budget=0.02), cap_share_of_budget=0.04
)


@pytest.mark.parametrize(
    ("overspend", "borne"),
    # Below 2% nothing; from there 30% of all of it; 30% of 15,000 is 4,500, of which the cap leaves 4,000.
    [(0, 0), (1_999, 0), (2_000, 600), (10_000, 3_000), (15_000, 4_000)],
)
def test_basic_e(overspend: float, borne: float) -> None:
    settlement = settled([BASIC_E], BUDGET, [[100_000 + overspend]])
    assert moved(settlement, "overspend_share_payment")[0, 0] == pytest.approx(overspend - borne)
    assert moved(settlement, "uncovered_overspend")[0, 0] == pytest.approx(borne)
    # What reaches a bond is the cluster's part.
    assert settlement.claims_gbp[0, 0, 0] == pytest.approx(borne)


def test_of_the_excess_alone() -> None:
    rate = MinimumRate(share_of_budget=0.02, once_met="excess")
    rule = OverspendShare(cluster_share=0.3, minimum_loss_rate=rate)
    assert settled([rule], BUDGET, [[110_000]]).claims_gbp[0, 0, 0] == pytest.approx(2_400)


def test_the_rate_goes_by_the_size_of_the_cluster() -> None:
    # 3.9% for 5,000 people, 2.2% for 50,000: of 3,000 over the larger one bears 30%.
    rule = OverspendShare(cluster_share=0.3, minimum_loss_rate=MinimumRate(by_people="medicare"))
    settlement = settled([rule], [[100_000] * 2], [[103_000] * 2], people=[5_000.0, 50_000.0])
    assert settlement.claims_gbp[0, 0] == pytest.approx([0, 900])


def test_bond_and_whole_contract_see_what_it_leaves() -> None:
    # Of 10,000 over the cluster bears 3,000; the bond of 2% pays 2,000. Over both years 9,000 less 3,000 are
    # shared in, since the PCT's part is no longer an overspend of the cluster's.
    split = SPLIT.model_copy(update={"settlement": "whole_contract"})
    rules = [BASIC_E, split, Bond(share_of_annual_budget=0.02)]
    settlement = settled(rules, BUDGET * 2, [[110_000], [91_000]])
    assert moved(settlement, "bond_draw").ravel() == pytest.approx([2_000, 0])
    assert moved(settlement, "practice_share").ravel() == pytest.approx([0, 600])


def test_it_stands_before_rules_that_pay_and_share() -> None:
    rule = {"rule": "overspend_share", "cluster_share": 0.3}
    assert checked(scenario_of(rules=[rule, SURPLUS, BOND, POOL]))
    with pytest.raises(InputError, match="listed before the rule surplus"):
        checked(scenario_of(rules=[SURPLUS, rule, BOND, POOL]))
    added = checked(scenario_of(), "rules.overspend_share.cluster_share=0.3").settings.rules
    assert added[0].rule == "overspend_share"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cluster_share": 1.0}, "rules.overspend_share does nothing here"),
        (
            {"cluster_share": 0.0, "cap_share_of_budget": 0.1},
            "rules.overspend_share.cap_share_of_budget does nothing here",
        ),
        (
            {"cluster_share": 0.5, "minimum_loss_rate": {"share_of_budget": 0.0}},
            "rules.overspend_share.minimum_loss_rate does nothing here",
        ),
    ],
)
def test_what_does_nothing_is_said(changes: dict[str, object], said: str) -> None:
    rules = [{"rule": "overspend_share"} | changes, SURPLUS, BOND, POOL]
    assert sum(said in note for note in scheme_notes(checked(scenario_of(rules=rules)))) == 1
