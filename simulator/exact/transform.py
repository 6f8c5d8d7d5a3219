"""The characteristic function of a position at year end: given the shocks, and over them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.demand.count_law import CountLaw
from simulator.exact.cubature import MOST_OSCILLATION, ShockNormals, cubature
from simulator.records import FloatArray
from simulator.spend.characteristic import hat_weights, power_of_two
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import UnitCost

ComplexArray = NDArray[np.complex128]

# A step of about 1e-4 SDs of the sum: what hats do to third moments is then lost in rounding.
_MOST_CELLS = 2**18
_CELLS_PER_COST_SD = 8
_TAIL = 1e-15
_VALUES_AT_A_TIME = 500_000
_FREQUENCIES_AT_A_TIME = 16
_NEXT_TO_NOTHING = 1e-8
"""Size of the transform at which the series may end."""


@dataclass(frozen=True, slots=True)
class Term:
    """Spend of one line, with its weight in each financial year."""

    at_line: int  # position of the line
    count: CountLaw  # law of its cases
    unit_cost: UnitCost  # law of the cost of one case, at the base year's prices
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
        return float(self.expected_counts @ self.scales**2 * each)

    def log_transforms(self, width_gbp: float, frequencies: int) -> ComplexArray:
        """Return log E[exp(i t spend)] before shocks at t = 2 pi k / width, shape (year, frequency)."""
        logs = np.zeros((self.scales.size, frequencies), dtype=complex)
        for year, scale in enumerate(self.scales):
            if scale != 0 and self.expected_counts[year] > 0:
                cost = _cost_transform(self.unit_cost, width_gbp / abs(scale), frequencies)
                z = cost if scale < 0 else cost.conj()
                logs[year] = self.expected_counts[year] * self.count.log_generating_function(z)
        return logs


def position_transform(
    terms: Sequence[Term], normals: ShockNormals, width_gbp: float, frequencies: int, rotated: bool
) -> ComplexArray | None:
    """Return E[exp(i t sum)] of the terms, over counts, unit costs and shocks.

    Returns shape (frequency,): up to a frequency from which on next to nothing is left; None if that is
    beyond the most, or beyond what a cubature can take.
    """
    amounts_gbp = np.zeros((len(normals.years), len(normals.lines)))
    for term in terms:
        amounts_gbp[:, term.at_line] = term.amounts_gbp
    gradient = normals.outer_gradient(amounts_gbp)
    own_gradients = [normals.inner_gradient(amounts_gbp, term.at_line) for term in terms]
    steepest = max(np.linalg.norm(one) for one in (gradient, *own_gradients))
    logs = [term.log_transforms(width_gbp, frequencies) for term in terms]
    found: list[ComplexArray] = []
    # Low frequencies need few points, and how many frequencies there must be shows on the way.
    for start in range(0, frequencies, _FREQUENCIES_AT_A_TIME):
        some = slice(start, start + _FREQUENCIES_AT_A_TIME)
        highest = 2 * math.pi * some.stop / width_gbp
        if steepest * highest > MOST_OSCILLATION:
            return None
        outer, weights = cubature(gradient, normals.outer_matters, highest, rotated)
        product = np.ones((weights.size, logs[0][:, some].shape[1]), dtype=complex)
        common, cluster = normals.common_levels(outer), normals.cluster_factors(outer)
        for term, log, own_gradient in zip(terms, logs, own_gradients, strict=True):
            own_matters = normals.inner_matters(term.at_line)
            inner, own_weights = cubature(own_gradient, own_matters, highest, rotated)
            levels = common[:, None, :] + normals.own_levels(inner)
            factors = normals.lines[term.at_line].factors(levels) * cluster[:, None, :]
            product *= _mean_of_exp(factors, log[:, some], own_weights)
        found.append(np.asarray(weights @ product, dtype=complex))
        if abs(found[-1][-1]) < _NEXT_TO_NOTHING:
            return np.concatenate(found)
    return None


def _mean_of_exp(factors: FloatArray, logs: ComplexArray, weights: FloatArray) -> ComplexArray:
    """Return the mean of exp(factors @ logs) over a line's own shocks, shape (point, frequency).

    Takes ``factors`` of shape (point, own point, year), ``logs`` of shape (year, frequency), ``weights`` of
    shape (own point,).
    """
    means = np.empty((factors.shape[0], logs.shape[1]), dtype=complex)
    step = max(_VALUES_AT_A_TIME // (weights.size * logs.shape[1]), 1)
    for start in range(0, factors.shape[0], step):
        some = factors[start : start + step]
        given = np.exp(some.reshape(-1, len(logs)) @ logs)
        means[start : start + step] = weights @ given.reshape(*some.shape[:2], -1)
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
    added = float(weights @ points**2) - second
    t = np.arange(1, frequencies + 1) * (2 * math.pi / width_gbp)
    return np.asarray(transform * np.exp(np.minimum(t**2 * (added / 2), 2.0)))
