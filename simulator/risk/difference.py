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


def mean_difference(changed: FloatArray, base: FloatArray) -> Estimate:
    """Estimate by how much a change moves a mean.

    Parameters
    ----------
    changed, base : ndarray of float, shape (contract,)
        One value for each contract under the changed and under the base policy.

    Returns
    -------
    Estimate
        Mean of the contracts' differences, with its standard error.
    """
    return mean(np.asarray(changed - base))


def probability_difference(changed: BoolArray, base: BoolArray) -> Estimate:
    """Estimate by how much a change moves a probability.

    Parameters
    ----------
    changed, base : ndarray of bool, shape (contract,)
        Whether the event happened in each contract under the changed and under the base policy.

    Returns
    -------
    Estimate
        With the adjusted Wald interval of Bonett and Price (2012, Journal of Educational and
        Behavioral Statistics 37:479-488), which stays sound where few contracts or none differ:
        one contract is added to those that differ either way before the standard error is taken.
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

    Parameters
    ----------
    changed, base : ndarray of float, shape (contract,)
        One value for each contract under the changed and under the base policy.
    level : float
        Between 0 and 1.

    Returns
    -------
    Estimate
        Difference of the two sample quantiles. A contract moves a sample quantile q by
        (1{x > q} - (1 - level)) / (n f(q)), with f the density (Bahadur 1966, Annals of
        Mathematical Statistics 37:577-580); the standard error is that of the mean of the
        contracts' differences between these under the two policies. It is a little too small with
        fewer than 500 contracts where the policies hardly differ.
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

    Parameters
    ----------
    value : float
        The difference.
    changed, base : ndarray of float, shape (contract,)
        How far each contract moves the estimate under either policy, times the number of contracts.

    Returns
    -------
    Estimate
        With the standard error of the mean of the influences' differences: what a contract does to
        both cancels.
    """
    error = float(np.std(changed - base)) / math.sqrt(changed.size)
    half = CONFIDENCE_Z * error
    return Estimate(value, value - half, value + half, error)
