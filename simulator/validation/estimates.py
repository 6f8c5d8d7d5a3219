"""Estimates of spread, and estimates in another unit."""

from __future__ import annotations

import math

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.mean import mean


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate in another unit."""
    error = None if estimate.standard_error is None else factor * estimate.standard_error
    return Estimate(factor * estimate.value, factor * estimate.low, factor * estimate.high, error)


def variance(samples: FloatArray) -> Estimate:
    """Estimate a variance; its error comes from the fourth moment.

    Takes ``samples`` of shape (contract,).
    """
    return mean((samples - samples.mean()) ** 2 * (samples.size / (samples.size - 1)))


def standard_deviation(samples: FloatArray) -> Estimate:
    """Estimate a standard deviation (delta method: its error is that of the variance / 2 SD).

    Takes ``samples`` of shape (contract,).
    """
    squared = variance(samples)
    value = math.sqrt(squared.value)
    return with_error(value, (squared.standard_error or 0.0) / (2 * value))


def with_error(value: float, standard_error: float) -> Estimate:
    """Return an estimate with a standard error that is known."""
    half = CONFIDENCE_Z * standard_error
    return Estimate(value, value - half, value + half, standard_error)
