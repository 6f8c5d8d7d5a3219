"""Estimators: how a measure comes from one value for each contract, with its sampling error.

Each also estimates the difference of two policies on the same draws; see `difference`. A value that
is nan is of a contract that does not count, such as one in which the cluster has left.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.records import BoolArray, FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import (
    influence_difference,
    mean,
    mean_difference,
    probability,
    probability_difference,
    quantile,
    quantile_difference,
)

_TAIL = 0.025
"""Beyond either end of a 95% interval."""
_FEWEST = 2


class Estimator(ABC):
    """How a measure is estimated from samples of shape (contract,)."""

    ends: ClassVar[tuple[str, ...]] = ("low", "high")
    """What stands beside the estimate in a file: its standard error, or the ends of its interval."""

    @property
    def fewest_contracts(self) -> int:
        """With fewer there is no 95% interval."""
        return _FEWEST

    @abstractmethod
    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the estimate; every sample counts."""

    @abstractmethod
    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the difference of two policies' estimates, changed - base; every sample counts."""

    @abstractmethod
    def influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return how far each contract moves the estimate, times the number of contracts."""

    def of(self, samples: NDArray[Any]) -> Estimate | None:
        """Return the estimate from the contracts that count; None where they are too few."""
        counts = _counting(samples)
        if counts is not None:
            samples = samples[counts]
        return self.estimate(samples) if samples.size >= self.fewest_contracts else None

    def between(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate | None:
        """Return the difference of two policies, each from the contracts that count under it."""
        if _counting(changed) is None and _counting(base) is None:
            return self.difference(changed, base) if changed.size >= self.fewest_contracts else None
        here, there = self.of(changed), self.of(base)
        if here is None or there is None:
            return None
        return influence_difference(
            here.value - there.value, self._counted_influence(changed), self._counted_influence(base)
        )

    def _counted_influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return influences over all contracts: none of those that do not count."""
        counts = _counting(samples)
        if counts is None:
            return self.influence(samples)
        spread = np.zeros(samples.size)
        spread[counts] = self.influence(samples[counts]) * (samples.size / np.count_nonzero(counts))
        return spread


def _counting(samples: NDArray[Any]) -> BoolArray | None:
    """Return which samples count; None for all of them."""
    if samples.dtype.kind != "f":
        return None
    counts = ~np.isnan(samples)
    return None if counts.all() else counts


@dataclass(frozen=True)
class Mean(Estimator):
    """The mean, with its standard error."""

    ends: ClassVar[tuple[str, ...]] = ("standard_error",)

    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the mean."""
        return mean(samples)

    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the mean of the contracts' differences."""
        return mean_difference(changed, base)

    def influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return the distances from the mean."""
        return np.asarray(samples - samples.mean())


@dataclass(frozen=True)
class Probability(Estimator):
    """The share of contracts in which something happens (1, not 0), with Wilson's interval."""

    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the share."""
        return probability(samples.astype(bool))

    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the difference of shares, from the contracts that differ."""
        return probability_difference(changed.astype(bool), base.astype(bool))

    def influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return the distances from the share."""
        return np.asarray(samples - samples.mean())


@dataclass(frozen=True)
class Quantile(Estimator):
    """What is not exceeded with probability `level`, with an interval from order statistics."""

    level: float

    @property
    def fewest_contracts(self) -> int:
        """Of all samples on one side of it: with fewer that is likelier than 2.5%."""
        return math.ceil(math.log(_TAIL) / math.log(max(self.level, 1 - self.level)))

    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the sample quantile."""
        return quantile(samples, self.level)

    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the difference of the sample quantiles."""
        return quantile_difference(changed, base, self.level)

    def influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return the influence of each contract on the quantile (Bahadur 1966)."""
        found = quantile(samples, self.level)
        error = found.half_width / CONFIDENCE_Z
        above = (samples > found.value) - (1 - self.level)
        return np.asarray(above * error * math.sqrt(samples.size / (self.level * (1 - self.level))))


@dataclass(frozen=True)
class TailMean(Estimator):
    """The mean of the worst contracts: the share `level` of them with the lowest values."""

    level: float
    ends: ClassVar[tuple[str, ...]] = ("standard_error",)

    @property
    def fewest_contracts(self) -> int:
        """As for the quantile at which the tail starts."""
        return Quantile(self.level).fewest_contracts

    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the mean of the tail.

        The standard error is that of q - max(q - x, 0) / level with q the quantile: moving q a
        little changes nothing to first order (Rockafellar and Uryasev 2002, Journal of Banking and
        Finance 26:1443-1471).
        """
        return mean(self._values(samples))

    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the difference of the tails' means."""
        return mean_difference(self._values(changed), self._values(base))

    def influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return the influence of each contract on the tail's mean."""
        values = self._values(samples)
        return np.asarray(values - values.mean())

    def _values(self, samples: NDArray[Any]) -> FloatArray:
        start = quantile(samples, self.level).value
        return np.asarray(start - np.maximum(start - samples, 0.0) / self.level)
