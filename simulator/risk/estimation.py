"""How numbers come from one value for each contract, and their paired differences, with their errors."""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from simulator.records import BoolArray, FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate

_TAIL = 0.025
"""Beyond either end of a 95% interval."""
_NO_SKEWNESS = 1e-9
_FEWEST_CARRIERS = 2.0
"""Size over squared skewness, below which too few samples carry a mean: k equal ones among zeros make k."""
_ROUNDING = 1e-6
"""A difference below a millionth of a pound, or of a probability, is rounding of sums."""


def mean(samples: FloatArray) -> Estimate:
    """Estimate a mean from samples of shape (contract,)."""
    return _mean_from(samples, float(np.add.reduce(samples)))


def _mean_from(samples: FloatArray, total: float) -> Estimate:
    """Return the mean of samples that add up to `total`."""
    value = total / samples.size
    # As std(ddof=1) does it, in half of the time.
    centred = samples - value
    error = math.sqrt(float(centred @ centred) / (samples.size - 1) / samples.size)
    # A sample that does not vary still carries the rounding of its sum: that is no error.
    if error <= abs(value) * sys.float_info.epsilon * 16:
        return Estimate.with_error(value, 0.0)
    centred /= error * math.sqrt(samples.size)
    skewness = float(np.square(centred) @ centred) / samples.size
    return _with_skewed_interval(value, error, skewness, samples.size)


def _with_skewed_interval(value: float, error: float, skewness: float, size: int) -> Estimate:
    """Return a mean with the interval that holds where a few large samples carry it.

    Hall's (1992, Journal of the Royal Statistical Society B 54:221-228): a cubic of the studentised mean
    is normal but for terms of order 1 / size. `docs/interval-coverage.md` compares its coverage
    with that of others.
    """
    if abs(skewness) < _NO_SKEWNESS:
        return Estimate.with_error(value, error)

    def studentised(normal: float) -> float:
        inner = 1 + skewness * (normal - skewness / (6 * math.sqrt(size))) / math.sqrt(size)
        return 3 * math.sqrt(size) / skewness * (math.copysign(abs(inner) ** (1 / 3), inner) - 1)

    low, high = (value - error * studentised(normal) for normal in (CONFIDENCE_Z, -CONFIDENCE_Z))
    return Estimate(value, low, high, error, is_rough=size < _FEWEST_CARRIERS * skewness**2)


def probability(happened: BoolArray) -> Estimate:
    """Estimate a probability from what happened, shape (contract,), with Wilson's interval."""
    contracts = happened.size
    share = int(np.count_nonzero(happened)) / contracts
    squared = CONFIDENCE_Z**2 / contracts
    centre = (share + squared / 2) / (1 + squared)
    half = math.sqrt(share * (1 - share) * squared + squared**2 / 4) / (1 + squared)
    low, high = max(centre - half, 0.0), min(centre + half, 1.0)
    # At 0 and 1 the interval reaches the estimate exactly; rounding must not part them.
    return Estimate(share, min(low, share), max(high, share))


def quantile(samples: FloatArray, level: float) -> Estimate:
    """Estimate a quantile from samples of shape (contract,), with an interval from order statistics."""
    at = max(math.ceil(level * samples.size - 1e-9) - 1, 0)
    low_at, high_at = interval_ranks(samples.size, level)
    above, below = _tail(samples, level, low_at, high_at)
    placed = np.partition(above, sorted({low_at - below, at - below, high_at - below}))
    value, low, high = (float(placed[rank - below]) for rank in (at, low_at, high_at))
    return Estimate(value, low, high)


_STRIDE, _FEWEST_SAMPLES, _FAR = 32, 5_000, 0.1
"""One sample in so many shows about where a rank is, if there are enough and it is far from the middle."""


def _tail(samples: FloatArray, level: float, low_at: int, high_at: int) -> tuple[FloatArray, int]:
    """Return samples among which those of some ranks are, and how many others are below these.

    As Floyd and Rivest (1975, Communications of the ACM 18:165-172) select: a few samples tell beyond which
    value the ranks are, so that most need not be put in order. If they are not there, all samples are.
    """
    if samples.size >= _FEWEST_SAMPLES and min(level, 1 - level) < _FAR:
        few = np.sort(samples[::_STRIDE])
        spread = 3 * math.sqrt(few.size * level * (1 - level)) + 2
        if level < _FAR:
            tail = samples[samples <= few[min(math.ceil(high_at / _STRIDE + spread), few.size - 1)]]
            return (tail, 0) if high_at < tail.size else (samples, 0)
        tail = samples[samples >= few[max(math.floor(low_at / _STRIDE - spread), 0)]]
        below = samples.size - tail.size
        return (tail, below) if below <= low_at else (samples, 0)
    return samples, 0


def quantile_and_spread(samples: FloatArray, level: float) -> tuple[float, float]:
    """Return the sample quantile and 1 / density there."""
    # The density is the share of samples between the ends of the quantile's interval, over their
    # distance, so that the error of a single quantile is the one that its interval shows.
    found = quantile(samples, level)
    low_at, high_at = interval_ranks(samples.size, level)
    return found.value, (found.high - found.low) * samples.size / max(high_at - low_at, 1)


