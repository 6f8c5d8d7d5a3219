"""Characteristic function of one unit cost on the frequencies of a grid of totals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import FloatArray

ComplexArray = NDArray[np.complex128]

LONGEST_GRID = 2**20
"""Cells of totals; a transform of so many takes about 20 ms."""
_LONGEST_COST_GRID = 2**22
"""Cells of one cost: finer, since an error in one cost is in every one."""
MARGIN_CELLS = 16
"""Empty cells kept on either side of the totals, for what smoothing spreads."""
_TAIL = 1e-11
"""Probability that may be lost beyond the end of a grid."""
_SDS_ABOVE = 9.0
# Chernoff: a sum of n costs >= 0 falls short of its mean by x with probability at most
# exp(-x**2 / (2 n E[cost**2])).
_ROOT_SECOND_MOMENTS_BELOW = math.sqrt(2 * math.log(1 / _TAIL))
_CELLS_PER_BULK_SD = 64
_COST_CELLS_PER_BULK_SD = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid on which the totals of up to `count` costs are told apart.

    Parameters
    ----------
    step_gbp : float
        Distance between neighbouring totals, in pounds.
    cells : int
        A power of two; totals are told apart up to multiples of ``cells * step_gbp``.
    on_lattice : bool
        Whether every cost is a multiple of `step_gbp`.
    """

    step_gbp: float
    cells: int
    on_lattice: bool

    @classmethod
    def for_totals(cls, part: SmoothPart, count: int) -> Self:
        """Return a grid wide enough for all but 1e-11 and fine enough for the bulk of totals."""
        low, high = bounds_gbp(part, count)
        span = part.unit_cost.lattice_span_gbp
        if span and (high - low) / span < LONGEST_GRID / 2:
            return cls(span, power_of_two((high - low) / span + 2 * MARGIN_CELLS), on_lattice=True)
        step = bulk_sd_gbp(part, count) / _CELLS_PER_BULK_SD
        high += 2 * MARGIN_CELLS * step
        cells = min(power_of_two((high - low) / step), LONGEST_GRID)
        return cls((high - low) / cells, cells, on_lattice=False)

    @property
    def frequencies_per_gbp(self) -> FloatArray:
        """Angular frequencies of the grid's transform, from zero up, per pound."""
        return np.arange(self.cells // 2 + 1, dtype=np.float64) * (2 * math.pi / (self.cells * self.step_gbp))


def bulk_sd_gbp(part: SmoothPart, count: int) -> float:
    """Return the spread of the bulk of totals: that of costs capped where one in ten totals has more.

    Parameters
    ----------
    part : SmoothPart
        Law of one cost.
    count : int
        Number of costs.

    Returns
    -------
    float
        Standard deviation in pounds.
    """
    return math.sqrt(count) * part.capped_sd_gbp(part.isf(min(0.1 / count, 0.5)))


def bounds_gbp(part: SmoothPart, count: int) -> tuple[float, float]:
    """Return totals between which a sum of costs lies but for a probability of about 1e-11.

    Parameters
    ----------
    part : SmoothPart
        Law of one cost.
    count : int
        Number of costs.

    Returns
    -------
    tuple of float
        Low and high end, in pounds.
    """
    cap = part.isf(min(0.1 / count, 0.5))
    below = _ROOT_SECOND_MOMENTS_BELOW * math.sqrt(count * part.capped_second_moment_gbp2(cap))
    low = max(count * part.unit_cost.lowest_gbp, count * part.capped_mean_gbp(cap) - below)
    largest = part.isf(_TAIL / count)
    high = count * part.mean_gbp + _SDS_ABOVE * bulk_sd_gbp(part, count) + largest
    return low, min(high, count * part.isf(1e-300))


def log_characteristic_function(part: SmoothPart, grid: Grid) -> ComplexArray:
    """Return log E[exp(-i t cost)] at the grid's frequencies t.

    The cost is spread over a fine lattice by hat functions, which keeps its mean; what that adds
    to the variance is known and taken out again.

    Parameters
    ----------
    part : SmoothPart
        Law of one cost.
    grid : Grid
        Grid of the totals.

    Returns
    -------
    ndarray of complex, shape (grid.cells // 2 + 1,)
        Real part at most 0.
    """
    frequencies = grid.frequencies_per_gbp
    if grid.on_lattice:
        weights = hat_weights(part.excess_mean, part.isf(1e-18), grid.step_gbp, grid.cells)
        return _log(np.fft.rfft(weights, grid.cells))
    wanted = part.capped_sd_gbp(part.isf(0.1)) / _COST_CELLS_PER_BULK_SD
    refinement = power_of_two(grid.step_gbp / wanted)
    cells = min(grid.cells * refinement, _LONGEST_COST_GRID)
    step = grid.step_gbp * grid.cells / cells
    weights = hat_weights(part.excess_mean, part.isf(1e-18), step, cells)
    transform = np.fft.rfft(weights, cells)[: frequencies.size]
    excess = _variance_excess_gbp2(part, weights, step)
    transform *= np.exp(np.minimum(frequencies**2 * (excess / 2), 2.0))
    return _log(transform)


def _log(transform: ComplexArray) -> ComplexArray:
    size = np.clip(np.abs(transform), np.finfo(float).tiny, 1.0)
    return np.asarray(np.log(size) + 1j * np.angle(transform))


def hat_weights(
    excess_mean: Callable[[FloatArray], FloatArray], largest_gbp: float, step_gbp: float, cells: int
) -> FloatArray:
    """Spread a law over multiples of a step by hat functions, which keeps its mean.

    Parameters
    ----------
    excess_mean : callable
        From amounts a in pounds to E[max(cost - a, 0)].
    largest_gbp : float
        Cost beyond which next to nothing lies.
    step_gbp : float
        Distance between the multiples, in pounds.
    cells : int
        Most multiples; what lies beyond the last is put on it.

    Returns
    -------
    ndarray of float
        Probability of each multiple, from zero up.
    """
    last = min(cells - 1, max(math.ceil(largest_gbp / step_gbp) + 1, 2))
    slopes = np.diff(excess_mean(np.arange(last + 1, dtype=np.float64) * step_gbp)) / step_gbp
    return np.maximum(np.diff(slopes, prepend=-1.0, append=0.0), 0.0)


def _variance_excess_gbp2(part: SmoothPart, weights: FloatArray, step_gbp: float) -> float:
    points = np.arange(weights.size) * step_gbp
    mean = float(weights @ points)
    spread = float(weights @ (points - mean) ** 2)
    return spread - part.capped_sd_gbp(float(points[-1])) ** 2


def power_of_two(at_least: float) -> int:
    """Return the smallest power of two that is at least `at_least`, and at least 1."""
    return 1 << max(math.ceil(math.log2(max(at_least, 1.0))), 0)
