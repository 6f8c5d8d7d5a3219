"""The nodes and weights by which the exact method averages over all shocks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.fft import dct

from simulator.demand.shock_laws import ShockLaw
from simulator.records import BoolArray, FloatArray
from simulator.simulation.plan import Plan

_SLOPE_STEP = 1e-4
_POINTS, _WEIGHTS = np.polynomial.hermite_e.hermegauss(24)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class ShockNormals:
    """Shocks of some financial years, as functions of independent normals.

    The outer normals are common to all lines: the lines' common factor of each year, the cluster's
    lasting shock, and its shock of each year. Given them lines are independent, each with a normal
    of its own for each year.
    """

    years: tuple[int, ...]  # positions of the financial years, the base year being 0
    lines: tuple[ShockLaw, ...]  # law of each line's PCT-wide shock
    lasting: ShockLaw  # laws of the cluster's shocks
    passing: ShockLaw  # laws of the cluster's shocks
    correlation: float  # between lines, in one year
    persistence: float  # between a line's years

    @classmethod
    def of(cls, plan: Plan, years: tuple[int, ...]) -> ShockNormals:
        """Return the shocks of a plan in some of its years."""
        shocks = plan.settings.shocks
        pct = shocks.pct
        return cls(
            years, plan.shock_sizes, shocks.cluster, shocks.cluster_year, pct.correlation, pct.persistence
        )

    @property
    def year_correlation(self) -> FloatArray:
        """Correlation of a line's shock between the years, shape (year, year)."""
        apart = np.abs(np.subtract.outer(self.years, self.years))
        return np.asarray(self.persistence**apart, dtype=float)

    @property
    def _from_innovations(self) -> FloatArray:
        """What makes levels of years out of independent normals, shape (year, normal)."""
        values, vectors = np.linalg.eigh(self.year_correlation)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))

    def common_levels(self, outer: FloatArray) -> FloatArray:
        """Return the part of lines' levels that they share, shape (point, year)."""
        years = len(self.years)
        return math.sqrt(self.correlation) * outer[:, :years] @ self._from_innovations.T

    def own_levels(self, inner: FloatArray) -> FloatArray:
        """Return the part of a line's levels that is its own, shape (point, year)."""
        return math.sqrt(1 - self.correlation) * inner @ self._from_innovations.T

    def cluster_factors(self, outer: FloatArray) -> FloatArray:
        """Return the cluster's factors on demand, shape (point, year)."""
        years = len(self.years)
        return self.lasting.factors(outer[:, years])[:, None] * self.passing.factors(outer[:, years + 1 :])

    @property
    def outer_matters(self) -> BoolArray:
        """Whether any factor depends on each outer normal, shape (2 * years + 1,)."""
        years = len(self.years)
        common = self.correlation > 0 and any(law.sd_share > 0 for law in self.lines)
        varies = [common] * years + [self.lasting.sd_share > 0] + [self.passing.sd_share > 0] * years
        return np.array(varies)

    def inner_matters(self, at_line: int) -> BoolArray:
        """Whether a line's factors depend on each normal of its own, shape (years,)."""
        return np.full(len(self.years), self.correlation < 1 and self.lines[at_line].sd_share > 0)

    def outer_gradient(self, amounts_gbp: FloatArray) -> FloatArray:
        """Return how the expected sum moves with each outer normal.

        Takes ``amounts_gbp`` of shape (year, line). Returns shape (2 * years + 1,): pounds for each standard
        deviation.
        """
        by_year = math.sqrt(self.correlation) * (amounts_gbp @ [slope(law) for law in self.lines])
        return np.concatenate(
            [
                by_year @ self._from_innovations,
                [amounts_gbp.sum() * slope(self.lasting)],
                amounts_gbp.sum(axis=1) * slope(self.passing),
            ]
        )

    def inner_gradient(self, amounts_gbp: FloatArray, at_line: int) -> FloatArray:
        """Return how the expected sum moves with each normal of one line; see `outer_gradient`."""
        own = math.sqrt(1 - self.correlation) * slope(self.lines[at_line])
        return np.asarray(own * (amounts_gbp[:, at_line] @ self._from_innovations))

    def second_moments(self) -> FloatArray:
        """Return E[factor * factor] of all pairs, shape (year, line, year, line)."""
        years, lines = len(self.years), len(self.lines)
        moments = np.empty((years, lines, years, lines))
        lasting = product_moment(self.lasting, self.lasting, 1.0)
        passing = product_moment(self.passing, self.passing, 1.0)
        for one in range(years):
            for two in range(years):
                cluster = lasting * (passing if one == two else 1.0)
                for line in range(lines):
                    for other in range(lines):
                        shared = self.year_correlation[one, two] * (1 if line == other else self.correlation)
                        pct = product_moment(self.lines[line], self.lines[other], shared)
                        moments[one, line, two, other] = cluster * pct
        return moments


def slope(law: ShockLaw) -> float:
    """Return how fast a factor moves with its normal, where that is zero."""
    low, high = law.factors(np.array([-_SLOPE_STEP, _SLOPE_STEP]))
    return float((high - low) / (2 * _SLOPE_STEP))


def product_moment(one: ShockLaw, other: ShockLaw, correlation: float) -> float:
    """Return E[factor * other factor] of two shocks whose normals are correlated."""
    points, weights = _POINTS, _WEIGHTS
    alone = math.sqrt(1 - correlation**2)
    others = other.factors(correlation * points[:, None] + alone * points[None, :])
    return float(weights @ (one.factors(points) * (others @ weights)))


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
    gradient: FloatArray, matters: BoolArray, frequency: float, rotated: bool
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
    across, across_weights = _across(int(matters.sum()) - 1, rotated)
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


def _across(dimension: int, rotated: bool) -> tuple[FloatArray, FloatArray]:
    """Return a rule of degree 3 for `dimension` normals; of degree 5 where one cannot be rotated."""
    if dimension == 0:
        return np.zeros((1, 0)), np.ones(1)
    if dimension == 1 and rotated:
        points, weights = np.polynomial.hermite_e.hermegauss(3)
        return points[:, None], weights / weights.sum()
    axes = dct(np.eye(dimension), norm="ortho") if rotated else np.eye(dimension)
    return math.sqrt(dimension) * np.vstack([axes, -axes]), np.full(2 * dimension, 1 / (2 * dimension))


def _rotation(direction: FloatArray) -> FloatArray:
    """Return an orthogonal matrix whose first row is `direction`."""
    basis = np.eye(direction.size)
    basis[:, 0] = direction
    rotation = np.linalg.qr(basis)[0].T
    return np.asarray(rotation * np.sign(rotation[0] @ direction))
