"""Lists of people over time: read, weighed by need, and filled in by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from simulator.errors import InputError, Problem, shown
from simulator.history.calendar_months import (
    Month,
    number_of,
    written,
)
from simulator.history.need_of_units import NeedOfUnits
from simulator.history.table_cells import UNIT_SYNONYMS, month_at, period_column, unit_at, unit_column
from simulator.population.groups import Group
from simulator.population.practices import Practice
from simulator.records import BoolArray, FloatArray
from simulator.scenario.csv_tables import read_table
from simulator.scenario.lists_in_columns import lists_in_columns

_SYNONYMS = UNIT_SYNONYMS | {
    "month": "month",
    "quarter": "quarter",
    "list_size": "list_size",
    "registered_people": "list_size",
    "registered_patients": "list_size",
    "number_of_patients": "list_size",
}
_CARRIED = 12
"""Months over which a list stands for those after it, or before it: an assumption."""


@dataclass(frozen=True, slots=True)
class DatedLists:
    """Lists as the file gives them."""

    path: Path
    by: str  # practice or cluster
    groups: tuple[Group, ...]  # by sex and age; none where lists are sizes alone
    lists: Mapping[Month, Mapping[str, Practice]]  # by month, and by unit


@dataclass(frozen=True, slots=True)
class Lists:
    """People by unit, at the months of which there are lists; nan where a unit has none."""

    path: Path
    units: tuple[str, ...]  # of the history
    months: tuple[Month, ...]  # rising
    people: FloatArray  # shape (unit, month)
    weighted_people: FloatArray  # shape (unit, line, month)
    left_out: tuple[str, ...]  # units with lists that the scenario does not know

    def by_month(self, months: Sequence[Month], there: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return people, shape (unit, month), and need-weighted people, shape (unit, line, month), filled in.

        Takes ``there`` of shape (unit, month): whether the history has rows. Between two lists of a unit
        people are on a straight line. A unit that is in no later list is closed, and has nobody, but in
        months with rows. Raises InputError where a month with rows is more than twelve months from any list.
        """
        knots, numbers = np.array([*map(number_of, self.months)]), np.array([*map(number_of, months)])
        values = np.concatenate([self.people[:, None], self.weighted_people], axis=1)
        filled = np.zeros((*values.shape[:2], numbers.size))
        problems = []
        for at, unit in enumerate(self.units):
            own = np.flatnonzero(~np.isnan(self.people[at]))
            if not own.size:
                problems.append(Problem(str(self.path), f"a list of {unit}", "none"))
                continue
            first, last = knots[own[0]], knots[own[-1]]
            for row in range(values.shape[1]):
                filled[at, row] = np.interp(numbers, knots[own], values[at, row, own])
            before, after = numbers < first, numbers > last
            # Where nobody has an earlier or a later list, the file begins or ends here and not the unit.
            gone = (before & (own[0] > 0)) | (after & (own[-1] < knots.size - 1))
            filled[at][:, gone & ~there[at]] = 0.0
            far = there[at] & ((first - numbers > _CARRIED) | (numbers - last > _CARRIED))
            nobody = there[at] & ~far & (filled[at, 0] <= 0)
            for wrong, need in ((far, f"within {_CARRIED} months of"), (nobody, "of more than 0 people in")):
                if wrong.any():
                    which = [month for month, is_wrong in zip(months, wrong, strict=True) if is_wrong]
                    got = f"none for {written(which[0])}" + (
                        f" to {written(which[-1])}" if len(which) > 1 else ""
                    )
                    whole = f"a list of {unit} {need} each month of its history"
                    problems.append(Problem(str(self.path), whole, got))
        if problems:
            raise InputError(problems)
        return filled[:, 0], filled[:, 1:]


def weighed_lists(dated: DatedLists, by: str, units: Sequence[str], need: NeedOfUnits) -> Lists:
    """Return lists of the units of a history, weighed by need.

    Takes the units, which are practices or clusters as `by` says. Raises InputError where the lists are
    of others.
    """
    if dated.by != by:
        need_by, got = f"a column {by}, as the history has", f"a column {dated.by}"
        raise InputError([Problem(str(dated.path), need_by, got)])
    known = {*units, *need.units}
    left_out = sorted({unit for lists in dated.lists.values() for unit in lists} - known)
    ours = {
        month: {unit: lists[unit] for unit in sorted(lists) if unit in known}
        for month, lists in sorted(dated.lists.items())
    }
    shape = (len(units), len(need.lines), len(ours))
    people, weighted = np.full((shape[0], shape[2]), np.nan), np.full(shape, np.nan)
    for at, lists in enumerate(ours.values()):
        if not any(unit in lists for unit in units):
            continue
        by_unit = need.weighed(dated.path, dated.groups, tuple(lists.values()))
        for row, unit in enumerate(units):
            if unit in lists:
                people[row, at], weighted[row, :, at] = lists[unit].people, by_unit[unit]
    return Lists(dated.path, tuple(units), tuple(ours), people, weighted, tuple(left_out))


def read_lists(path: Path, recoded: Mapping[str, str]) -> DatedLists:
    """Read lists.csv, old codes joined to new ones; InputError with every problem."""
    table = read_table(path, (), _SYNONYMS)
    by = unit_column(table)
    column, form, read = period_column(table)
    table.rows = [(line, row | {"practice_code": row[by].strip()}) for line, row in table.rows]
    groups, practices = lists_in_columns(table)
    if not groups and "list_size" not in table.columns:
        table.complain_of_headings("a column list_size, or columns of people by sex and age", "neither")
        table.finish()
    seen: dict[tuple[Month, str], int] = {}
    parts: dict[tuple[Month, str], list[tuple[str, Practice]]] = defaultdict(list)
    for (line, row), (_, practice) in zip(table.rows, practices, strict=True):
        month, unit = month_at(table, line, row, column, form, read), unit_at(table, line, row, by)
        if month is None or not unit:
            continue
        if (first := seen.setdefault((month, unit), line)) != line:
            got = f"{shown(row[column].strip())}, {unit} on lines {first} and {line}"
            table.complain(line, by, f"each {column} and {by} once", got)
        parts[month, recoded.get(unit, unit)].append((unit, practice))
    table.finish()
    dated: dict[Month, dict[str, Practice]] = defaultdict(dict)
    for (month, unit), members in parts.items():
        # Sums in one order, whatever the order of the rows.
        columns = zip(
            *(one.people_by_group for _, one in sorted(members, key=lambda pair: pair[0])), strict=True
        )
        dated[month][unit] = replace(members[0][1], code=unit, people_by_group=tuple(map(sum, columns)))
    return DatedLists(path, by, tuple(groups), dated)
