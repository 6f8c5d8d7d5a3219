"""Differences between two policies on the same draws, with their sampling error.

Contracts are paired: each has the same demand and costs under both policies. What chance does to
both cancels, so a difference is known far better than two separate intervals would say.
"""

from __future__ import annotations

import math

import numpy as np

from simulator.records import BoolArray, FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.mean import mean
from simulator.risk.quantile import interval_ranks, quantile

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
