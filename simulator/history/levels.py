"""Levels: a unit that breaks is another unit before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from simulator.errors import Problem, Problems, shown, unknown
from simulator.fitting.observed import Months
from simulator.history.calendar_months import Month, later, written
from simulator.history.units import ScenarioUnits
from simulator.records import BoolArray


@dataclass(frozen=True, slots=True)
class Level:
    """A unit or a cluster over the months in which it keeps its level."""

    name: str  # its own for the last level, else with the last month of it
    of: str  # the unit's or the cluster's own name
    months: BoolArray  # shape (month,); whether each is in it


def check_breaks(breaks: Sequence[tuple[str, Month]], months: Months, known: ScenarioUnits) -> None:
    """Raise InputError where a break is of nobody in the history, or outside it."""
    problems = Problems()
    clusters = {known.cluster(unit) for unit in months.units} - {None}
    names = [*months.units, *(name for name in known.clusters if name in clusters)]
    for unit, month in breaks:
        where = f'--break "{unit}:{written(month)}"'
        problems.extend(unknown(where, unit, list(dict.fromkeys(names)), most=6))
        if not months.months[0] < month <= months.months[-1]:
            need = f"a month after {written(months.months[0])} and up to {written(months.months[-1])}"
            problems.append(Problem(where, need, shown(written(month))))
    problems.report()


def levels_of(name: str, starts: Sequence[Month], months: Sequence[Month]) -> tuple[Level, ...]:
    """Return the levels of a unit in which some start in given months; one where none does."""
    edges = [months[0], *sorted(set(starts)), later(months[-1], 1)]
    found = []
    for at, (start, end) in enumerate(pairwise(edges)):
        last = at == len(edges) - 2
        named = name if last else f"{name} until {written(later(end, -1))}"
        found.append(Level(named, name, np.array([start <= month < end for month in months])))
    return tuple(found)


def starts_of_units(
    breaks: Sequence[tuple[str, Month]], units: Sequence[str], known: ScenarioUnits
) -> dict[str, list[Month]]:
    """Return the months in which each unit starts a new level: its own breaks, and its cluster's."""
    return {unit: [month for name, month in breaks if name in {unit, known.cluster(unit)}] for unit in units}


def starts_of_clusters(
    breaks: Sequence[tuple[str, Month]], clusters: Sequence[str], known: ScenarioUnits
) -> dict[str, list[Month]]:
    """Return the months in which each cluster starts a new level: where it breaks, or a practice of it."""
    return {
        cluster: [month for name, month in breaks if known.cluster(name) == cluster] for cluster in clusters
    }


def by_level(months: Months, starts: dict[str, list[Month]]) -> Months:
    """Return months in which each level of a unit is a unit of its own."""
    levels = [level for unit in months.units for level in levels_of(unit, starts[unit], months.months)]
    at = [months.units.index(level.of) for level in levels]
    inside = np.stack([level.months for level in levels])[:, None, :]
    return replace(
        months,
        units=tuple(level.name for level in levels),
        counts=np.where(inside, months.counts[at], np.nan),
        spend_gbp=np.where(inside, months.spend_gbp[at], np.nan),
    )
