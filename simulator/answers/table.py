"""A table of an answer: columns with names, headings, units and cells, for every way of showing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.risk.estimate import Estimate, Unit
from simulator.risk.measures import columns
from simulator.risk.paired import PairedEstimate
from simulator.scenario.schema import MOST_YEARS

if TYPE_CHECKING:
    import pandas as pd

Cell = Estimate | float | str | None
"""An estimate with its error, a number that somebody set or counted, words, or nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str  # in files, with its unit, such as ``bond_needed_gbp``
    heading: str  # on a page, without the unit, which follows from the numbers
    unit: Unit | tuple[Unit, ...]  # of every cell, or of each
    cells: tuple[Cell, ...]
    is_change: bool = False  # whether cells are differences, to be shown with a sign and marked beyond chance

    def unit_at(self, row: int) -> Unit:
        """Return the unit of one cell."""
        return self.unit if isinstance(self.unit, Unit) else self.unit[row]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an answer."""

    name: str  # short: a sheet's tab
    title: str  # the question that it answers
    columns: tuple[Column, ...]  # of equal length
    keys: int = 1  # how many columns from the left say what a row is
    rows_apart: int = 0  # how many rows at the end stand for all others
    in_files_only: bool = False  # whether it is too long for a page

    def column(self, name: str) -> Column:
        """Return a column by its name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}, but {', '.join(one.name for one in self.columns)}")

    def frame(self) -> pd.DataFrame:
        """Return the table for pandas: an estimate as its value and the ends of its interval."""
        import pandas as pd

        found: dict[str, list[object]] = {}
        for column in self.columns:
            parts = [ends_of(cell) for cell in column.cells]
            found[column.name] = [part[0] for part in parts]
            if any(isinstance(cell, Estimate) for cell in column.cells):
                found[f"{column.name}_low"] = [part[1] for part in parts]
                found[f"{column.name}_high"] = [part[2] for part in parts]
        return pd.DataFrame(found).set_index([column.name for column in self.columns[: self.keys]])

    def numbers(self) -> Iterator[tuple[str, str, str, Unit, Estimate | float]]:
        """Yield every number: table, row, column, unit and the number itself."""
        for at in range(len(self.columns[0].cells)):
            row = ", ".join(str(text) for one in self.columns[: self.keys] if (text := _label(one, at)))
            for column in self.columns[self.keys :]:
                cell = column.cells[at]
                if cell is not None and not isinstance(cell, str):
                    yield self.name, row, column.name, column.unit_at(at), cell


ALIASES = {"pct_deficit": "pct_payment_gbp"}
"""Names that people give to measures, besides a column's own without its unit."""


def column_named(name: str) -> str:
    """Return the column of the summary that a name stands for; the name itself where there is none."""
    name = ALIASES.get(name, name)
    known = columns(MOST_YEARS)
    return next((one for one in (name, f"{name}_gbp", f"{name}_probability") if one in known), name)


def heading_of(measure: str) -> str:
    """Return what tables call a column of the summary, without its unit, which stands beside the numbers."""
    return columns(MOST_YEARS)[measure].heading()


def ends_of(cell: Cell) -> tuple[object, float, float]:
    """Return what a cell holds and the ends of its interval: nan where it has none."""
    nan = float("nan")
    if isinstance(cell, Estimate):
        return cell.value, cell.low, cell.high
    return (nan if cell is None else cell), nan, nan


def text(heading: str, cells: Sequence[str], name: str = "") -> Column:
    """Return a column of words."""
    return Column(name or _name(heading), heading, Unit.TEXT, tuple(cells))


def people(cells: Sequence[Cell], heading: str = "people", name: str = "") -> Column:
    """Return a column of numbers of people."""
    return Column(name or _name(heading), heading, Unit.PEOPLE, tuple(cells))


def numbers(heading: str, cells: Sequence[Cell], name: str = "") -> Column:
    """Return a column of numbers that count nothing in particular."""
    return Column(name or _name(heading), heading, Unit.NUMBER, tuple(cells))


def pounds(heading: str, cells: Sequence[Cell], name: str = "") -> Column:
    """Return a column of pounds; without a `name` that of the heading, with its unit."""
    return Column(name or f"{_name(heading)}_gbp", heading, Unit.GBP, tuple(cells))


def shares(heading: str, cells: Sequence[Cell], name: str = "") -> Column:
    """Return a column of shares or probabilities; without a `name` that of the heading, with its unit."""
    return Column(name or f"{_name(heading)}_share", heading, Unit.SHARE, tuple(cells))


def measures(name: str, cells: Sequence[Cell], years: Sequence[str] = (), heading: str = "") -> Column:
    """Return a column of the summary under its own heading; `years` are the labels of the contract years."""
    column = columns(MOST_YEARS)[name]
    return Column(name, heading or column.heading(years), column.measure.unit, tuple(cells))


def with_change(
    column: Column, cells: Sequence[PairedEstimate | None], heading: str = "change"
) -> list[Column]:
    """Return a column, and that of its differences from a base where anything differs."""
    differences = [cell.difference if cell else None for cell in cells]
    if not any(one and (one.value or one.half_width) for one in differences):
        return [column]
    return [column, change(column, differences, heading)]


def change(column: Column, cells: Sequence[Estimate | None], heading: str = "change") -> Column:
    """Return the column of another's differences from a base."""
    return Column(f"change_of_{column.name}", heading, column.unit, tuple(cells), is_change=True)


def _name(heading: str) -> str:
    return "_".join("".join(one if one.isalnum() else " " for one in heading.lower()).split())


def _label(column: Column, at: int) -> str:
    cell = column.cells[at]
    if isinstance(cell, Estimate):
        cell = cell.value
    return cell if isinstance(cell, str) else "" if cell is None else f"{cell:.12g}"
