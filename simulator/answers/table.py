"""A table of an answer: columns with names, headings, units and cells, and those as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from simulator.answers.decimals import decimals_of
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import (
    PER_CENT,
    POINTS,
    ROUGH,
    bound_in_per_cent,
    money_unit,
    phrase,
    rough,
    rounded,
)
from simulator.risk.measures import columns
from simulator.risk.paired import PairedEstimate
from simulator.scenario.schema import MOST_YEARS

if TYPE_CHECKING:
    import pandas as pd

_PENNY_GBP, _MILLION = 0.01, 1e6
MARK = "*"
"""Of a difference beyond chance."""
ERRORS_ARE = "Each ± is the longer side of a 95% interval of sampling error"
"""What every answer says of its errors."""
ROUGH_NOTE = (
    f"{ROUGH} So few of the contracts carry this mean that its interval says too little: draw more contracts."
)
SAME_DRAWS = "share the same draws of chance"
_ALIASES = {"pct_deficit": "pct_payment_gbp"}
"""Names that people give to measures, besides a column's own without its unit."""
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
    counted_with: tuple[Cell, ...] = ()  # cells elsewhere that decide in its place what pounds are counted in
    marked: tuple[bool, ...] = ()  # cells to mark all the same: what differs beyond chance from another row

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

    @property
    def has_rough_cells(self) -> bool:
        """Whether a page shows an error that is itself hardly known."""
        cells = (cell for column in self.columns for cell in column.cells)
        return not self.in_files_only and any(isinstance(cell, Estimate) and cell.is_rough for cell in cells)

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

    def _repr_html_(self) -> str:
        """Return the table as a notebook shows it: the page's own numbers, each with its error."""
        columns = [printed(column) for column in self.columns]
        head = "".join(_html("th", one.heading, 'scope="col"', one.left) for one in columns)
        rows = []
        for cells in zip(*(one.cells for one in columns), strict=True):
            keys = [_html("th", cell, 'scope="row"', left=True) for cell in cells[: self.keys]]
            rest = zip(cells[self.keys :], columns[self.keys :], strict=True)
            rows.append("".join([*keys, *(_html("td", cell, "", one.left) for cell, one in rest)]))
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        caption = _html("caption", self.title, "", left=True)
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def numbers(self) -> Iterator[tuple[object, ...]]:
        """Yield every number: table, row, column, unit, the number itself and the ends of its interval."""
        for at in range(len(self.columns[0].cells)):
            row = ", ".join(str(text) for one in self.columns[: self.keys] if (text := _label(one.cells[at])))
            for column in self.columns[self.keys :]:
                cell = column.cells[at]
                if cell is not None and not isinstance(cell, str):
                    yield self.name, row, column.name, str(column.unit_at(at)), *ends_of(cell)


def column_named(name: str) -> str:
    """Return the column of the summary that a name stands for; the name itself where there is none."""
    name = _ALIASES.get(name, name)
    known = columns(MOST_YEARS)
    return next((one for one in (name, f"{name}_gbp", f"{name}_probability") if one in known), name)


def heading_of(measure: str) -> str:
    """Return what tables call a column of the summary, without its unit, which stands beside the numbers."""
    return columns(MOST_YEARS)[measure].heading()


def unit_of(measure: str) -> Unit:
    """Return the unit of a column of the summary."""
    return columns(MOST_YEARS)[measure].measure.unit


def ends_of(cell: Cell) -> tuple[object, float, float]:
    """Return what a cell holds and the ends of its interval: nan where it has none."""
    nan = float("nan")
    if isinstance(cell, Estimate):
        return cell.value, cell.low, cell.high
    return (nan if cell is None else cell), nan, nan


def _column(unit: Unit, ending: str, heading: str, cells: Sequence[Cell], name: str = "") -> Column:
    """Return a column; without a `name` that of the heading, with the ending of its unit."""
    words = "".join(one if one.isalnum() else " " for one in heading.lower()).split()
    return Column(name or f"{'_'.join(words)}{ending}", heading, unit, tuple(cells))


text = partial(_column, Unit.TEXT, "")
pounds = partial(_column, Unit.GBP, "_gbp")
shares = partial(_column, Unit.SHARE, "_share")
"""Shares or probabilities."""
numbers = partial(_column, Unit.NUMBER, "")
"""Numbers that count nothing in particular."""


