"""A document's tables as an Excel workbook: numbers as numbers, and where they come from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.answers.workbook import SheetCell, new_workbook
from simulator.documents.blocks import Document, TableBlock

ALL_NUMBERS, PROVENANCE = "all numbers", "provenance"


def write_excel(document: Document, path: Path) -> None:
    """Write a document's tables as a workbook, one a sheet, each estimate with its 95% interval."""
    with new_workbook(path, document.title, document.subtitle) as book:
        for block in document.blocks:
            if isinstance(block, TableBlock) and block.table.name:
                book.table(block.table)
        headings = ("Table", "Cluster", "Measure", "Value", "Low", "High")
        numbers: Iterator[list[SheetCell]] = (
            [one.table, one.row, one.measure, *((end, one.unit) for end in (one.value, one.low, one.high))]
            for one in document.numbers
        )
        book.sheet(ALL_NUMBERS, "Every number, with its 95% interval", headings, numbers)
        book.sheet(PROVENANCE, "Where the numbers come from", ("What", "Value"), document.provenance)
