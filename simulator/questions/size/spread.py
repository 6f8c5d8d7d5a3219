"""Estimates that are functions of several moments of the same contracts, with their errors.

Each comes with what every single contract moves it by (its influence function), so that the error of
a sum, difference or ratio of two follows, although both rest on the same contracts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.quantile import interval_ranks, quantile

_ROUNDING = 1e-9
"""An SD below this share of the budget is the rounding of sums."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A number, and what each contract moves it by."""

    value: float  # the number
    # shape (contract,); influence of each contract, with mean zero: the number's error is that of their mean.
    moves: FloatArray

    @property
    def error(self) -> float:
        """Standard error."""
        return math.sqrt(float(np.mean(self.moves**2)) / self.moves.size)

    @property
    def estimate(self) -> Estimate:
        """The number with its 95% interval."""
        half = CONFIDENCE_Z * self.error
        return Estimate(self.value, self.value - half, self.value + half, self.error)

    def __add__(self, other: Moved) -> Moved:
        return Moved(self.value + other.value, self.moves + other.moves)

    def __sub__(self, other: Moved) -> Moved:
        return self + other.times(-1.0)

    def __truediv__(self, other: Moved) -> Moved:
        ratio = self.value / other.value
        return Moved(ratio, (self.moves - ratio * other.moves) / other.value)

    def times(self, factor: float) -> Moved:
        """Return it times a number that is known."""
        return Moved(factor * self.value, factor * self.moves)


def root(variance: Moved) -> Estimate:
    """Return the SD that belongs to a variance; zero where the estimated variance is below zero."""
    found = variance.estimate
    value, low, high = (math.sqrt(max(end, 0.0)) for end in (found.value, found.low, found.high))
    return Estimate(value, low, high)


def relative_variance(left_gbp: FloatArray, budget_gbp: FloatArray) -> Moved:
    """Return the variance of what is left of a budget, over the square of the mean budget.

    Takes ``left_gbp, budget_gbp`` of shape (contract,).
    """
    squares = (left_gbp - left_gbp.mean()) ** 2
    variance = Moved(float(squares.mean()) * left_gbp.size / (left_gbp.size - 1), squares - squares.mean())
    mean = float(budget_gbp.mean())
    if not variance.value > (_ROUNDING * mean) ** 2:
        return Moved(0.0, np.zeros(left_gbp.size))
    return variance / Moved(mean**2, 2 * mean * (budget_gbp - mean))


def bond(overspend_gbp: FloatArray, confidence: float) -> Moved:
    """Return the bond that covers an overspend with a probability.

    Parameters
    ----------
    overspend_gbp : ndarray of float, shape (contract,)
        Over the whole contract.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Moved
        A contract above the quantile moves it by (1 - its probability) over the density there
        (Bahadur 1966, Annals of Mathematical Statistics 37:577-580), which is read off the ends of
        the quantile's interval.
    """
    found = quantile(overspend_gbp, confidence)
    low_at, high_at = interval_ranks(overspend_gbp.size, confidence)
    spread = (found.high - found.low) * overspend_gbp.size / max(high_at - low_at, 1)
    above = overspend_gbp > found.value
    return Moved(found.value, (above - above.mean()) * spread)
