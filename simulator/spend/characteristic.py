"""Characteristic function of one unit cost on the frequencies of a grid of totals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.spend.bounds import bounds_gbp, bulk_sd_gbp
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import FloatArray
from simulator.sums import inner

ComplexArray = NDArray[np.complex128]

LONGEST_GRID = 2**20
"""Cells of totals; a transform of so many takes about 20 ms."""
_LONGEST_COST_GRID = 2**22
"""Cells of one cost: finer, since an error in one cost is in every one."""
MARGIN_CELLS = 16
"""Empty cells kept on either side of the totals, for what smoothing spreads."""
CELLS_PER_BULK_SD = 64
_COST_CELLS_PER_BULK_SD = 8
_MANY_COSTS = 2048
_AT_ONCE = 2**15


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid on which the totals of up to `count` costs are told apart."""

    step_gbp: float  # distance between neighbouring totals, in pounds
    cells: int  # A power of two; totals are told apart up to multiples of ``cells * step_gbp``
    on_lattice: bool  # whether every cost is a multiple of `step_gbp`

    @classmethod
    def for_totals(cls, part: SmoothPart, count: int) -> Self:
        """Return a grid wide enough for all but 1e-11 and fine enough for the bulk of totals."""
        step = bulk_sd_gbp(part, count) / CELLS_PER_BULK_SD
        return cls.between(*bounds_gbp(part, count), step, part.unit_cost.lattice_span_gbp)

    @classmethod
    def between(cls, low_gbp: float, high_gbp: float, step_gbp: float, span_gbp: float | None) -> Self:
        """Return a grid for totals in a range: on the lattice of the costs, or else of some step."""
        if span_gbp and (high_gbp - low_gbp) / span_gbp < LONGEST_GRID / 2:
            cells = power_of_two((high_gbp - low_gbp) / span_gbp + 2 * MARGIN_CELLS)
            return cls(span_gbp, cells, on_lattice=True)
        high_gbp += 2 * MARGIN_CELLS * step_gbp
        cells = min(power_of_two((high_gbp - low_gbp) / step_gbp), LONGEST_GRID)
        return cls((high_gbp - low_gbp) / cells, cells, on_lattice=False)

    @property
    def frequencies_per_gbp(self) -> FloatArray:
        """Angular frequencies of the grid's transform, from zero up, per pound."""
        return np.arange(self.cells // 2 + 1, dtype=np.float64) * (2 * math.pi / (self.cells * self.step_gbp))


def log_characteristic_function(part: SmoothPart, grid: Grid) -> ComplexArray:
    """Return log E[exp(-i t cost)] at the grid's frequencies t.

    Returns shape (grid.cells // 2 + 1,): real part at most 0.
    """
    of_cost = lattice_characteristic_function if grid.on_lattice else characteristic_function
    return logarithm(of_cost(part, grid))


def lattice_characteristic_function(part: SmoothPart, grid: Grid) -> ComplexArray:
    """Return E[exp(-i t cost)] at the frequencies t of a grid on the costs' lattice."""
    weights = hat_weights(part.excess_mean, part.isf(1e-18), grid.step_gbp, grid.cells)
    return np.asarray(np.fft.rfft(weights, grid.cells))


def characteristic_function(
    part: SmoothPart, grid: Grid, *, folded: bool = False, mean_count: float = 1.0
) -> ComplexArray:
    """Return E[exp(-i t cost)] at the frequencies t of a grid that is not on the costs' lattice.

    The cost is spread over a fine lattice by hat functions, which keeps its mean; what that adds
    to the variance is known and taken out again. What it does to the skewness of a total falls with
    the root of the number of costs, so that many costs need no lattice as fine as few.

    Returns shape (grid.cells // 2 + 1,): 1 at frequency zero, up to rounding.
    """
    frequencies = grid.frequencies_per_gbp
    # Of values most of which are one and the same, the bulk has no spread: then that of all of them.
    spread = part.capped_sd_gbp(part.isf(0.1)) or part.sd_gbp
    fineness = _COST_CELLS_PER_BULK_SD * min((_MANY_COSTS / mean_count) ** (1 / 6), 1.0)
    refinement = power_of_two(grid.step_gbp * fineness / spread) if spread else 1
    cells = min(grid.cells * refinement, _LONGEST_COST_GRID)
    step = grid.step_gbp * grid.cells / cells
    weights_of, longest = (signed_hat_weights, _LONGEST_COST_GRID) if folded else (hat_weights, cells)
    weights = weights_of(part.excess_mean, part.isf(1e-18), step, longest)
    excess = _variance_excess_gbp2(part, weights, step)
    if weights.size > cells:
        # At these frequencies what lies a whole grid further looks the same.
        weights = np.append(weights, np.zeros(-weights.size % cells)).reshape(-1, cells).sum(axis=0)
    transform = np.fft.rfft(weights, cells)[: frequencies.size]
    transform *= np.exp(np.minimum(frequencies**2 * (excess / 2), 2.0))
    return np.asarray(transform)


def logarithm(transform: ComplexArray) -> ComplexArray:
    """Return the logarithm of a characteristic function, whose size is at most 1 but for rounding."""
    size = np.clip(np.abs(transform), np.finfo(float).tiny, 1.0)
    return np.asarray(np.log(size) + 1j * np.angle(transform))


def hat_weights(
    excess_mean: Callable[[FloatArray], FloatArray], largest_gbp: float, step_gbp: float, cells: int
) -> FloatArray:
    """Spread a law over multiples of a step by hat functions, which keeps its mean."""
    weights = signed_hat_weights(excess_mean, largest_gbp, step_gbp, cells)
    return np.maximum(weights, 0.0, out=weights)


def signed_hat_weights(
    excess_mean: Callable[[FloatArray], FloatArray], largest_gbp: float, step_gbp: float, cells: int
) -> FloatArray:
    """Spread a law as `hat_weights` does, with rounding errors of either sign left in.

    They cancel in a transform, where those of one sign would add up: what is left of a law far
    below its mean is a small difference of large numbers.
    """
    last = min(cells - 1, math.ceil(largest_gbp / step_gbp) + 1)
    means = np.arange(last + 1, dtype=np.float64) * step_gbp
    # Some at a time, so that what it takes on the way stays in the processor's cache.
    for some in (slice(start, start + _AT_ONCE) for start in range(0, means.size, _AT_ONCE)):
        means[some] = excess_mean(means[some])
    slopes = np.empty(last + 2)
    slopes[0], slopes[-1] = -1.0, 0.0
    np.subtract(means[1:], means[:-1], out=slopes[1:-1])
    slopes[1:-1] /= step_gbp
    return np.subtract(slopes[1:], slopes[:-1], out=means)


def _variance_excess_gbp2(part: SmoothPart, weights: FloatArray, step_gbp: float) -> float:
    points = np.arange(weights.size, dtype=np.float64)
    mean = float(inner(weights, points))
    second = float(inner(np.multiply(points, points, out=points), weights))
    return (second - mean**2) * step_gbp**2 - part.capped_sd_gbp((weights.size - 1) * step_gbp) ** 2


def power_of_two(at_least: float) -> int:
    """Return the smallest power of two that is at least `at_least`, and at least 1."""
    return 1 << max(math.ceil(math.log2(max(at_least, 1.0))), 0)
