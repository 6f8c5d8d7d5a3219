"""Every measure of a policy, and its difference from another policy on the same draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from simulator.outcomes import Outcomes
from simulator.records import ClusterTerms
from simulator.risk.account_book import account_books
from simulator.risk.estimate import Estimate
from simulator.risk.measures import Kind
from simulator.risk.summary import measure_samples

Place = tuple[str, str]
"""Name of the row (a cluster, or PCT), and the measure's column."""


@dataclass(frozen=True, slots=True)
class PairedEstimate:
    """One measure of one row.

    Parameters
    ----------
    estimate : Estimate
        Under the policy.
    difference : Estimate or None
        From the base policy, with the error of a paired difference; None where the base has no such
        row or measure.
    """

    estimate: Estimate
    difference: Estimate | None


@dataclass(frozen=True, slots=True)
class Samples:
    """One value of every measure for each contract.

    Parameters
    ----------
    by_place : dict of tuple to tuple
        By row and column: the measure's kind, and an array of shape (contract,).
    """

    by_place: Mapping[Place, tuple[Kind, NDArray[Any]]]

    @classmethod
    def of(cls, outcomes: Outcomes, terms: ClusterTerms) -> Samples:
        """Return the samples of every measure of every row."""
        return cls(
            {
                (book.name, column): (kind, samples)
                for book in account_books(outcomes, terms)
                for column, kind, samples in measure_samples(book)
            }
        )

    def against(self, base: Samples) -> dict[Place, PairedEstimate]:
        """Return every estimate, and its difference from `base` on the same draws.

        Parameters
        ----------
        base : Samples
            Of the policy to compare with; of as many contracts.

        Returns
        -------
        dict of tuple to PairedEstimate
            By row and column.
        """
        found = {}
        for place, (kind, samples) in self.by_place.items():
            other = base.by_place.get(place)
            difference = None if other is None else kind.difference(samples, other[1])
            found[place] = PairedEstimate(kind.estimate(samples), difference)
        return found
