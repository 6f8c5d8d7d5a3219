"""Reading the CSV tables beside a scenario."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from simulator.errors import InputError, Problem, shown
from simulator.population.practices import Practice, PracticeTable
from simulator.scenario.files import read_text

_MOST_PROBLEMS = 20
_LARGEST = 1e9
"""More people than there are, and more than any weight needs."""


@dataclass
class Table:
    """Rows of a CSV file, and the problems found in reading them."""

    path: Path  # the file
    columns: list[str] = field(default_factory=list)  # the header
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # line number, and text by column
    problems: list[Problem] = field(default_factory=list)  # grows as values are read

    def complain(self, line: int, column: str, need: str, got: object, hint: str = "") -> None:
        """Note a problem at a line and column."""
        self.problems.append(Problem(f"{self.path}, line {line}, {column}", need, shown(got), hint))

    def number(self, line: int, row: dict[str, str], column: str, convert: type[int | float]) -> float:
        """Return a number that is zero or more; note a problem and return 0 where it is not."""
        text = row[column].strip()
        # Python reads 1_0 and digits of other scripts as numbers; a spreadsheet does not mean them.
        try:
            value = convert(text) if text.isascii() and "_" not in text else math.nan
            if 0 <= value <= _LARGEST:
                return value
        except ValueError:
            pass
        kind = "a whole number" if convert is int else "a number"
        self.complain(line, column, f"{kind} from 0 to {_LARGEST:,.0f}", text)
        return 0

    def finish(self) -> None:
        """Raise InputError if there was any problem."""
        if self.problems:
            more = len(self.problems) - _MOST_PROBLEMS
            shown_problems = self.problems[:_MOST_PROBLEMS]
            if more > 0:
                need = "without problems; only the first are listed"
                shown_problems.append(Problem(str(self.path), need, f"{more} more problems"))
            raise InputError(shown_problems)


def read_table(path: Path, needed: tuple[str, ...]) -> Table:
    """Read a CSV file with a header."""
    lines = _lines(path)
    table = Table(path, columns=[name.strip() for name in lines[0][1]] if lines else [])
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
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) == len(table.columns):
            table.rows.append((number, dict(zip(table.columns, cells, strict=True))))
        else:
            table.complain(number, "row", f"{len(table.columns)} cells as in the header", len(cells))
    return table


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """Return the cells of each row, with the number of the line on which the row ends."""
    text = read_text(path, "a CSV table").replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        hint = 'a cell that starts with " must end with one'
        where = f"{path}, line {reader.line_num}"
        raise InputError([Problem(where, "a row of a CSV table", str(error), hint)]) from None


_GROUP = re.compile(r"^(?P<sex>[mf])(?P<from>\d+)_(?P<to>\d+|plus)$")


def read_practices(path: Path) -> PracticeTable:
    """Read practices: practice_code, practice, list_size, and columns such as m0_4 and f75_plus."""
    table = read_table(path, ("practice_code", "practice", "list_size"))
    groups = {column: match for column in table.columns if (match := _GROUP.match(column))}
    if not groups:
        need = "columns of people by sex and age band, such as m0_4 and f75_plus"
        table.problems.append(Problem(f"{path}, line 1", need, shown(", ".join(table.columns))))
    practices: dict[str, Practice] = {}
    for line, row in table.rows:
        code, bands = (
            row["practice_code"].strip(),
            [int(table.number(line, row, column, int)) for column in groups],
        )
        size = int(table.number(line, row, "list_size", int))
        if groups and sum(bands) != size:
            got = f"bands of {sum(bands):,} and a list of {size:,}"
            table.complain(line, "list_size", f"the sum of the bands of {code}", got)
        if not code or code in practices:
            table.complain(line, "practice_code", "a code, each once", code)
        practices[code] = Practice(code, row["practice"].strip(), tuple(bands))
    table.finish()
    names = tuple(_group_name(match) for match in groups.values())
    return PracticeTable(names, tuple(practices.values()))


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


def _group_name(match: re.Match[str]) -> str:
    band = f"{match['from']}+" if match["to"] == "plus" else f"{match['from']}-{match['to']}"
    return f"{match['sex'].upper()} {band}"
