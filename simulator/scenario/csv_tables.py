"""CSV tables as people have them: semicolons, headings in other case, blank columns and rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from simulator.errors import InputError, Problem, shown
from simulator.scenario.files import CSV_TABLE, read_text
from simulator.scenario.numbers_in_tables import number_in
from simulator.scenario.sheets import Sheet, letters, sheet_or_file

_MOST_PROBLEMS = 20
_LARGEST = 1e9
"""More people than there are, and more than any weight needs."""
_TOTAL = re.compile(
    r"((grand|sub|pct|ccg|icb)[ -]?)?totals?|.* total|sum|all|all (practices|clusters)( together)?"
    r"|england",
    re.IGNORECASE,
)
"""Names of rows that add up others."""
_FEWEST_ROWS_OF_A_COLUMN = 3
"""A fault in fewer rows may be a fault of each."""
Lines = list[tuple[int, list[str]]]
"""Cells of each row that is not blank, with the line on which it ends."""


@dataclass
class Table:
    """Rows of a CSV file, and the problems found in reading them."""

    source: str  # its file, or its sheet, as it is shown
    delimiter: str = ","  # what stands between cells
    columns: list[str] = field(default_factory=list)  # the headings, known ones in our words
    top: int = 1  # line of the headings
    headings: dict[str, str] = field(default_factory=dict)  # how the file writes them
    letters: dict[str, str] = field(default_factory=dict)  # of the columns of a sheet; none for a file
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # line number, and text by column
    problems: list[Problem] = field(default_factory=list)  # grows as values are read
    # Positions of problems that may be one fault, by what they have in common; and whether two are enough.
    _alike: dict[tuple[str, bool], list[int]] = field(default_factory=dict)

    def at(self, line: int, column: str = "") -> str:
        """Return where a line is, or a cell of it: in a sheet its letter and number."""
        cell = f"!{self.letters.get(column, 'A')}{line}" if self.letters else f", line {line}"
        heading = self.headings.get(column, column)
        return f"{self.source}{cell}{f', {heading}' if heading else ''}"

    def complain(
        self,
        line: int,
        column: str,
        need: str,
        got: str,
        hint: str = "",
        alike: str = "",
        *,
        once: bool = False,
    ) -> None:
        """Note a problem at a line and column.

        What every row of a column has in common, its need or else `alike`, is one fault and told once; so is
        what two cells of the table have in common where `once` is true.
        """
        common = alike or need if once else f"{column}: {alike or need}"
        self._alike.setdefault((common, once), []).append(len(self.problems))
        self.problems.append(Problem(self.at(line, column), need, got, hint))

    def complain_of_headings(self, need: str, got: str, hint: str = "") -> None:
        """Note a problem of the headings."""
        self.problems.append(Problem(self.at(self.top), need, shown(got), hint))

    def complain_of_column(self, column: str, need: str, got: str) -> None:
        """Note a problem of a column as a whole."""
        self.problems.append(Problem(f"{self.source}, {self.headings.get(column, column)}", need, shown(got)))

    def number(
        self, line: int, row: Mapping[str, str], column: str, *, whole: bool = False, pounds: bool = False
    ) -> float:
        """Return a number that is zero or more; note a problem and return 0 where it is not."""
        value, hint = number_in(row[column], self.delimiter, pounds=pounds)
        if value is not None and 0 <= value <= _LARGEST and not (whole and value % 1):
            return int(value) if whole else value
        kind = "a whole number" if whole else "a number"
        if whole and value is not None and value % 1:
            hint = "people and cases are whole: round them; a list by sex and age is the sum of its parts"
        need, got = f"{kind} from 0 to {_LARGEST:,.0f}", shown(row[column].strip())
        self.complain(line, column, need, got, hint, alike=hint, once=bool(hint))
        return 0

    def finish(self) -> None:
        """Raise InputError if there was any problem."""
        found = dict(enumerate(self.problems))
        for (_, once), (first, *others) in self._alike.items():
            if others and (once or len(others) + 1 >= max(_FEWEST_ROWS_OF_A_COLUMN, len(self.rows))):
                told = found[first]
                found[first] = replace(told, got=f"{told.got}, and {len(others):,} more like it")
                for other in others:
                    del found[other]
        problems = list(found.values())
        if (more := len(problems) - _MOST_PROBLEMS) > 0:
            need = "without problems; only the first are listed"
            problems[_MOST_PROBLEMS:] = [Problem(self.source, need, f"{more} more problems")]
        if problems:
            raise InputError(problems)


def is_total(name: str) -> bool:
    """Whether a row of this name adds up other rows."""
    return bool(_TOTAL.fullmatch(name))


def read_table(path: Path, needed: tuple[str, ...], synonyms: Mapping[str, str] | None = None) -> Table:
    """Read a CSV file with headings; the number of a row is that of the line on which it ends.

    Lines above the headings that start with # are comments. A column that may be absent is no needed one; in
    `synonyms` it is known.

    `synonyms` gives our word for headings of others, all in small letters with _ between words.
    """
    found = sheet_or_file(path)
    is_sheet = isinstance(found, Sheet)
    source = found.name if isinstance(found, Sheet) else str(found)
    whole = found.as_csv() if isinstance(found, Sheet) else read_text(found, CSV_TABLE)
    text = _without_comments(whole.replace("\r\n", "\n").replace("\r", "\n"))
    if "\0" in text:
        where = f"{source}, line {text[: text.index(chr(0))].count(chr(10)) + 1}"
        hint = "save it as UTF-8 (in Excel: CSV UTF-8)"
        raise InputError([Problem(where, "text in UTF-8", "a zero byte, as in UTF-16", hint)])
    synonyms = dict.fromkeys(needed, "") | dict(synonyms or {})
    # The mark under which most headings are known, and then the one that makes most of them.
    marks = "," if is_sheet else ",;\t"
    delimiter = max(marks, key=lambda mark: _headings_under(mark, source, text, synonyms))
    lines = list(_cells(source, text, delimiter))
    if not lines:
        raise InputError([Problem(source, CSV_TABLE, "blank rows only")])
    table = Table(source, delimiter, _in_our_words(lines[0][1], synonyms), lines[0][0])
    if is_sheet:
        table.letters = {name: letters(at) for at, name in enumerate(table.columns, start=1)}
    _check_headings(table, lines, needed, synonyms)
    table.finish()
    _take_rows(table, lines)
    return table


def rows_as_written(path: Path) -> tuple[list[list[str]], str]:
    """Return a table's cells as they stand, comments on top included, and what stands between them."""
    found = sheet_or_file(path)
    whole = found.as_csv() if isinstance(found, Sheet) else read_text(found, CSV_TABLE)
    lines = whole.replace("\r\n", "\n").replace("\r", "\n")
    text = _without_comments(lines)
    marks = "," if isinstance(found, Sheet) else ",;\t"
    by_mark = {mark: [cells for _, cells in _cells(str(path), text, mark)] for mark in marks}
    delimiter = max(by_mark, key=lambda mark: len(by_mark[mark][0]) if by_mark[mark] else 0)
    changed = zip(lines.split("\n"), text.split("\n"), strict=True)
    comments = [[line.strip(' ,;\t"')] for line, left in changed if line != left and line.strip(" ,;\t")]
    return [*comments, *by_mark[delimiter]], delimiter


