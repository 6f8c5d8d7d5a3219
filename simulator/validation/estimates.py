"""Estimates of spread, and estimates in another unit."""

from __future__ import annotations

import math

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.mean import mean


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate in another unit.

    Parameters
    ----------
    estimate : Estimate
        Of anything.
    factor : float
        Above zero.

    Returns
    -------
    Estimate
        `factor` times as much, with its error.
    """
    error = None if estimate.standard_error is None else factor * estimate.standard_error
    return Estimate(factor * estimate.value, factor * estimate.low, factor * estimate.high, error)


def variance(samples: FloatArray) -> Estimate:
    """Estimate a variance; its error comes from the fourth moment.

    Parameters
    ----------
    samples : ndarray of float, shape (contract,)
        One value for each independent contract.

    Returns
    -------
    Estimate
        The mean of squared distances from the mean.
    """
    return mean((samples - samples.mean()) ** 2 * (samples.size / (samples.size - 1)))


def standard_deviation(samples: FloatArray) -> Estimate:
    """Estimate a standard deviation (delta method: its error is that of the variance / 2 SD).

    Parameters
    ----------
    samples : ndarray of float, shape (contract,)
        One value for each independent contract.

    Returns
    -------
    Estimate
        With its standard error.
    """
    squared = variance(samples)
    value = math.sqrt(squared.value)
    return with_error(value, (squared.standard_error or 0.0) / (2 * value))


def with_error(value: float, standard_error: float) -> Estimate:
    """Return an estimate with a standard error that is known.

    Parameters
    ----------
    value, standard_error : float
        In one unit.

    Returns
    -------
    Estimate
        With its 95% interval.
    """
    half = CONFIDENCE_Z * standard_error
    return Estimate(value, value - half, value + half, standard_error)
