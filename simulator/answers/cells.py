"""A table's columns as text: estimates rounded by their errors, in a unit that suits most of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.answers.table import Cell, Column
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import PER_CENT, POINTS, bound_in_per_cent, money_unit, phrase, rounded

_PENNY_GBP = 0.01
MARK = "*"
"""Of a difference beyond chance."""
ERRORS_NOTE = (
    "Each ± is the longer side of a 95% interval of sampling error; it does not cover doubt about the "
    "scenario's figures."
)
"""What every answer says of its errors."""
SAME_DRAWS = "share the same draws of chance"


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


def printed(column: Column) -> PrintedColumn:
    """Return a column as text: its heading with the unit, and its cells with their errors."""
    if not isinstance(column.unit, Unit):
        pairs = zip(column.cells, column.unit, strict=True)
        return PrintedColumn(column.heading, tuple(_with_unit(*pair, column.is_change) for pair in pairs))
    if column.unit is Unit.TEXT:
        return PrintedColumn(column.heading, tuple(str(cell or "") for cell in column.cells), left=True)
    size, symbol = _size(column.unit, column.cells, column.is_change)
    form = _difference if column.is_change else _cell
    cells = tuple(form(cell, column.unit, size) for cell in column.cells)
    return PrintedColumn(f"{column.heading}{symbol}", cells)


def _size(unit: Unit, cells: Sequence[Cell], is_change: bool) -> tuple[float, str]:
    """Return what one of a unit is worth, and what a heading says of it; the middle amount decides."""
    if unit.is_share:
        return PER_CENT, f", {POINTS}" if is_change else " %"
    if unit is not Unit.GBP:
        return 1.0, ""
    amounts = [cell.value if isinstance(cell, Estimate) else cell for cell in cells]
    sizes = sorted(abs(one) for one in amounts if isinstance(one, (int, float)) and (one or not is_change))
    decides = sizes[len(sizes) // 2] if sizes else 0.0
    if not any(isinstance(cell, Estimate) for cell in cells):
        # Amounts without an error are read to the digit: the smallest must show a digit before the last.
        decides = min((10 * one for one in sizes if one >= _PENNY_GBP), default=0.0)
    worth, symbol = money_unit(decides)
    return worth, f" {symbol}"


def _cell(cell: Cell, unit: Unit, size: float) -> str:
    if cell is None or isinstance(cell, str):
        return cell or ""
    if not isinstance(cell, Estimate):
        return _fact(cell, unit, size)
    if unit.is_share and (bound := bound_in_per_cent(cell.value, cell.low, cell.high)):
        return bound
    if not cell.half_width:
        return _fact(cell.value, unit, size) if cell.value else "0"
    value, error = rounded(cell.value, cell.half_width, size)
    return f"{value} ±{error}"


def _difference(cell: Cell, unit: Unit, size: float) -> str:
    """Return a difference with its sign, its error, and a mark if chance alone does not explain it."""
    if not isinstance(cell, Estimate):
        return _cell(cell, unit, size)
    if not cell.value and not cell.half_width:
        return "0  "
    value, error = rounded(cell.value, cell.half_width, size)
    sign = "+" if cell.value > 0 and not value.startswith("-") else ""
    return f"{sign}{value} ±{error} {MARK if beyond_chance(cell) else ' '}"


def _fact(number: float, unit: Unit, size: float) -> str:
    """Return a number that somebody set or counted: it has no error."""
    if unit is Unit.PEOPLE:
        return f"{number:,.0f}"
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
    if not cell.value and not cell.half_width:
        return "0  " if is_change else "0"
    text = phrase(cell, unit, signed=is_change).replace("± ", "±")
    return f"{text} {MARK if beyond_chance(cell) else ' '}" if is_change else text
