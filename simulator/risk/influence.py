"""Numbers with the influence that each contract has on them: whatever is made of them has its error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate


@dataclass(frozen=True, slots=True)
class Influence:
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

    @classmethod
    def of_mean(cls, samples: FloatArray) -> Influence:
        """Return the mean of one value for each contract, shape (contract,)."""
        value = float(samples.mean())
        return cls(value, samples - value)

    def __add__(self, other: Influence) -> Influence:
        return Influence(self.value + other.value, self.moves + other.moves)

    def __sub__(self, other: Influence) -> Influence:
        return self + other.times(-1.0)

    def __truediv__(self, other: Influence) -> Influence:
        ratio = self.value / other.value
        return Influence(ratio, (self.moves - ratio * other.moves) / other.value)

    def times(self, factor: float) -> Influence:
        """Return it times a number that is known."""
        return Influence(factor * self.value, factor * self.moves)


def root(variance: Influence) -> Estimate:
    """Return the SD that belongs to a variance; zero where the estimated variance is below zero."""
    found = variance.estimate
    value, low, high = (math.sqrt(max(end, 0.0)) for end in (found.value, found.low, found.high))
    return Estimate(value, low, high)
