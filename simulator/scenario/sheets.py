"""Sheets of workbooks as people have them: the cells that hold something, read once and with care.

A workbook stands for a folder of tables: `book.xlsx/practices.csv` is the sheet that says in A1 `table` and
in B1 `practices.csv`, or the sheet of that name, or else the file beside the workbook.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from simulator.errors import InputError, Problem, printable, shown
from simulator.scenario.files import OLE_START, read_bytes

ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")
"""What names of workbooks end in: the first is read, the others are told what to do."""
A_WORKBOOK = "an Excel workbook (.xlsx)"
TABLE_MARK = "table"
"""What stands in A1 of a sheet that is a table beside the scenario; its file's name is in B1."""
MOST_UNPACKED_BYTES = 100_000_000
MOST_CELLS = 500_000
_MOST_IN_A_TABLE = 10_000_000
_SAVE_AS = "open it in Excel or LibreOffice and save it as an Excel workbook (.xlsx)"
_NO_RESULT = "a formula without its result"
_CALCULATE = "open the file in Excel or LibreOffice, which work it out, and save it"

Value = str | int | float | bool
At = tuple[int, int]
"""Row and column of a cell, both from 1."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands in a cell in place of a value."""

    got: str
    hint: str
    day: date | None = None  # where it is a date, which is a value where one is asked for


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's cells."""

    source: str  # the workbook's file, as it is shown
    title: str
    cells: Mapping[At, Value | Fault]  # those that hold something
    merged: tuple[tuple[At, At], ...]  # first and last cell of each range of merged ones

    @property
    def name(self) -> str:
        """The sheet in its workbook, as it is shown."""
        return f"{self.source}, {self.title}"

    @property
    def rows(self) -> list[int]:
        """The rows that hold something."""
        return sorted({row for row, _ in self.cells})

    def place(self, row: int, column: int) -> str:
        """Return where a cell is, such as ``my.xlsx, Clusters!D7``."""
        return f"{self.name}!{letters(column)}{row}"

    def text(self, row: int, column: int) -> str:
        """Return what a cell shows, as one line; nothing for one that is empty."""
        match self.cells.get((row, column), ""):
            case Fault(got=got):
                return got
            case bool() as said:
                return str(said).upper()
            case value:
                return " ".join(str(value).split())

    @property
    def table(self) -> str:
        """The file that the sheet stands for; nothing where A1 does not say that it is a table."""
        return self.text(1, 2) if self.text(1, 1).casefold() == TABLE_MARK else ""

    def as_csv(self) -> str:
        """Return the cells as CSV, a line for each row up to the last: that of the mark is blank."""
        last, width = (max((at[part] for at in self.cells), default=0) for part in (0, 1))
        if last * width > _MOST_IN_A_TABLE:
            need = f"a table of at most {_MOST_IN_A_TABLE:,} cells"
            raise InputError([Problem(self.name, need, f"{last:,} rows and {width:,} columns")])
        first, filled, text = 2 if self.table else 1, set(self.rows), io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for row in range(1, last + 1):
            is_there = row in filled and row >= first
            writer.writerow([self.text(row, at) for at in range(1, width + 1)] if is_there else [])
        return text.getvalue()


def letters(column: int) -> str:
    """Return a column, from 1, as a spreadsheet calls it."""
    found = ""
    while column:
        column, at = divmod(column - 1, 26)
        found = chr(ord("A") + at) + found
    return found


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook, by its name."""
    return path.suffix.lower() in ENDINGS


def folder_of(file: Path) -> Path:
    """Return where the tables of a scenario's file are looked for: in a workbook itself."""
    return file if is_workbook(file) else file.parent


def beside(folder: Path) -> Path:
    """Return the folder on the disk of what `folder_of` returns."""
    return folder.parent if is_workbook(folder) and folder.is_file() else folder


def sheet_or_file(path: Path) -> Sheet | Path:
    """Return the table at a path: a sheet where a workbook stands above it, or the file beside that."""
    book = next((one for one in path.parents if is_workbook(one) and one.is_file()), None)
    if book is None:
        return path
    name = path.relative_to(book).as_posix()
    sheets = read_sheets(book)
    same = [sheet for sheet in sheets if sheet.table == name]
    same += [sheet for sheet in sheets if sheet.title.casefold() == name.casefold() and not sheet.table]
    if same or (book.parent / name).exists():
        return same[0] if same else book.parent / name
    listed = ", ".join(f"{one.title} (table {one.table})" if one.table else one.title for one in sheets)
    hint = f"A1 of its sheet says {TABLE_MARK}, and B1 {name}; the sheets are {listed}"
    need = f"a workbook with the table {name}, or a file of that name beside it"
    raise InputError([Problem(printable(book), need, "neither", hint)])


def table_bytes(path: Path) -> bytes:
    """Return a table as a file holds it, wherever it is; OSError where it cannot be read."""
    found = sheet_or_file(path)
    return found.as_csv().encode() if isinstance(found, Sheet) else found.read_bytes()


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """Read a workbook's sheets; InputError for what is no workbook, or one that cannot be trusted."""
    try:
        said = path.stat()
    except (OSError, ValueError):
        read_bytes(path, A_WORKBOOK)
        raise
    return _read_sheets(path, said.st_mtime_ns, said.st_size)


