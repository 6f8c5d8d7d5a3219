"""Tables of totals at tabulated counts, and which counts those are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

import numpy as np
from scipy.special import ndtr, ndtri

from simulator.spend.bounds import bounds_gbp
from simulator.spend.characteristic import MARGIN_CELLS, ComplexArray, Grid, log_characteristic_function
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import FloatArray

_EVERY_COUNT_UP_TO = 32
_LEVELS_TO_THE_DOUBLE = 4
_FINER = 4
"""Steps in which finer levels take one of the others'."""


def levels_for(low_count: int, high_count: int) -> tuple[int, ...]:
    """Return the counts whose quantile functions serve counts from `low_count` to `high_count`.

    Every count from 17 to 32, then four to each doubling; the same ones whatever range is asked
    for, so that no total depends on which other totals are drawn.
    """
    first, last = _step_of(low_count), _step_of(high_count) + 1
    return tuple(_level(step) for step in range(first, last + 1))


def _level(step: int) -> int:
    """Return the level number `step`; step 0 is `_EVERY_COUNT_UP_TO`, those before it count down."""
    if step <= 0:
        return _EVERY_COUNT_UP_TO + step
    return round(_EVERY_COUNT_UP_TO * math.pow(2.0, step / _LEVELS_TO_THE_DOUBLE))


def _step_of(count: int) -> int:
    """Return the last step whose level is at most `count`."""
    if count <= _EVERY_COUNT_UP_TO:
        return count - _EVERY_COUNT_UP_TO
    step = math.floor(_LEVELS_TO_THE_DOUBLE * math.log2(count / _EVERY_COUNT_UP_TO)) + 1
    return step if _level(step) <= count else step - 1


def finer_levels(levels: tuple[int, ...], every_count_up_to: int) -> tuple[int, ...]:
    """Return levels with more between them."""
    finer: list[int] = []
    for low, high in pairwise(levels):
        if high <= every_count_up_to or high - low <= _FINER:
            finer += range(low, high)
        else:
            finer += [round(count) for count in np.geomspace(low, high, _FINER + 1)[:-1].tolist()]
    return (*finer, levels[-1])


