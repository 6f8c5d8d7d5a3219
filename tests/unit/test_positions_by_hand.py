"""Who has what at the end: contracts settled from sums that stand in the test."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.records import Account, Axes, Outturn
from simulator.risk.account_book import AccountBook, account_books
from simulator.risk.positions import gain_gbp, pct_build_up, pct_net_gbp
from simulator.rules import AnyRule
from simulator.rules.bond import Bond
from simulator.rules.corridor import Corridor
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.pool import Pool
from simulator.rules.settlement import settled_outcomes
from tests.unit.settling import SPLIT, terms_of

STAYS = Bond(share_of_annual_budget=0.04)
LEAVES = STAYS.model_copy(update={"when_exhausted": "leaves"})


def book_of(
    rules: list[AnyRule],
    budget_gbp: list[float],
    spend_gbp: list[float],
    planned_gbp: list[float],
    **outturn: list[float],
) -> AccountBook:
    """Return the book of one cluster's contract, twice, from amounts by year: a mean asks for two."""
    budget, spend = (_twice(gbp) for gbp in (budget_gbp, spend_gbp))
    others = {name: _twice(gbp) for name, gbp in outturn.items()}
    years = len(budget_gbp)
    terms = terms_of(1, years, planned_gbp=np.array(planned_gbp, dtype=float)[:, None])
    axes = Axes(tuple(f"year {at}" for at in range(years + 1)), ("cluster 0",), ("care",))
    records = Outturn(budget, spend, np.zeros_like(budget), budget[:, 0], **others)
    return account_books(settled_outcomes(rules, records, terms, axes), terms)[0]


def _twice(by_year_gbp: list[float]) -> NDArray[np.float64]:
    return np.tile(np.array(by_year_gbp, dtype=float)[None, :, None], (2, 1, 1))


def parts_of(book: AccountBook) -> dict[str, float]:
    return {words: one.value for words, one in pct_build_up(book).parts}


def test_what_is_kept_back_is_gained_and_what_it_causes_is_paid() -> None:
    # Of 100 planned the PCT keeps 5; the cluster spends 98: 3 over its budget, which the PCT pays.
    book = book_of([], [95], [98], [100])
    assert parts_of(book) == {"planned care less budgets": 5, "uncovered overspend": -3}
    assert pct_net_gbp(book) == pytest.approx([2] * 2)


def test_a_corridor_is_in_the_position() -> None:
    # 10 over a budget of 100: beyond 2 the PCT bears half of 8; the bond pays 4 of 6, the PCT the rest.
    corridor = Corridor(width_share=0.02, cluster_share_beyond=0.5)
    book = book_of([corridor, STAYS], [100], [110], [100])
    assert parts_of(book) == {"corridor payment": -4, "uncovered overspend": -2}
    assert gain_gbp(book, Account.PRACTICES) == pytest.approx([-4] * 2)
    # Ten under: beyond 2 it takes half of 8.
    assert parts_of(book_of([corridor], [100], [90], [100])) == {
        "corridor return": 4,
        "unshared surplus": 6,
    }


def test_the_care_of_a_cluster_that_has_left_is_the_pct_s() -> None:
    # A bond of 4 is used up by an overspend of 6: the cluster leaves, and the PCT pays the 107 of year 2.
    leaves, stays = (book_of([rule], [100, 100], [106, 107], [100, 100]) for rule in (LEAVES, STAYS))
    assert leaves.takes_part.tolist() == [[True, False]] * 2
    assert leaves.leaves.tolist() == [[True, False]] * 2
    # It planned 200: handed over 100, paid 2 and 107. Had it stayed: 200, 2 and 7.
    assert parts_of(leaves) == {
        "planned care less budgets": 100,
        "uncovered overspend": -2,
        "care handed back": -107,
    }
    for book in (leaves, stays):
        assert pct_net_gbp(book) == pytest.approx([-9] * 2)
        assert book.gained_gbp((Account.PROVIDERS,)) == pytest.approx([213] * 2)
        # To stay it would need a bond for both years' overspends.
        assert book.bond_needed_gbp == pytest.approx([13] * 2)


def test_care_outside_budgets_and_above_a_limit_is_the_pct_s() -> None:
    limit = PerCaseLimit(limit_gbp=1_000)
    book = book_of([limit], [90], [88], [150], outside_gbp=[50], above_limit_gbp=[7])
    # Planned 150: 90 handed over, 50 and 7 paid itself, 2 come back.
    assert parts_of(book) == {
        "planned care less budgets and care outside budgets": 10,
        "care above case limit": -7,
        "unshared surplus": 2,
    }
    assert book.gained_gbp((Account.PROVIDERS,)) == pytest.approx([88 + 50 + 7] * 2)


def test_care_above_a_limit_is_handed_back_with_the_rest() -> None:
    book = book_of(
        [PerCaseLimit(limit_gbp=1_000), LEAVES], [100, 100], [106, 107], [110, 110], above_limit_gbp=[1, 2]
    )
    assert parts_of(book)["care handed back"] == -109
    assert parts_of(book)["care above case limit"] == -1


def test_a_partner_and_a_lender() -> None:
    rule = Bond(
        share_of_annual_budget=0.04,
        deposited_by="partner",
        financing_share_per_year=0.05,
        interest_share_per_year=0.1,
    )
    # Under by 10: practices keep 1, and of 9 the pool gets 3.6 and care 5.4. The bond of 4 earns 0.4, its
    # money costs 0.2.
    book = book_of([SPLIT, rule, Pool()], [100], [90], [100])
    assert gain_gbp(book, Account.PRACTICES) == pytest.approx([1] * 2)
    assert gain_gbp(book, Account.PARTNER) == pytest.approx([0.2] * 2)
    assert gain_gbp(book, Account.LENDER) == pytest.approx([0.2] * 2)
    assert gain_gbp(book, Account.REINVESTMENT) == pytest.approx([5.4] * 2)
    assert parts_of(book) == {"PCT return": pytest.approx(3.6), "bond interest": pytest.approx(-0.4)}


@pytest.mark.parametrize(
    ("claims", "top_up", "interest", "needed"),
    [
        # One bond pays 3, then 5; topped up it must hold the larger.
        ([3, 5], False, 0.0, 8),
        ([3, 5], True, 0.0, 5),
        ([0, 0], True, 0.1, 0),
        # At 10%, b - 3 grows to 1.1 (b - 3), which must be 5.5: b = 8.
        ([3, 5.5], False, 0.1, 8),
        # Untouched at first, b grows to 1.1 b: 5.5 needs 5; topped up nothing is missing, and it is the same.
        ([0, 5.5], False, 0.1, 5),
        ([0, 5.5], True, 0.1, 5),
        # Half of the first year's claims: 5.5 / 1.1 + 0.1 = 5.1 is less than 5.5.
        ([0.1, 5.5], True, 0.1, 5.1),
    ],
)
def test_the_bond_needed(claims: list[float], top_up: bool, interest: float, needed: float) -> None:
    rule = Bond(share_of_annual_budget=0.0, top_up=top_up, interest_share_per_year=interest)
    assert rule.needed_gbp(np.array([claims]), np.array([12, 12])) == pytest.approx([needed])


def test_the_interest_of_a_part_year_is_of_its_months() -> None:
    rule = Bond(share_of_annual_budget=0.0, interest_share_per_year=0.1)
    # Nine months at 10% are 7.5%: 5.375 after them needs 5.
    assert rule.needed_gbp(np.array([[0, 5.375]]), np.array([9, 12])) == pytest.approx([5])
