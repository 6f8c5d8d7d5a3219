"""Measures of the bond."""

from __future__ import annotations

import numpy as np

from simulator.records import FloatArray, Reason
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.measures.measure import Kind, Measure


def _for_bonds_gbp(book: AccountBook) -> FloatArray:
    """Overspends that a corridor leaves to be paid, shape (contract,), in pounds."""
    return np.asarray(book.total_overspend_gbp - book.total_gbp(Reason.CORRIDOR_PAYMENT))


BOND_MEASURES = (
    Measure(
        "bond_posted_gbp",
        Kind.MEAN,
        "mean bond posted at the start",
        lambda book, _: book.total_gbp(Reason.BOND_POSTED),
    ),
    Measure(
        "bond_covers_probability",
        Kind.PROBABILITY,
        "probability that the bond pays every overspend of the contract (a corridor's part aside)",
        lambda book, _: _for_bonds_gbp(book) - book.total_gbp(Reason.BOND_DRAW) < PENNY_GBP,
    ),
    Measure(
        "bond_needed_gbp",
        Kind.QUANTILE,
        "bond, without top-up, that pays every overspend of the contract (a corridor's part aside) with 95% "
        "probability",
        lambda book, _: _for_bonds_gbp(book),
    ),
    Measure(
        "expected_bond_draw_gbp",
        Kind.MEAN,
        "mean drawn from the bond over the contract",
        lambda book, _: book.total_gbp(Reason.BOND_DRAW),
    ),
)
