"""Quantile functions of the total of n independent costs of which each is paid up to a limit.

Costs at the limit are an atom. It is part of the tabulated law, so that a whole total and its part
within the limit can be maps of one normal: both rise together, and each has its own law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from simulator.spend.bounds import bulk_sd_gbp, limited_bounds_gbp
from simulator.spend.characteristic import (
    CELLS_PER_BULK_SD,
    ComplexArray,
    Grid,
    characteristic_function,
    log_characteristic_function,
    logarithm,
)
from simulator.spend.count_levels import finer_levels, levels_for
from simulator.spend.level_tables import NEGLIGIBLE, LevelTables
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import FloatArray

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