def _without_comments(text: str) -> str:
    """Return a text with blank lines in place of the comments on top."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        # A heading # alone is that of row numbers.
        if line.strip(" ,;\t") and not re.match(r'"?#[^,;\t"]', line):
            break
        lines[at] = ""
    return "\n".join(lines)


def _in_our_words(cells: list[str], synonyms: Mapping[str, str]) -> list[str]:
    """Return headings, the known ones in our words; a synonym gives way to the word itself."""
    plain = [re.sub(r"[\s_-]+", "_", cell.strip().casefold()) for cell in cells]
    ours = {word: synonyms[word] or word for word in plain if word in synonyms}
    taken = {word for word in ours if ours[word] == word}
    return [
        word if word in taken else ours[word] if word in ours and ours[word] not in taken else cell.strip()
        for word, cell in zip(plain, cells, strict=True)
    ]


def _headings_under(mark: str, source: str, text: str, synonyms: Mapping[str, str]) -> tuple[int, int]:
    """Return how many headings are known, and how many there are, where `mark` stands between cells."""
    try:
        _, cells = next(_cells(source, text, mark), (0, []))
    except InputError:
        return (-1, 0)
    known = {*synonyms, *synonyms.values()}
    return sum(word in known for word in _in_our_words(cells, synonyms)), len(cells)


def _check_headings(table: Table, lines: Lines, needed: tuple[str, ...], synonyms: Mapping[str, str]) -> None:
    """Note what is wrong with the headings; where they are not on top, that alone."""
    (_, written), *below = lines
    columns, place = table.columns, table.at(table.top)
    listed = ", ".join(cell.strip() for cell in written).rstrip(", ")
    missing = [column for column in needed if column not in columns]
    for line, cells in below[:50] if missing else []:
        if set(needed) <= set(_in_our_words(cells, synonyms)):
            hint = f"delete what stands above the headings on line {line}"
            table.complain_of_headings("the headings of the table", listed, hint)
            return
    has_numbers = any(number_in(cell, table.delimiter)[0] is not None for cell in written)
    if missing and has_numbers and not ({*synonyms, *synonyms.values()} - {""}) & set(columns):
        hint = "the first row seems to be data: write headings above it"
        table.complain_of_headings(f"headings in the first row, with {' and '.join(needed)}", listed, hint)
        return
    for column in missing:
        table.complain_of_headings(f"a column {column}", listed)
    for column in sorted({column for column in columns if column and columns.count(column) > 1}):
        table.problems.append(Problem(f"{place}, {column}", "each column once", shown(listed)))
    for at, column in enumerate(columns):
        filled = [
            (line, cells[at].strip()) for line, cells in below if cells[at : at + 1] and cells[at].strip()
        ]
        # The first may be row numbers; further on it may be the rest of a number such as 1,234.
        if at and not column and filled:
            got = f"nothing above {shown(filled[0][1])} on line {filled[0][0]}"
            table.problems.append(Problem(f"{place}, column {at + 1}", "a heading for what is in it", got))
    if not below:
        table.problems.append(Problem(table.source, "a header and at least one row", "1 rows"))
    table.headings = {
        ours: cell.strip() for ours, cell in zip(columns, written, strict=True) if ours != cell.strip()
    }


def _take_rows(table: Table, lines: Lines) -> None:
    """Take the rows; headings that stand there again, as where two files were joined, are none."""
    width = max(at for at, column in enumerate(table.columns, start=1) if column)
    written = lines[0][1][:width]
    for number, cells in lines[1:]:
        while len(cells) > width and not cells[-1].strip():
            del cells[-1]
        if cells == written:
            continue
        if len(cells) == width:
            named = zip(table.columns, cells, strict=False)
            table.rows.append((number, {column: cell for column, cell in named if column}))
        else:
            hint = f"put a cell with a {table.delimiter} in it in quotes" if len(cells) > width else ""
            need = f"{width} cells as in the header"
            table.complain(number, "row", need, str(len(cells)), hint, alike=hint, once=True)
    table.columns = [column for column in table.columns if column]


def _cells(source: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank."""
    reader = csv.reader(io.StringIO(text), strict=True, delimiter=delimiter)
    try:
        for cells in reader:
            # Excel's own way to say what stands between cells is no row.
            says_delimiter = reader.line_num == 1 and re.fullmatch(r"sep=.?", delimiter.join(cells))
            if any(cell.strip(" ,;\t") for cell in cells) and not says_delimiter:
                yield reader.line_num, cells
    except csv.Error as error:
        where, hint = f"{source}, line {reader.line_num}", 'a cell that starts with " must end with one'
        raise InputError([Problem(where, "a row of a CSV table", str(error), hint)]) from None
