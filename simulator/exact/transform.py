"""The characteristic function of a position at year end: given the shocks, and over all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.fft import dct

from simulator.demand.count_law import ComplexArray, CountLaw
from simulator.demand.shock_laws import ShockLaw
from simulator.exact.practice_need import PracticeNeed
from simulator.records import BoolArray, FloatArray
from simulator.simulation.plan import Plan
from simulator.spend.characteristic import hat_weights, power_of_two
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import UnitCost
from simulator.sums import inner, product, weighted

_SLOPE_STEP = 1e-4
_MOST_OSCILLATION = 60.0
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
# A step of about 1e-4 SDs of the sum: what hats do to third moments is then lost in rounding.
_MOST_CELLS = 2**18
_CELLS_PER_COST_SD = 8
_TAIL = 1e-15
_VALUES_AT_A_TIME = 500_000
_FREQUENCIES_AT_A_TIME = 16
_NEXT_TO_NOTHING = 1e-8
"""Size of the transform at which the series may end."""


@dataclass(frozen=True)
class ShockNormals:
    """Shocks of some financial years, as functions of independent normals.

    The outer normals are common to all lines: the lines' common factor of each year, the cluster's
    lasting shock, and its shock of each year. Given them lines are independent, each with a normal
    of its own for each year.
    """

    years: tuple[int, ...]  # positions of the financial years, the base year being 0
    lines: tuple[ShockLaw, ...]  # law of each line's PCT-wide shock
    lasting: ShockLaw | PracticeNeed  # law of the cluster's lasting shock, or of its practices'
    passing: ShockLaw  # law of the cluster's shock of each year
    correlation: float  # between lines, in one year
    persistence: float  # between a line's years
    passing_persistence: float  # between the cluster's years

    @classmethod
    def of(cls, plan: Plan, cluster: int, years: tuple[int, ...]) -> ShockNormals:
        """Return the shocks of a plan to a cluster in some of its years."""
        shocks = plan.settings.shocks
        pct, passing = shocks.pct, shocks.cluster_year
        persistence = (pct.persistence, passing.persistence)
        lasting: ShockLaw | PracticeNeed = shocks.cluster
        if shocks.practice.size.sd_share:
            lasting = PracticeNeed(shocks.practice.size, plan.shocks.practice_shares[cluster].values())
        return cls(years, plan.shocks.sizes, lasting, passing, pct.correlation, *persistence)

    def year_correlation(self, persistence: float) -> FloatArray:
        """Correlation between the years of a shock that persists so, shape (year, year)."""
        apart = np.abs(np.subtract.outer(self.years, self.years))
        return np.asarray(persistence**apart, dtype=float)

    @property
    def _from_innovations(self) -> FloatArray:
        """What makes a line's levels of years out of independent normals, shape (year, normal)."""
        return self._root(self.persistence)

    @property
    def _passing_from_innovations(self) -> FloatArray:
        """What makes the cluster's levels of years out of independent normals, shape (year, normal)."""
        return self._root(self.passing_persistence)

    def _root(self, persistence: float) -> FloatArray:
        if not persistence:
            return np.eye(len(self.years))
        # A few rows and columns, which no library divides between threads.
        values, vectors = np.linalg.eigh(self.year_correlation(persistence))
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))

    def common_levels(self, outer: FloatArray) -> FloatArray:
        """Return the part of lines' levels that they share, shape (point, year)."""
        years = len(self.years)
        return product(math.sqrt(self.correlation) * outer[:, :years], self._from_innovations.T)

    def own_levels(self, own: FloatArray) -> FloatArray:
        """Return the part of a line's levels that is its own, shape (point, year)."""
        return product(math.sqrt(1 - self.correlation) * own, self._from_innovations.T)

    def cluster_factors(self, outer: FloatArray) -> FloatArray:
        """Return the cluster's factors on demand, shape (point, year)."""
        years = len(self.years)
        levels = product(outer[:, years + 1 :], self._passing_from_innovations.T)
        return self.lasting.factors(outer[:, years])[:, None] * self.passing.factors(levels)

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
        """Return how the sum of amounts, shape (year, line), moves with an SD of each outer normal."""
        slopes = np.array([slope(law) for law in self.lines])
        by_year = math.sqrt(self.correlation) * inner(amounts_gbp, slopes)
        return np.concatenate(
            [
                product(by_year, self._from_innovations),
                [amounts_gbp.sum() * slope(self.lasting)],
                slope(self.passing) * product(amounts_gbp.sum(axis=1), self._passing_from_innovations),
            ]
        )

    def inner_gradient(self, amounts_gbp: FloatArray, at_line: int) -> FloatArray:
        """Return how the expected sum moves with each normal of one line; see `outer_gradient`."""
        own = math.sqrt(1 - self.correlation) * slope(self.lines[at_line])
        return np.asarray(own * product(amounts_gbp[:, at_line], self._from_innovations))

    def second_moments(self) -> FloatArray:
        """Return E[factor * factor] of all pairs, shape (year, line, year, line)."""
        moments = np.empty((len(self.years), len(self.lines)) * 2)
        lasting = product_moment(self.lasting, self.lasting, 1.0)
        of_years, of_cluster = map(self.year_correlation, (self.persistence, self.passing_persistence))
        for one, line, two, other in np.ndindex(moments.shape):
            same = float(of_cluster[one, two])
            cluster = lasting * (product_moment(self.passing, self.passing, same) if same else 1.0)
            shared = float(of_years[one, two]) * (1 if line == other else self.correlation)
            pct = product_moment(self.lines[line], self.lines[other], shared)
            moments[one, line, two, other] = cluster * pct
        return moments


