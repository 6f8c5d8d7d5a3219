"""Points and weights that stand for independent standard normals in an expectation."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MOST_OSCILLATION = 60.0
"""Largest size of gradient times frequency that is taken."""
_FEW_OSCILLATIONS = 3.0
_LOG_ERROR = math.log(1e-10)
"""Of the rule along the gradient, at the highest frequency."""
_END = 7.2
"""A standard normal lies further out with a probability of 6e-13."""
_ROOM = 7.0
"""Frequency at which the transform of a normal is 2e-11."""
_CURVATURE = 1.5
"""Far out a lognormal shock oscillates faster than at its centre."""


def cubature(
    gradient: FloatArray, matters: BoolArray, frequency: float, turned: bool
) -> tuple[FloatArray, FloatArray]:
    """Return points for functions that vary fast along one direction and slowly across it.

    Along the gradient there are as many points as an oscillating function needs; across it, where
    what is integrated varies only through curvature, a rule that is exact for polynomials of degree
    3 is enough (Stroud 1957, Mathematical Tables and Other Aids to Computation 11:257-261).

    Takes ``gradient`` of shape (dimension,), ``matters`` of shape (dimension,).
    """
    size = float(np.linalg.norm(gradient))
    if size == 0 and not matters.any():
        return np.zeros((1, gradient.size)), np.ones(1)
    along, along_weights = _along(size * frequency)
    across, across_weights = _across(int(matters.sum()) - 1, turned)
    points = np.hstack([np.repeat(along, across_weights.size)[:, None], np.tile(across, (along.size, 1))])
    placed = np.zeros((len(points), gradient.size))
    placed[:, matters] = points @ _rotation(gradient[matters] / (size or 1.0))
    return placed, np.outer(along_weights, across_weights).ravel()


def _along(oscillation: float) -> tuple[FloatArray, FloatArray]:
    """Return a rule that integrates exp(i * oscillation * Z)."""
    if oscillation <= _FEW_OSCILLATIONS:
        points, weights = np.polynomial.hermite_e.hermegauss(_gauss_points(oscillation))
        return points, weights / weights.sum()
    # The trapezium rule: its error is that of frequencies beyond its own.
    step = 2 * math.pi / (_CURVATURE * oscillation + _ROOM)
    half = math.ceil(_END / step)
    spaced = step * np.arange(-half, half + 1, dtype=np.float64)
    densities = np.exp(-(spaced**2) / 2)
    return spaced, densities / densities.sum()


def _gauss_points(oscillation: float) -> int:
    points, log_oscillation = 3, math.log(max(oscillation, 1e-12))
    # The rule's error is n! / (2n)! times the size of the derivative of order 2n.
    while math.lgamma(points + 1) - math.lgamma(2 * points + 1) + 2 * points * log_oscillation > _LOG_ERROR:
        points += 1
    return points


def _across(dimension: int, turned: bool) -> tuple[FloatArray, FloatArray]:
    """Return a rule of degree 3 for `dimension` normals; of degree 5 where one cannot be turned."""
    if dimension == 0:
        return np.zeros((1, 0)), np.ones(1)
    if dimension == 1 and turned:
        points, weights = np.polynomial.hermite_e.hermegauss(3)
        return points[:, None], weights / weights.sum()
    axes = dct(np.eye(dimension), norm="ortho") if turned else np.eye(dimension)
    return math.sqrt(dimension) * np.vstack([axes, -axes]), np.full(2 * dimension, 1 / (2 * dimension))


def _rotation(direction: FloatArray) -> FloatArray:
    """Return an orthogonal matrix whose first row is `direction`."""
    basis = np.eye(direction.size)
    basis[:, 0] = direction
    rotation = np.linalg.qr(basis)[0].T
    return np.asarray(rotation * np.sign(rotation[0] @ direction))