@lru_cache(maxsize=2)
def _read_sheets(path: Path, *_when: int) -> tuple[Sheet, ...]:
    """Read a workbook: once for all tables in it, as long as the file stays as it is."""
    raw = read_bytes(path, A_WORKBOOK)
    has_formulas = _check_parts(path, raw)
    from openpyxl import load_workbook  # Only who has a workbook waits for it.

    def loaded(*, results: bool) -> Any:
        with warnings.catch_warnings():
            # What a workbook has beside its cells is of no interest here.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(raw), data_only=results, keep_links=False)

    try:
        book = loaded(results=True)
        formulas = loaded(results=False) if has_formulas else book
        return tuple(
            _sheet(printable(path), sheet, formulas[sheet.title])
            for sheet in book.worksheets
            if sheet.sheet_state != "veryHidden"
        )
    except Exception as error:  # noqa: BLE001 - a damaged file may fail anywhere
        raise _refused(path, f"a damaged one: {shown(str(error))}", _SAVE_AS) from None


def _sheet(source: str, sheet: Any, formulas: Any) -> Sheet:
    """Return a sheet; `formulas` is the same one with its formulas in place of their results."""
    # Asked for by rows, a sheet of one cell far out would take hours: this is what it holds.
    cells = {
        at: _value(cell)
        for at, cell in sheet._cells.items()  # noqa: SLF001
        if cell.value is not None and str(cell.value).strip()
    }
    unknown = Fault(_NO_RESULT, _CALCULATE)
    cells |= {
        at: unknown
        for at, cell in formulas._cells.items()  # noqa: SLF001
        if cell.data_type == "f" and sheet[cell.coordinate].value is None
    }
    merged = tuple(
        ((one.min_row, one.min_col), (one.max_row, one.max_col)) for one in sheet.merged_cells.ranges
    )
    return Sheet(source, sheet.title.strip(), cells, merged)


def _value(cell: Any) -> Value | Fault:
    """Return what a cell holds; numbers that are whole as whole numbers."""
    value = cell.value
    if cell.data_type == "e":
        return Fault(str(value), "the formula in that cell ends in an error")
    if isinstance(value, (datetime, date)):
        hint = "Excel made a date of it: format the cell as text, and type it anew"
        return Fault(f"{value:%d/%m/%Y}", hint, value.date() if isinstance(value, datetime) else value)
    if isinstance(value, (time, timedelta)):
        return Fault(str(value), "Excel made a time of it: format the cell as text, and type it anew")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def _check_parts(path: Path, raw: bytes) -> bool:
    """Refuse what is no workbook or may do harm, before anything in it is read; return if it has formulas."""
    if raw.startswith(OLE_START):
        raise _refused(path, "a workbook of before 2007, or one with a password", f"{_SAVE_AS}, without one")
    try:
        with ZipFile(io.BytesIO(raw)) as parts:
            names = {name.lower() for name in parts.namelist()}
            if "xl/workbook.xml" not in names:
                of_libre_office = "content.xml" in names and "mimetype" in names
                got = "a LibreOffice spreadsheet" if of_libre_office else "a zip file of something else"
                raise _refused(path, got, _SAVE_AS if of_libre_office else "")
            if any(name.endswith("vbaproject.bin") for name in names):
                raise _refused(path, "a workbook with macros", "save it as .xlsx, which leaves them out")
            if (size := sum(part.file_size for part in parts.infolist())) > MOST_UNPACKED_BYTES:
                need = f"{A_WORKBOOK} of at most {MOST_UNPACKED_BYTES / 1e6:g} MB unpacked"
                raise _refused(path, f"{size / 1e6:,.1f} MB", "keep the rows of your own practices", need)
            return _check_cells(path, parts)
    except (BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise _refused(path, "a damaged file, or none that Excel wrote") from None


def _check_cells(path: Path, parts: ZipFile) -> bool:
    """Refuse more cells than can be read in seconds, and XML that defines its own; return if any computes."""
    cells, has_formulas = 0, False
    for text in _xml(parts):
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise _refused(path, "one with definitions in it, which Excel never writes", _SAVE_AS)
        cells += text.count(b"<c ")
        has_formulas |= b"<f>" in text or b"<f " in text
    if cells > MOST_CELLS:
        hint = "keep the rows of your own practices, and delete rows that are formatted but empty"
        raise _refused(path, f"{cells:,}", hint, f"{A_WORKBOOK} of at most {MOST_CELLS:,} cells")
    return has_formulas


def _xml(parts: ZipFile) -> Iterator[bytes]:
    for part in parts.infolist():
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            yield parts.read(part)


def _refused(path: Path, got: str, hint: str = "", need: str = A_WORKBOOK) -> InputError:
    return InputError([Problem(printable(path), need, got, hint)])