def people(cells: Sequence[Cell], heading: str = "people", name: str = "") -> Column:
    """Return a column of numbers of people."""
    return _column(Unit.PEOPLE, "", heading, cells, name)


def measures(name: str, cells: Sequence[Cell], years: Sequence[str] = (), heading: str = "") -> Column:
    """Return a column of the summary under its own heading; `years` are the labels of the contract years."""
    column = columns(MOST_YEARS)[name]
    return Column(name, heading or column.heading(years), column.measure.unit, tuple(cells))


def with_change(column: Column, cells: Sequence[PairedEstimate | None]) -> list[Column]:
    """Return a column, and that of its differences from a base where anything differs."""
    differences = [cell.difference if cell else None for cell in cells]
    if not any(one and (one.value or one.half_width) for one in differences):
        return [column]
    return [column, change(column, differences)]


def change(column: Column, cells: Sequence[Estimate | None], heading: str = "change") -> Column:
    """Return the column of another's differences from a base."""
    return Column(f"change_of_{column.name}", heading, column.unit, tuple(cells), is_change=True)


def _html(tag: str, text: str, attributes: str, left: bool) -> str:
    """Return an element whose text never breaks within a number."""
    side = "left" if left else "right"
    shown = escape(text).replace(" ±", "\N{NO-BREAK SPACE}±")
    return f'<{tag} {attributes} style="text-align: {side}">{shown}</{tag}>'


def _label(cell: Cell) -> str:
    if isinstance(cell, Estimate):
        cell = cell.value
    return cell if isinstance(cell, str) else "" if cell is None else f"{cell:.12g}"


def mark_means(sharing: str = f"All policies {SAME_DRAWS}") -> str:
    """Return what the mark says; `sharing` says which draws are shared."""
    return (
        f"{MARK} A difference beyond chance: its 95% interval does not hold zero. {sharing}, so a "
        "difference has a smaller error than if each had draws of its own. Of twenty intervals about no "
        "difference, one misses it by chance."
    )


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """A column as a page shows it."""

    heading: str  # with its unit
    cells: tuple[str, ...]  # one for each row
    left: bool = False  # whether text is set to the left; numbers go to the right


def printed_together(some: Sequence[Column], rows_apart: int = 0) -> tuple[PrintedColumn, ...]:
    """Return columns as text for a document: where some are in millions of pounds, none is in thousands.

    All estimates of a column have the same decimals; `rows_apart` at the end stand for all others.
    """
    has_one = [one for one in some if isinstance(one.unit, Unit)]
    in_gbp = [(one.counted_with or one.cells, one.is_change) for one in has_one if one.unit is Unit.GBP]
    worths = {money_unit(_decides(*one))[0] for one in in_gbp}
    return tuple(printed(one, in_millions=_MILLION in worths, even_but=rows_apart) for one in some)


def printed(column: Column, *, in_millions: bool = False, even_but: int | None = None) -> PrintedColumn:
    """Return a column as text: its heading with the unit, and its cells with their errors.

    With `even_but`, all have the same decimals, which so many rows at the end have no say in.
    """
    if not isinstance(column.unit, Unit):
        pairs = zip(column.cells, column.unit, strict=True)
        return PrintedColumn(column.heading, tuple(_with_unit(*pair, column.is_change) for pair in pairs))
    if column.unit is Unit.TEXT:
        return PrintedColumn(column.heading, tuple(str(cell or "") for cell in column.cells), left=True)
    size, symbol = _size(column.unit, column.counted_with or column.cells, column.is_change)
    # What has no error has two decimals, whatever it is counted in.
    if in_millions and symbol == " £k" and _least_fact(column.cells) >= _MILLION * PER_CENT:
        size, symbol = _MILLION, " £m"
    decimals = None if even_but is None else _even(column, column.unit, even_but, size)
    cells = tuple(_cell(cell, column.unit, size, column.is_change, decimals) for cell in column.cells)
    if any(column.marked):
        cells = tuple(
            f"{cell} {MARK if mark else ' '}" for cell, mark in zip(cells, column.marked, strict=True)
        )
    return PrintedColumn(f"{column.heading}{symbol}", cells)


def _even(column: Column, unit: Unit, rows_apart: int, size: float) -> int | None:
    """Return the decimals of all of a column's estimates; what is told as a bound has no say in them."""

    def told(cells: Sequence[Cell]) -> list[Estimate]:
        found = [cell for cell in cells if isinstance(cell, Estimate)]
        return [one for one in found if column.is_change or not _bound(one, unit)]

    first_apart = len(column.cells) - rows_apart
    return decimals_of(told(column.cells[:first_apart]), told(column.cells[first_apart:]), size)


