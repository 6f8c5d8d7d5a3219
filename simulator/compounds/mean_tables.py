"""Totals of a random number of costs as a map of one standard normal, smooth in the expected number.

Given that m cases are expected, their number and what each costs make one compound law, and a
count law that is here is infinitely divisible: the logarithm of the total's characteristic function is m
times that of one expected case. So the law is smooth in m. Its quantile function is computed at a
few values of m in each doubling, by Fourier inversion, and interpolated: by a polynomial in 1 / sqrt(m)
to 32 steps a doubling, linearly in that and in the normal between them. A total costs one normal and
one interpolation, and rises with either. Totals of nothing are held apart, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from simulator.demand.count_law import CountLaw
from simulator.spend.characteristic import (
    CELLS_PER_BULK_SD,
    MARGIN_CELLS,
    ComplexArray,
    Grid,
    characteristic_function,
    lattice_characteristic_function,
)
from simulator.spend.level_tables import (
    COLUMNS,
    Z_STEPS_PER_UNIT,
    Z_TOP,
    distribution_function,
    inverted,
    power,
)
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import FloatArray, UnitCost
from simulator.sums import product

BoolArray = NDArray[np.bool_]
Columns = tuple[NDArray[np.int64], FloatArray]
"""The column of the tables that each normal lies in, and its share of the way to the next."""
Cells = tuple[FloatArray, ...]
"""Coefficients of totals, as the tables have them."""

_TAIL = 1e-11
"""Probability that may be lost beyond the end of a grid."""
_LOG_TAIL = math.log(1 / _TAIL)
_SDS_ABOVE = 9.0
_LAST_NORMAL = Z_TOP - 1e-9

_ENDS = COLUMNS + 1
"""Of the columns of normals: between two neighbours totals are linear."""
_STEPS = 32
"""Steps of the mean to each doubling, between which totals are linear."""
_STEP_BITS = 52 - 5
"""What is left of a float's bits after these is its exponent and which of 32 steps it is in."""
_STEPS_OF_DOUBLING = 1 + np.arange(_STEPS + 1) / _STEPS
_FEW_CASES = 32.0
"""Up to so many expected cases the grid is finer: the law is not yet smooth."""
_FINER = 4
_LEAST_MEAN = 16.0
"""With fewer expected, single cases show in the far low end: a map there errs by a hundredth of an SD."""
_MOST_OF_NOTHING = 0.01
_NOT_SMOOTH = 1e-4
"""Size of the transform at the end of a grid above which a law counts as not smooth."""
_LATTICE_BAND = 16
"""On a lattice, the part of frequencies (one over this) that a smooth law may need."""
_NEVER_NOTHING = 1e-10


def _interpolation(levels: int) -> tuple[FloatArray, FloatArray]:
    """Return the means of a doubling, over its first, at which the law is computed, and their weights.

    Weights, shape (steps + 1, levels), are Lagrange's polynomials in 1 / sqrt(mean) at each step; in
    proportion, all doublings are alike.
    """
    means = np.linspace(1.0, 2.0, levels)
    nodes, points = 1 / np.sqrt(means), 1 / np.sqrt(_STEPS_OF_DOUBLING)
    weights = np.ones((points.size, nodes.size))
    for at, node in enumerate(nodes):
        for other in np.delete(nodes, at):
            weights[:, at] *= (points - other) / (node - other)
    return means, weights


_USUAL, _CLOSE = _interpolation(5), _interpolation(9)
"""Levels of a doubling and their weights: the usual ones, and those where few cases are expected."""


