"""Estimators: how a measure comes from one value for each contract, and how two policies differ in it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.records import BoolArray, FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import (
    TAIL,
    mean,
    mean_difference,
    probability,
    probability_difference,
    quantile,
    spread_of,
)


@dataclass(frozen=True, slots=True)
class Side:
    """The samples of one policy, made ready for an estimate and for its differences from others."""

    samples: NDArray[Any]  # shape (contract,)
    counts: BoolArray | None  # which of them count; None for all
    ready: Any  # what an estimator makes of those that count; None where they are too few


class Estimator(ABC):
    """How a measure is estimated from samples of shape (contract,), and its difference on the same draws.

    A sample that is nan is of a contract that does not count, such as one in which the cluster has left.
    """

    ends: ClassVar[tuple[str, ...]] = ("low", "high")
    """What stands beside the estimate in a file: its standard error, or the ends of its interval."""

    @property
    def fewest_contracts(self) -> int:
        """With fewer there is no 95% interval."""
        return 2

    def ready(self, samples: NDArray[Any]) -> Any:
        """Return what both the estimate and a difference are made from; every sample counts."""
        return samples

    @abstractmethod
    def estimate_of(self, ready: Any) -> Estimate:
        """Return the estimate."""

    @abstractmethod
    def difference_of(self, changed: Any, base: Any) -> Estimate:
        """Return the difference of two policies' estimates, changed - base."""

    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the estimate; every sample counts."""
        return self.estimate_of(self.ready(samples))

    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the difference of two policies' estimates, changed - base; every sample counts."""
        return self.difference_of(self.ready(changed), self.ready(base))

    def influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return how far each contract moves the estimate, times the number of contracts; here a mean."""
        return np.asarray(samples - samples.mean())

    def side(self, samples: NDArray[Any]) -> Side:
        """Return samples made ready, from the contracts that count."""
        return self.side_of(samples, counting(samples))

    def side_of(self, samples: NDArray[Any], counts: BoolArray | None) -> Side:
        """Return samples made ready, from the contracts that are known to count."""
        counted = samples if counts is None else samples[counts]
        enough = counted.size >= self.fewest_contracts
        return Side(samples, counts, self.ready(counted) if enough else None)

    def of(self, samples: NDArray[Any]) -> Estimate | None:
        """Return the estimate from the contracts that count; None where they are too few."""
        return self.of_side(self.side(samples))

    def of_side(self, side: Side) -> Estimate | None:
        """Return the estimate from samples made ready; None where they are too few."""
        return None if side.ready is None else self.estimate_of(side.ready)

    def between(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate | None:
        """Return the difference of two policies, each from the contracts that count under it."""
        return self.between_sides(self.side(changed), self.side(base))

    def between_sides(self, changed: Side, base: Side) -> Estimate | None:
        """Return the difference of two policies from samples made ready."""
        if changed.ready is None or base.ready is None:
            return None
        if changed.counts is None and base.counts is None:
            return self.difference_of(changed.ready, base.ready)
        value = self.estimate_of(changed.ready).value - self.estimate_of(base.ready).value
        moves = self._counted_influence(changed) - self._counted_influence(base)
        return Estimate.with_error(value, float(np.std(moves)) / math.sqrt(moves.size))

    def _counted_influence(self, side: Side) -> FloatArray:
        """Return influences over all contracts: none of those that do not count."""
        samples, counts = side.samples, side.counts
        if counts is None:
            return self.influence(samples)
        spread = np.zeros(samples.size)
        spread[counts] = self.influence(samples[counts]) * (samples.size / np.count_nonzero(counts))
        return spread


def counting(samples: NDArray[Any]) -> BoolArray | None:
    """Return which samples count; None for all of them."""
    if samples.dtype.kind != "f":
        return None
    # A sum that is a number has nan in it nowhere, which is the usual case and quicker to see.
    if not math.isnan(np.add.reduce(samples)):
        return None
    counts = ~np.isnan(samples)
    return None if counts.all() else counts


@dataclass(frozen=True)
class Mean(Estimator):
    """The mean, with its standard error."""

    ends: ClassVar[tuple[str, ...]] = ("standard_error",)

    def estimate_of(self, ready: FloatArray) -> Estimate:
        """Return the mean."""
        return mean(ready)

    def difference_of(self, changed: FloatArray, base: FloatArray) -> Estimate:
        """Return the mean of the contracts' differences."""
        return mean_difference(changed, base)