def _bound(cell: Estimate, unit: Unit) -> str:
    return bound_in_per_cent(cell.value, cell.low, cell.high) if unit.is_share else ""


def _size(unit: Unit, cells: Sequence[Cell], is_change: bool) -> tuple[float, str]:
    """Return what one of a unit is worth, and what a heading says of it; the middle amount decides."""
    if unit.is_share:
        return PER_CENT, f", {POINTS}" if is_change else " %"
    if unit is not Unit.GBP:
        return 1.0, ""
    worth, symbol = money_unit(_decides(cells, is_change))
    return worth, f" {symbol}"


def _decides(cells: Sequence[Cell], is_change: bool) -> float:
    """Return the amount that decides what a column's pounds are counted in: the middle one."""
    amounts = [cell.value if isinstance(cell, Estimate) else cell for cell in cells]
    sizes = sorted(abs(one) for one in amounts if isinstance(one, (int, float)) and (one or not is_change))
    decides = sizes[len(sizes) // 2] if sizes else 0.0
    if not any(isinstance(cell, Estimate) for cell in cells):
        # Amounts without an error are read to the digit: the smallest must show a digit before the last.
        decides = min((10 * one for one in sizes if one >= _PENNY_GBP), default=0.0)
    return decides


def _least_fact(cells: Sequence[Cell]) -> float:
    """Return the smallest amount that has no error; infinity where all have one."""
    amounts = (one.value if isinstance(one, Estimate) else one for one in cells if not _has_error(one))
    return min((abs(one) for one in amounts if isinstance(one, (int, float)) and one), default=math.inf)


def _has_error(cell: Cell) -> bool:
    return isinstance(cell, Estimate) and cell.half_width > 0


def _cell(cell: Cell, unit: Unit, size: float, is_change: bool, decimals: int | None) -> str:
    """Return a cell as text, with its error; a difference has a sign and a mark too."""
    if not isinstance(cell, Estimate):
        return _fact(cell, unit, size, decimals)
    if not is_change and (bound := _bound(cell, unit)):
        return bound
    if not cell.half_width and not (is_change and cell.value):
        # What is known outright needs no more digits than what is estimated.
        known = float(f"{cell.value:.4g}") if unit.is_share else cell.value
        return _fact(known, unit, size, decimals) if cell.value else f"0{_mark(cell, is_change)}"
    value, error = rounded(cell.value, cell.half_width, size, decimals)
    sign = "+" if is_change and cell.value > 0 and not value.startswith("-") else ""
    # A mark beside numbers that round to the same would contradict them.
    mark = " " * 2 * is_change if value.strip("-") == error else _mark(cell, is_change)
    return f"{sign}{value} ±{error}{rough(cell)}{mark}"


def _mark(cell: Estimate, is_change: bool) -> str:
    """Return what stands behind a difference, the mark if chance alone does not explain it; else nothing."""
    return f" {MARK if beyond_chance(cell) else ' '}" if is_change else ""


def _fact(number: float | str | None, unit: Unit, size: float, decimals: int | None = None) -> str:
    """Return words, or a number that somebody set or counted: it has no error."""
    if number is None or isinstance(number, str):
        return number or ""
    if unit is Unit.PEOPLE:
        return f"{number:,.0f}"
    if decimals is not None and number and (unit is Unit.GBP or unit.is_share):
        return f"{number / size:,.{max(decimals, 0)}f}"
    if unit is Unit.GBP:
        return f"{number / size if abs(number) >= _PENNY_GBP else 0.0:,.2f}"
    if unit.is_share:
        return f"{number / size:,.6g}"
    return f"{number:,.0f}" if number == round(number) else f"{number:,.4g}"


def _with_unit(cell: Cell, unit: Unit, is_change: bool) -> str:
    """Return a cell of a column whose cells have different units."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if not isinstance(cell, Estimate):
        size, symbol = _size(unit, [cell], is_change)
        return f"{_fact(cell, unit, size)}{symbol}"
    is_zero = not cell.value and not cell.half_width
    text = "0" if is_zero else phrase(cell, unit, signed=is_change).replace("± ", "±")
    return f"{text}{_mark(cell, is_change)}"
