"""How means, probabilities, quantiles and their paired differences are estimated, with their errors."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.special import bdtr

from simulator.records import BoolArray, FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate


def mean(samples: FloatArray) -> Estimate:
    """Estimate a mean.

    Takes ``samples`` of shape (contract,).
    """
    value = float(np.add.reduce(samples)) / samples.size
    # As std(ddof=1) does it, in half of the time.
    centred = samples - value
    error = math.sqrt(float(centred @ centred) / (samples.size - 1) / samples.size)
    # A sample that does not vary still carries the rounding of its sum: that is no error.
    if error <= abs(value) * np.finfo(float).eps * 16:
        error = 0.0
    return Estimate(value, value - CONFIDENCE_Z * error, value + CONFIDENCE_Z * error, error)


def probability(happened: BoolArray) -> Estimate:
    """Estimate a probability.

    Takes ``happened`` of shape (contract,).
    """
    contracts = happened.size
    share = int(np.count_nonzero(happened)) / contracts
    squared = CONFIDENCE_Z**2 / contracts
    centre = (share + squared / 2) / (1 + squared)
    half = math.sqrt(share * (1 - share) * squared + squared**2 / 4) / (1 + squared)
    low, high = max(centre - half, 0.0), min(centre + half, 1.0)
    # At 0 and 1 the interval reaches the estimate exactly; rounding must not part them.
    return Estimate(share, min(low, share), max(high, share))


_TAIL = 0.025


def quantile(samples: FloatArray, level: float) -> Estimate:
    """Estimate a quantile.

    Takes ``samples`` of shape (contract,).
    """
    at = max(math.ceil(level * samples.size - 1e-9) - 1, 0)
    low_at, high_at = interval_ranks(samples.size, level)
    placed = np.partition(samples, sorted({low_at, at, high_at}))
    return Estimate(float(placed[at]), float(placed[low_at]), float(placed[high_at]))


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


_ROUNDING = 1e-6
"""A difference below a millionth of a pound, or of a probability, is rounding of sums."""


def beyond_chance(difference: Estimate) -> bool:
    """Return whether a difference's 95% interval leaves no difference out."""
    return difference.low > _ROUNDING or difference.high < -_ROUNDING


def mean_difference(changed: FloatArray, base: FloatArray) -> Estimate:
    """Estimate by how much a change moves a mean.

    Takes ``changed, base`` of shape (contract,).
    """
    return mean(np.asarray(changed - base))


def probability_difference(changed: BoolArray, base: BoolArray) -> Estimate:
    """Estimate by how much a change moves a probability.

    Takes ``changed, base`` of shape (contract,).
    """
    contracts = changed.size
    both = int(np.count_nonzero(changed & base))
    begun, ended = int(np.count_nonzero(changed)) - both, int(np.count_nonzero(base)) - both
    begun_share, ended_share = (begun + 1) / (contracts + 2), (ended + 1) / (contracts + 2)
    centre = begun_share - ended_share
    error = math.sqrt((begun_share + ended_share - centre**2) / (contracts + 2))
    value, half = (begun - ended) / contracts, CONFIDENCE_Z * error
    return Estimate(value, max(centre - half, -1.0), min(centre + half, 1.0), error)


def quantile_difference(changed: FloatArray, base: FloatArray, level: float) -> Estimate:
    """Estimate by how much a change moves a quantile.

    Takes ``changed, base`` of shape (contract,).
    """
    changed_gbp, changed_spread = _quantile_and_spread(changed, level)
    base_gbp, base_spread = _quantile_and_spread(base, level)
    # Above their quantile under both policies, under the changed one alone, and under the base alone.
    above_changed, above_base = changed > changed_gbp, base > base_gbp
    both = int(np.count_nonzero(above_changed & above_base))
    only_changed = int(np.count_nonzero(above_changed)) - both
    only_base = int(np.count_nonzero(above_base)) - both
    moves = ((both, changed_spread - base_spread), (only_changed, changed_spread), (only_base, -base_spread))
    contracts = changed.size
    centre = sum(count * move for count, move in moves) / contracts
    variance = sum(count * move**2 for count, move in moves) / contracts - centre**2
    error = math.sqrt(max(variance, 0.0) / contracts)
    value, half = changed_gbp - base_gbp, CONFIDENCE_Z * error
    return Estimate(value, value - half, value + half, error)


def _quantile_and_spread(samples: FloatArray, level: float) -> tuple[float, float]:
    """Return the sample quantile and 1 / density there.

    The density is the share of samples between the ends of the quantile's interval, over their
    distance, so that the error of a single quantile is the one that its interval shows.
    """
    estimate = quantile(samples, level)
    low_at, high_at = interval_ranks(samples.size, level)
    spread = (estimate.high - estimate.low) * samples.size / max(high_at - low_at, 1)
    return estimate.value, spread


def influence_difference(value: float, changed: FloatArray, base: FloatArray) -> Estimate:
    """Return a difference of two estimates with the error that their influences leave.

    Takes ``changed, base`` of shape (contract,).
    """
    error = float(np.std(changed - base)) / math.sqrt(changed.size)
    half = CONFIDENCE_Z * error
    return Estimate(value, value - half, value + half, error)
