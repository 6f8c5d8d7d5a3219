"""Maps of normals to totals of costs: whole, and within a limit per case."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.spend.bounds import bulk_sd_gbp, limited_bounds_gbp
from simulator.spend.characteristic import (
    CELLS_PER_BULK_SD,
    ComplexArray,
    Grid,
    characteristic_function,
    log_characteristic_function,
    logarithm,
)
from simulator.spend.level_tables import (
    COLUMNS,
    NEGLIGIBLE,
    Z_STEPS_PER_UNIT,
    Z_TOP,
    LevelTables,
    finer_levels,
    levels_for,
)
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import FloatArray, UnitCost

_COMPARED_ONE_BY_ONE = 3
"""With so few levels between, comparing is quicker than looking up."""
_LONGEST_LOOK_UP = 2**16
_LAST_NORMAL = Z_TOP - 1e-9


class TotalsMap:
    """Maps normals to totals by tables: linear in the normal and in 1 / sqrt(count)."""

    def __init__(self, tables: LevelTables) -> None:
        self._tables = tables
        self._mean_gbp = tables.part.mean_gbp
        self._lowest_gbp = tables.part.unit_cost.lowest_gbp
        self._first_cells: dict[tuple[int, ...], NDArray[np.int64]] = {}

    def totals(self, counts: NDArray[np.int64], normals: FloatArray) -> FloatArray:
        """Return the totals that belong to some normals.

        Takes ``counts`` of shape (totals,), ``normals`` of shape (totals,). Returns shape (totals,): totals
        in pounds, rising with the normals.
        """
        levels = self._tables.levels(int(counts.min()), int(counts.max()))
        cells = self._tables.cells(levels)
        place = np.clip(normals, -Z_TOP, _LAST_NORMAL)
        place += Z_TOP
        place *= Z_STEPS_PER_UNIT
        cell = place.astype(np.int64)
        place -= cell
        self._add_level(cell, counts, levels)
        totals = cells.slope.take(cell)
        totals *= place
        totals += cells.start.take(cell)
        totals *= np.sqrt(counts, out=place)
        totals -= cells.per_root.take(cell)
        totals += np.multiply(counts, self._mean_gbp, out=place)
        np.maximum(totals, counts * self._lowest_gbp if self._lowest_gbp else 0.0, out=totals)
        return self._tables.on_lattice(totals, levels[-1])

    def _add_level(self, cell: NDArray[np.int64], counts: NDArray[np.int64], levels: tuple[int, ...]) -> None:
        """Move cells, in place, on to those of the last level that each count reaches."""
        inner = levels[1:-1]
        if len(inner) <= _COMPARED_ONE_BY_ONE:
            for level in inner:
                cell += COLUMNS * (counts >= level)
        elif levels[-1] - levels[0] > _LONGEST_LOOK_UP:
            cell += COLUMNS * np.searchsorted(inner, counts, side="right")
        else:
            if levels not in self._first_cells:
                every = np.arange(levels[0], levels[-1] + 1)
                self._first_cells[levels] = COLUMNS * np.searchsorted(inner, every, side="right")
            cell += self._first_cells[levels].take(counts - levels[0])


_FINE_CELLS_PER_SD = 512
"""Where a law is too rough for the usual grid, it is smoothed over two cells of so fine a one."""
_EVERY_COUNT_ON_A_LATTICE_UP_TO = 1024
_STEPS_PER_SD_THAT_SHOW = 64
_NEGLIGIBLE_ATOM = 1e-12


@dataclass
class LimitedTables(LevelTables):
    """Tables of totals of limited costs; `part` is the law of one limited cost, its atom included."""

    whole: SmoothPart = field(kw_only=True)  # law of one cost without it
    at_limit: float = field(init=False, repr=False)
    """Probability that a cost of `whole` is at or beyond the limit."""
    _below: SmoothPart = field(init=False, repr=False)
    _limit_gbp: float = field(init=False, repr=False)
    _every_count_up_to: int = field(init=False, repr=False)
    _finer: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._limit_gbp = self.part.unit_cost.limit or math.inf
        self._below = self.whole.below(self._limit_gbp)
        beyond = self._below.limit_probability - self.whole.limit_probability
        self.at_limit = min(beyond / self.whole.probability, 1.0)
        # The number of costs at which the steps of a lattice no longer show; none without one.
        span = self.part.unit_cost.lattice_span_gbp or 0.0
        showing = (_STEPS_PER_SD_THAT_SHOW * span / self.part.sd_gbp) ** 2
        self._every_count_up_to = round(min(showing, _EVERY_COUNT_ON_A_LATTICE_UP_TO))

    def levels(self, low_count: int, high_count: int) -> tuple[int, ...]:
        """Return the counts whose tables serve a range of counts.

        More of them than for a law without an atom: how likely it is that so and so many costs
        are at the limit changes quickly with the count. Where the steps of a lattice show, a
        total between two counts belongs to neither, so that nearly every count has its own table.
        """
        usual = levels_for(low_count, high_count)
        if usual not in self._finer:
            self._finer[usual] = finer_levels(usual, self._every_count_up_to)
        return self._finer[usual]

    def _transform_of_one(self, most: int) -> tuple[Grid, ComplexArray]:
        low, high = limited_bounds_gbp(self.part, self.whole, most)
        # Where nearly all costs are at the limit, totals differ by what the others fall short of it.
        sd = max(bulk_sd_gbp(self.part, most), self._below.capped_sd_gbp(self._below.isf(0.1)))
        span = self.part.unit_cost.lattice_span_gbp
        grid = Grid.between(low, high, sd / CELLS_PER_BULK_SD, span)
        if grid.on_lattice:
            return grid, log_characteristic_function(self.part, grid)
        log_one_cost = self._log_characteristic_function(grid)
        if (most // 2) * float(log_one_cost[-1].real) >= math.log(NEGLIGIBLE):
            grid = Grid.between(low, high, sd / _FINE_CELLS_PER_SD, None)
            log_one_cost = self._log_characteristic_function(grid)
        return grid, log_one_cost

    def _log_characteristic_function(self, grid: Grid) -> ComplexArray:
        one_cost = (1 - self.at_limit) * characteristic_function(self._below, grid, folded=True)
        one_cost += self.at_limit * np.exp(-1j * self._limit_gbp * grid.frequencies_per_gbp)
        return logarithm(one_cost)

    def _low_gbp(self, count: int) -> float:
        return limited_bounds_gbp(self.part, self.whole, count)[0]

    def _without_atom(
        self, transform: ComplexArray, count: int, grid: Grid, low_gbp: float
    ) -> tuple[ComplexArray, float]:
        """Take the totals of which every cost is at the limit out: known exactly, they need no smoothing."""
        atom = self.at_limit**count
        if atom < _NEGLIGIBLE_ATOM:
            return transform, 1.0
        distance = count * self._limit_gbp - low_gbp
        return transform - atom * np.exp(-1j * distance * grid.frequencies_per_gbp), 1 - atom

    def _quantiles_gbp(self, count: int) -> FloatArray:
        return np.minimum(super()._quantiles_gbp(count), count * self._limit_gbp)


CERTAIN_CV = 1e-6
"""Costs that vary less than this, up to rounding, do not vary."""
_LEAST_OF_MEAN = 1e-8
"""A limit that is a smaller part of the mean cost is paid as its mean."""
_NEGLIGIBLE_AT_THE_LIMIT = 1e-9
_NEVER = 1e-18
"""Probability of a cost so large that the tables of whole totals do not look for it either."""


class WithinLimit:
    """Maps normals to totals of costs within a limit."""

    def __init__(self, whole: SmoothPart, limit_gbp: float) -> None:
        self.limit_gbp = limit_gbp
        part = whole.within(limit_gbp)
        self._mean_gbp = min(part.mean_gbp, limit_gbp)
        varies = whole.sd_gbp > CERTAIN_CV * whole.mean_gbp and part.sd_gbp > CERTAIN_CV * part.mean_gbp
        # How so small a part of each cost varies is lost in the rounding of the whole.
        shows = limit_gbp >= _LEAST_OF_MEAN * whole.mean_gbp
        self._tables = LimitedTables(part, whole=whole) if varies and shows else None
        self._map = None if self._tables is None else TotalsMap(self._tables)

    @staticmethod
    def matters(unit_cost: UnitCost, limit_gbp: float) -> bool:
        """Return whether any cost is larger than `limit_gbp`."""
        return bool(unit_cost.sf(np.array([limit_gbp]))[0] > _NEVER)

    def totals(self, counts: NDArray[np.int64], normals: FloatArray) -> FloatArray:
        """Return the totals within the limit that belong to the normals of whole totals.

        Takes ``counts`` of shape (totals,), ``normals`` of shape (totals,). Returns shape (totals,): totals
        in pounds, rising with the normals.
        """
        if self._tables is None or self._map is None or not counts.size:
            return np.asarray(counts * self._mean_gbp, dtype=np.float64)
        totals = self._map.totals(counts, normals)
        np.minimum(totals, counts * self.limit_gbp, out=totals)
        at_limit = self._tables.at_limit
        if at_limit ** int(counts.min()) > _NEGLIGIBLE_AT_THE_LIMIT:
            # How likely it is that all are at the limit is known; tables between counts blur it.
            all_at_limit = normals >= -ndtri(at_limit**counts)
            totals[all_at_limit] = counts[all_at_limit] * self.limit_gbp
        return totals
