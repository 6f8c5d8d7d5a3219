"""The practice share of the whole contract's net outturn; worked by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from simulator.records import Account
from simulator.rules.corridor import Corridor
from simulator.rules.deficit_recovery import DeficitRecovery
from simulator.rules.minimum_rate import MinimumRate
from simulator.rules.settlement import Settlement
from tests.unit.settling import BOND, POOL, SPLIT, moved, settled

WHOLE = SPLIT.model_copy(update={"settlement": "whole_contract"})
WITHOUT_BOND = WHOLE.model_copy(update={"needs_bond": False})


def _settled(outturns: Sequence[float], rules: Sequence = (WHOLE, BOND), **terms: object) -> Settlement:
    """Settle years with a budget of 100,000, by what was left of each."""
    spend = [[100_000 - left] for left in outturns]
    return settled(rules, [[100_000]] * len(spend), spend, **terms)


def _yearly(settlement: Settlement, reason: str) -> list[float]:
    return moved(settlement, reason)[:, 0].tolist()


def test_it_is_paid_once_on_surpluses_less_overspends() -> None:
    settlement = _settled([1_000, -300, 500])
    # 10% of 1,000 - 300 + 500. Year by year it would be 100 and 50.
    assert _yearly(settlement, "practice_share") == pytest.approx([0, 0, 120])
    assert _yearly(settlement, "share_held") == pytest.approx([100, 0, 0])
    assert _yearly(settlement, "share_released") == pytest.approx([0, 0, 100])
    # 40% of 1,000 - 100 at once; then 40% of 500 + 100 - 120.
    assert _yearly(settlement, "pct_return") == pytest.approx([360, 0, 192])
    assert _yearly(settlement, "reinvestment") == pytest.approx([540, 0, 288])


def test_overspends_are_paid_in_their_year_all_the_same() -> None:
    settlement = _settled([1_000, -300])
    assert _yearly(settlement, "bond_draw") == pytest.approx([0, 300])
    # 10% of 700; the 30 held for nothing are split 40 to 60.
    assert _yearly(settlement, "practice_share") == pytest.approx([0, 70])
    assert _yearly(settlement, "pct_return") == pytest.approx([360, 12])
    assert _yearly(settlement, "reinvestment") == pytest.approx([540, 18])


@pytest.mark.parametrize(
    ("taken_from", "returned", "reinvested"),
    [("reinvestment", [400, 0], [500, 30]), ("pct_return", [300, 30], [600, 0])],
)
def test_what_was_held_for_nothing_goes_where_it_came_from(
    taken_from: str, returned: list[float], reinvested: list[float]
) -> None:
    split = WHOLE.model_copy(update={"practice_share_from": taken_from})
    settlement = _settled([1_000, -300], [split, BOND])
    assert _yearly(settlement, "pct_return") == pytest.approx(returned)
    assert _yearly(settlement, "reinvestment") == pytest.approx(reinvested)


def test_nothing_is_shared_where_overspends_are_larger() -> None:
    settlement = _settled([1_000, -5_000, 0])
    assert not moved(settlement, "practice_share").any()
    assert _yearly(settlement, "pct_return") == pytest.approx([360, 0, 40])
    assert _yearly(settlement, "reinvestment") == pytest.approx([540, 0, 60])


@pytest.mark.parametrize("outturn", [1_000, -1_000])
def test_a_contract_of_one_year_is_settled_as_ever(outturn: float) -> None:
    whole, yearly = _settled([outturn]), _settled([outturn], [SPLIT, BOND])
    for reason in ("practice_share", "pct_return", "reinvestment", "bond_draw"):
        assert _yearly(whole, reason) == _yearly(yearly, reason)


def test_nothing_is_held_for_who_may_keep_nothing() -> None:
    for settlement in (_settled([1_000, 500], takes_share=[False]), _settled([1_000, 500], [WHOLE])):
        assert not moved(settlement, "share_held").any()
        assert _yearly(settlement, "pct_return") == pytest.approx([400, 200])


def test_the_pool_does_not_spend_what_is_held() -> None:
    # The saver's 1,000: 100 held, 360 into the pool, which the other's 5,000 use up.
    settlement = settled(
        [WITHOUT_BOND, POOL], [[100_000, 100_000]] * 2, [[99_000, 105_000], [100_000, 100_000]]
    )
    assert moved(settlement, "pool_payment")[0] == pytest.approx([0, 360])
    assert moved(settlement, "practice_share")[1] == pytest.approx([100, 0])
    for account in (Account.HELD, Account.CLUSTER, Account.POOL):
        assert settlement.ledger.balance(account).sum() == pytest.approx(0)


def test_a_minimum_savings_rate_is_of_the_whole_contract() -> None:
    rate = MinimumRate(share_of_budget=0.02)
    rules = [WHOLE.model_copy(update={"minimum_savings_rate": rate}), BOND]
    # 2% of 200,000 is 4,000: 3,000 - 500 does not meet it, 3,000 + 1,500 does.
    assert not moved(_settled([3_000, -500], rules), "practice_share").any()
    assert _yearly(_settled([3_000, 1_500], rules), "practice_share") == pytest.approx([0, 450])


def test_what_a_corridor_takes_over_is_out_of_the_net() -> None:
    corridor = Corridor(width_share=0.01, cluster_share_beyond=0)
    settlement = _settled([3_000, -1_500, 400], [corridor, WITHOUT_BOND])
    # 1,000 of 3,000 stay, less 1,000 of 1,500, and 400.
    assert _yearly(settlement, "practice_share") == pytest.approx([0, 0, 40])


def test_a_deficit_counts_once_though_it_is_repaid() -> None:
    settlement = _settled([-300, 1_000], [DeficitRecovery(), WITHOUT_BOND])
    assert _yearly(settlement, "deficit_repaid") == pytest.approx([0, 300])
    # 10% of 1,000 - 300, and the PCT 40% of the 630 left.
    assert _yearly(settlement, "practice_share") == pytest.approx([0, 70])
    assert _yearly(settlement, "pct_return") == pytest.approx([0, 252])


def test_a_cluster_that_leaves_has_its_share_at_the_end_of_the_contract() -> None:
    leaving = BOND.model_copy(update={"when_exhausted": "leaves"})
    # The bond of 2,000 is used up in the second year; 10% of 5,000 - 2,500 are its practices'.
    settlement = _settled([5_000, -2_500, 800], [WHOLE, leaving])
    assert settlement.takes_part[0, :, 0].tolist() == [True, True, False]
    assert _yearly(settlement, "practice_share") == pytest.approx([0, 0, 250])


@pytest.mark.parametrize("taken_from", ["top", "reinvestment", "pct_return"])
def test_rounding_makes_no_payment_less_than_nothing(taken_from: str) -> None:
    # Practices may keep all of their part; the two ways of adding up differ in the last bits.
    returned = {"top": 0.4, "reinvestment": 0.0, "pct_return": 1.0}[taken_from]
    changes = {"practice_share": 1.0, "practice_share_from": taken_from, "pct_return_share": returned}
    outturns = [0.1 * number**1.5 for number in range(1, 40)]
    for first in outturns:
        settlement = _settled([first, first / 3, -0.0], [WITHOUT_BOND.model_copy(update=changes)])
        assert all((flow.gbp >= 0).all() for flow in settlement.ledger.flows.values())
