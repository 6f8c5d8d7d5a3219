"""Measures of budget, spend and overspend."""

from __future__ import annotations

import numpy as np

from simulator.records import FloatArray, Reason
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.measures.measure import Kind, Measure

LARGE_SHARE = 0.02
"""An overspend above this share of the budget counts as large (HSJ's threshold of 2010)."""


def _net_overspend_gbp(book: AccountBook, year: int) -> FloatArray:
    """Spend less budget of one year, shape (contract,), in pounds."""
    return book.overspend_gbp[:, year] - book.surplus_gbp[:, year]


def _beyond(book: AccountBook, share: float) -> FloatArray:
    """Spend of the whole contract beyond (1 + `share`) times its budget, shape (contract,)."""
    return book.total_gbp(Reason.SPEND) - (1 + share) * book.total_gbp(Reason.BUDGET)


OVERSPEND_MEASURES = (
    Measure(
        "annual_budget_gbp",
        Kind.MEAN,
        "mean budget for twelve months",
        lambda book, _: book.total_gbp(Reason.BUDGET) / book.years,
    ),
    Measure(
        "budget_gbp",
        Kind.MEAN,
        "mean budget of the whole contract",
        lambda book, _: book.total_gbp(Reason.BUDGET),
    ),
    Measure(
        "spend_gbp",
        Kind.MEAN,
        "mean spend of the whole contract",
        lambda book, _: book.total_gbp(Reason.SPEND),
    ),
    Measure(
        "overspend_probability_year_{year}",
        Kind.PROBABILITY,
        "probability that spend exceeds budget in the year",
        lambda book, year: _net_overspend_gbp(book, year) > PENNY_GBP,
    ),
    Measure(
        "overspend_probability",
        Kind.PROBABILITY,
        "probability that the whole contract's spend exceeds its budget",
        lambda book, _: _beyond(book, 0.0) > PENNY_GBP,
    ),
    Measure(
        "overspend_any_year_probability",
        Kind.PROBABILITY,
        "probability of an overspend in at least one year (for the PCT: by at least one cluster)",
        lambda book, _: np.any(book.overspend_gbp > PENNY_GBP, axis=1),
    ),
    Measure(
        "large_overspend_probability",
        Kind.PROBABILITY,
        "probability that the whole contract's spend exceeds its budget by more than 2% of it",
        lambda book, _: _beyond(book, LARGE_SHARE) > PENNY_GBP,
    ),
    Measure(
        "expected_overspend_gbp",
        Kind.MEAN,
        "mean sum of the years' overspends, surpluses not set off",
        lambda book, _: book.total_overspend_gbp,
    ),
    Measure(
        "expected_surplus_gbp",
        Kind.MEAN,
        "mean sum of the years' surpluses, overspends not set off",
        lambda book, _: book.total_surplus_gbp,
    ),
)
