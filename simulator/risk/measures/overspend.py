"""Measures of budget, spend and overspend."""

from __future__ import annotations

import numpy as np

from simulator.records import BUDGET, BoolArray, FloatArray
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.estimators import Probability, Quantile
from simulator.risk.measures.measure import Measure

LARGE_SHARE = 0.02
"""An overspend above this share of the budget counts as large (HSJ's threshold of 2010)."""
BAD = Quantile(0.95)
"""What one contract in twenty is above."""


def _beyond(book: AccountBook, share: float) -> FloatArray:
    """Spend of the whole contract beyond (1 + `share`) times its budget, shape (contract,)."""
    return book.spend_gbp - (1 + share) * book.total_gbp(BUDGET)


def _while_inside(book: AccountBook, year: int, values: FloatArray | BoolArray) -> FloatArray | BoolArray:
    """Values of the contracts in which the cluster takes part in the year; nan in the others."""
    inside = book.takes_part[:, year]
    return values if inside.all() else np.where(inside, values, np.nan)


def _overspent(book: AccountBook, year: int) -> FloatArray | BoolArray:
    net_gbp = book.overspend_gbp[:, year] - book.surplus_gbp[:, year]
    return _while_inside(book, year, net_gbp > PENNY_GBP)


def _overspends_gbp(book: AccountBook, _: int) -> FloatArray:
    return book.total_overspend_gbp


def _overspend_gbp(book: AccountBook, year: int) -> FloatArray | BoolArray:
    return _while_inside(book, year, book.overspend_gbp[:, year])


def _of_budget(overspend_gbp: FloatArray, budget_gbp: FloatArray) -> FloatArray:
    """Overspends as shares of budgets; nan where there is no budget."""
    nothing = np.full_like(overspend_gbp, np.nan)
    return np.divide(overspend_gbp, budget_gbp, out=nothing, where=budget_gbp > PENNY_GBP)


def _share_of_year(book: AccountBook, year: int) -> FloatArray:
    return _of_budget(book.overspend_gbp[:, year], book.by_year_gbp(BUDGET)[:, year])


def _leaves_after(book: AccountBook, year: int) -> BoolArray | None:
    """Whether the cluster leaves; no cluster does at the end of the last year, nor without a bond."""
    return book.leaves[:, year] if book.has_bond and year + 1 < len(book.year_months) else None


OVERSPEND_MEASURES = (
    Measure(
        "annual_budget_gbp",
        "budget a year",
        "mean budget of its first contract year, at the rate of a whole year; a bond is a share of it",
        lambda book, _: book.annual_budget_gbp,
    ),
    Measure(
        "budget_gbp",
        "budget over the contract",
        "mean budget of the whole contract",
        lambda book, _: book.total_gbp(BUDGET),
    ),
    Measure(
        "spend_gbp",
        "spend over the contract",
        "mean spend of the whole contract on what the cluster answers for",
        lambda book, _: book.spend_gbp,
        less_is_better=True,
    ),
    Measure(
        "budget_less_spend_gbp",
        "budget less spend",
        "mean budget less spend of the whole contract; negative where budgets are too small",
        lambda book, _: book.total_gbp(BUDGET) - book.spend_gbp,
    ),
    Measure(
        "budget_gbp_year_{year}",
        "budget {year}",
        "mean budget of the year, where the cluster takes part in it",
        lambda book, year: _while_inside(book, year, book.by_year_gbp(BUDGET)[:, year]),
    ),
    Measure(
        "spend_gbp_year_{year}",
        "spend {year}",
        "mean spend of the year, where the cluster takes part in it",
        lambda book, year: _while_inside(book, year, book.spend_by_year_gbp[:, year]),
        less_is_better=True,
    ),
    Measure(
        "budget_less_spend_gbp_year_{year}",
        "budget less spend {year}",
        "mean budget less spend of the year, where the cluster takes part in it",
        lambda book, year: _while_inside(book, year, book.surplus_gbp[:, year] - book.overspend_gbp[:, year]),
    ),
    Measure(
        "overspend_probability_year_{year}",
        "overspend {year}",
        "probability that spend exceeds budget in the year, where the cluster takes part in it",
        _overspent,
        Probability(),
        less_is_better=True,
    ),
    Measure(
        "overspend_probability",
        "overspend over the contract",
        "probability that the whole contract's spend exceeds its budget",
        lambda book, _: _beyond(book, 0.0) > PENNY_GBP,
        Probability(),
        less_is_better=True,
    ),
    Measure(
        "overspend_any_year_probability",
        "overspend in any year",
        "probability that spend exceeds budget in at least one year",
        lambda book, _: np.asarray((book.overspend_gbp - book.surplus_gbp > PENNY_GBP).any(axis=1)),
        Probability(),
        less_is_better=True,
    ),
    Measure(
        "some_cluster_overspends_probability",
        "some cluster overspends",
        "probability that at least one cluster overspends in at least one year",
        lambda book, _: np.asarray((book.overspend_gbp > PENNY_GBP).any(axis=1)),
        Probability(),
        rows="together",
        less_is_better=True,
    ),
    Measure(
        "large_overspend_probability",
        "by more than 2%",
        "probability that the whole contract's spend exceeds its budget by more than 2% of it",
        lambda book, _: _beyond(book, LARGE_SHARE) > PENNY_GBP,
        Probability(),
        less_is_better=True,
    ),
    Measure(
        "expected_overspend_gbp",
        "expected overspend",
        "mean sum of the years' overspends, surpluses not set off",
        _overspends_gbp,
        less_is_better=True,
    ),
    Measure(
        "overspend_1_in_20_gbp",
        "overspend, 1 in 20",
        "sum of the years' overspends, surpluses not set off, that only one contract in twenty exceeds",
        _overspends_gbp,
        BAD,
        less_is_better=True,
    ),
    Measure(
        "overspend_1_in_20_share",
        "overspend, of the budget, 1 in 20",
        "sum of the years' overspends, as a share of that same contract's budget, that only one contract in "
        "twenty exceeds",
        lambda book, _: _of_budget(book.total_overspend_gbp, book.total_gbp(BUDGET)),
        BAD,
        less_is_better=True,
    ),
    Measure(
        "expected_overspend_gbp_year_{year}",
        "expected overspend {year}",
        "mean overspend of the year, nothing where there is a surplus",
        _overspend_gbp,
        less_is_better=True,
    ),
    Measure(
        "overspend_1_in_20_gbp_year_{year}",
        "overspend {year}, 1 in 20",
        "overspend of the year that only one contract in twenty exceeds",
        _overspend_gbp,
        BAD,
        less_is_better=True,
    ),
    Measure(
        "overspend_1_in_20_share_year_{year}",
        "overspend {year}, of the budget, 1 in 20",
        "overspend of the year, as a share of its budget, that only one contract in twenty exceeds",
        _share_of_year,
        BAD,
        less_is_better=True,
    ),
    Measure(
        "expected_surplus_gbp",
        "expected surplus",
        "mean sum of the years' surpluses, overspends not set off",
        lambda book, _: book.total_surplus_gbp,
    ),
    Measure(
        "leaves_probability",
        "leaves",
        "probability that the cluster leaves before the contract ends (all together: that some cluster does)",
        lambda book, _: np.asarray(book.leaves.any(axis=1)) if book.has_bond else None,
        Probability(),
        less_is_better=True,
    ),
    Measure(
        "leaves_probability_year_{year}",
        "leaves after {year}",
        "probability that the cluster leaves at the review that ends the year (all together: that some does)",
        _leaves_after,
        Probability(),
        less_is_better=True,
    ),
)
