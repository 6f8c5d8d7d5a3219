"""Measures of who gets what of surpluses."""

from __future__ import annotations

from simulator.records import Reason
from simulator.risk.measures.measure import Kind, Measure

SURPLUS_MEASURES = (
    Measure(
        "practice_share_gbp",
        Kind.MEAN,
        "mean practice share over the contract",
        lambda book, _: book.total_gbp(Reason.PRACTICE_SHARE),
    ),
    Measure(
        "practice_share_gbp_per_year",
        Kind.MEAN,
        "mean practice share for twelve months",
        lambda book, _: book.total_gbp(Reason.PRACTICE_SHARE) / book.years,
    ),
    Measure(
        "practice_share_gbp_per_head",
        Kind.MEAN,
        "mean practice share over the contract for each registered person",
        lambda book, _: book.total_gbp(Reason.PRACTICE_SHARE) / book.people,
    ),
    Measure(
        "pct_return_gbp",
        Kind.MEAN,
        "mean surplus returned to the PCT's pool over the contract",
        lambda book, _: book.total_gbp(Reason.PCT_RETURN),
    ),
    Measure(
        "reinvestment_gbp",
        Kind.MEAN,
        "mean surplus reinvested in patient care over the contract",
        lambda book, _: book.total_gbp(Reason.REINVESTMENT),
    ),
)
