"""One row of the results: a cluster's outcomes, or the sum over all clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

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

    @classmethod
    def of_cluster(cls, outcomes: Outcomes, terms: ClusterTerms, cluster: int) -> Self:
        """Return the book of one cluster, by its position."""
        flows = {reason: amounts[:, :, cluster] for reason, amounts in outcomes.flows.items()}
        return cls(
            terms.names[cluster],
            float(terms.people[cluster]),
            terms.year_months,
            flows,
            outcomes.surplus_gbp[:, :, cluster],
            outcomes.overspend_gbp[:, :, cluster],
        )

    @classmethod
    def of_pct(cls, outcomes: Outcomes, terms: ClusterTerms) -> Self:
        """Return the book of all clusters together."""
        flows = {reason: amounts.sum(axis=2) for reason, amounts in outcomes.flows.items()}
        return cls(
            PCT_ROW,
            float(terms.people.sum()),
            terms.year_months,
            flows,
            outcomes.surplus_gbp.sum(axis=2),
            outcomes.overspend_gbp.sum(axis=2),
        )

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
