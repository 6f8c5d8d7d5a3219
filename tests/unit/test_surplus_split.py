"""Who gets what of a surplus of GBP 1,000, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.records import Account
from simulator.rules.deficit_recovery import DeficitRecovery
from simulator.rules.surplus import SurplusSplit
from tests.unit.settling import BOND, SPLIT, moved, settled

# One year, a budget of 100,000 and a spend of 99,000: a surplus of 1,000.
BUDGET, SPEND = [[100_000]], [[99_000]]


def _parts(split: SurplusSplit, rules: tuple = (BOND,), **terms: object) -> list[float]:
    settlement = settled([split, *rules], BUDGET, SPEND, **terms)
    reasons = ("practice_share", "pct_return", "reinvestment", "unshared_surplus")
    return [float(moved(settlement, reason)[0, 0]) for reason in reasons]


@pytest.mark.parametrize(
    ("taken_from", "expected"),
    [
        # Practices 10% of 1,000 = 100. Of the 900 left the PCT gets 40% = 360, patients 540.
        ("top", [100, 360, 540, 0]),
        # The PCT gets 40% of 1,000 = 400; of the 600 for patients practices take 100, 500 are left.
        ("reinvestment", [100, 400, 500, 0]),
        # Patients get 60% of 1,000 = 600; of the PCT's 400 practices take 100, 300 are left.
        ("pct_return", [100, 300, 600, 0]),
    ],
)
def test_practice_share_from(taken_from: str, expected: list[float]) -> None:
    split = SPLIT.model_copy(update={"practice_share_from": taken_from})
    assert _parts(split) == pytest.approx(expected)


def test_parts_go_to_their_accounts() -> None:
    ledger = settled([SPLIT], BUDGET, SPEND).ledger
    # Nobody posts a bond here, so practices get nothing: 400 to the pool, 600 to patients.
    balances = [float(ledger.balance(account)[0, 0]) for account in Account]
    expected = {
        Account.PCT: -100_000,
        Account.PROVIDERS: 99_000,
        Account.REINVESTMENT: 600,
        Account.POOL: 400,
    }
    assert balances == pytest.approx([expected.get(account, 0) for account in Account])


@pytest.mark.parametrize("taken_from", ["top", "reinvestment", "pct_return"])
def test_without_a_practice_share_all_options_agree(taken_from: str) -> None:
    split = SPLIT.model_copy(update={"practice_share_from": taken_from})
    # A cluster that does not want the share: 40% of 1,000 to the PCT, 60% to patients.
    assert _parts(split, takes_share=[False]) == pytest.approx([0, 400, 600, 0])


def test_a_willing_cluster_without_a_bond_gets_no_share() -> None:
    assert _parts(SPLIT, rules=()) == pytest.approx([0, 400, 600, 0])
    assert _parts(SPLIT, bond_gbp=[0.0]) == pytest.approx([0, 400, 600, 0])


def test_a_share_without_a_bond_where_none_is_needed() -> None:
    split = SPLIT.model_copy(update={"needs_bond": False})
    assert _parts(split, rules=()) == pytest.approx([100, 360, 540, 0])
    assert _parts(split, rules=(), takes_share=[False]) == pytest.approx([0, 400, 600, 0])


def test_a_drawn_bond_still_earns_the_share() -> None:
    # The bond of 2,000 is used up in the first year; what counts is that it was posted.
    settlement = settled([SPLIT, BOND], [[100_000], [100_000]], [[105_000], [99_000]])
    assert moved(settlement, "practice_share").ravel() == pytest.approx([0, 100])


def test_an_overspend_is_not_shared() -> None:
    settlement = settled([SPLIT, BOND], [[100_000]], [[101_000]])
    for reason in ("practice_share", "pct_return", "reinvestment", "unshared_surplus"):
        assert not moved(settlement, reason).any()


def test_without_the_rule_the_surplus_is_the_pct_s() -> None:
    settlement = settled([BOND], BUDGET, SPEND)
    assert moved(settlement, "unshared_surplus")[0, 0] == pytest.approx(1_000)


def test_only_what_deficit_recovery_leaves_is_shared() -> None:
    # Year one: 300 over, which falls on the PCT. Year two: a surplus of 1,000, 300 of it repaid;
    # of the 700 left 40% = 280 to the PCT's pool and 420 to patients.
    settlement = settled([DeficitRecovery(), SPLIT], [[1000], [5000]], [[1300], [4000]])
    assert moved(settlement, "deficit_repaid")[1, 0] == pytest.approx(300)
    assert moved(settlement, "pct_return")[1, 0] == pytest.approx(280)
    assert moved(settlement, "reinvestment")[1, 0] == pytest.approx(420)


@pytest.mark.parametrize(
    ("taken_from", "returned"),
    [("top", 0.0), ("pct_return", 0.1), ("reinvestment", 0.9), ("pct_return", 0.3)],
)
def test_a_share_may_take_its_part_whole(taken_from: str, returned: float) -> None:
    split = SurplusSplit(practice_share=0.1, practice_share_from=taken_from, pct_return_share=returned)
    parts = _parts(split)
    assert sum(parts) == pytest.approx(1_000)
    assert np.all(np.array(parts) >= 0)


@pytest.mark.parametrize(("taken_from", "returned"), [("pct_return", 0.09), ("reinvestment", 0.91)])
def test_a_share_larger_than_its_part_is_refused(taken_from: str, returned: float) -> None:
    with pytest.raises(InputError, match="no larger than the part"):
        SurplusSplit(practice_share=0.1, practice_share_from=taken_from, pct_return_share=returned)
