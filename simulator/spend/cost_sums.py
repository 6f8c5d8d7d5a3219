"""Totals of many independent unit costs, each as a map of one standard normal.

The total of n costs is ``n m + sqrt(n) g_n(Z)`` with Z standard normal and g_n rising. g_n is
computed once for chosen n (`levels_for`), by Fourier inversion, and interpolated linearly in
1 / sqrt(n) in between: the expansion of a quantile in n goes by powers of that. Totals of few
costs are drawn cost by cost. Nothing is approximated by a normal law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.random_streams import Generator
from simulator.spend.level_tables import COLUMNS, Z_STEPS_PER_UNIT, Z_TOP, LevelTables
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import FloatArray, UnitCost

IntArray = NDArray[np.int64]

_DRAWN_ONE_BY_ONE = tuple(2**power for power in range(4, 13))
"""Totals of so few costs are drawn cost by cost, the more the harder a law is to tabulate."""

_CERTAIN_CV = 1e-6
"""Costs that vary less than this, up to rounding, do not vary."""
_COMPARED_ONE_BY_ONE = 3
"""With so few levels between, comparing is quicker than searching."""
_LAST_NORMAL = Z_TOP - 1e-9
_EVERY_COUNT_UP_TO = 32
_LEVELS_TO_THE_DOUBLE = 4


def levels_for(low_count: int, high_count: int) -> tuple[int, ...]:
    """Return the counts whose quantile functions serve counts from `low_count` to `high_count`.

    Every count from 17 to 32, then four to each doubling; the same ones whatever range is asked
    for, so that no total depends on which other totals are drawn.

    Parameters
    ----------
    low_count, high_count : int
        Smallest and largest number of costs, at least 17.

    Returns
    -------
    tuple of int
        Rising, at least two; the first is at most `low_count`, the last above `high_count`.
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


@dataclass
class CostSums:
    """Draws totals of independent costs that follow one law.

    Holds tables as a cache: no total depends on what was drawn before.

    Parameters
    ----------
    unit_cost : UnitCost
        Law of one cost.
    """

    unit_cost: UnitCost
    _part: SmoothPart = field(init=False, repr=False)
    _tables: LevelTables = field(init=False, repr=False)
    _mean_gbp: float = field(init=False, repr=False)
    _lowest_gbp: float = field(init=False, repr=False)
    _is_certain: bool = field(init=False, repr=False)
    _one_by_one_up_to: int | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._part = SmoothPart.of(self.unit_cost)
        self._tables = LevelTables(self._part)
        self._mean_gbp = self._part.mean_gbp
        self._lowest_gbp = self.unit_cost.lowest_gbp
        self._is_certain = self._part.sd_gbp <= _CERTAIN_CV * self._mean_gbp

    def prepare(self, low_count: float, high_count: float) -> None:
        """Compute the tables for a range of counts now, so that processes can share them.

        Parameters
        ----------
        low_count, high_count : float
            Smallest and largest number of costs to expect; others still work.
        """
        if not self._is_certain and type(self.unit_cost).draw_known_totals is UnitCost.draw_known_totals:
            lowest = _DRAWN_ONE_BY_ONE[0] + 1
            self._tables.prepare(levels_for(max(int(low_count), lowest), max(math.ceil(high_count), lowest)))

    def draw(self, counts: IntArray, generator: Generator) -> FloatArray:
        """Draw the total cost of each of `counts` numbers of cases.

        Parameters
        ----------
        counts : ndarray of int, shape (totals,)
            Number of cases in each total, zero or more.
        generator : numpy.random.Generator
            Source of chance; advanced.

        Returns
        -------
        ndarray of float, shape (totals,)
            Totals in pounds.
        """
        known = self.unit_cost.draw_known_totals(counts, generator)
        if known is not None:
            return known
        # Normals first and always: the same number of them whatever the counts, so that a change
        # of demand leaves each total's own chance as it was.
        normals = generator.standard_normal(counts.shape)
        if not self._part.has_atoms:
            return self._draw_smooth(counts, normals, generator)
        at_limit = generator.binomial(counts, self._part.limit_probability)
        below_limit = 1 - self._part.limit_probability
        positive = min(self._part.probability / below_limit, 1.0) if below_limit else 0.0
        between = generator.binomial(counts - at_limit, positive)
        totals = self._draw_smooth(between, normals, generator)
        return totals + at_limit * (self.unit_cost.limit or 0.0)

    def _draw_smooth(self, counts: IntArray, normals: FloatArray, generator: Generator) -> FloatArray:
        if self._is_certain:
            return np.asarray(counts * self._mean_gbp, dtype=np.float64)
        lowest = int(counts.min(initial=_DRAWN_ONE_BY_ONE[-1] + 1))
        up_to = self._one_by_one(lowest)
        if lowest > up_to:
            return self._map(counts, normals)
        few = counts <= up_to
        totals = np.empty(counts.shape)
        totals[few] = self._draw_one_by_one(counts[few], generator)
        many = ~few
        if many.any():
            totals[many] = self._map(counts[many], normals[many])
        return totals

    def _one_by_one(self, lowest_count: int) -> int:
        """Return up to how many costs a total is drawn cost by cost, given the lowest count.

        Where the lowest count is out of question, the law is not asked: that may take a while.
        """
        if lowest_count > _DRAWN_ONE_BY_ONE[-1]:
            return 0
        if self._one_by_one_up_to is None:
            settled = (count for count in _DRAWN_ONE_BY_ONE if self._tables.settles(count + 1))
            self._one_by_one_up_to = next(settled, _DRAWN_ONE_BY_ONE[-1])
        return self._one_by_one_up_to

    def _draw_one_by_one(self, counts: IntArray, generator: Generator) -> FloatArray:
        costs = self._part.draw(generator, int(counts.sum()))
        owner = np.repeat(np.arange(counts.size), counts)
        return np.bincount(owner, costs, minlength=counts.size).astype(np.float64, copy=False)

    def _map(self, counts: IntArray, normals: FloatArray) -> FloatArray:
        """Map standard normals to totals: linear in the normal and in 1 / sqrt(count)."""
        levels = levels_for(int(counts.min()), int(counts.max()))
        cells = self._tables.cells(levels)
        place = np.clip(normals, -Z_TOP, _LAST_NORMAL)
        place += Z_TOP
        place *= Z_STEPS_PER_UNIT
        cell = place.astype(np.int64)
        place -= cell
        inner = levels[1:-1]
        if len(inner) > _COMPARED_ONE_BY_ONE:
            cell += COLUMNS * np.searchsorted(inner, counts, side="right")
        else:
            for level in inner:
                cell += COLUMNS * (counts >= level)
        totals = cells.slope.take(cell)
        totals *= place
        totals += cells.start.take(cell)
        totals *= np.sqrt(counts, out=place)
        totals -= cells.per_root.take(cell)
        totals += np.multiply(counts, self._mean_gbp, out=place)
        np.maximum(totals, counts * self._lowest_gbp if self._lowest_gbp else 0.0, out=totals)
        return self._tables.on_lattice(totals, levels[-1])
