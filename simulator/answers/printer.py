"""Printing tables to a terminal, a file or a pipe, with whatever characters it can show."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from io import StringIO
from textwrap import fill, wrap
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.answers.answer import Answer
from simulator.answers.cells import PrintedColumn, printed
from simulator.answers.table import Table as AnswerTable

_PLAIN = str.maketrans({"£": "GBP ", "±": "+/-", "─": "-"})
_WIDER_THAN_ANY_TABLE = 10_000
_USUAL_WIDTH = 100
_NARROWEST = 40
_NAME_WIDTH = 30
_HEADING_WIDTH = 10
_GAP = 3


class _Pipe(Console):
    """A console that leaves it to the command what to do when its reader has gone."""

    def on_broken_pipe(self) -> None:
        """Pass the error on."""
        raise BrokenPipeError


class Printer:
    """Writes text and tables."""

    def __init__(self, stream: TextIO | None = None) -> None:
        # There is no standard output where it was closed.
        self._stream = stream or sys.stdout or StringIO()
        self._width = _width_of(self._stream)
        # Wide enough for any table: rich would cut numbers short to fit a narrow terminal.
        self._console = _Pipe(file=self._stream, width=_WIDER_THAN_ANY_TABLE, highlight=False)
        self._box = box.SIMPLE_HEAD if self._can_show("£±─") else None

    def line(self, text: str = "") -> None:
        """Write a sentence or two, wrapped."""
        self._console.print(Text(fill(self._shown(text), min(self._width, _USUAL_WIDTH))))

    def answer(self, answer: Answer) -> None:
        """Write an answer: what was asked, what was found, and then the tables and what to know of them."""
        for text in answer.opening():
            self.line(text)
        self.line()
        if sentences := answer.sentences():
            for text in sentences:
                self.line(text)
            self.line()
        for table in answer.tables():
            if not table.in_files_only:
                self.table(table)
        for text in answer.notes():
            self.line(text)

    def text_table(self, title: str, columns: Sequence[PrintedColumn], rows_apart: int = 1) -> None:
        """Write columns of text as a table, in parts where it is wider than the page."""
        for part in self._that_fit(columns):
            self._print_table(title, part, rows_apart)
            title = "continued"

    def table(self, table: AnswerTable) -> None:
        """Write a table."""
        self.text_table(table.title, [printed(column) for column in table.columns], table.rows_apart)

    def _that_fit(self, columns: Sequence[PrintedColumn]) -> list[list[PrintedColumn]]:
        """Return a table's columns in as many tables as the width asks for, each with the first one."""
        first, *others = columns
        parts: list[list[PrintedColumn]] = [[first]]
        for column in others:
            width = sum(_width_of_column(one) + _GAP for one in (*parts[-1], column))
            if width > self._width and len(parts[-1]) > 1:
                parts.append([first])
            parts[-1].append(column)
        return parts

    def _print_table(self, title: str, columns: Sequence[PrintedColumn], rows_apart: int) -> None:
        style = self._box or box.ASCII
        bold = Text(self._shown(title), style="bold")
        table = Table(title=bold, title_justify="left", box=style, pad_edge=False, padding=(0, 1))
        for column in columns:
            heading = Text(fill(self._shown(column.heading), _heading_width(column)))
            table.add_column(heading, justify="left" if column.left else "right")
        rows = list(zip(*(column.cells for column in columns), strict=True))
        for number, row in enumerate(rows):
            cells = [Text(fill(self._shown(cell), _NAME_WIDTH)) for cell in row]
            table.add_row(*cells, end_section=rows_apart > 0 and number == len(rows) - rows_apart - 1)
        self._console.print(table)

    def _can_show(self, text: str) -> bool:
        try:
            text.encode(self._stream.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def _shown(self, text: str) -> str:
        if self._can_show(text):
            return text
        encoding = self._stream.encoding or "ascii"
        return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)


def _width_of(stream: TextIO) -> int:
    """Return how wide tables may be: as the terminal is, or COLUMNS says, or 100 where neither does."""
    try:
        asked = int(os.environ.get("COLUMNS", ""))
    except ValueError:
        asked = 0
    if asked <= 0 and stream.isatty():
        asked = shutil.get_terminal_size((_USUAL_WIDTH, 0)).columns
    return max(asked, _NARROWEST) if asked > 0 else _USUAL_WIDTH


def _heading_width(column: PrintedColumn) -> int:
    """Return the width at which a heading is wrapped: no narrower than what stands below it."""
    widest = max(_HEADING_WIDTH, *map(len, column.cells), *map(len, column.heading.split()))
    return min(widest, _NAME_WIDTH)


def _width_of_column(column: PrintedColumn) -> int:
    """Return how much of a line a column takes, without the gap beside it."""
    lines = wrap(column.heading, _heading_width(column))
    cells = [line for cell in column.cells for line in wrap(cell, _NAME_WIDTH)]
    return max(map(len, (*lines, *cells)), default=0)
