"""Single cells of tables of history: months, counts and pounds, with words for what is wrong with them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from simulator.errors import shown
from simulator.history.calendar_months import (
    EXCEL_MONTHS,
    MONTH_FORM,
    QUARTER_FORM,
    Month,
    month_in,
    quarter_in,
)
from simulator.scenario.csv_tables import Table, is_total

UNIT_SYNONYMS = {
    "practice": "practice",
    "practice_code": "practice",
    "gp_practice_code": "practice",
    "cluster": "cluster",
}
"""Headings of the column that names who a row is of."""
_HIDDEN = re.compile(r"\*+|(<|<=|≤) ?\d+|\[?c\]?|suppressed|redacted", re.IGNORECASE)
_BY_QUARTER = "small numbers are hidden: export by quarter (a column quarter for month) or by cluster"
_ADDS_UP = "leave that row out: it adds up other rows"

Row = Mapping[str, str]
Read = Callable[[str], Month | None]


def month_at(
    table: Table, line: int, row: Row, column: str, form: str = MONTH_FORM, read: Read = month_in
) -> Month | None:
    """Return the month in a cell; note a problem where there is none."""
    month = read(row[column])
    if month is None:
        # Months in another form are one fault, however many there are.
        table.complain(line, column, form, shown(row[column].strip()), EXCEL_MONTHS, once=True)
    return month


def count_at(table: Table, line: int, row: Row) -> float:
    """Return a number of cases, nan where the cell is blank; note a problem where it holds none."""
    text = row["count"].strip()
    if _HIDDEN.fullmatch(text):
        table.complain(line, "count", "a number of cases", shown(text), _BY_QUARTER, once=True)
        return 0.0
    if not text:
        return math.nan
    return float(table.number(line, row, "count", whole=True))


def pounds_at(table: Table, line: int, row: Row, column: str) -> float:
    """Return a sum in pounds; nan where the cell is blank or the column is not there."""
    text = row.get(column, "").strip()
    if _HIDDEN.fullmatch(text):
        table.complain(line, column, "a sum in pounds", shown(text), _BY_QUARTER, once=True)
        return math.nan
    return float(table.number(line, row, column, pounds=True)) if text else math.nan


def period_column(table: Table) -> tuple[str, str, Read]:
    """Return the column that says when, month or else quarter; its form, and how it is read."""
    if "month" in table.columns:
        return "month", MONTH_FORM, month_in
    if "quarter" in table.columns:
        return "quarter", QUARTER_FORM, quarter_in
    table.complain_of_headings("a column month or quarter", ", ".join(table.columns))
    table.finish()
    raise AssertionError


def unit_column(table: Table) -> str:
    """Return the column that names who rows are of: practice where it is there, else cluster."""
    for column in ("practice", "cluster"):
        if column in table.columns:
            return column
    table.complain_of_headings("a column practice or cluster", ", ".join(table.columns))
    table.finish()
    raise AssertionError


def unit_at(table: Table, line: int, row: Row, column: str) -> str:
    """Return the practice or cluster that a row names; note a problem where it names none."""
    unit = row[column].strip()
    if not unit or is_total(unit):
        table.complain(line, column, f"a {column}", shown(unit or None), _ADDS_UP if unit else "", once=True)
        return ""
    return unit
