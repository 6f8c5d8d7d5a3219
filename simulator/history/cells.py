"""Cells of history as arrays: the latest export of each, and old codes joined to new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from simulator.fitting.observed import Months
from simulator.history.calendar_months import Month, number_of, span
from simulator.history.history_rows import Row
from simulator.records import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts and spend by unit, line and month; nan where there is no row."""

    units: tuple[str, ...]  # codes as given, sorted
    lines: tuple[str, ...]  # in the order of the scenario
    months: tuple[Month, ...]  # consecutive
    counts: FloatArray  # shape (unit, line, month)
    spend_gbp: FloatArray  # shape (unit, line, month)
    ages: FloatArray  # shape (unit, line, month); months from the month to its export; nan where unsaid

    @classmethod
    def latest(cls, rows: Sequence[Row], lines: Sequence[str]) -> Self:
        """Return the latest export of each cell, of one row or more."""
        units, named = sorted({row.unit for row in rows}), {row.line for row in rows}
        ours = tuple(line for line in lines if line in named)
        months = span(min(row.month for row in rows), max(row.month for row in rows))
        shape = (len(units), len(ours), len(months))
        counts, spend, ages = (np.full(shape, np.nan) for _ in range(3))
        at_unit, at_line = ({name: at for at, name in enumerate(names)} for names in (units, ours))
        first = number_of(months[0])
        for row in sorted(rows, key=lambda row: row.extract or (0, 0)):
            at = (at_unit[row.unit], at_line[row.line], number_of(row.month) - first)
            counts[at], spend[at] = row.count, row.spend_gbp
            if row.extract:
                ages[at] = number_of(row.extract) - number_of(row.month)
        return cls(tuple(units), ours, months, counts, spend, ages)

    def youngest(self) -> dict[tuple[str, int], Month]:
        """Return the month that each line has at each age in its latest exports."""
        there = np.argwhere(~np.isnan(self.ages))
        return {
            (self.lines[line], int(self.ages[unit, line, month])): self.months[month]
            for unit, line, month in there
        }

    def without(self, wrong: BoolArray) -> Self:
        """Return the same without some cells, and without months at the end in which none is left."""
        counts, spend = (np.where(wrong, np.nan, values) for values in (self.counts, self.spend_gbp))
        known = ~np.isnan(counts) | ~np.isnan(spend)
        end = int(np.flatnonzero(known.any(axis=(0, 1))).max(initial=-1)) + 1
        return replace(
            self,
            months=self.months[:end],
            counts=counts[..., :end],
            spend_gbp=spend[..., :end],
            ages=self.ages[..., :end],
        )

    def joined(self, recoded: Mapping[str, str]) -> Months:
        """Return months by unit, where an old code is the new one for the whole history.

        A month is missing where a code that is in use, from its first row to its last, has no row.
        """
        ends = [recoded.get(unit, unit) for unit in self.units]
        units = sorted(set(ends))
        shape = (len(units), *self.counts.shape[1:])
        counts, spend = np.full(shape, np.nan), np.full(shape, np.nan)
        for at, unit in enumerate(units):
            members = [member for member, end in enumerate(ends) if end == unit]
            there = ~np.isnan(measured(self)[members])
            lacking = (_in_use(there) & ~there).any(axis=0) | ~there.any(axis=0)
            counts[at] = np.where(lacking, np.nan, _sum(self.counts[members]))
            unpaid = lacking | (there & np.isnan(self.spend_gbp[members])).any(axis=0)
            spend[at] = np.where(unpaid, np.nan, _sum(self.spend_gbp[members]))
        return Months(tuple(units), self.lines, self.months, counts, spend)


def counted(of: Cells | Months) -> BoolArray:
    """Whether each line has any counts, shape (line, 1)."""
    return np.asarray(~np.isnan(of.counts).all(axis=(0, 2)))[:, None]


def measured(of: Cells | Months) -> FloatArray:
    """Return counts, or spend for a line that has no counts at all."""
    return np.where(counted(of), of.counts, of.spend_gbp)


def _sum(members: FloatArray) -> FloatArray:
    """Return the sum over members of what is known; nan where nothing is."""
    return np.where(np.isnan(members).all(axis=0), np.nan, np.nansum(members, axis=0))


def _in_use(there: BoolArray) -> BoolArray:
    """Whether each code is between its first and its last month with a row of any line."""
    rows: BoolArray = np.asarray(there.any(axis=1, keepdims=True))
    begun = np.logical_or.accumulate(rows, axis=2)
    not_over = np.logical_or.accumulate(rows[..., ::-1], axis=2)[..., ::-1]
    return np.asarray(begun & not_over & there.any(axis=2, keepdims=True))
