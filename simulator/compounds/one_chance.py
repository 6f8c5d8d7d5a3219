"""Totals of several laws from one stream of chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from simulator.compounds.mean_tables import Columns, bounds_of, columns_of
from simulator.compounds.totals import CompoundTotals
from simulator.random_streams import Generator
from simulator.spend.unit_cost import FloatArray


@dataclass
class OneChance:
    """Draws from one stream what each of several laws, or one law of several means, would draw alone.

    Of totals in tables the normals are drawn once, and whole totals are looked up once for each mean.
    """

    stream: Callable[[], Generator]  # from its start, each time
    normals: Callable[..., FloatArray]  # the first that the stream gives, of a `size`; not to be written to
    factors: FloatArray  # shape (totals,); what shocks make of expected cases
    wanted: int  # how many of the totals, the first
    _means: dict[float, tuple[FloatArray, tuple[float, float]]] = field(default_factory=dict, repr=False)
    # By law and mean.
    _whole: dict[tuple[int, float], FloatArray] = field(default_factory=dict, repr=False)

    def draw(self, law: CompoundTotals, expected: float) -> tuple[FloatArray, FloatArray]:
        """Return totals where so many cases are expected, and what of them lies within the limit per case.

        What the law's `draw_within_limit` returns, not to be written to: one array where no limit matters.
        """
        means, bounds = self._means_of(expected)
        tables, limited = law.whole_tables, law.limited_tables
        # Another kind of totals may have tables and not look there.
        if type(law) is not CompoundTotals or not tables.has_all(bounds):
            if limited is None:
                totals = law.draw(means, self.stream(), self.wanted)
                return totals, totals
            return law.draw_within_limit(means, self.stream(), self.wanted)
        first, key = means[: self.wanted], (id(tables), expected)
        if key not in self._whole:
            self._whole[key] = tables.totals(first, self._normals, bounds, self._columns)
        totals = self._whole[key]
        if limited is None:
            return totals, totals
        within = limited.totals(first, self._normals, bounds, self._columns)
        return totals, np.minimum(within, totals, out=within)

    def _means_of(self, expected: float) -> tuple[FloatArray, tuple[float, float]]:
        """Return the expected cases of every total, and the bounds of those that are wanted."""
        if expected not in self._means:
            means = self.factors * expected
            self._means[expected] = means, bounds_of(means[: self.wanted])
        return self._means[expected]

    @cached_property
    def _normals(self) -> FloatArray:
        return self.normals(size=self.wanted)

    @cached_property
    def _columns(self) -> Columns:
        return columns_of(self._normals)
