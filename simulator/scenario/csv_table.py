"""A CSV table with a header, and the problems found in reading it."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass, field
from pathlib import Path

from simulator.errors import InputError, Problem, shown
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
