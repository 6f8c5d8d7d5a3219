"""Reading the files of a scenario: text, where in TOML a key stands, and the CSV tables beside it."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from simulator.errors import InputError, Problem, printable, shown
from simulator.population.practices import Practice, PracticeTable

Found = TypeVar("Found")
KeyPath = tuple[str | int, ...]
Given = Mapping[str, Any]
"""A scenario as TOML reads it, before it is known to be valid."""
Place = Callable[[KeyPath], str]
"""From a path to the text that says where it is."""
_HEADER = re.compile(r"^\s*(\[\[?)\s*(?P<key>[^\[\]#]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*(?P<key>[A-Za-z0-9_\-]+|\"[^\"]*\"|'[^']*')\s*=")
_GROUP = re.compile(r"^(?P<sex>[mf])(?P<from>\d+)_(?P<to>\d+|plus)$")
_MOST_PROBLEMS = 20
_LARGEST = 1e9
"""More people than there are, and more than any weight needs."""
LARGEST_BYTES = 20_000_000
_AS_CSV = "save the sheet as CSV UTF-8"
_NOT_TEXT = (
    (b"PK\x03\x04", "an Excel workbook", _AS_CSV),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", _AS_CSV),
    (b"\xff\xfe", "text in UTF-16", _AS_CSV),
    (b"\xfe\xff", "text in UTF-16", _AS_CSV),
)
"""How files start that are often taken for text, what they are, and what to do."""
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?$")
_OF_A_LIST = ("practice_code", "practice", "list_size", "locality")
"""Columns of practice lists that are no people by group."""
_WEIGHTED = "weighted_"
"""What columns of need-weighted people start with."""


def read_text(path: Path, kind: str, largest_bytes: int = LARGEST_BYTES) -> str:
    """Return the text of a UTF-8 file."""

    def refuse(need: str, got: str, hint: str = "") -> InputError:
        return InputError([Problem(printable(path), need, got, hint)])

    try:
        if path.is_dir():
            raise refuse(f"{kind}", "a directory", "name a file in it")
        # No more is read than may be: some files say that they are empty and never end.
        with path.open("rb") as file:
            raw = file.read(largest_bytes + 1)
        if len(raw) > largest_bytes:
            size = max(path.stat().st_size, len(raw))
            raise refuse(f"{kind} of at most {largest_bytes / 1e6:g} MB", f"{size / 1e6:,.1f} MB")
    except FileNotFoundError:
        raise refuse(f"{kind} that exists", "no such file", _nearby(path)) from None
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise refuse(f"{kind} that can be read", str(error).split("] ")[-1]) from None
    if instead := _not_text(raw):
        raise refuse(f"{kind}", *instead)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        hint = "save it as UTF-8" + (" (in Excel: CSV UTF-8)" if path.suffix.lower() == ".csv" else "")
        raise refuse("text in UTF-8", f"byte {raw[error.start]:#04x} on line {line}", hint) from None


def _not_text(raw: bytes) -> tuple[str, ...]:
    """Return what a file is that is not text, and what to do; nothing for one that may be."""
    if not raw.strip():
        return ("an empty file",)
    return next(((what, hint) for start, what, hint in _NOT_TEXT if raw.startswith(start)), ())


def _nearby(path: Path) -> str:
    """Return a hint at files of the same kind that do exist."""
    try:
        others = sorted(other.name for other in path.parent.glob(f"*{path.suffix}") if path.suffix)
    except OSError:
        return ""
    return f"in that folder: {', '.join(others[:5])}" if others else ""


def lines_by_path(text: str) -> dict[KeyPath, int]:
    """Return the line, from 1, on which each table and key of a TOML text starts."""
    # The first key of each line: what is nested in an inline table is found on the line of the outermost key.
    found: dict[KeyPath, int] = {}
    position: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = ()
            names = [name.strip().strip("\"'") for name in header["key"].split(".")]
            for depth, name in enumerate(names):
                table = (*table, name)
                if depth == len(names) - 1 and header[1] == "[[":
                    position[table] = position.get(table, -1) + 1
                    found.setdefault(table, number)
                if table in position:
                    table = (*table, position[table])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, key["key"].strip("\"'")), number)
    return found


def nearest(found: Mapping[KeyPath, Found], path: KeyPath) -> Found | None:
    """Return what is found at `path`, or at the nearest thing around it; None where there is neither."""
    return next((found[path[:end]] for end in range(len(path), 0, -1) if path[:end] in found), None)


@dataclass
class Table:
    """Rows of a CSV file, and the problems found in reading them."""

    path: Path  # the file
    columns: list[str] = field(default_factory=list)  # the header, in small letters and without spaces
    delimiter: str = ","  # between cells
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # line number, and text by column
    problems: list[Problem] = field(default_factory=list)  # grows as values are read

    def complain(self, line: int, column: str, need: str, got: object) -> None:
        """Note a problem at a line and column."""
        self.problems.append(Problem(f"{self.path}, line {line}, {column}", need, shown(got)))

    def number(self, line: int, row: dict[str, str], column: str, convert: type[int | float]) -> float:
        """Return a number that is zero or more; note a problem and return 0 where it is not."""
        text = row[column].strip()
        bare = text.removeprefix("£").strip()
        # In a file with semicolons a comma may be the decimal sign: it is read as neither.
        if self.delimiter == "," and _THOUSANDS.match(bare):
            bare = bare.replace(",", "")
        # Python reads 1_0 and digits of other scripts as numbers; a spreadsheet does not mean them.
        try:
            value = float(bare) if bare.isascii() and "_" not in bare else math.nan
            if 0 <= value <= _LARGEST and (convert is float or value == int(value)):
                return convert(value)
        except ValueError:
            pass
        kind = "a whole number" if convert is int else "a number"
        self.complain(line, column, f"{kind} from 0 to {_LARGEST:,.0f}", text)
        return 0

    def finish(self) -> None:
        """Raise InputError if there was any problem."""
        first, more = self.problems[:_MOST_PROBLEMS], len(self.problems) - _MOST_PROBLEMS
        if more > 0:
            need = "without problems; only the first are listed"
            first.append(Problem(str(self.path), need, f"{more} more problems"))
        if first:
            raise InputError(first)


def read_table(path: Path, needed: tuple[str, ...]) -> Table:
    """Read a CSV file with a header; the number of a row is that of the line on which it ends."""
    text = read_text(path, "a CSV table").replace("\r\n", "\n").replace("\r", "\n")
    header = text.partition("\n")[0]
    delimiter = ";" if ";" in header and "," not in header else ","
    reader = csv.reader(io.StringIO(text), strict=True, delimiter=delimiter)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        where, hint = f"{path}, line {reader.line_num}", 'a cell that starts with " must end with one'
        raise InputError([Problem(where, "a row of a CSV table", str(error), hint)]) from None
    lines = _without_blanks(lines)
    names = [re.sub(r"\s+", "_", name.strip()).casefold() for name in lines[0][1]] if lines else []
    table = Table(path, columns=names, delimiter=delimiter)
    header = ", ".join(table.columns)
    for column in needed:
        if column not in table.columns:
            table.problems.append(Problem(f"{path}, line 1", f"a column {column}", shown(header)))
    repeated = {column for column in table.columns if table.columns.count(column) > 1}
    for column in sorted(repeated):
        table.complain(1, column, "each column once", header)
    if len(lines) < 2:
        table.problems.append(Problem(str(path), "a header and at least one row", f"{len(lines)} rows"))
    table.finish()
    for number, cells in lines[1:]:
        if len(cells) == len(table.columns):
            table.rows.append((number, dict(zip(table.columns, cells, strict=True))))
        else:
            table.complain(number, "row", f"{len(table.columns)} cells as in the header", len(cells))
    return table


def _without_blanks(lines: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return lines without blank rows, and without the blank columns that spreadsheets leave at the end."""
    filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    width = max((at + 1 for _, cells in filled for at, cell in enumerate(cells) if cell.strip()), default=0)
    return [(number, cells[:width]) for number, cells in filled]


