"""What a measure of risk is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from numpy.typing import NDArray

from simulator.risk.account_book import AccountBook
from simulator.risk.difference import mean_difference, probability_difference, quantile_difference
from simulator.risk.estimate import Estimate
from simulator.risk.mean import mean
from simulator.risk.probability import probability
from simulator.risk.quantile import quantile

BOND_CONFIDENCE = 0.95
"""Confidence with which the needed bond covers the contract's overspend."""


class Kind(Enum):
    """How a measure is estimated from one value for each contract."""

    MEAN = "mean"
    PROBABILITY = "probability"
    QUANTILE = "quantile"

    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the estimate from samples of shape (contract,)."""
        match self:
            case Kind.MEAN:
                return mean(samples)
            case Kind.PROBABILITY:
                return probability(samples)
            case Kind.QUANTILE:
                return quantile(samples, BOND_CONFIDENCE)

    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the estimated difference of two policies' samples of the same contracts, changed - base."""
        match self:
            case Kind.MEAN:
                return mean_difference(changed, base)
            case Kind.PROBABILITY:
                return probability_difference(changed, base)
            case Kind.QUANTILE:
                return quantile_difference(changed, base, BOND_CONFIDENCE)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that describes a row of the results.

    Parameters
    ----------
    name : str
        Column of the summary; `{year}` in it stands for each contract year, from 1.
    kind : Kind
        How it is estimated.
    meaning : str
        What it is, in a sentence without its end.
    samples : callable
        From a row's book, and the position of the year for a measure by year, to one value for
        each contract.
    pct_only : bool
        Whether it has no meaning for a single cluster.
    """

    name: str
    kind: Kind
    meaning: str
    samples: Callable[[AccountBook, int], NDArray[Any]]
    pct_only: bool = False

    def columns(self, years: int) -> list[tuple[str, int]]:
        """Return the names of the measure's columns, each with the position of its year."""
        if "{year}" not in self.name:
            return [(self.name, 0)]
        return [(self.name.format(year=year + 1), year) for year in range(years)]
