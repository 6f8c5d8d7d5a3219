"""One row of the results: a cluster's outcomes, or the sum over all clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from simulator.outcomes import Outcomes
from simulator.records import ClusterTerms, FloatArray, Reason

PCT_ROW = "PCT"
"""Name of the book of all clusters together."""
PENNY_GBP = 0.005
"""Amounts below half a penny are rounding."""


@dataclass(frozen=True, slots=True)
class AccountBook:
    """What a measure may look at.

    Parameters
    ----------
    name : str
        The cluster, or PCT.
    people : float
        Registered list.
    year_months : tuple of int
        Months in each contract year.
    flows : dict of Reason to ndarray of float, shape (contract, year)
        Pounds that moved in the year; left to the parts where there are any.
    surplus_gbp, overspend_gbp : ndarray of float, shape (contract, year)
        Outturn of each year; for the PCT the sums over clusters, not set off against each other.
    """

    name: str
    people: float
    year_months: tuple[int, ...]
    flows: dict[Reason, FloatArray]
    surplus_gbp: FloatArray
    overspend_gbp: FloatArray
    parts: tuple[AccountBook, ...] = ()
    """Books that this one adds up."""
    _totals: dict[str, FloatArray] = field(default_factory=dict, repr=False, compare=False)

    @property
    def years(self) -> float:
        """Length of the contract in years."""
        return sum(self.year_months) / 12

    def by_year_gbp(self, reason: Reason) -> FloatArray:
        """Return what moved for a reason in each year, shape (contract, year)."""
        if self.parts:
            return _sum(part.by_year_gbp(reason) for part in self.parts)
        if reason in self.flows:
            return self.flows[reason]
        return np.zeros_like(self.surplus_gbp)

    def total_gbp(self, reason: Reason) -> FloatArray:
        """Return what moved for a reason over the contract, shape (contract,)."""
        return self._total(reason, lambda book: book.by_year_gbp(reason))

    @property
    def total_surplus_gbp(self) -> FloatArray:
        """Sum of the years' surpluses, shape (contract,), in pounds."""
        return self._total("surplus of years", lambda book: book.surplus_gbp)

    @property
    def total_overspend_gbp(self) -> FloatArray:
        """Sum of the years' overspends, shape (contract,), in pounds."""
        return self._total("overspend of years", lambda book: book.overspend_gbp)

    def _total(self, name: str, by_year: Callable[[AccountBook], FloatArray]) -> FloatArray:
        """Return a sum over years, worked out once: several measures look at the same."""
        if name not in self._totals:
            if self.parts:
                self._totals[name] = _sum(part._total(name, by_year) for part in self.parts)  # noqa: SLF001
            else:
                self._totals[name] = _sum(by_year(self).T)
        return self._totals[name]


def account_books(outcomes: Outcomes, terms: ClusterTerms) -> list[AccountBook]:
    """Return the book of each cluster, and then that of all together.

    Parameters
    ----------
    outcomes : Outcomes
        Of every contract.
    terms : ClusterTerms
        What each cluster agreed to.

    Returns
    -------
    list of AccountBook
        The last is the PCT's.
    """
    # Worked out once for all clusters: each of these is as large as the outcomes.
    left_gbp = outcomes.gbp(Reason.BUDGET) - outcomes.gbp(Reason.SPEND)
    surplus_gbp = np.maximum(left_gbp, 0.0)
    overspend_gbp = surplus_gbp - left_gbp
    books = [
        AccountBook(
            name,
            float(terms.people[cluster]),
            terms.year_months,
            {reason: amounts[:, :, cluster] for reason, amounts in outcomes.flows.items()},
            surplus_gbp[:, :, cluster],
            overspend_gbp[:, :, cluster],
        )
        for cluster, name in enumerate(terms.names)
    ]
    pct = AccountBook(
        PCT_ROW,
        float(terms.people.sum()),
        terms.year_months,
        {},
        _sum(book.surplus_gbp for book in books),
        _sum(book.overspend_gbp for book in books),
        tuple(books),
    )
    return [*books, pct]


def _sum(arrays: Iterable[FloatArray]) -> FloatArray:
    """Return the sum of a few arrays of one shape; quicker than numpy's over a short axis."""
    first, *others = arrays
    if not others:
        return first
    total = first + others[0]
    for array in others[1:]:
        total += array
    return total