def read_practices(path: Path) -> PracticeTable:
    """Read practices: practice_code, practice, list_size, and columns such as m0_4 and f75_plus.

    Lists without bands by sex and age may have need-weighted people instead, in columns that start with
    ``weighted_``: each names its weights. Lists with neither serve lines that weigh by people.
    """
    table = read_table(path, ("practice_code", "practice", "list_size"))
    groups = {column: match for column in table.columns if (match := _GROUP.match(column))}
    others = [name for name in table.columns if name not in _OF_A_LIST and not name.startswith(_WEIGHTED)]
    if others and not groups:
        need = "columns of people by sex and age band, such as m0_4 and f75_plus"
        table.problems.append(Problem(f"{path}, line 1", need, shown(", ".join(table.columns))))
    practices: dict[str, Practice] = {}
    weighted: dict[str, dict[str, float]] = {
        name: {} for name in table.columns if name.startswith(_WEIGHTED) and not groups
    }
    for line, row in table.rows:
        code = row["practice_code"].strip()
        bands = [int(table.number(line, row, column, int)) for column in groups]
        size = int(table.number(line, row, "list_size", int))
        if groups and sum(bands) != size:
            got = f"bands of {sum(bands):,} and a list of {size:,}"
            table.complain(line, "list_size", f"the sum of the bands of {code}", got)
        if not code or code in practices:
            table.complain(line, "practice_code", "a code, each once", code)
        for name, people in weighted.items():
            people[code] = table.number(line, row, name, float)
        practices[code] = Practice(code, row["practice"].strip(), tuple(bands) if groups else (size,))
    _refuse_totals(table, practices)
    table.finish()
    if not groups:
        return _by_practice(list(practices.values()), weighted)
    names = (f"{one['sex'].upper()} {one['from']}-{one['to']}" for one in groups.values())
    return PracticeTable(tuple(name.replace("-plus", "+") for name in names), tuple(practices.values()))


