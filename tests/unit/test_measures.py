"""Measures of three contracts of two years and two clusters, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.outcomes import Outcomes
from simulator.records import Axes, Reason
from simulator.risk.account_book import account_books
from simulator.risk.measures import MEASURES
from simulator.risk.summary import summarise
from tests.unit.settling import terms_of

AXES = Axes(("2009/10", "2010/11", "2011/12"), ("North", "South"), ("admissions",))
TERMS = terms_of(2, 2, people=[100.0, 300.0], year_months=(9, 12))
# Spend by contract, year and cluster against budgets of 75 and 100: North, then South.
SPEND = [[[80, 70], [98, 100]], [[75, 78], [95, 95]], [[76, 75], [101, 104]]]


def _outcomes() -> Outcomes:
    outcomes = Outcomes.empty(3, AXES)
    budget = np.broadcast_to(np.array([[75.0], [100.0]]), (3, 2, 2))
    flows = {Reason.BUDGET: budget, Reason.SPEND: np.array(SPEND, dtype=float)}
    draw = np.zeros((3, 2, 2))
    draw[0, 0, 0], draw[1, 0, 1] = 5, 1
    payment = np.zeros((3, 2, 2))
    payment[2, 1] = [1, 4]
    share = np.zeros((3, 2, 2))
    share[1] = [[0, 0], [0.5, 0.25]]
    flows |= {Reason.BOND_DRAW: draw, Reason.PCT_PAYMENT: payment, Reason.PRACTICE_SHARE: share}
    outcomes.flows.update(flows)
    return outcomes


def _samples(measure: str, cluster: int | None, year: int = 0) -> list[float]:
    book = account_books(_outcomes(), TERMS)[-1 if cluster is None else cluster]
    (found,) = [one for one in MEASURES if one.name == measure]
    return np.asarray(found.samples(book, year), dtype=float).tolist()


@pytest.mark.parametrize(
    ("measure", "north", "south", "pct"),
    [
        # 175 for 21 months are 100 for twelve.
        ("annual_budget_gbp", [100] * 3, [100] * 3, [200] * 3),
        ("budget_gbp", [175] * 3, [175] * 3, [350] * 3),
        ("spend_gbp", [178, 170, 177], [170, 173, 179], [348, 343, 356]),
        # The PCT's total is within its budget in the first contract though North is not.
        ("overspend_probability", [1, 0, 1], [0, 0, 1], [0, 0, 1]),
        ("overspend_any_year_probability", [1, 0, 1], [0, 1, 1], [1, 1, 1]),
        # More than 2% of 175 = 3.5; of 350 = 7.
        ("large_overspend_probability", [0, 0, 0], [0, 0, 1], [0, 0, 0]),
        # North: 5; 0; 1 + 1. South: 0; 3; 4. Surpluses are not set off.
        ("expected_overspend_gbp", [5, 0, 2], [0, 3, 4], [5, 3, 6]),
        ("expected_surplus_gbp", [2, 5, 0], [5, 5, 0], [7, 10, 0]),
        # Drawn: 5 of 5; nothing of nothing; nothing of 2. South 0; 1 of 3; 0 of 4.
        ("bond_covers_probability", [1, 1, 0], [1, 0, 0], [1, 0, 0]),
        ("bond_needed_gbp", [5, 0, 2], [0, 3, 4], [5, 3, 6]),
        ("expected_bond_draw_gbp", [5, 0, 0], [0, 1, 0], [5, 1, 0]),
        ("pct_payment_gbp", [0, 0, 1], [0, 0, 4], [0, 0, 5]),
        ("pool_and_bonds_cover_probability", [1, 1, 0], [1, 1, 0], [1, 1, 0]),
        ("practice_share_gbp", [0, 0.5, 0], [0, 0.25, 0], [0, 0.75, 0]),
        # 21 months are 1.75 years; 100 people, 300, and 400.
        ("practice_share_gbp_per_year", [0, 0.5 / 1.75, 0], [0, 0.25 / 1.75, 0], [0, 0.75 / 1.75, 0]),
        ("practice_share_gbp_per_head", [0, 0.005, 0], [0, 0.25 / 300, 0], [0, 0.75 / 400, 0]),
        # Nothing moved for this reason.
        ("reinvestment_gbp", [0] * 3, [0] * 3, [0] * 3),
    ],
)
def test_a_measure(measure: str, north: list[float], south: list[float], pct: list[float]) -> None:
    for cluster, expected in ((0, north), (1, south), (None, pct)):
        assert _samples(measure, cluster) == pytest.approx(expected), cluster


def test_a_measure_by_year() -> None:
    # North: 80 and 98, 75 and 95, 76 and 101 against 75 and 100. At the budget is not over it.
    name = "overspend_probability_year_{year}"
    assert _samples(name, 0, 0) == [1, 0, 1]
    assert _samples(name, 0, 1) == [0, 0, 1]


def test_rows_are_the_clusters_and_then_the_pct() -> None:
    rows = summarise(_outcomes(), TERMS)
    assert [(row.name, row.people) for row in rows] == [("cluster 0", 100), ("cluster 1", 300), ("PCT", 400)]
    assert rows[0].estimates["spend_gbp"].value == pytest.approx(175)
    assert rows[0].estimates["overspend_probability_year_2"].value == pytest.approx(1 / 3)
    assert "pool_balance_gbp" not in rows[0].estimates
    assert "pool_balance_gbp" in rows[2].estimates


def test_blocks_fill_outcomes_up_to_the_number_asked_for() -> None:
    whole = Outcomes.empty(5, AXES)
    assert whole.fill(0, _outcomes()) == 3
    assert whole.fill(3, _outcomes()) == 2
    assert whole.gbp(Reason.SPEND)[3:].tolist() == SPEND[:2]
    assert whole.gbp(Reason.BOND_RELEASE).shape == (5, 2, 2)
    assert whole.overspend_gbp[0, 0].tolist() == [5, 0]
    assert whole.surplus_gbp[0, 1].tolist() == [2, 0]
