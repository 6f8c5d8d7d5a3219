"""The numbers of a chart as a table, for readers who do not see it and for those who draw it anew."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from simulator.answers.table import Cell, Column, Table
from simulator.charts.chart import Chart
from simulator.plain_words import capitalised, spaced
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.measures import columns
from simulator.scenario.schema import MOST_YEARS

_ENDS = ("_low", "_high")
_BELOW = re.compile(r"(?P<what>[a-z_]+)_(?P<level>5|25|50|75|95)(_gbp)?")
"""A point of a spread."""
_SAID = {
    "outturn_share": "spend less budget",
    "bond_too_small_probability": "chance that the bond is too small",
    "no_share_probability": "chance of no practice share",
    "bond_share_of_budget": "bond posted",
}
_KEYS = ("measure", "what")
"""Columns whose words say what stands in the others of the row."""


def chart_table(chart: Chart, name: str) -> Table:
    """Return a chart's data as a table: each number with the ends of its interval, where it has one."""
    data = chart.columns()
    kinds = next(([str(one) for one in data[key]] for key in _KEYS if key in data), [])
    made = [
        _column(column, cells, [data.get(f"{column}{end}", []) for end in _ENDS], kinds)
        for column, cells in data.items()
        if not (column.endswith(_ENDS) and column.rpartition("_")[0] in data)
    ]
    return Table(name, chart.title, tuple(made))


def _column(name: str, cells: Sequence[Any], ends: list[list[Any]], kinds: Sequence[str]) -> Column:
    heading = _words(name)
    if any(isinstance(cell, str) for cell in cells):
        words = [_words(str(cell)) if name in _KEYS else str(cell) for cell in cells]
        return Column(name, heading, Unit.TEXT, tuple(words))
    own = _unit(name)
    unit: Unit | tuple[Unit, ...] = own
    if own is Unit.NUMBER and any(_unit(kind) is not own for kind in kinds):
        unit = tuple(map(_unit, kinds))
    low, high = (end or [None] * len(cells) for end in ends)
    return Column(name, heading, unit, tuple(map(_cell, cells, low, high)))


def _cell(value: Any, low: Any, high: Any) -> Cell:
    """Return a number with its interval, without one, or nothing where there is none."""
    given = [None if one is None or math.isnan(one) else float(one) for one in (value, low, high)]
    if given[0] is None or given[1] is None or given[2] is None:
        return given[0]
    return Estimate(given[0], given[1], given[2])


def _unit(name: str) -> Unit:
    """Return the unit that a name tells: pounds even where they are a share of something."""
    parts = name.split("_")
    units = {"gbp": Unit.GBP, "probability": Unit.PROBABILITY, "share": Unit.SHARE, "people": Unit.PEOPLE}
    return next((unit for part, unit in units.items() if part in parts), Unit.NUMBER)


def _words(name: str) -> str:
    """Return a name of a column, or of a measure, as a reader writes it."""
    if known := columns(MOST_YEARS).get(name):
        return capitalised(known.heading())
    if found := _BELOW.fullmatch(name):
        return f"{_words(found['what'])}: {found['level']}% of contracts lie below"
    return capitalised(_SAID.get(name) or spaced(name).replace(" gbp", ""))