def _refuse_totals(table: Table, practices: Mapping[str, Practice]) -> None:
    """Note rows that are the sum of all others: taken for a practice, they would double the PCT."""
    everyone = sum(practice.people for practice in practices.values())
    for line, row in table.rows:
        size = practices[row["practice_code"].strip()].people
        if len(table.rows) > 2 and 2 * size == everyone:
            got = f"{row['practice'].strip()}, as large as all others together"
            table.complain(line, "list_size", "a practice, not the total", got)


def _by_practice(practices: list[Practice], weighted: Mapping[str, Mapping[str, float]]) -> PracticeTable:
    """Return lists of which each practice is a group of its own, weighted as the lists say."""
    codes = tuple(practice.code for practice in practices)
    alone = tuple(
        replace(one, people_by_group=tuple(one.people * (code == one.code) for code in codes))
        for one in practices
    )
    weights = {
        name: tuple(people[one.code] / one.people if one.people else 0.0 for one in practices)
        for name, people in weighted.items()
    }
    return PracticeTable(codes, alone, weights)


def read_need_weights(path: Path, groups: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    """Read need weights: sex, age_band, and one column for each set of weights."""
    table = read_table(path, ("sex", "age_band"))
    names = [column for column in table.columns if column not in ("sex", "age_band")]
    by_group: dict[str, dict[str, float]] = {}
    for line, row in table.rows:
        group = f"{row['sex'].strip()} {row['age_band'].strip()}"
        if group in by_group:
            table.complain(line, "age_band", "each sex and age band once", group)
        by_group[group] = {name: table.number(line, row, name, float) for name in names}
    for group in groups:
        if group not in by_group:
            need = "a row for every sex and age band of the practices"
            table.problems.append(Problem(str(path), need, f"none for {group}"))
    table.finish()
    weights = {name: tuple(by_group[group][name] for group in groups) for name in names}
    for name, values in weights.items():
        # Without practices there are no groups, and nothing to weigh.
        if groups and not any(values):
            table.problems.append(Problem(f"{path}, {name}", "some weight above zero", "zeros"))
    table.finish()
    return weights


def read_seasons(path: Path) -> dict[str, tuple[float, ...]]:
    """Read seasons: calendar_month from 1 to 12, and one column of daily indices for each season."""
    table = read_table(path, ("calendar_month",))
    names = [column for column in table.columns if column != "calendar_month"]
    months: dict[int, dict[str, float]] = {}
    for line, row in table.rows:
        month = int(table.number(line, row, "calendar_month", int))
        months[month] = {name: table.number(line, row, name, float) for name in names}
        for name in names:
            if months[month][name] == 0:
                table.complain(line, name, "an index above zero", row[name])
    if sorted(months) != list(range(1, 13)) or len(table.rows) != len(months):
        got = ", ".join(str(month) for month in months)
        table.problems.append(Problem(f"{path}, calendar_month", "each month from 1 to 12 once", got))
    table.finish()
    return {name: tuple(months[month][name] for month in range(1, 13)) for name in names}
