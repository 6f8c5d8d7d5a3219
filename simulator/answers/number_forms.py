"""How a spreadsheet writes the numbers of a column: all with the same decimals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.risk.estimate import Unit

_POUNDS, _PENCE, _WHOLE, _AS_IT_IS = "£#,##0", "£#,##0.00", "#,##0", "General"
_LARGEST_WITH_PENCE = 1_000
_DIGITS, _DIGITS_OF_SHARES, _MOST_DECIMALS = 3, 2, 6
"""How many digits of the largest number of a column are shown at least."""
_BESIDE = 3
_SHORT, _UNGROUPED = 4, 10_000
"""Numbers of so few digits, and below this, are shown as they are: years, ranks, what somebody set."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that a spreadsheet works out, with what it comes to now."""

    text: str  # made of places and names of ours alone: nothing that a user wrote
    value: float
    unit: Unit


Number = tuple[float, Unit]
SheetCell = str | Number | Formula | None


def forms_of(cells: Sequence[SheetCell]) -> Iterator[str]:
    """Yield how each cell of a column is written: all alike, where numbers have one unit."""
    numbers = [_number(one) for one in cells]
    units = {one[1] for one in numbers if one is not None}
    alike = _form([one for one in numbers if one is not None]) if len(units) == 1 else None
    for one in numbers:
        yield alike or (_AS_IT_IS if one is None else _form([one]))


def letters_of(cell: SheetCell) -> int:
    """Return how many letters a cell takes: of a number with its sign, its pound and some room."""
    if isinstance(cell, str):
        return len(cell)
    number = _number(cell)
    return 0 if number is None else len(f"{number[0]:,.0f}") + _BESIDE


def _number(cell: SheetCell) -> Number | None:
    match cell:
        case Formula(_, value, unit) | (value, unit) if not math.isnan(value):
            return value, unit
    return None


def _form(numbers: Sequence[Number]) -> str:
    """Return how numbers of one unit are written: enough digits of the largest, pence if seen."""
    values, unit = [abs(value) for value, _ in numbers], numbers[0][1]
    largest, is_whole = max(values), all(value == round(value) for value in values)
    if unit is Unit.GBP:
        return _POUNDS if is_whole or largest >= _LARGEST_WITH_PENCE else _PENCE
    if unit.is_share:
        return f"0.{'0' * max(_decimals(100 * largest, _DIGITS_OF_SHARES), 1)}%"
    if unit is not Unit.PEOPLE and largest < _UNGROUPED and all(_is_short(value) for value in values):
        return _AS_IT_IS
    decimals = 0 if is_whole else _decimals(largest, _DIGITS)
    return f"{_WHOLE}.{'0' * decimals}" if decimals else _WHOLE


def _decimals(largest: float, digits: int) -> int:
    return min(max(digits - 1 - math.floor(math.log10(largest)), 0), _MOST_DECIMALS) if largest else 0


def _is_short(value: float) -> bool:
    return value == float(f"{value:.{_SHORT}g}")
