"""Spend that does not go to providers is spend all the same."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.records import CARE_HANDED_BACK, SPEND, Account, Axes, Outturn, SpendElsewhere
from simulator.risk.account_book import account_books
from simulator.rules.settlement import settled_outcomes
from tests.unit.settling import BOND, SPLIT, terms_of


def test_what_goes_elsewhere_is_part_of_spend_and_reaches_who_is_paid() -> None:
    # One contract of two years; by cluster. The second cluster is in for the first year alone.
    budget, spend = np.full((1, 2, 2), 100.0), np.array([[[90.0, 110.0], [104.0, 70.0]]])
    part = SpendElsewhere("clinic", Account.PRACTICES, np.array([[[5.0, 6.0], [7.0, 8.0]]]))
    outturn = Outturn(budget, spend, 0 * budget, budget[:, 0], elsewhere=(part,))
    terms = terms_of(2, 2, months=[[12, 12], [12, 0]])
    axes = Axes(("base", "first", "second"), terms.names, ("line",))
    outcomes = settled_outcomes([SPLIT, BOND], outturn, terms, axes)
    assert outcomes.gbp(SPEND)[0].tolist() == [[85, 104], [97, 0]]
    assert outcomes.gbp("clinic")[0].tolist() == [[5, 6], [7, 0]]
    assert outcomes.gbp(CARE_HANDED_BACK)[0].tolist() == [[0, 0], [0, 62]]
    assert outcomes.gbp("clinic_handed_back")[0].tolist() == [[0, 0], [0, 8]]
    assert outcomes.spend_gbp[0].tolist() == [[90, 110], [104, 0]]
    assert outcomes.surplus_gbp[0].tolist() == [[10, 0], [0, 0]]
    assert outcomes.overspend_gbp[0].tolist() == [[0, 10], [4, 0]]
    books = account_books(outcomes, terms)
    assert [book.spend_gbp.tolist() for book in books] == [[194], [110], [304]]
    # 5, 7 of the first; 6, 8 of the second, and the practice share of 10 that were saved.
    paid = books[-1].paid_gbp((Account.CLUSTER, Account.PCT), (Account.PRACTICES,))
    assert paid == pytest.approx([26 + 1])
