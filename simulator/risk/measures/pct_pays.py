"""Measures of what overspends leave to the pool and the PCT."""

from __future__ import annotations

from simulator.records import BUDGET, UNCOVERED, Account, FloatArray
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.estimate import Unit
from simulator.risk.estimation import Mean, Probability, Quantile
from simulator.risk.measures.measure import Measure


def pct_payment_by_year_gbp(book: AccountBook) -> FloatArray:
    """Return what the PCT pays for overspends, on top of budgets, shape (contract, year), in pounds."""
    return book.paid_by_year_gbp((Account.PCT,), (Account.CLUSTER,), besides=BUDGET)


def _pct_payment_gbp(book: AccountBook, _: int = 0) -> FloatArray:
    return book.paid_gbp((Account.PCT,), (Account.CLUSTER,), besides=BUDGET)


PCT_PAYS_MEASURES = (
    Measure(
        "pool_payment_gbp",
        "paid by the pool",
        Unit.GBP,
        Mean(),
        "mean paid by the pool for overspends over the contract",
        lambda book, _: book.paid_gbp((Account.POOL,), (Account.CLUSTER,)),
        less_is_better=True,
    ),
    Measure(
        "pct_payment_gbp",
        "PCT pays for overspends",
        Unit.GBP,
        Mean(),
        "mean that the PCT pays for clusters' overspends over the contract, a corridor's part included",
        _pct_payment_gbp,
        less_is_better=True,
    ),
    Measure(
        "pct_payment_median_gbp",
        "PCT pays for overspends, median",
        Unit.GBP,
        Quantile(0.5),
        "what the PCT pays for overspends in the middle one of all contracts",
        _pct_payment_gbp,
        less_is_better=True,
    ),
    Measure(
        "pct_payment_1_in_20_gbp",
        "PCT pays for overspends, 1 in 20",
        Unit.GBP,
        Quantile(0.95),
        "what the PCT pays for overspends that only one contract in twenty exceeds",
        _pct_payment_gbp,
        less_is_better=True,
    ),
    Measure(
        "pool_and_bonds_cover_probability",
        "pool and bonds cover",
        Unit.PROBABILITY,
        Probability(),
        "probability that bonds, the pool and other rules leave no overspend to fall on the PCT; a "
        "corridor's part is not one",
        lambda book, _: book.total_gbp(UNCOVERED) < PENNY_GBP,
        rows="together",
    ),
)
