"""Rows of history.csv: who had how many cases of what, in which month, for how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from pathlib import Path

from simulator.errors import Problems, shown
from simulator.history.calendar_months import Month, number_of, written
from simulator.history.table_cells import (
    UNIT_SYNONYMS,
    count_at,
    month_at,
    period_column,
    pounds_at,
    unit_at,
    unit_column,
)
from simulator.history.units import ScenarioUnits
from simulator.scenario.csv_tables import Table, is_total, read_table

_SYNONYMS = UNIT_SYNONYMS | {
    "service_line": "line",
    "spend": "spend_gbp",
    "spend_gbp": "spend_gbp",
    "extract": "extract",
    "month": "month",
    "quarter": "quarter",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of history as given."""

    month: Month
    unit: str  # practice or cluster
    line: str
    count: float  # nan where the line has no counts at all
    spend_gbp: float  # nan where not known
    extract: Month | None  # the month in which it was exported

    @property
    def measure(self) -> float:
        """The count, or spend where there is none."""
        return self.spend_gbp if isnan(self.count) else self.count


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows, checked."""

    by: str  # practice or cluster
    by_quarter: bool  # rows are of quarters, each of which has its first month
    rows: tuple[Row, ...]


def read_rows(path: Path, known: ScenarioUnits, recoded: Mapping[str, str], problems: Problems) -> Rows:
    """Read history.csv; add its problems, and return the rows that have none.

    ``recoded`` says which code has become which. Raises InputError where the file is no such table.
    """
    table = read_table(path, ("line", "count"), _SYNONYMS)
    by, (when, form, read) = unit_column(table), period_column(table)
    if when == "quarter" and "extract" in table.columns:
        table.complain_of_headings("a column month beside extract", "a column quarter")
    named: list[tuple[int, Row]] = []
    for line, row in table.rows:
        before = len(table.problems)
        month, unit = month_at(table, line, row, when, form, read), unit_at(table, line, row, by)
        name, count = row["line"].strip(), count_at(table, line, row)
        spend, extract = pounds_at(table, line, row, "spend_gbp"), None
        if is_total(name) and name not in known.lines:
            table.complain(line, "line", "a service line", shown(name), "leave rows of totals out", once=True)
        if "extract" in table.columns:
            extract = month_at(table, line, row, "extract")
            if extract and month and number_of(extract) < number_of(month):
                got = f"{written(month)} in an extract of {written(extract)}"
                table.complain(line, "extract", "an extract in or after the month of the row", got, once=True)
        if month and len(table.problems) == before:
            named.append((line, Row(month, unit, name, count, spend, extract)))
    _refuse_duplicates(table, named, when, by)
    _refuse_blank_counts(table, named)
    ends = {row.unit: recoded.get(row.unit, row.unit) for _, row in named}
    known.refuse_unknown(table, by, [(at, ends[row.unit]) for at, row in named])
    known.refuse_unknown_lines(table, [(at, row.line) for at, row in named])
    with problems.noted():
        table.finish()
    units = set(known.names(by))
    good = (row for _, row in named if ends[row.unit] in units and row.line in known.lines)
    return Rows(by, when == "quarter", tuple(good))


def _refuse_duplicates(table: Table, named: list[tuple[int, Row]], when: str, by: str) -> None:
    """Note each cell that stands twice, with both its lines."""
    seen: dict[tuple[Month, str, str, Month | None], int] = {}
    for line, row in named:
        key = (row.month, row.unit, row.line, row.extract)
        if (first := seen.setdefault(key, line)) != line:
            got = f"{written(row.month)}, {row.unit}, {row.line} on lines {first} and {line}"
            hint = "keep one of them; two exports need a column extract"
            # A year that is pasted twice is one fault of each unit and line.
            alike = f"{row.unit} {row.line} twice"
            table.complain(line, by, f"each {when}, {by} and line once", got, hint, alike, once=True)


def _refuse_blank_counts(table: Table, named: list[tuple[int, Row]]) -> None:
    """Note a blank count in a line that has counts, and one without a spend either."""
    counted = {row.line for _, row in named if not isnan(row.count)}
    for line, row in named:
        if isnan(row.count) and (row.line in counted or isnan(row.spend_gbp)):
            hint = "leave the row out where nothing is known; write 0 where none happened"
            table.complain(line, "count", "a number of cases", "nothing", hint, once=True)
