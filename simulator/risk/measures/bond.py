"""Measures of the bond."""

from __future__ import annotations

import numpy as np

from simulator.records import FloatArray, Reason
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.measures.measure import Kind, Measure


def _beyond_bonds(book: AccountBook) -> FloatArray:
    """Overspends that bonds did not pay, shape (contract,), in pounds."""
    return np.asarray(book.overspend_gbp.sum(axis=1) - book.total_gbp(Reason.BOND_DRAW))


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
        "probability that the bond pays every overspend of the contract",
        lambda book, _: _beyond_bonds(book) < PENNY_GBP,
    ),
    Measure(
        "bond_needed_gbp",
        Kind.QUANTILE,
        "bond, without top-up, that pays every overspend of the contract with 95% probability",
        lambda book, _: book.overspend_gbp.sum(axis=1),
    ),
    Measure(
        "expected_bond_draw_gbp",
        Kind.MEAN,
        "mean drawn from the bond over the contract",
        lambda book, _: book.total_gbp(Reason.BOND_DRAW),
    ),
)