@dataclass
class MeanTables:
    """Tables of totals against the expected number of cases and a standard normal. A cache."""

    count: CountLaw  # law of the number of cases
    unit_cost: UnitCost  # law of the cost of one, with its own deductible and limit
    _part: SmoothPart = field(init=False, repr=False)
    # log P(total is nothing) for each case expected.
    _log_nothing: float = field(init=False, repr=False)
    _first: int = field(default=0, init=False, repr=False)  # exponents of the doublings in the tables
    _last: int = field(default=-1, init=False, repr=False)
    # Start and per_root, each of shape (doublings, steps, _ENDS): a total is
    # mean * E[cost] + sqrt(mean) * start + per_root, both linear between the ends of a column. The ends are
    # at hand together: tables of slopes would be as much again to fetch.
    _cells: Cells = field(default=(), init=False, repr=False)
    _smooth: dict[int, bool] = field(default_factory=dict, init=False, repr=False)
    _transforms: dict[int, tuple[Grid, ComplexArray]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self._part = SmoothPart.of(self.unit_cost)
        costs_nothing = 1 - self.unit_cost.sf(np.array([0.0]))
        self._log_nothing = float(self.count.log_generating_function(costs_nothing.astype(complex))[0].real)
        self._mean_gbp = self.unit_cost.mean_gbp
        # Without a variance totals do not spread with the root of the mean, as between two tables.
        has_tables = self.count.is_divisible and not math.isinf(self.unit_cost.variance_gbp2)
        self._least_mean = _LEAST_MEAN if has_tables else math.inf
        self._span_gbp = self.unit_cost.lattice_span_gbp

    def has(self, means: FloatArray) -> BoolArray:
        """Return where the law is smooth enough at a mean to be in tables, same shape.

        A property of each doubling: a mean is looked up or not whatever other means there are.
        """
        if not means.size or self.has_all(bounds := bounds_of(means)):
            return np.ones(means.shape, dtype=bool)
        first, last = map(_doubling, bounds)
        smooth = [doubling for doubling in range(first, last + 1) if self._is_smooth(doubling)]
        return np.isin(np.frexp(means)[1] - 1, smooth)

    def has_all(self, bounds: tuple[float, float]) -> bool:
        """Return whether all means between bounds are in tables."""
        first, last = map(_doubling, bounds)
        return all(self._is_smooth(doubling) for doubling in range(first, last + 1))

    def totals(
        self,
        means: FloatArray,
        normals: FloatArray,
        bounds: tuple[float, float] | None = None,
        columns: Columns | None = None,
    ) -> FloatArray:
        """Return the totals that belong to some normals, in pounds, rising with means and normals.

        Takes ``means`` of shape (totals,), one or more, all of which the tables have, ``normals`` of
        shape (totals,), and the bounds of the means and the normals' columns where they are known.
        """
        if not means.size:
            return np.zeros(0)
        low, high = bounds or bounds_of(means)
        start, per_root = self._cells_for(_doubling(low), _doubling(high))
        place, nothing = self._without_nothing(means, normals, low)
        if columns is None or nothing is not None:
            columns = columns_of(place)
        column, share = columns
        cell = means.view(np.int64) >> _STEP_BITS
        cell -= _code(self._first)
        cell *= _ENDS
        cell += column
        beside = cell + 1
        totals = start.take(cell)
        step = start.take(beside)
        step -= totals
        step *= share
        totals += step
        totals *= np.sqrt(means)
        of_root = per_root.take(cell)
        per_root.take(beside, out=step, mode="clip")
        step -= of_root
        step *= share
        totals += step
        totals += of_root
        totals += np.multiply(means, self._mean_gbp, out=step)
        np.maximum(totals, 0.0, out=totals)
        if nothing is not None:
            totals[nothing] = 0.0
        if self._span_gbp is not None:
            totals /= self._span_gbp
            np.rint(totals, out=totals)
            totals *= self._span_gbp
        return totals

    def missing(self, low_mean: float, high_mean: float) -> list[int]:
        """Return the doublings of a range of means that are not in the tables, as far as is known."""
        first, last = (_doubling(max(mean, _LEAST_MEAN)) for mean in (low_mean, high_mean))
        asked = (one for one in range(first, last + 1) if not self._first <= one <= self._last)
        return [doubling for doubling in asked if self._smooth.get(doubling, True)]

    def made(self, doubling: int) -> Cells | None:
        """Return what to put into the tables for a doubling; None where the law is not smooth."""
        return self._cells_of(doubling) if self._is_smooth(doubling) else None

    def put(self, made: Mapping[int, Cells | None]) -> None:
        """Put doublings into the tables that were `made` by these or by others of the same law."""
        self._smooth |= {doubling: cells is not None for doubling, cells in made.items()}
        cells = {doubling: cells for doubling, cells in made.items() if cells is not None}
        if cells:
            self._cells_for(min(cells), max(cells), cells)

    @property
    def bytes(self) -> int:
        """Memory that the tables take, with the transforms that they are made from."""
        return sum(cells.nbytes for cells in (*self._cells, *(log for _, log in self._transforms.values())))

    def _without_nothing(
        self, means: FloatArray, normals: FloatArray, least_mean: float
    ) -> tuple[FloatArray, FloatArray | None]:
        """Return the normals of totals given that they are something, and where they are nothing."""
        # The fewer cases, the likelier is nothing.
        if math.exp(least_mean * self._log_nothing) < _NEVER_NOTHING:
            return normals, None
        nothing = np.exp(means * self._log_nothing)
        beyond = ndtr(-normals) / (1 - nothing)
        something = -ndtri(np.minimum(beyond, 1.0))
        return np.where(nothing < _NEVER_NOTHING, normals, something), beyond >= 1

    def _cells_for(self, first: int, last: int, made: Mapping[int, Cells] = MappingProxyType({})) -> Cells:
        """Return the cells of all doublings in the tables, at least those from `first` to `last`.

        Those of some doublings may be `made` already: each call that adds to the tables copies them.
        """
        if self._cells and first >= self._first and last <= self._last:
            return self._cells
        if self._cells:
            first, last = min(first, self._first), max(last, self._last)
        kept = range(self._first, self._last + 1)
        parts = [
            tuple(cells.reshape(len(kept), -1)[doubling - self._first] for cells in self._cells)
            if doubling in kept
            else made.get(doubling) or self._cells_of(doubling)
            for doubling in range(first, last + 1)
        ]
        self._cells = tuple(np.concatenate(same) for same in zip(*parts, strict=True))
        self._first, self._last = first, last
        return self._cells

    def _cells_of(self, doubling: int) -> Cells:
        """Return the coefficients of totals between neighbouring means, at the ends of columns, flat."""
        levels, weights = _CLOSE if 2.0**doubling < _FEW_CASES else _USUAL
        rows = product(weights, np.stack([self._row(doubling, level) for level in levels.tolist()]))
        inverse_root = 1 / np.sqrt(2.0**doubling * _STEPS_OF_DOUBLING)[:, None]
        per_root = np.diff(rows, axis=0) / np.diff(inverse_root, axis=0)
        start = rows[:-1] - inverse_root[:-1] * per_root
        return start.ravel(), per_root.ravel()

    def _row(self, doubling: int, level: float) -> FloatArray:
        """Return ``(total - mean * E[cost]) / sqrt(mean)`` at the grid of normals, given a total."""
        grid, log_of_one = self._transform(doubling)
        mean = level * 2.0**doubling
        nothing = math.exp(mean * self._log_nothing)
        low = (math.floor(self._low_gbp(mean) / grid.step_gbp) - MARGIN_CELLS) * grid.step_gbp
        shift = grid.frequencies_per_gbp * low
        total = power(log_of_one, mean, shift)
        if grid.on_lattice:
            below = np.fft.irfft(total, grid.cells).cumsum() - nothing
            low += grid.step_gbp / 2
        else:
            below = distribution_function(total - nothing * np.exp(1j * shift), 1 - nothing, grid)
        totals = inverted(np.maximum(below, 0.0) / (1 - nothing), low, grid.step_gbp)
        return (np.maximum(totals, 0.0) - mean * self._mean_gbp) / math.sqrt(mean)

    def _is_smooth(self, doubling: int) -> bool:
        """Whether the law is smooth from the first mean of a doubling on, but for totals of nothing."""
        if doubling in self._smooth:
            return self._smooth[doubling]
        mean = 2.0**doubling
        if mean < self._least_mean:
            return False
        nothing = math.exp(mean * self._log_nothing)
        if nothing >= _MOST_OF_NOTHING:
            # Of totals most of which are nothing, the bulk has no spread for a grid to resolve.
            return False
        grid, log_of_one = self._transform(doubling)
        beyond = log_of_one.size // _LATTICE_BAND if grid.on_lattice else log_of_one.size * 7 // 8
        left = float(np.abs(np.exp(mean * log_of_one[beyond:]) - nothing).max())
        self._smooth[doubling] = left < _NOT_SMOOTH
        return self._smooth[doubling]

    def _transform(self, doubling: int) -> tuple[Grid, ComplexArray]:
        """Return a grid for a doubling of the mean, and the log transform of one expected case on it."""
        if doubling not in self._transforms:
            ends = [self._bounds_gbp(2.0**power_of_two) for power_of_two in (doubling, doubling + 1)]
            width = max(high - low for low, high in ends)
            cells = CELLS_PER_BULK_SD * (_FINER if 2.0**doubling < _FEW_CASES else 1)
            step = self._bulk_sd_gbp(2.0**doubling) / cells
            grid = Grid.between(0.0, width, step, self._span_gbp)
            part = self._part
            if grid.on_lattice:
                of_cost = lattice_characteristic_function(part, grid)
            else:
                of_cost = characteristic_function(part, grid, folded=part.has_atoms, mean_count=2.0**doubling)
                if part.has_atoms:
                    at_limit = np.exp(-1j * (self.unit_cost.limit or 0.0) * grid.frequencies_per_gbp)
                    of_cost = part.probability * of_cost + part.limit_probability * at_limit
                    of_cost += part.zero_probability
            # Beyond 1 by rounding, or by taking out the spread that a lattice adds.
            of_cost /= np.maximum(np.abs(of_cost), 1.0)
            self._transforms[doubling] = grid, self.count.log_generating_function(of_cost)
        return self._transforms[doubling]

    def _bounds_gbp(self, mean: float) -> tuple[float, float]:
        """Return totals between which a total lies but for a probability of about 1e-11."""
        low = self._low_gbp(mean)
        ratio = self.count.variance(mean) / mean
        most = mean + math.sqrt(2 * _LOG_TAIL * mean * ratio) + _LOG_TAIL * ratio
        cap, limit = self._cap_gbp(most), self.unit_cost.limit
        first = self._capped_mean_gbp(cap)
        variance = most * max(self._capped_second_gbp2(cap) - first**2, 0.0)
        if limit is not None and cap >= limit:  # Bernstein: several costs may be at the limit.
            third = limit * _LOG_TAIL / 3
            rise = third + math.sqrt(third**2 + 2 * _LOG_TAIL * variance)
        else:
            rise = _SDS_ABOVE * math.sqrt(variance) + self._isf(_TAIL / most)
        return low, min(most * self._mean_gbp + rise, most * self._isf(1e-300))

    def _low_gbp(self, mean: float) -> float:
        """Return a total that others fall short of with a probability of about 1e-11."""
        cap = self._cap_gbp(mean)
        # Chernoff: a compound of infinitely divisible counts and costs >= 0 falls short of its mean by x
        # with probability at most exp(-x**2 / (2 variance)).
        fall = math.sqrt(2 * _LOG_TAIL * self._variance_gbp2(mean, cap))
        return max(mean * self._capped_mean_gbp(cap) - fall, 0.0)

    def _bulk_sd_gbp(self, mean: float) -> float:
        return math.sqrt(self._variance_gbp2(mean, self._cap_gbp(mean)))

    def _variance_gbp2(self, mean: float, cap_gbp: float) -> float:
        """Return the variance of the total of costs that are capped, in pounds squared."""
        first, second = self._capped_mean_gbp(cap_gbp), self._capped_second_gbp2(cap_gbp)
        return mean * (second - first**2) + self.count.variance(mean) * first**2

    def _cap_gbp(self, mean: float) -> float:
        return self._isf(min(0.1 / max(mean, 1.0), 0.5))

    def _isf(self, probability: float) -> float:
        return float(self.unit_cost.isf(np.array([probability]))[0])

    def _capped_mean_gbp(self, cap_gbp: float) -> float:
        return self._mean_gbp - float(self.unit_cost.excess_mean(np.array([cap_gbp]))[0])

    def _capped_second_gbp2(self, cap_gbp: float) -> float:
        return float(self.unit_cost.limited_second_moment(np.array([cap_gbp]))[0])


def _doubling(mean: float) -> int:
    """Return the power of two at or below a mean."""
    return math.frexp(mean)[1] - 1 if math.isfinite(mean) else 0


def _code(doubling: int) -> int:
    """Return what the first mean of a doubling is told by: its exponent and step, as a whole number."""
    return int(np.array([2.0**doubling]).view(np.int64)[0] >> _STEP_BITS)


def columns_of(normals: FloatArray) -> Columns:
    """Return where normals lie in the tables."""
    share = np.clip(normals, -Z_TOP, _LAST_NORMAL)
    share += Z_TOP
    share *= Z_STEPS_PER_UNIT
    column = share.astype(np.int64)
    share -= column
    return column, share


def bounds_of(means: FloatArray) -> tuple[float, float]:
    """Return the lowest and the highest of some means, one or more."""
    return float(np.minimum.reduce(means)), float(np.maximum.reduce(means))