@lru_cache
def interval_ranks(size: int, level: float) -> tuple[int, int]:
    """Return the ranks, from 0, of the order statistics that end the 95% interval."""
    # With B binomial(size, level), the true quantile lies below sample r (from 0) with
    # probability P(B <= r), and above it with P(B > r).
    spread = math.ceil(CONFIDENCE_Z * math.sqrt(size * level * (1 - level))) + 2
    ranks = np.arange(max(math.floor(size * level) - spread, 0), min(math.ceil(size * level) + spread, size))
    below = bdtr(ranks, size, level)
    low = ranks[below <= _TAIL]
    high = ranks[below >= 1 - _TAIL]
    return (int(low[-1]) if low.size else 0), (int(high[0]) if high.size else size - 1)


def beyond_chance(difference: Estimate) -> bool:
    """Return whether a difference's 95% interval leaves no difference out."""
    return difference.low > _ROUNDING or difference.high < -_ROUNDING


def mean_difference(changed: FloatArray, base: FloatArray) -> Estimate:
    """Estimate by how much a change moves a mean, from the samples of either, shape (contract,)."""
    return mean(np.asarray(changed - base))


def probability_difference(changed: BoolArray, base: BoolArray) -> Estimate:
    """Estimate by how much a change moves a probability, from what happened, shape (contract,)."""
    contracts = changed.size
    both = int(np.count_nonzero(changed & base))
    begun, ended = int(np.count_nonzero(changed)) - both, int(np.count_nonzero(base)) - both
    begun_share, ended_share = (begun + 1) / (contracts + 2), (ended + 1) / (contracts + 2)
    centre = begun_share - ended_share
    error = math.sqrt((begun_share + ended_share - centre**2) / (contracts + 2))
    value, half = (begun - ended) / contracts, CONFIDENCE_Z * error
    return Estimate(value, max(centre - half, -1.0), min(centre + half, 1.0), error)


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

    @abstractmethod
    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the estimate; every sample counts."""

    @abstractmethod
    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the difference of two policies' estimates, changed - base; every sample counts."""

    def influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return how far each contract moves the estimate, times the number of contracts; here a mean."""
        return np.asarray(samples - samples.mean())

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
        moves = self._counted_influence(changed) - self._counted_influence(base)
        return Estimate.with_error(here.value - there.value, float(np.std(moves)) / math.sqrt(moves.size))

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
    # A sum that is a number has nan in it nowhere, which is the usual case and quicker to see.
    if not math.isnan(np.add.reduce(samples)):
        return None
    counts = ~np.isnan(samples)
    return None if counts.all() else counts


@dataclass(frozen=True)
class Mean(Estimator):
    """The mean, with its standard error."""

    ends: ClassVar[tuple[str, ...]] = ("standard_error",)

    def of(self, samples: NDArray[Any]) -> Estimate | None:
        """Return the mean of the contracts that count; None where they are too few."""
        # Most measures are means, whose samples all count if their sum is a number.
        total = float(np.add.reduce(samples))
        if math.isnan(total) or samples.size < self.fewest_contracts:
            return super().of(samples)
        return _mean_from(samples, total)

    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the mean."""
        return mean(samples)

    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the mean of the contracts' differences."""
        return mean_difference(changed, base)


@dataclass(frozen=True)
class Probability(Estimator):
    """The share of contracts in which something happens (1, not 0)."""

    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the share."""
        return probability(samples.astype(bool))

    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the difference of shares, from the contracts that differ."""
        return probability_difference(changed.astype(bool), base.astype(bool))


@dataclass(frozen=True)
class Quantile(Estimator):
    """What is not exceeded with probability `level`."""

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
        changed_gbp, changed_spread = quantile_and_spread(changed, self.level)
        base_gbp, base_spread = quantile_and_spread(base, self.level)
        # Above their quantile under both policies, under the changed one alone, and under the base alone.
        above_changed, above_base = changed > changed_gbp, base > base_gbp
        both = int(np.count_nonzero(above_changed & above_base))
        only_changed = int(np.count_nonzero(above_changed)) - both
        only_base = int(np.count_nonzero(above_base)) - both
        spreads = (changed_spread - base_spread, changed_spread, -base_spread)
        moves = tuple(zip((both, only_changed, only_base), spreads, strict=True))
        centre = sum(count * move for count, move in moves) / changed.size
        variance = sum(count * move**2 for count, move in moves) / changed.size - centre**2
        return Estimate.with_error(changed_gbp - base_gbp, math.sqrt(max(variance, 0.0) / changed.size))

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
        """Return the mean of the tail."""
        return mean(self._values(samples))

    def difference(self, changed: NDArray[Any], base: NDArray[Any]) -> Estimate:
        """Return the difference of the tails' means."""
        return mean_difference(self._values(changed), self._values(base))

    def influence(self, samples: NDArray[Any]) -> FloatArray:
        """Return the influence of each contract on the tail's mean."""
        return super().influence(self._values(samples))

    def _values(self, samples: NDArray[Any]) -> FloatArray:
        """Return q - max(q - x, 0) / level with q the quantile: their mean is the tail's, error and all."""
        # Moving q a little changes nothing to first order (Rockafellar and Uryasev 2002, Journal of
        # Banking and Finance 26:1443-1471).
        start = quantile(samples, self.level).value
        return np.asarray(start - np.maximum(start - samples, 0.0) / self.level)


@dataclass(frozen=True, slots=True)
class Influence:
    """A number, and what each contract moves it by: whatever is made of such numbers has its error."""

    value: float  # the number
    # shape (contract,); influence of each contract, with mean zero: the number's error is that of their mean.
    moves: FloatArray

    @property
    def estimate(self) -> Estimate:
        """The number with its standard error."""
        return Estimate.with_error(self.value, math.sqrt(float(np.mean(self.moves**2)) / self.moves.size))

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
