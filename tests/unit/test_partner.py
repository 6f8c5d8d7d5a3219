"""The external partner: what it has of gains, losses and bond, and its fee; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import InputError
from simulator.answers.rule_notes import scheme_notes
from simulator.records import Account
from simulator.rules.partner import Partner
from tests.builders import BOND as BOND_TABLE
from tests.builders import SURPLUS, checked, scenario_of
from tests.unit.settling import BOND, SPLIT, moved, settled
from tests.unit.test_legal_forms import legal

BUDGET = [[100_000]] * 2
# 8,000 under, then 3,000 over.
SPEND = [[92_000], [103_000]]
PARTNER = Partner(gains_share=0.3, losses_share=0.4, bond_share=0.25, fee_share_of_budget=0.001)
COSTLY = BOND.model_copy(update={"financing_share_per_year": 0.05, "interest_share_per_year": 0.01})


def test_gains_losses_and_bond() -> None:
    settlement = settled([SPLIT, COSTLY, PARTNER], BUDGET, SPEND)
    # 30% of a practice share of 800; 40% of the 2,020 that are in the bond and drawn.
    assert moved(settlement, "partner_gains").ravel() == pytest.approx([240, 0])
    assert moved(settlement, "partner_losses").ravel() == pytest.approx([0, 808])
    # A quarter of 5% on 2,000 a year, and of 1% in the first year alone.
    assert moved(settlement, "partner_bond_cost").ravel() == pytest.approx([25, 25])
    assert moved(settlement, "partner_bond_interest").ravel() == pytest.approx([5, 0])
    assert moved(settlement, "partner_fee").ravel() == pytest.approx([100, 100])
    gain = 240 - 808 - 50 + 5 + 200
    assert float(settlement.ledger.balance(Account.PARTNER)[0, 0]) == pytest.approx(gain)
    # The practices': a share of 800, a bond of 2,000 that is lost, its cost of 200, and the partner's part.
    assert float(settlement.ledger.balance(Account.PRACTICES)[0, 0]) == pytest.approx(800 - 2_200 - gain)


def test_what_is_paid_back_to_a_surety_is_a_loss_too() -> None:
    surety = BOND.model_copy(update={"form": "surety"})
    settlement = settled([SPLIT, surety, PARTNER], BUDGET, SPEND)
    assert moved(settlement, "partner_losses").ravel() == pytest.approx([0, 800])
    assert moved(settlement, "partner_bond_cost").ravel() == pytest.approx([10, 10])


def test_so_is_what_practices_are_liable_for() -> None:
    # 1,000 beyond the bond of 2,000, and the bond.
    settlement = settled([SPLIT, BOND, PARTNER], BUDGET, SPEND, legal=legal(is_liable=True))
    assert moved(settlement, "partner_losses").ravel() == pytest.approx([0, 1_200])


def test_a_bond_that_the_partner_posts_itself_is_its_own_loss_already() -> None:
    bond = BOND.model_copy(update={"deposited_by": "partner"})
    settlement = settled([SPLIT, bond, PARTNER], BUDGET, SPEND)
    assert not moved(settlement, "partner_losses").any()
    assert float(settlement.ledger.balance(Account.PARTNER)[0, 0]) == pytest.approx(240 - 2_000 + 200)


def test_a_joint_venture_has_shares_of_its_own() -> None:
    settlement = settled([SPLIT, BOND, PARTNER], BUDGET, SPEND, legal=legal(partner_share=0.5))
    assert moved(settlement, "partner_gains").ravel() == pytest.approx([400, 0])
    assert moved(settlement, "partner_losses").ravel() == pytest.approx([0, 1_000])
    none = settled([SPLIT, BOND, PARTNER], BUDGET, SPEND, legal=legal(partner_share=0.0))
    assert not none.ledger.balance(Account.PARTNER).any()


def test_a_cluster_that_takes_no_share_has_no_partner() -> None:
    settlement = settled([SPLIT, BOND, PARTNER], BUDGET, SPEND, takes_share=[False])
    assert not np.any(settlement.ledger.balance(Account.PARTNER))


def test_it_stands_after_the_bond() -> None:
    partner = {"rule": "partner", "gains_share": 0.3}
    assert checked(scenario_of(rules=[SURPLUS, BOND_TABLE, partner]))
    with pytest.raises(InputError, match="listed before the rule partner"):
        checked(scenario_of(rules=[SURPLUS, partner, BOND_TABLE]))


@pytest.mark.parametrize(
    ("partner", "bond", "said"),
    [
        ({}, {}, "rules.partner does nothing here"),
        ({"bond_share": 0.5}, {}, "rules.partner.bond_share does nothing here"),
        (
            {"losses_share": 0.5},
            {"form": "partner_guarantee"},
            "rules.partner.losses_share does nothing here",
        ),
    ],
)
def test_what_does_nothing_is_said(partner: dict[str, float], bond: dict[str, str], said: str) -> None:
    rules = [SURPLUS, BOND_TABLE | bond, {"rule": "partner"} | partner]
    assert sum(said in note for note in scheme_notes(checked(scenario_of(rules=rules)))) == 1
