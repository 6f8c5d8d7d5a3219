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
from simulator.answers.extremes import is_shortened, shortened
from simulator.answers.table import ROUGH_NOTE, PrintedColumn, printed
from simulator.answers.table import Table as AnswerTable
from simulator.letters import harmless

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
        stream = stream or sys.stdout or StringIO()
        self._encoding = stream.encoding or "ascii"
        self._width = _width_of(stream)
        # Wide enough for any table: rich would cut numbers short to fit a narrow terminal.
        self._console = _Pipe(file=stream, width=_WIDER_THAN_ANY_TABLE, highlight=False)
        self._box = box.SIMPLE_HEAD if self._can_show("£±─") else box.ASCII

    def line(self, text: str = "") -> None:
        """Write a sentence or two, wrapped."""
        self._console.print(Text(fill(self._shown(text), min(self._width, _USUAL_WIDTH))))

    def answer(self, answer: Answer) -> None:
        """Write an answer: what was asked, what was found, and then the tables and what to know of them."""
        sentences = answer.sentences()
        for text in (*answer.opening(), "", *sentences, *([""] if sentences else [])):
            self.line(text)
        tables = [table for table in answer.tables() if not table.in_files_only]
        if several := bool(answer.scenario.settings.pct_of_clusters):
            whole, tables = tables, shortened(tables)
        for table in tables:
            self.table(table)
        if several and any(map(is_shortened, whole)):
            self.line(answer.where_the_rest_is)
        for text in answer.notes():
            self.line(text)
        if any(table.has_rough_cells for table in tables):
            self.line(ROUGH_NOTE)

    def table(self, table: AnswerTable) -> None:
        """Write a table, in parts where it is wider than the page."""
        title = table.title
        for part in self._that_fit([printed(column) for column in table.columns], table.keys):
            bold = Text(self._shown(title), style="bold")
            grid = Table(title=bold, title_justify="left", box=self._box, pad_edge=False, padding=(0, 1))
            for column in part:
                heading = Text(fill(self._shown(column.heading), _heading_width(column)))
                grid.add_column(heading, justify="left" if column.left else "right")
            rows = list(zip(*(column.cells for column in part), strict=True))
            for left, row in zip(reversed(range(len(rows))), rows, strict=True):
                cells = [Text(fill(self._shown(cell), _NAME_WIDTH)) for cell in row]
                grid.add_row(*cells, end_section=table.rows_apart > 0 and left == table.rows_apart)
            self._console.print(grid)
            title = "continued"

    def _that_fit(self, columns: Sequence[PrintedColumn], keys: int) -> list[list[PrintedColumn]]:
        """Return a table's columns in as many tables as the width asks for, each with the first `keys`."""
        first, others = [*columns[:keys]], columns[keys:]
        parts = [[*first]]
        for column in others:
            width = sum(_width_of_column(one) + _GAP for one in (*parts[-1], column))
            if width > self._width and len(parts[-1]) > keys:
                parts.append([*first])
            parts[-1].append(column)
        return parts

    def _can_show(self, text: str) -> bool:
        try:
            text.encode(self._encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def _shown(self, text: str) -> str:
        text = harmless(text)
        if self._can_show(text):
            return text
        return text.translate(_PLAIN).encode(self._encoding, "replace").decode(self._encoding)


def _width_of(stream: TextIO) -> int:
    """Return how wide tables may be: as the terminal is, or COLUMNS says, or 100 where neither does."""
    is_said = stream.isatty() or "COLUMNS" in os.environ
    asked = shutil.get_terminal_size((0, 0)).columns if is_said else 0
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
