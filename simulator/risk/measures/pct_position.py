"""Measures of what overspends leave with the PCT."""

from __future__ import annotations

from simulator.records import FloatArray, Reason
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.measures.measure import Kind, Measure


def _pct_pays_gbp(book: AccountBook) -> FloatArray:
    """Overspends that fall on the PCT, by a corridor or for want of another, shape (contract,), in pounds."""
    return book.total_gbp(Reason.PCT_PAYMENT) + book.total_gbp(Reason.CORRIDOR_PAYMENT)


def _pool_gbp(book: AccountBook) -> FloatArray:
    """What is in the pool at the end, shape (contract,), in pounds."""
    paid_in = book.total_gbp(Reason.PCT_RETURN) + book.total_gbp(Reason.TOP_SLICE)
    return paid_in - book.total_gbp(Reason.POOL_PAYMENT)


PCT_MEASURES = (
    Measure(
        "pool_payment_gbp",
        Kind.MEAN,
        "mean paid by the pool for overspends over the contract",
        lambda book, _: book.total_gbp(Reason.POOL_PAYMENT),
    ),
    Measure(
        "pct_payment_gbp",
        Kind.MEAN,
        "mean overspend that falls on the PCT over the contract",
        lambda book, _: _pct_pays_gbp(book),
    ),
    Measure(
        "pool_balance_gbp",
        Kind.MEAN,
        "mean left in the pool at the end",
        lambda book, _: _pool_gbp(book),
        pct_only=True,
    ),
    Measure(
        "pool_and_bonds_cover_probability",
        Kind.PROBABILITY,
        "probability that pool and bonds pay every overspend of the contract",
        lambda book, _: _pct_pays_gbp(book) < PENNY_GBP,
        pct_only=True,
    ),
)
