"""What a cell holds, and what a scenario means by it."""

from __future__ import annotations

import csv
import re
from datetime import date
from typing import Any

from simulator.scenario.figures import Figure, Kind
from simulator.scenario.numbers_in_tables import number_in
from simulator.scenario.sheets import Value

NONE_OF_THEM = "none"
"""What a cell says of a list that is empty, and not left out."""
_WHOLE = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}
_LARGEST_EXACT = 10**15
"""Of whole numbers in a spreadsheet."""


def as_cell(value: Any) -> Value:
    """Return what a cell holds for a value of a scenario, so that `from_cell` gives it back."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(_quoted, value)) or NONE_OF_THEM
        case int() if abs(value) >= _LARGEST_EXACT:
            return str(value)
        # Files of spreadsheets keep 16 digits: what needs more is kept as text.
        case float() if float(f"{value:.16g}") != value:
            return repr(value)
        case int() | float() | str():
            return value
        case _:
            return str(value)


def _quoted(text: object) -> str:
    """Return a name as it stands between commas."""
    name = str(text)
    marked = any(mark in name for mark in ',"') or name.casefold() == NONE_OF_THEM
    return f'"{name.replace(chr(34), chr(34) * 2)}"' if marked else name


def from_cell(value: Value, figure: Figure | None) -> Any:
    """Return what a scenario means by a cell; what is no value of its kind as it is, to be refused."""
    if figure is None:
        return value
    match figure.kind:
        case Kind.NUMBER | Kind.WHOLE:
            return _number(value) if isinstance(value, str) else value
        case Kind.YES_OR_NO:
            return _TRUTH.get(str(value).strip().casefold(), value)
        case Kind.DATE:
            return _day(_text(value))
        case Kind.TEXT:
            return _chosen(_text(value), figure.choices)
        case Kind.TEXTS:
            text = _text(value)
            if text in figure.choices:
                return text
            return [] if text.casefold() == NONE_OF_THEM else _names(text)


def _text(value: Value) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value).strip()


def _day(text: str) -> date | str:
    """Return the day that a text names as scenarios write it; another text as it is."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _number(text: str) -> Value:
    """Return the number that a text is, as where a cell is formatted as text."""
    plain = text.strip()
    if _WHOLE.fullmatch(plain):
        return int(plain)
    if _NUMBER.fullmatch(plain):
        return float(plain)
    found = number_in(plain, ",", pounds=True)[0]
    if found is None:
        return plain
    return int(found) if found.is_integer() else found


def _chosen(text: str, choices: tuple[str, ...]) -> str:
    """Return the choice that is meant, whatever its capitals and spaces; another text as it is."""
    if text in choices:
        return text
    plain = re.sub(r"[\s_-]+", "_", text.casefold())
    return plain if plain in choices else text


def _names(text: str) -> list[str]:
    """Return names with commas or line ends between."""
    lines = csv.reader(text.splitlines(), skipinitialspace=True)
    return [name.strip() for line in lines for name in line if name.strip()]
