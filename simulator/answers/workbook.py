"""An Excel workbook: a caption, a frozen head, and cells with the format of their unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from simulator.answers.table import Column, Table
from simulator.risk.estimate import Estimate, Unit

_MADE = datetime(2010, 7, 1)  # noqa: DTZ001 - a fixed date, so that equal tables make equal files
_FORMATS = {Unit.GBP: "£#,##0", Unit.PROBABILITY: "0.0%", Unit.SHARE: "0.0%", Unit.PEOPLE: "#,##0"}
_PENCE = "£#,##0.00"
_LARGEST_WITH_PENCE = 1_000
_NAME_WIDTH, _WORDS_WIDTH, _NUMBER_WIDTH = 28, 60, 14
_NOT_IN_A_TAB = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TAB = 31
MOST_ROWS = 1_048_574
"""Rows that Excel can hold below a caption and a head."""

SheetCell = str | tuple[float, Unit] | None


class Workbook:
    """A workbook that is being written; made by `new_workbook`."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._caption = book.add_format({"bold": True, "font_size": 12})
        head = {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": "#EEF2F5", "bottom": 2}
        self._head = book.add_format(head)
        self._words = book.add_format({"text_wrap": True, "valign": "top"})
        forms = dict.fromkeys((*_FORMATS.values(), _PENCE, "General"))
        self._numbers = {form: book.add_format({"num_format": form}) for form in forms}

    def sheet(
        self, name: str, caption: str, headings: Sequence[str], rows: Iterable[Sequence[SheetCell]]
    ) -> None:
        """Write a sheet: a caption, a frozen head, and rows."""
        sheet = self._book.add_worksheet(_NOT_IN_A_TAB.sub(" ", name)[:_LONGEST_TAB])
        sheet.write_string(0, 0, caption, self._caption)
        for at, heading in enumerate(headings):
            sheet.write_string(1, at, heading, self._head)
        sheet.freeze_panes(2, 1)
        sheet.repeat_rows(1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        longest = [0] * len(headings)
        for at_row, row in enumerate(rows, start=2):
            for at, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at_row, at, cell, self._words)
                    longest[at] = max(longest[at], len(cell))
                elif cell is not None and cell[0] == cell[0]:
                    sheet.write_number(at_row, at, cell[0], self._form(*cell))
        for at, length in enumerate(longest):
            wide = min(max(length, _NUMBER_WIDTH), _WORDS_WIDTH if at else _NAME_WIDTH)
            sheet.set_column(at, at, wide)

    def table(self, table: Table) -> None:
        """Write a table as a page shows it, with two columns more for each estimate: its interval's ends."""
        spread = [_spread(column) for column in table.columns]
        headings = [heading for some, _ in spread for heading in some]
        rows = zip(*(cells for _, parts in spread for cells in parts), strict=True)
        self.sheet(table.name, table.title, headings, rows)

    def _form(self, value: float, unit: Unit) -> Any:
        """Return the format of a number: pence where they can be seen."""
        if unit is Unit.GBP and abs(value) < _LARGEST_WITH_PENCE and value != round(value):
            return self._numbers[_PENCE]
        return self._numbers[_FORMATS.get(unit, "General")]


@contextmanager
def new_workbook(path: Path, title: str, subject: str = "") -> Iterator[Workbook]:
    """Give a workbook to write sheets to, saved when all is written."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": title, "subject": subject, "created": _MADE})
        yield Workbook(book)


def _spread(column: Column) -> tuple[list[str], list[list[SheetCell]]]:
    """Return a column as one of a sheet, or as three where any cell is known with an error only."""
    uncertain = any(isinstance(cell, Estimate) and cell.low < cell.high for cell in column.cells)
    cells: list[list[SheetCell]] = [[], [], []]
    for at, cell in enumerate(column.cells):
        unit = column.unit_at(at)
        if isinstance(cell, Estimate):
            found: list[SheetCell] = [(one, unit) for one in (cell.value, cell.low, cell.high)]
        else:
            found = [cell if cell is None or isinstance(cell, str) else (cell, unit), None, None]
        for part, one in zip(cells, found, strict=True):
            part.append(one)
    heading = column.heading
    if not uncertain:
        return [heading], cells[:1]
    return [heading, f"{heading}, low", f"{heading}, high"], cells
