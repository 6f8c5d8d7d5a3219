"""One row of the results: a cluster's outcomes, or the sum over all clusters."""

from __future__ import annotations

from dataclasses import dataclass

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
        Pounds that moved in the year.
    surplus_gbp, overspend_gbp : ndarray of float, shape (contract, year)
        Outturn of each year; for the PCT the sums over clusters, not set off against each other.
    """

    name: str
    people: float
    year_months: tuple[int, ...]
    flows: dict[Reason, FloatArray]
    surplus_gbp: FloatArray
    overspend_gbp: FloatArray

    @property
    def years(self) -> float:
        """Length of the contract in years."""
        return sum(self.year_months) / 12

    def by_year_gbp(self, reason: Reason) -> FloatArray:
        """Return what moved for a reason in each year, shape (contract, year)."""
        if reason in self.flows:
            return self.flows[reason]
        return np.zeros_like(self.surplus_gbp)

    def total_gbp(self, reason: Reason) -> FloatArray:
        """Return what moved for a reason over the contract, shape (contract,)."""
        return np.asarray(self.by_year_gbp(reason).sum(axis=1))


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
    surplus_gbp, overspend_gbp = outcomes.surplus_gbp, outcomes.overspend_gbp
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
        {reason: amounts.sum(axis=2) for reason, amounts in outcomes.flows.items()},
        surplus_gbp.sum(axis=2),
        overspend_gbp.sum(axis=2),
    )
    return [*books, pct]