Z_TOP = 6.0
"""Tables end at this standard normal, beyond which one draw in 500 million falls."""
Z_STEPS_PER_UNIT = 128
_NORMALS = np.linspace(-Z_TOP, Z_TOP, round(2 * Z_TOP * Z_STEPS_PER_UNIT) + 1)
COLUMNS = _NORMALS.size - 1
_PROBABILITIES = ndtr(_NORMALS)
NEGLIGIBLE = 1e-9
"""Size of a term of the Fourier series at which it may be cut: the probability beyond `Z_TOP`."""
_NOTHING_LOG = -45.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Coefficients of totals between neighbouring normals and neighbouring levels.

    A total of n costs whose normal lies the share f past the start of a cell is
    ``n mean + sqrt(n) * (start + f * slope) - per_root``, which is linear in f and, but for the
    factor sqrt(n), in 1 / sqrt(n). Each array is flat, of ``(levels - 1) * COLUMNS`` pounds.
    """

    start: FloatArray
    slope: FloatArray
    per_root: FloatArray

    @classmethod
    def between(cls, levels: tuple[int, ...], rows: FloatArray) -> Self:
        """Return the cells between `levels`, whose tables are `rows`, shape (levels, normals)."""
        inverse_root = 1 / np.sqrt(np.asarray(levels))[:, None]
        middle = (rows[:, :-1] + rows[:, 1:]) / 2
        per_root = np.diff(middle, axis=0) / -np.diff(inverse_root, axis=0)
        start = rows[:-1, :-1] + inverse_root[:-1] * per_root
        return cls(start.ravel(), np.diff(rows[:-1], axis=1).ravel(), per_root.ravel())


@dataclass
class LevelTables:
    """Tables of ``(total - n mean) / sqrt(n)`` against a standard normal, by number of costs n.

    A cache: a level's row depends on the law and on n alone.
    """

    part: SmoothPart  # law of one cost
    _rows: dict[int, FloatArray] = field(default_factory=dict, repr=False)
    _cells: dict[tuple[int, ...], Cells] = field(default_factory=dict, repr=False)
    _transforms: dict[int, tuple[Grid, ComplexArray]] = field(default_factory=dict, repr=False)

    def levels(self, low_count: int, high_count: int) -> tuple[int, ...]:
        """Return the counts whose tables serve a range of counts; see `levels_for`."""
        return levels_for(low_count, high_count)

    def cells(self, levels: tuple[int, ...]) -> Cells:
        """Return the coefficients of totals between some levels."""
        if levels not in self._cells:
            rows = np.stack([self._row(level) for level in levels])
            self._cells[levels] = Cells.between(levels, rows)
        return self._cells[levels]

    def settles(self, count: int) -> bool:
        """Return whether the grid resolves the law of a total of `count` costs."""
        grid, log_one_cost = self._transform(count)
        return grid.on_lattice or count * float(log_one_cost[-1].real) < math.log(NEGLIGIBLE)

    def on_lattice(self, totals_gbp: FloatArray, count: int) -> FloatArray:
        """Round totals, in place, to the lattice of the costs where tables were made on one."""
        grid, _ = self._transform(count)
        if grid.on_lattice:
            totals_gbp /= grid.step_gbp
            np.rint(totals_gbp, out=totals_gbp)
            totals_gbp *= grid.step_gbp
        return totals_gbp

    def _row(self, count: int) -> FloatArray:
        if count not in self._rows:
            totals = self._quantiles_gbp(count)
            self._rows[count] = (totals - count * self.part.mean_gbp) / math.sqrt(count)
        return self._rows[count]

    def _transform(self, count: int) -> tuple[Grid, ComplexArray]:
        """Return grid and log characteristic function that serve counts up to the next doubling."""
        doubling = 1 << (count - 1).bit_length()
        if doubling not in self._transforms:
            self._transforms[doubling] = self._transform_of_one(doubling)
        return self._transforms[doubling]

    def _transform_of_one(self, most: int) -> tuple[Grid, ComplexArray]:
        """Return a grid for totals of up to `most` costs, and the law of one cost on it."""
        grid = Grid.for_totals(self.part, most)
        return grid, log_characteristic_function(self.part, grid)

    def _low_gbp(self, count: int) -> float:
        return bounds_gbp(self.part, count)[0]

    def _without_atom(
        self, transform: ComplexArray, count: int, grid: Grid, low_gbp: float
    ) -> tuple[ComplexArray, float]:
        """Return the transform of the totals below the largest one, and their probability."""
        return transform, 1.0

    def _quantiles_gbp(self, count: int) -> FloatArray:
        """Return the totals of `count` costs at the probabilities of the grid of normals."""
        grid, log_one_cost = self._transform(count)
        first_cell = math.floor(self._low_gbp(count) / grid.step_gbp) - MARGIN_CELLS
        low = first_cell * grid.step_gbp
        total = power(log_one_cost, count, grid.frequencies_per_gbp * low)
        if grid.on_lattice:
            below = np.fft.irfft(total, grid.cells).cumsum()
            low += grid.step_gbp / 2
        else:
            below = distribution_function(*self._without_atom(total, count, grid, low), grid)
        return np.maximum(inverted(below, low, grid.step_gbp), count * self.part.unit_cost.lowest_gbp)


def power(log_one_cost: ComplexArray, count: float, shift: FloatArray) -> ComplexArray:
    """Return the transform of a total of `count` costs, counted from the low end of its grid."""
    terms = int(np.flatnonzero(count * log_one_cost.real > _NOTHING_LOG)[-1]) + 1
    total = np.zeros_like(log_one_cost)
    total[:terms] = np.exp(count * log_one_cost[:terms] + 1j * shift[:terms])
    return total


def distribution_function(transform: ComplexArray, mass: float, grid: Grid) -> FloatArray:
    """Return P(total <= point) at the grid's points, by integrating a Fourier series that holds `mass`."""
    frequencies = grid.frequencies_per_gbp
    left_over = float(np.abs(transform[-1])) / NEGLIGIBLE
    if left_over > 1:
        # The series is cut before it has settled (atoms, or a peak narrower than a cell): smooth
        # by just the normal, at most two cells wide, that settles it there.
        transform = transform * np.exp(-math.log(left_over) * (frequencies / frequencies[-1]) ** 2)
    integrated = np.zeros_like(transform)
    integrated[1:] = transform[1:] / (1j * frequencies[1:] * grid.step_gbp)
    periodic = np.fft.irfft(integrated, grid.cells)
    return np.asarray(periodic - periodic[0] + np.arange(grid.cells) / grid.cells * mass)


def inverted(below: FloatArray, low_gbp: float, step_gbp: float) -> FloatArray:
    """Return the totals at the probabilities of the grid of normals.

    Linear in the normal and in the logarithm of the total, on which even heavy tails are straight.
    """
    below = np.maximum.accumulate(below)
    after = np.clip(np.searchsorted(below, _PROBABILITIES, side="right"), 1, below.size - 1)
    smallest = np.finfo(float).eps
    normals = [ndtri(np.clip(below[place], smallest, 1 - smallest)) for place in (after - 1, after)]
    offset = step_gbp - min(low_gbp, 0.0)
    logs = [np.log(low_gbp + place * step_gbp + offset) for place in (after - 1, after)]
    gap = np.maximum(normals[1] - normals[0], smallest)
    share = np.clip((_NORMALS - normals[0]) / gap, 0.0, 1.0)
    return np.asarray(np.exp(logs[0] + share * (logs[1] - logs[0])) - offset)
