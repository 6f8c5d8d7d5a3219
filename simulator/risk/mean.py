"""Means with standard errors."""

from __future__ import annotations

import math

import numpy as np

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate


def mean(samples: FloatArray) -> Estimate:
    """Estimate a mean.

    Parameters
    ----------
    samples : ndarray of float, shape (contract,)
        One value for each independent contract, at least two.

    Returns
    -------
    Estimate
        With the standard error SD / sqrt(contracts).
    """
    value = float(samples.mean())
    error = float(samples.std(ddof=1)) / math.sqrt(samples.size)
    # A sample that does not vary still carries the rounding of its sum: that is no error.
    if error <= abs(value) * np.finfo(float).eps * 16:
        error = 0.0
    return Estimate(value, value - CONFIDENCE_Z * error, value + CONFIDENCE_Z * error, error)
