"""Measures of the bond."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.records import Account
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.estimate import Unit
from simulator.risk.estimation import Mean, Probability, Quantile
from simulator.risk.measures.measure import BOND_CONFIDENCE, Measure


def covers(book: AccountBook) -> NDArray[Any]:
    """Whether what is posted pays every claim on it, shape (contract,)."""
    return np.asarray(book.bond_needed_gbp - book.bond_posted_gbp < PENNY_GBP)


def _own_bonds_cover(book: AccountBook, _: int) -> NDArray[Any] | None:
    """Whether the cluster's bond covers; for all together, whether each one's own does."""
    if not book.has_bond:
        return None
    own = [covers(one) for one in book.parts if one.has_bond] or [covers(book)]
    return np.asarray(np.logical_and.reduce(own))


BOND_MEASURES = (
    Measure(
        "bond_posted_gbp",
        "bond posted",
        Unit.GBP,
        Mean(),
        "mean bond posted at the start",
        lambda book, _: book.bond_posted_gbp,
    ),
    Measure(
        "bond_covers_probability",
        "bond covers",
        Unit.PROBABILITY,
        Probability(),
        "probability that the posted bond pays all that reaches it over the contract (all together: that "
        "every cluster's own does)",
        _own_bonds_cover,
    ),
    Measure(
        "bond_needed_gbp",
        "bond needed at 95%",
        Unit.GBP,
        Quantile(BOND_CONFIDENCE),
        "smallest bond that pays with 95% probability all that reaches it under the scenario's rules in "
        "their order, with top-ups and interest where there are any",
        lambda book, _: book.bond_needed_gbp,
        rows="clusters",
        less_is_better=True,
    ),
    Measure(
        "shared_bond_covers_probability",
        "one shared bond covers",
        Unit.PROBABILITY,
        Probability(),
        "probability that one bond of all that is posted, shared by all, would pay all that reaches bonds",
        lambda book, _: covers(book) if book.has_bond else None,
        rows="together",
    ),
    Measure(
        "shared_bond_needed_gbp",
        "one shared bond needed at 95%",
        Unit.GBP,
        Quantile(BOND_CONFIDENCE),
        "smallest bond, shared by all clusters that take the share, that pays with 95% probability all that "
        "reaches bonds",
        lambda book, _: book.bond_needed_gbp,
        rows="together",
        less_is_better=True,
    ),
    Measure(
        "expected_bond_draw_gbp",
        "expected draw",
        Unit.GBP,
        Mean(),
        "mean drawn from the bond over the contract",
        lambda book, _: book.paid_gbp((Account.BOND,), (Account.CLUSTER,)),
        less_is_better=True,
    ),
)