def slope(law: ShockLaw | PracticeNeed) -> float:
    """Return how fast a factor moves with its normal, where that is zero."""
    low, high = law.factors(np.array([-_SLOPE_STEP, _SLOPE_STEP]))
    return float((high - low) / (2 * _SLOPE_STEP))


def product_moment(one: ShockLaw | PracticeNeed, other: ShockLaw | PracticeNeed, correlation: float) -> float:
    """Return E[factor * other factor] of two shocks whose normals are correlated."""
    points, weights = _gauss(24)
    alone = math.sqrt(1 - correlation**2)
    others = other.factors(correlation * points[:, None] + alone * points[None, :])
    return float(inner(weights, one.factors(points) * inner(others, weights)))


def cubature(
    gradient: FloatArray, matters: BoolArray, frequency: float, rotated: bool
) -> tuple[FloatArray, FloatArray]:
    """Return points and weights for functions that vary fast along a gradient and slowly across it."""
    # Along the gradient there are as many points as an oscillating function needs; across it, where
    # what is integrated varies only through curvature, a rule that is exact for polynomials of degree
    # 3 is enough (Stroud 1957, Mathematical Tables and Other Aids to Computation 11:257-261).
    size = math.hypot(*gradient)
    if size == 0 and not matters.any():
        return np.zeros((1, gradient.size)), np.ones(1)
    along, along_weights = _along(size * frequency)
    across, across_weights = _across(int(matters.sum()) - 1, rotated)
    points = np.hstack([np.repeat(along, across_weights.size)[:, None], np.tile(across, (along.size, 1))])
    placed = np.zeros((len(points), gradient.size))
    placed[:, matters] = product(points, _rotation(gradient[matters] / (size or 1.0)))
    return placed, np.outer(along_weights, across_weights).ravel()


def _along(oscillation: float) -> tuple[FloatArray, FloatArray]:
    """Return a rule that integrates exp(i * oscillation * Z)."""
    if oscillation <= _FEW_OSCILLATIONS:
        return _gauss(_gauss_points(oscillation))
    # The trapezium rule: its error is that of frequencies beyond its own.
    step = 2 * math.pi / (_CURVATURE * oscillation + _ROOM)
    half = math.ceil(_END / step)
    spaced = step * np.arange(-half, half + 1, dtype=np.float64)
    densities = np.exp(-(spaced**2) / 2)
    return spaced, densities / densities.sum()


@lru_cache
def _gauss(count: int) -> tuple[FloatArray, FloatArray]:
    """Return the points and weights of Gauss's rule for a standard normal."""
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    return points, weights / weights.sum()


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
        points, weights = _gauss(3)
        return points[:, None], weights
    axes = dct(np.eye(dimension), norm="ortho") if rotated else np.eye(dimension)
    return math.sqrt(dimension) * np.vstack([axes, -axes]), np.full(2 * dimension, 1 / (2 * dimension))


def _rotation(direction: FloatArray) -> FloatArray:
    """Return an orthogonal matrix whose first row is `direction`."""
    basis = np.eye(direction.size)
    basis[:, 0] = direction
    # A few rows and columns, which no library divides between threads.
    rotation = np.linalg.qr(basis)[0].T
    return np.asarray(rotation * np.sign(inner(rotation[0], direction)))


@dataclass(frozen=True, slots=True)
class Term:
    """Spend of one line, with its weight in each financial year."""

    at_line: int  # position of the line
    count: CountLaw  # law of its cases
    unit_cost: UnitCost  # law of the cost of one case, at the prices of the rate's year
    expected_counts: FloatArray  # shape (year,); expected cases before shocks
    # shape (year,); what one pound of unit cost adds to the position: weight times price index.
    scales: FloatArray

    @property
    def amounts_gbp(self) -> FloatArray:
        """Expected amount of each year, before shocks, shape (year,)."""
        return self.expected_counts * self.scales * self.unit_cost.mean_gbp

    @property
    def chance_variance_gbp2(self) -> float:
        """Variance from counts and unit costs, all years together."""
        each = self.unit_cost.variance_gbp2 + self.count.variance(1.0) * self.unit_cost.mean_gbp**2
        return float(inner(self.expected_counts, self.scales**2) * each)

    def log_transforms(self, width_gbp: float, frequencies: int) -> ComplexArray:
        """Return log E[exp(i t spend)] before shocks at t = 2 pi k / width, shape (year, frequency)."""
        logs = np.zeros((self.scales.size, frequencies), dtype=complex)
        for year, scale in enumerate(self.scales):
            if scale != 0 and self.expected_counts[year] > 0:
                cost = _cost_transform(self.unit_cost, width_gbp / abs(scale), frequencies)
                z = cost if scale < 0 else cost.conj()
                logs[year] = self.expected_counts[year] * self.count.log_generating_function(z)
        return logs


