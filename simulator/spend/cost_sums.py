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
from simulator.spend.level_tables import LevelTables
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.totals_map import CERTAIN_CV, TotalsMap, WithinLimit
from simulator.spend.unit_cost import FloatArray, UnitCost

IntArray = NDArray[np.int64]
Pair = tuple[FloatArray, FloatArray]

_DRAWN_ONE_BY_ONE = tuple(2**power for power in range(4, 13))
"""Totals of so few costs are drawn cost by cost, the more the harder a law is to tabulate."""
_NO_COUNT = _DRAWN_ONE_BY_ONE[-1] + 1

_NARROW_CV = 1e-3
_NEARLY_ALL = 1 - 1e-15
_LARGEST = 64
"""About so many costs of infinite variance are drawn one by one in the largest totals."""


@dataclass
class CostSums:
    """Draws totals of independent costs that follow one law, and what of them lies within a limit.

    Holds tables as a cache: no total depends on what was drawn before.
    """

    unit_cost: UnitCost  # law of one cost, whole: the limit below is none of it
    # Most that somebody answers for of any one cost to the payer, in pounds.
    case_limit_gbp: float | None = None
    _part: SmoothPart = field(init=False, repr=False)
    _tables: LevelTables = field(init=False, repr=False)
    _map: TotalsMap = field(init=False, repr=False)
    _limit: WithinLimit | None = field(default=None, init=False, repr=False)
    _mean_gbp: float = field(init=False, repr=False)
    # By power of two of the largest count: the costs below the few largest of them.
    _below: dict[int, CostSums] = field(default_factory=dict, init=False, repr=False)
    _is_certain: bool = field(init=False, repr=False)
    _one_by_one_up_to: int | None = field(default=None, init=False, repr=False)
    # Of costs so nearly alike that no grid tells them apart: what nearly all of them cost at least, and
    # the law of the rest.
    _floor_gbp: float = field(default=0.0, init=False, repr=False)
    _above_floor: CostSums | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._part = SmoothPart.of(self.unit_cost)
        self._tables = LevelTables(self._part)
        self._map = TotalsMap(self._tables)
        self._mean_gbp = self._part.mean_gbp
        self._is_certain = self._part.sd_gbp <= CERTAIN_CV * self._mean_gbp
        limit = self.case_limit_gbp
        is_narrow = self._part.sd_gbp <= _NARROW_CV * self._mean_gbp and not self._is_certain
        if is_narrow and self.unit_cost.is_smooth:
            self._floor_gbp = self._part.isf(_NEARLY_ALL)
            beyond = None if limit is None or limit <= self._floor_gbp else limit - self._floor_gbp
            self._above_floor = CostSums(_beyond(self.unit_cost, self._floor_gbp), beyond)
        if limit is not None and WithinLimit.matters(self.unit_cost, limit):
            self._limit = WithinLimit(self._part, limit)

    def draw(self, counts: IntArray, generator: Generator) -> FloatArray:
        """Draw the total cost, in pounds, of each of ``counts``, shape (totals,), numbers of cases."""
        return self._draw(counts, generator, None)[0]

    def draw_within_limit(self, counts: IntArray, generator: Generator) -> tuple[FloatArray, FloatArray]:
        """Draw total costs, and what of them lies within the limit for each case.

        Few costs are limited one by one. Of many, the whole total and that of limited costs are
        maps of one normal, each with its own law: the larger the one, the larger the other. What
        lies beyond the limit then has its exact mean, but varies less than if every cost were drawn.

        Takes ``counts`` of shape (totals,). Returns shape (totals,): the totals that `draw` would have
        drawn, and what is paid of them, in pounds.
        """
        totals, within = self._draw(counts, generator, self._limit)
        if self._limit is None:
            return totals, totals.copy()
        # What each table errs by, next to nothing of a standard deviation, must not show as a
        # payment beyond the whole cost.
        return totals, np.minimum(within, totals, out=within)

    def _draw(self, counts: IntArray, generator: Generator, limit: WithinLimit | None) -> Pair:
        """Draw totals, and what of them lies within a limit; without one, the totals twice."""
        # Normals first and always: the same number of them whatever the counts, so that a change
        # of demand leaves each total's own chance as it was.
        if self._above_floor is not None:
            return self._draw_above_floor(self._above_floor, counts, generator, limit)
        normals = generator.standard_normal(counts.shape)
        few = counts <= _DRAWN_ONE_BY_ONE[0]
        if not few.any():
            return self._draw_many(counts, normals, generator, limit)
        totals, within = self._one_by_one_in_place(np.where(few, counts, 0), generator, limit)
        many = ~few
        if many.any():
            totals[many], within[many] = self._draw_many(counts[many], normals[many], generator, limit)
        return totals, within

    def _draw_above_floor(
        self, above: CostSums, counts: IntArray, generator: Generator, limit: WithinLimit | None
    ) -> Pair:
        """Draw totals of what lies above a floor, and add that."""
        beyond, within = above._draw(counts, generator, above._limit)
        totals = beyond + counts * self._floor_gbp
        if limit is None:
            return totals, totals
        if limit.limit_gbp <= self._floor_gbp:
            return totals, np.asarray(counts * limit.limit_gbp, dtype=np.float64)
        return totals, within + counts * self._floor_gbp

    def _one_by_one_in_place(self, counts: IntArray, generator: Generator, limit: WithinLimit | None) -> Pair:
        """Add up costs drawn one by one, each from a place of its own: one case more adds one cost."""
        # Those of most cases first: whoever reaches a place stands before whoever does not.
        order = np.argsort((_DRAWN_ONE_BY_ONE[0] - counts).astype(np.uint8), kind="stable")
        reaching = counts.size - np.bincount(counts).cumsum()[:-1]
        sums = np.zeros(counts.shape)
        paid = sums if limit is None else np.zeros(counts.shape)
        for reached in reaching.tolist():
            costs = self.unit_cost.isf(1 - generator.random(counts.shape).take(order[:reached]))
            sums[:reached] += costs
            if limit is not None:
                paid[:reached] += np.minimum(costs, limit.limit_gbp)
        totals = np.empty(counts.shape)
        totals[order] = sums
        if limit is None:
            return totals, totals
        within = np.empty(counts.shape)
        within[order] = paid
        return totals, within

    def _draw_many(
        self, counts: IntArray, normals: FloatArray, generator: Generator, limit: WithinLimit | None
    ) -> Pair:
        most = math.inf if limit is None else limit.limit_gbp
        known = self.unit_cost.draw_known_totals(counts, generator, most)
        if known is not None:
            return known
        if math.isinf(self._part.sd_gbp):
            totals = self._draw_around_the_largest(counts, normals, generator)
            return totals, totals
        if not self._part.has_atoms:
            return self._draw_smooth(counts, normals, generator, limit)
        at_limit = generator.binomial(counts, self._part.limit_probability)
        totals, within = self._draw_below_limit(counts - at_limit, normals, generator, limit)
        totals = totals + at_limit * (self.unit_cost.limit or 0.0)
        return totals, totals if limit is None else within + at_limit * limit.limit_gbp

    def _draw_around_the_largest(
        self, counts: IntArray, normals: FloatArray, generator: Generator
    ) -> FloatArray:
        """Draw totals of costs of infinite variance: the largest one by one, and the rest, which has one."""
        power = int(counts.max(initial=1)).bit_length()
        if power not in self._below:
            beyond = min(_LARGEST / 2.0**power, self._part.probability / 2)
            limit_gbp = float(self.unit_cost.isf(np.array([beyond]))[0])
            self._below[power] = CostSums(self.unit_cost.model_copy(update={"limit": limit_gbp}))
        below = self._below[power]
        beyond = below._part.limit_probability  # noqa: SLF001 - another of these
        large = generator.binomial(counts, beyond)
        totals, _ = below._draw_below_limit(counts - large, normals, generator, None)  # noqa: SLF001
        return totals + _sums(self.unit_cost.isf(beyond * (1 - generator.random(int(large.sum())))), large)

    def _draw_below_limit(
        self, counts: IntArray, normals: FloatArray, generator: Generator, limit: WithinLimit | None
    ) -> Pair:
        """Draw totals of costs that are below the limit, some of them nothing."""
        below_limit = 1 - self._part.limit_probability
        positive = min(self._part.probability / below_limit, 1.0) if below_limit else 0.0
        return self._draw_smooth(generator.binomial(counts, positive), normals, generator, limit)

    def _draw_smooth(
        self, counts: IntArray, normals: FloatArray, generator: Generator, limit: WithinLimit | None
    ) -> Pair:
        up_to = 0 if self._is_certain else self._one_by_one(int(counts.min(initial=_NO_COUNT)))
        few = counts <= up_to
        if not few.any():
            return self._map_smooth(counts, normals, limit)
        totals = np.empty(counts.shape)
        within = totals if limit is None else np.empty(counts.shape)
        costs = self._part.draw(generator, int(counts[few].sum()))
        totals[few] = _sums(costs, counts[few])
        if limit is not None:
            within[few] = _sums(np.minimum(costs, limit.limit_gbp), counts[few])
        many = ~few
        if many.any():
            totals[many], within[many] = self._map_smooth(counts[many], normals[many], limit)
        return totals, within

    def _map_smooth(self, counts: IntArray, normals: FloatArray, limit: WithinLimit | None) -> Pair:
        if self._is_certain or not counts.size:
            totals = np.asarray(counts * self._mean_gbp, dtype=np.float64)
        else:
            totals = self._map.totals(counts, normals)
        return totals, totals if limit is None else limit.totals(counts, normals)

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


def _beyond(unit_cost: UnitCost, floor_gbp: float) -> UnitCost:
    """Return the law of what costs beyond a floor."""
    limit = None if unit_cost.limit is None else unit_cost.limit - floor_gbp
    return unit_cost.model_copy(update={"deductible": unit_cost.deductible + floor_gbp, "limit": limit})


def _sums(costs: FloatArray, counts: IntArray) -> FloatArray:
    """Return the sums of the first so many costs, the next so many, and so on."""
    owner = np.repeat(np.arange(counts.size), counts)
    return np.bincount(owner, costs, minlength=counts.size).astype(np.float64, copy=False)
