"""Measures of who gets what of surpluses."""

from __future__ import annotations

from simulator.records import Account, FloatArray
from simulator.risk.account_book import AccountBook
from simulator.risk.estimate import Unit
from simulator.risk.estimation import Mean
from simulator.risk.measures.measure import Measure


def _practice_share_gbp(book: AccountBook) -> FloatArray:
    return book.paid_gbp((Account.CLUSTER,), (Account.PRACTICES,))


SURPLUS_MEASURES = (
    Measure(
        "practice_share_gbp",
        "practice share in all",
        Unit.GBP,
        Mean(),
        "mean practice share over the contract, before what the bond costs",
        lambda book, _: _practice_share_gbp(book),
    ),
    Measure(
        "practice_share_gbp_per_year",
        "practice share a year",
        Unit.GBP,
        Mean(),
        "mean practice share for twelve months",
        lambda book, _: _practice_share_gbp(book) / book.years,
    ),
    Measure(
        "practice_share_gbp_per_head",
        "practice share a head",
        Unit.GBP,
        Mean(),
        "mean practice share over the contract for each registered person",
        lambda book, _: _practice_share_gbp(book) / book.people,
    ),
    Measure(
        "pct_return_gbp",
        "PCT return in all",
        Unit.GBP,
        Mean(),
        "mean surplus returned to the PCT's pool over the contract",
        lambda book, _: book.paid_gbp((Account.CLUSTER,), (Account.POOL,)),
    ),
    Measure(
        "reinvestment_gbp",
        "reinvested in all",
        Unit.GBP,
        Mean(),
        "mean surplus reinvested in patient care over the contract",
        lambda book, _: book.gained_gbp((Account.REINVESTMENT,)),
    ),
)