def amounts_of(terms: Sequence[Term], normals: ShockNormals) -> FloatArray:
    """Return the expected amounts before shocks, in pounds, shape (year, line)."""
    amounts_gbp = np.zeros((len(normals.years), len(normals.lines)))
    for term in terms:
        amounts_gbp[:, term.at_line] = term.amounts_gbp
    return amounts_gbp


def position_transform(
    terms: Sequence[Term], normals: ShockNormals, width_gbp: float, frequencies: int, rotated: bool
) -> ComplexArray | None:
    """Return E[exp(i t sum)] of the terms, over counts, unit costs and shocks, shape (frequency,)."""
    # Up to a frequency from which on next to nothing is left; None if that is beyond the most, or beyond
    # what a cubature can take.
    amounts_gbp = amounts_of(terms, normals)
    gradient = normals.outer_gradient(amounts_gbp)
    own_gradients = [normals.inner_gradient(amounts_gbp, term.at_line) for term in terms]
    steepest = max(math.hypot(*one) for one in (gradient, *own_gradients))
    logs = [term.log_transforms(width_gbp, frequencies) for term in terms]
    found: list[ComplexArray] = []
    # Low frequencies need few points, and how many frequencies there must be shows on the way.
    for start in range(0, frequencies, _FREQUENCIES_AT_A_TIME):
        some = slice(start, start + _FREQUENCIES_AT_A_TIME)
        highest = 2 * math.pi * some.stop / width_gbp
        if steepest * highest > _MOST_OSCILLATION:
            return None
        outer, weights = cubature(gradient, normals.outer_matters, highest, rotated)
        together = np.ones((weights.size, logs[0][:, some].shape[1]), dtype=complex)
        common, cluster = normals.common_levels(outer), normals.cluster_factors(outer)
        for term, log, own_gradient in zip(terms, logs, own_gradients, strict=True):
            own_matters = normals.inner_matters(term.at_line)
            own, own_weights = cubature(own_gradient, own_matters, highest, rotated)
            levels = common[:, None, :] + normals.own_levels(own)
            factors = normals.lines[term.at_line].factors(levels) * cluster[:, None, :]
            together *= _mean_of_exp(factors, log[:, some], own_weights)
        found.append(product(weights, together))
        if abs(found[-1][-1]) < _NEXT_TO_NOTHING:
            return np.concatenate(found)
    return None


def _mean_of_exp(factors: FloatArray, logs: ComplexArray, weights: FloatArray) -> ComplexArray:
    """Return the mean of exp(factors @ logs) over a line's own shocks, shape (point, frequency)."""
    # Factors have the shape (point, own point, year), logs (year, frequency), weights (own point,).
    means = np.empty((factors.shape[0], logs.shape[1]), dtype=complex)
    step = max(_VALUES_AT_A_TIME // (weights.size * logs.shape[1]), 1)
    for start in range(0, factors.shape[0], step):
        some = factors[start : start + step]
        given = np.exp(product(some.reshape(-1, len(logs)), logs))
        means[start : start + step] = weighted(weights, given.reshape(*some.shape[:2], -1).swapaxes(0, 1))
    return means


def _cost_transform(unit_cost: UnitCost, width_gbp: float, frequencies: int) -> ComplexArray:
    """Return E[exp(-i t cost)] at t = 2 pi k / width, k = 1, 2, ..."""
    part = SmoothPart.of(unit_cost)
    fine_gbp = part.capped_sd_gbp(part.isf(0.1)) / _CELLS_PER_COST_SD
    wanted = width_gbp / fine_gbp if fine_gbp else float(_MOST_CELLS)
    cells = min(max(power_of_two(wanted), power_of_two(2 * (frequencies + 1))), _MOST_CELLS)
    step = width_gbp / cells
    largest = float(unit_cost.isf(np.array([_TAIL]))[0])
    weights = hat_weights(unit_cost.excess_mean, largest, step, cells)
    transform = np.fft.rfft(weights, cells)[1 : frequencies + 1]
    # Hats keep the mean but widen the law; what they add to the variance is known and taken out.
    points = np.arange(weights.size) * step
    capped = np.array([points[-1]])
    second = float(unit_cost.limited_second_moment(capped)[0])
    added = float(inner(weights, points**2)) - second
    t = np.arange(1, frequencies + 1) * (2 * math.pi / width_gbp)
    return np.asarray(transform * np.exp(np.minimum(t**2 * (added / 2), 2.0)))
