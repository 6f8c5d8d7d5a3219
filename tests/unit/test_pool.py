"""The pool, deficits carried forward, and what is left to the PCT; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.records import Account, Outturn
from simulator.rules.deficit_recovery import DeficitRecovery
from simulator.rules.pool import Pool
from simulator.rules.settlement import settle
from tests.unit.settling import BOND, POOL, SPLIT, moved, settled, terms_of

# Cluster 0 saves 1,000; the two others overspend by 300 and 100.
BUDGET, SPEND = [[10_000] * 3], [[9_000, 10_300, 10_100]]


def test_it_pays_all_where_it_can() -> None:
    settlement = settled([SPLIT, POOL], BUDGET, SPEND)
    # No bonds, so 40% of 1,000 = 400 is in the pool: just enough.
    assert moved(settlement, "pool_payment")[0] == pytest.approx([0, 300, 100])
    assert not moved(settlement, "uncovered_overspend").any()


def test_it_is_shared_in_proportion_when_short() -> None:
    split = SPLIT.model_copy(update={"pct_return_share": 0.1})
    settlement = settled([split, POOL], BUDGET, SPEND)
    # 100 in the pool for 400: a quarter of each. The PCT pays 225 and 75.
    assert moved(settlement, "pool_payment")[0] == pytest.approx([0, 75, 25])
    assert moved(settlement, "uncovered_overspend")[0] == pytest.approx([0, 225, 75])


def test_bonds_are_drawn_first_when_listed_first() -> None:
    split = SPLIT.model_copy(update={"pct_return_share": 0.1, "needs_bond": True})
    settlement = settled([split, BOND, POOL], BUDGET, SPEND)
    # Bonds of 200: 200 of 300, and 100 of 100. The saver keeps 100, so 90 returns: 90 of the last 100.
    assert moved(settlement, "bond_draw")[0] == pytest.approx([0, 200, 100])
    assert moved(settlement, "pool_payment")[0] == pytest.approx([0, 90, 0])
    assert moved(settlement, "uncovered_overspend")[0] == pytest.approx([0, 10, 0])


def test_the_order_of_the_list_is_the_order_of_payment() -> None:
    settlement = settled([SPLIT, POOL, BOND], BUDGET, SPEND)
    # The saver keeps 100 and returns 40% of 900 = 360 of the 400 needed: 90% each. Bonds pay the rest.
    assert moved(settlement, "pool_payment")[0] == pytest.approx([0, 270, 90])
    assert moved(settlement, "bond_draw")[0] == pytest.approx([0, 30, 10])


def test_a_pool_before_the_split_is_still_empty() -> None:
    settlement = settled([POOL, SPLIT], BUDGET, SPEND)
    assert not moved(settlement, "pool_payment").any()
    assert moved(settlement, "pct_return")[0, 0] == pytest.approx(400)


def test_what_is_left_waits_for_the_next_year() -> None:
    budget, spend = [[10_000] * 2] * 2, [[9_000, 10_150], [10_000, 10_500]]
    settlement = settled([SPLIT, POOL], budget, spend)
    # 400 paid in, 150 paid out; the 250 left go towards next year's 500.
    assert moved(settlement, "pool_payment")[:, 1] == pytest.approx([150, 250])
    assert moved(settlement, "uncovered_overspend")[:, 1] == pytest.approx([0, 250])
    assert float(settlement.ledger.balance(Account.POOL).sum()) == pytest.approx(0)


def test_the_top_slice_can_be_held_in_it() -> None:
    held = settled([Pool(holds_top_slice=True)], BUDGET, SPEND, top_slice_gbp=[[50, 50, 60]])
    # 160 in the pool for 400: 40% of each.
    assert moved(held, "top_slice")[0] == pytest.approx([50, 50, 60])
    assert moved(held, "pool_payment")[0] == pytest.approx([0, 120, 40])
    kept = settled([POOL], BUDGET, SPEND, top_slice_gbp=[[50, 50, 60]])
    assert not moved(kept, "top_slice").any()
    assert not moved(kept, "pool_payment").any()


def test_no_top_slice_of_a_cluster_that_left() -> None:
    leaving = BOND.model_copy(update={"when_exhausted": "leaves"})
    settlement = settled(
        [leaving, Pool(holds_top_slice=True)], [[100], [100]], [[200], [200]], top_slice_gbp=[[7], [7]]
    )
    assert moved(settlement, "top_slice").ravel().tolist() == [7, 0]


def test_contracts_do_not_pay_for_each_other() -> None:
    # Two contracts of one year: in the first, cluster 0 saves 1,000; in the second, nobody does.
    budget = np.full((2, 1, 2), 1_000.0)
    spend = np.array([[[0.0, 1_400.0]], [[1_000.0, 1_400.0]]])
    outturn = Outturn(budget, spend, np.zeros_like(budget), budget[:, 0])
    payment = settle([SPLIT, POOL], outturn, terms_of(2, 1)).ledger.flow("pool_payment")
    assert payment[:, 0, 1] == pytest.approx([400, 0])


def test_without_rules_all_falls_on_the_pct() -> None:
    settlement = settled([], BUDGET, SPEND)
    assert moved(settlement, "uncovered_overspend")[0] == pytest.approx([0, 300, 100])
    assert moved(settlement, "unshared_surplus")[0] == pytest.approx([1_000, 0, 0])
    # It handed over 30,000, paid 400 and got 1,000 back: what providers got.
    assert settlement.ledger.balance(Account.PCT).sum() == pytest.approx(-29_400)
    assert settlement.ledger.balance(Account.PROVIDERS).sum() == pytest.approx(29_400)


def test_a_deficit_is_repaid_from_later_surpluses() -> None:
    budget, spend = [[1_000]] * 4, [[1_500], [800], [600], [900]]
    settlement = settled([DeficitRecovery()], budget, spend)
    # The PCT paid 500: 200 comes back from the first surplus, 300 of 400 from the next, then nothing.
    assert moved(settlement, "deficit_repaid").ravel() == pytest.approx([0, 200, 300, 0])
    assert moved(settlement, "unshared_surplus").ravel() == pytest.approx([0, 0, 100, 100])


def test_only_what_the_pct_paid_is_a_deficit() -> None:
    settlement = settled([DeficitRecovery(), BOND], [[1_000]] * 2, [[1_025], [900]])
    # The bond of 20 pays 20 of 25.
    assert moved(settlement, "deficit_repaid").ravel() == pytest.approx([0, 5])


def test_each_cluster_repays_its_own_deficit() -> None:
    settlement = settled([DeficitRecovery()], [[1_000] * 2] * 2, [[1_500, 1_000], [1_000, 500]])
    assert not np.any(moved(settlement, "deficit_repaid"))


def test_next_to_nothing_to_pay_is_paid() -> None:
    # The smallest number there is, against 4e11 in the pool: their ratio is beyond any number.
    settlement = settled([SPLIT, POOL], [[1e12, 0.0]], [[0.0, 5e-324]])
    assert moved(settlement, "pool_payment")[0].tolist() == [0, 5e-324]
