"""Costs of single cases, and price indices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simulator.errors import Problem, shown
from simulator.history.calendar_months import Month, financial_year_of, month_in, written
from simulator.history.table_cells import month_at, pounds_at
from simulator.history.units import ScenarioUnits
from simulator.records import FloatArray
from simulator.scenario.csv_tables import Table, read_table

_YEAR_FORM = "the calendar year in which a financial year starts, such as 2010"


def read_costs(path: Path, known: ScenarioUnits) -> dict[str, FloatArray]:
    """Read what single cases cost: line and cost_gbp; return costs by line, the lowest first."""
    table = read_table(path, ("line", "cost_gbp"), {"year": "year", "service_line": "line"})
    found: dict[str, list[float]] = {}
    for line, row in table.rows:
        cost = pounds_at(table, line, row, "cost_gbp")
        if math.isnan(cost) and row["cost_gbp"].strip() == "":
            table.complain(line, "cost_gbp", "a cost in pounds", "nothing", once=True)
        if row.get("year", "").strip():
            _year_at(table, line, row)
        found.setdefault(row["line"].strip(), []).append(cost)
    known.refuse_unknown_lines(table, [(line, row["line"].strip()) for line, row in table.rows])
    table.finish()
    return {name: np.sort(found[name]) for name in known.lines if name in found}


def read_price_index(
    path: Path, lines: tuple[str, ...], months: Sequence[Month], known: ScenarioUnits
) -> FloatArray:
    """Read an index of prices; return it by line and financial year of the history.

    Takes the lines and the months of the history, in order. Returns shape (line, year): the index of the
    year, or its mean over the months of the history in it. A row without a line is of all lines that have
    no rows of their own.
    """
    optional = {"year": "year", "month": "month", "line": "line", "service_line": "line"}
    table = read_table(path, ("index",), optional)
    column = next((one for one in ("month", "year") if one in table.columns), "")
    if not column:
        table.complain_of_headings("a column year or month", ", ".join(table.columns))
    table.finish()
    found: dict[tuple[str, Month | int], tuple[float, int]] = {}
    for line, row in table.rows:
        value = table.number(line, row, "index")
        if value == 0:
            table.complain(line, "index", "an index above zero", shown(row["index"].strip()))
        when = month_at(table, line, row, "month") if column == "month" else _year_at(table, line, row)
        name = row.get("line", "").strip()
        if when is not None and (name, when) in found:
            got = f"{shown(row[column].strip())} on lines {found[name, when][1]} and {line}"
            table.complain(line, column, f"each {column} once for a line", got)
        elif when is not None:
            found[name, when] = (value, line)
    named = [(line, row["line"].strip()) for line, row in table.rows if row.get("line", "").strip()]
    known.refuse_unknown_lines(table, named)
    table.finish()
    index = _by_year({key: value for key, (value, _) in found.items()}, lines, months, column, table)
    table.finish()
    return index


def _by_year(
    found: dict[tuple[str, Month | int], float],
    lines: tuple[str, ...],
    months: Sequence[Month],
    column: str,
    table: Table,
) -> FloatArray:
    """Return the index by line and year; note the years or months that it lacks."""
    years = sorted({financial_year_of(month) for month in months})
    index = np.ones((len(lines), len(years)))
    lacking: dict[str, None] = {}
    for at_line, name in enumerate(lines):
        own = name if any(line == name for line, _ in found) else ""
        for at_year, year in enumerate(years):
            wanted: list[Month | int] = [year]
            if column == "month":
                wanted = [month for month in months if financial_year_of(month) == year]
            values = [found.get((own, when), math.nan) for when in wanted]
            index[at_line, at_year] = np.mean(values)
            for when, value in zip(wanted, values, strict=True):
                if math.isnan(value):
                    lacking[f"{name} in {written(when) if isinstance(when, tuple) else when}"] = None
    if lacking:
        got = f"none for {', '.join([*lacking][:5])}{', ...' if len(lacking) > 5 else ''}"
        table.problems.append(Problem(table.source, f"an index for every {column} of the history", got))
    return index


def _year_at(table: Table, line: int, row: dict[str, str]) -> int | None:
    """Return a year; note a problem where there is none."""
    month = month_in(f"{row['year'].strip()}-04")
    if not month:
        table.complain(line, "year", _YEAR_FORM, shown(row["year"].strip()), once=True)
    return month[0] if month else None
