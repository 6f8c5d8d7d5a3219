"""How numbers come from one value for each contract, and their paired differences, with their errors."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import bdtr

from simulator.records import BoolArray, FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate

TAIL = 0.025
"""Beyond either end of a 95% interval."""
_NO_SKEWNESS = 1e-9
_FEWEST_CARRIERS = 2.0
"""Size over squared skewness, below which too few samples carry a mean: k equal ones among zeros make k."""
_ROUNDING = 1e-6
"""A difference below a millionth of a pound, or of a probability, is rounding of sums."""


def mean(samples: FloatArray) -> Estimate:
    """Estimate a mean from samples of shape (contract,)."""
    value = float(np.add.reduce(samples)) / samples.size
    # As std(ddof=1) does it, in half of the time.
    centred = samples - value
    powers = centred * centred
    error = math.sqrt(float(np.add.reduce(powers)) / (samples.size - 1) / samples.size)
    # A sample that does not vary still carries the rounding of its sum: that is no error.
    if error <= abs(value) * sys.float_info.epsilon * 16:
        return Estimate.with_error(value, 0.0)
    powers *= centred
    sd = error * math.sqrt(samples.size)
    # One factor after the other: the cube of a small SD may be nothing.
    skewness = float(np.add.reduce(powers)) / samples.size / sd / sd / sd
    return _with_skewed_interval(value, error, skewness, samples.size)


def _with_skewed_interval(value: float, error: float, skewness: float, size: int) -> Estimate:
    """Return a mean with the interval that holds where a few large samples carry it.

    Hall's (1992, Journal of the Royal Statistical Society B 54:221-228): a cubic of the studentised mean
    is normal but for terms of order 1 / size. `docs/interval-coverage.md` compares its coverage
    with that of others.
    """
    if abs(skewness) < _NO_SKEWNESS:
        return Estimate.with_error(value, error)

    root = math.sqrt(size)
    # Both ends by the same sum, written out: a call for each would take as long as the sum.
    inner = 1 + skewness * (CONFIDENCE_Z - skewness / (6 * root)) / root
    low = value - error * (3 * root / skewness * (math.copysign(abs(inner) ** (1 / 3), inner) - 1))
    inner = 1 + skewness * (-CONFIDENCE_Z - skewness / (6 * root)) / root
    high = value - error * (3 * root / skewness * (math.copysign(abs(inner) ** (1 / 3), inner) - 1))
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
    placed = _in_order(samples, low_at, high_at)
    value, low, high = (float(placed[rank - low_at]) for rank in (at, low_at, high_at))
    return Estimate(value, low, high)


_STRIDE, _SDS_ASIDE = 32, 4.0
"""One sample in so many shows where a rank lies, give or take so many SDs of its own."""


def _in_order(samples: FloatArray, low_at: int, high_at: int) -> FloatArray:
    """Return the samples from one rank to another, in order; only those about there are sorted."""
    few = np.sort(samples[::_STRIDE])
    first, last = (rank * few.size / samples.size for rank in (low_at, high_at))
    first -= _SDS_ASIDE * math.sqrt(first * (1 - first / few.size) + 1)
    last += _SDS_ASIDE * math.sqrt(last * (1 - last / few.size) + 1)
    low = few[int(first)] if first >= 0 else -math.inf
    high = few[int(last)] if last < few.size else math.inf
    below = int(np.count_nonzero(samples < low))
    near = samples[(samples >= low) & (samples <= high)]
    # Counted: what the few samples show may be wrong, by chance or because they lie in an order.
    if not below <= low_at <= high_at < below + near.size:
        below, near = 0, samples
    return np.sort(near)[low_at - below : high_at - below + 1]


def quantile_and_spread(samples: FloatArray, level: float) -> tuple[float, float]:
    """Return the sample quantile and 1 / density there."""
    found = quantile(samples, level)
    return found.value, spread_of(found, samples.size, level)


def spread_of(found: Estimate, size: int, level: float) -> float:
    """Return 1 / density at the quantile of so many samples."""
    # The density is the share of samples between the ends of the quantile's interval, over their
    # distance, so that the error of a single quantile is the one that its interval shows.
    low_at, high_at = interval_ranks(size, level)
    return (found.high - found.low) * size / max(high_at - low_at, 1)


@lru_cache
def interval_ranks(size: int, level: float) -> tuple[int, int]:
    """Return the ranks, from 0, of the order statistics that end the 95% interval."""
    # With B binomial(size, level), the true quantile lies below sample r (from 0) with
    # probability P(B <= r), and above it with P(B > r).
    spread = math.ceil(CONFIDENCE_Z * math.sqrt(size * level * (1 - level))) + 2
    ranks = np.arange(max(math.floor(size * level) - spread, 0), min(math.ceil(size * level) + spread, size))
    below = bdtr(ranks, size, level)
    low = ranks[below <= TAIL]
    high = ranks[below >= 1 - TAIL]
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