@dataclass(frozen=True)
class Probability(Estimator):
    """The share of contracts in which something happens (1, not 0)."""

    def ready(self, samples: NDArray[Any]) -> BoolArray:
        """Return what happened."""
        return samples.astype(bool, copy=False)

    def estimate_of(self, ready: BoolArray) -> Estimate:
        """Return the share."""
        return probability(ready)

    def difference_of(self, changed: BoolArray, base: BoolArray) -> Estimate:
        """Return the difference of shares, from the contracts that differ."""
        return probability_difference(changed, base)


@dataclass(frozen=True)
class _Placed:
    """Samples with their quantile."""

    samples: FloatArray  # shape (contract,)
    found: Estimate  # the quantile
    spread: float  # 1 / density there

    @cached_property
    def above(self) -> BoolArray:
        """Which samples are above their quantile, shape (contract,)."""
        return self.samples > self.found.value

    @cached_property
    def so_many_above(self) -> int:
        """How many samples are."""
        return int(np.count_nonzero(self.above))


@dataclass(frozen=True)
class Quantile(Estimator):
    """What is not exceeded with probability `level`."""

    level: float

    @property
    def fewest_contracts(self) -> int:
        """Of all samples on one side of it: with fewer that is likelier than 2.5%."""
        return math.ceil(math.log(TAIL) / math.log(max(self.level, 1 - self.level)))

    def ready(self, samples: FloatArray) -> _Placed:
        """Return the samples with their quantile."""
        found = quantile(samples, self.level)
        return _Placed(samples, found, spread_of(found, samples.size, self.level))

    def estimate_of(self, ready: _Placed) -> Estimate:
        """Return the sample quantile."""
        return ready.found

    def difference_of(self, changed: _Placed, base: _Placed) -> Estimate:
        """Return the difference of the sample quantiles."""
        # Above their quantile under both policies, under the changed one alone, and under the base alone.
        both = int(np.count_nonzero(changed.above & base.above))
        only_changed, only_base = changed.so_many_above - both, base.so_many_above - both
        size = changed.samples.size
        moves = (changed.spread - base.spread, changed.spread, -base.spread)
        centre = (both * moves[0] + only_changed * moves[1] + only_base * moves[2]) / size
        squares = both * moves[0] ** 2 + only_changed * moves[1] ** 2 + only_base * moves[2] ** 2
        variance = squares / size - centre**2
        value = changed.found.value - base.found.value
        return Estimate.with_error(value, math.sqrt(max(variance, 0.0) / size))

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

    def ready(self, samples: FloatArray) -> FloatArray:
        """Return q - max(q - x, 0) / level with q the quantile: their mean is the tail's, error and all."""
        # Moving q a little changes nothing to first order (Rockafellar and Uryasev 2002, Journal of
        # Banking and Finance 26:1443-1471).
        start = quantile(samples, self.level).value
        return np.asarray(start - np.maximum(start - samples, 0.0) / self.level)

    def estimate_of(self, ready: FloatArray) -> Estimate:
        """Return the mean of the tail."""
        return mean(ready)

    def difference_of(self, changed: FloatArray, base: FloatArray) -> Estimate:
        """Return the difference of the tails' means."""
        return mean_difference(changed, base)

    def influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return the influence of each contract on the tail's mean."""
        return super().influence(self.ready(samples))
