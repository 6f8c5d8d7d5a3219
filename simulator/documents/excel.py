"""A document's tables as an Excel workbook: numbers as numbers, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from simulator.answers.workbook import SheetCell, new_workbook
from simulator.documents.blocks import Document, Number, Part, TableBlock

ALL_NUMBERS, PROVENANCE = "all numbers", "provenance"


def write_excel(document: Document, path: Path) -> None:
    """Write a document's tables as a workbook, one a sheet, each estimate with its 95% interval."""
    with new_workbook(path, document.title, document.subtitle) as book:
        for block in document.blocks:
            if isinstance(block, TableBlock) and block.name:
                book.sheet(block.name, block.caption, *_spread(block))
        headings = ("Table", "Cluster", "Measure", "Value", "Low", "High")
        numbers = ([one.table, one.row, one.measure, *_cells(one)] for one in document.numbers)
        book.sheet(ALL_NUMBERS, "Every number, with its 95% interval", headings, numbers)
        book.sheet(PROVENANCE, "Where the numbers come from", ("What", "Value"), document.provenance)


def _spread(table: TableBlock) -> tuple[list[str], Iterator[list[SheetCell]]]:
    """Return a table with two columns more for each estimate: the ends of its interval."""
    headings: list[str] = []
    widths = []
    for at, heading in enumerate(table.headings):
        found = [row[at] for row in table.rows if isinstance(row[at], Number)]
        uncertain = any(isinstance(one, Number) and not one.is_exact for one in found)
        shown = re.sub(r" (£m|£k|£|%)$", "", heading) if found else heading
        headings += [shown, f"{shown}, low", f"{shown}, high"] if uncertain else [shown]
        widths.append(3 if uncertain else 1)
    rows = (
        [cell for part, width in zip(row, widths, strict=True) for cell in _cells(part)[:width]]
        for row in table.rows
    )
    return headings, rows


def _cells(part: Part) -> list[SheetCell]:
    if isinstance(part, Number):
        return [(end, part.unit) for end in (part.value, part.low, part.high)]
    return [part, "", ""]
