"""A document's tables as an Excel workbook: numbers as numbers, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from simulator.documents.blocks import Document, Table
from simulator.documents.sentences import Number, Part, Unit

_MADE = datetime(2010, 7, 1)  # noqa: DTZ001 - a fixed date, so that equal documents make equal files
_FORMATS = {Unit.GBP: "£#,##0", Unit.SHARE: "0.0%", Unit.PEOPLE: "#,##0"}
_PENCE = "£#,##0.00"
_LARGEST_WITH_PENCE = 1_000
_NAME_WIDTH, _WORDS_WIDTH, _NUMBER_WIDTH = 28, 60, 14
_NOT_IN_A_TAB = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TAB = 31
ALL_NUMBERS, PROVENANCE = "all numbers", "provenance"


def write_excel(document: Document, path: Path) -> None:
    """Write a document's tables as a workbook, one a sheet, each estimate with its 95% interval."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": document.title, "subject": document.subtitle, "created": _MADE})
        forms = _Forms(book)
        for block in document.blocks:
            if isinstance(block, Table) and block.name:
                _write(book.add_worksheet(_tab(block.name)), block.caption, *_spread(block), forms)
        headings = ("Table", "Cluster", "Measure", "Value", "Low", "High")
        _write(
            book.add_worksheet(ALL_NUMBERS),
            "Every number, with its 95% interval",
            headings,
            _all(document),
            forms,
        )
        _write(
            book.add_worksheet(PROVENANCE),
            "Where the numbers come from",
            ("What", "Value"),
            document.provenance,
            forms,
        )


Cell = str | tuple[float, Unit]


class _Forms:
    """The formats of a workbook's cells."""

    def __init__(self, book: Any) -> None:
        self.caption = book.add_format({"bold": True, "font_size": 12})
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": "#EEF2F5", "bottom": 2}
        )
        self.words = book.add_format({"text_wrap": True, "valign": "top"})
        self._numbers = {form: book.add_format({"num_format": form}) for form in (*_FORMATS.values(), _PENCE)}

    def of(self, value: float, unit: Unit) -> Any:
        """Return the format of a number: pence where they can be seen."""
        pence = unit is Unit.GBP and abs(value) < _LARGEST_WITH_PENCE
        return self._numbers[_PENCE if pence else _FORMATS[unit]]


def _spread(table: Table) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Return a table with two columns more for each estimate: the ends of its interval."""
    numeric = [any(isinstance(row[at], Number) for row in table.rows) for at in range(len(table.headings))]
    exact = [
        all(row[at].is_exact for row in table.rows if isinstance(row[at], Number))  # type: ignore[union-attr]
        for at in range(len(table.headings))
    ]
    headings: list[str] = []
    for heading, is_number, is_exact in zip(table.headings, numeric, exact, strict=True):
        shown = re.sub(r" (£m|£k|£|%)$", "", heading) if is_number else heading
        headings += [shown] if not is_number or is_exact else [shown, f"{shown}, low", f"{shown}, high"]
    rows = tuple(
        tuple(
            cell
            for part, is_number, is_exact in zip(row, numeric, exact, strict=True)
            for cell in _cells(part, 3 if is_number and not is_exact else 1)
        )
        for row in table.rows
    )
    return tuple(headings), rows


def _cells(part: Part, columns: int) -> Iterator[Cell]:
    if isinstance(part, Number):
        yield from ((one, part.unit) for one in (part.value, part.low, part.high)[:columns])
    else:
        yield from (part, *("" for _ in range(columns - 1)))


def _all(document: Document) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (one.table, one.row, one.measure, (one.value, one.unit), (one.low, one.unit), (one.high, one.unit))
        for one in document.numbers
    )


def _write(
    sheet: Any, caption: str, headings: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...], forms: _Forms
) -> None:
    """Write a caption, a frozen head and the rows."""
    sheet.write_string(0, 0, caption, forms.caption)
    for column, heading in enumerate(headings):
        sheet.write_string(1, column, heading, forms.head)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for at, row in enumerate(rows, start=2):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell, forms.words)
            else:
                sheet.write_number(at, column, cell[0], forms.of(*cell))
    for column in range(len(headings)):
        longest = max((len(row[column]) for row in rows if isinstance(row[column], str)), default=0)
        wide = min(max(longest, _NUMBER_WIDTH), _NAME_WIDTH if column == 0 else _WORDS_WIDTH)
        sheet.set_column(column, column, wide)


def _tab(name: str) -> str:
    return _NOT_IN_A_TAB.sub(" ", name)[:_LONGEST_TAB]
