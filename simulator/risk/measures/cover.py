"""Measures of what pays for overspends: the bond, and after it the pool and the PCT."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.records import BUDGET, UNCOVERED, Account, BoolArray, FloatArray
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.estimators import Probability, Quantile
from simulator.risk.measures.measure import BOND_CONFIDENCE, Measure


def _own_bonds_cover(book: AccountBook, _: int) -> NDArray[Any] | None:
    """Whether the cluster's bond covers; for all together, whether each one's own does."""
    return book.own_bonds_cover if book.has_bond else None


def _shared_bond_covers(book: AccountBook, _: int) -> NDArray[Any] | None:
    """Whether one bond of all that is posted would; several PCTs have none that all share."""
    return None if not book.has_bond or np.isnan(book.bond_needed_gbp).any() else book.bond_covers


def _pct_payment_gbp(book: AccountBook, _: int = 0) -> FloatArray:
    return book.paid_gbp((Account.PCT,), (Account.CLUSTER,), besides=BUDGET)


def _runs_dry(book: AccountBook) -> BoolArray | None:
    """Whether more reaches the pool than it holds, shape (contract, year); None where there is no pool."""
    if not any((one.payer, one.payee) == (Account.POOL, Account.CLUSTER) for one in book.flows.values()):
        return None
    return np.asarray(book.by_year_gbp(UNCOVERED) >= PENNY_GBP)


def _runs_dry_in(book: AccountBook, year: int) -> BoolArray | None:
    return None if (dry := _runs_dry(book)) is None else dry[:, year]


def _runs_dry_ever(book: AccountBook, _: int) -> BoolArray | None:
    return None if (dry := _runs_dry(book)) is None else np.asarray(dry.any(axis=1))


BOND_MEASURES = (
    Measure(
        "bond_posted_gbp",
        "bond posted",
        "mean bond posted at the start",
        lambda book, _: book.bond_posted_gbp,
    ),
    Measure(
        "bond_covers_probability",
        "bond covers",
        "probability that the posted bond pays all that reaches it over the contract (all together: that "
        "every cluster's own does)",
        _own_bonds_cover,
        Probability(),
    ),
    Measure(
        "bond_needed_gbp",
        "bond needed at 95%",
        "smallest bond that pays with 95% probability all that reaches it under the scenario's rules in "
        "their order, with top-ups and interest where there are any",
        lambda book, _: book.bond_needed_gbp,
        Quantile(BOND_CONFIDENCE),
        rows="clusters",
        less_is_better=True,
    ),
    Measure(
        "shared_bond_covers_probability",
        "one shared bond covers",
        "probability that one bond of all that is posted, shared by all, would pay all that reaches bonds",
        _shared_bond_covers,
        Probability(),
        rows="together",
    ),
    Measure(
        "shared_bond_needed_gbp",
        "one shared bond needed at 95%",
        "smallest bond, shared by all clusters that take the share, that pays with 95% probability all that "
        "reaches bonds",
        lambda book, _: book.bond_needed_gbp,
        Quantile(BOND_CONFIDENCE),
        rows="together",
        less_is_better=True,
    ),
    Measure(
        "expected_bond_draw_gbp",
        "expected draw",
        "mean drawn from the bond over the contract",
        lambda book, _: book.paid_gbp((Account.BOND,), (Account.CLUSTER,)),
        less_is_better=True,
    ),
)

PCT_PAYS_MEASURES = (
    Measure(
        "pool_payment_gbp",
        "paid by the pool",
        "mean paid by the pool for overspends over the contract",
        lambda book, _: book.paid_gbp((Account.POOL,), (Account.CLUSTER,)),
        less_is_better=True,
    ),
    Measure(
        "pct_payment_gbp",
        "PCT pays for overspends",
        "mean that the PCT pays for clusters' overspends over the contract, what a corridor or an overspend "
        "share leaves to it included",
        _pct_payment_gbp,
        less_is_better=True,
    ),
    Measure(
        "pct_payment_median_gbp",
        "PCT pays for overspends, median",
        "what the PCT pays for overspends in the middle one of all contracts",
        _pct_payment_gbp,
        Quantile(0.5),
        less_is_better=True,
    ),
    Measure(
        "pct_payment_1_in_20_gbp",
        "PCT pays for overspends, 1 in 20",
        "what the PCT pays for overspends that only one contract in twenty exceeds",
        _pct_payment_gbp,
        Quantile(0.95),
        less_is_better=True,
    ),
    Measure(
        "pool_and_bonds_cover_probability",
        "pool and bonds cover",
        "probability that bonds, the pool and other rules leave no overspend to fall on the PCT; what a "
        "corridor or an overspend share leaves to it is not one",
        lambda book, _: book.total_gbp(UNCOVERED) < PENNY_GBP,
        Probability(),
        rows="together",
    ),
    Measure(
        "pool_runs_dry_probability",
        "pool runs dry",
        "probability that in at least one year more reaches the pool than it holds",
        _runs_dry_ever,
        Probability(),
        rows="together",
        less_is_better=True,
    ),
    Measure(
        "pool_runs_dry_probability_year_{year}",
        "pool runs dry {year}",
        "probability that more reaches the pool in the year than it holds: it ends the year empty, and the "
        "PCT pays the rest",
        _runs_dry_in,
        Probability(),
        rows="together",
        less_is_better=True,
    ),
)
