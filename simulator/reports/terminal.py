"""Printing tables to a terminal, a file or a pipe, with whatever characters it can show."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import StringIO
from textwrap import fill
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.reports.columns import Column

_PLAIN = str.maketrans({"£": "GBP ", "±": "+/-", "─": "-"})
_WIDER_THAN_ANY_TABLE = 10_000
_PROSE_WIDTH = 110
_NAME_WIDTH = 30
_HEADING_WIDTH = 10


class _Pipe(Console):
    """A console that leaves it to the command what to do when its reader has gone."""

    def on_broken_pipe(self) -> None:
        """Pass the error on."""
        raise BrokenPipeError


class Printer:
    """Writes text and tables.

    Parameters
    ----------
    stream : text file
        Standard output by default. Where it cannot show £ or ±, words stand for them.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        # There is no standard output where it was closed.
        self._stream = stream or sys.stdout or StringIO()
        # Wide enough for any table: rich would cut numbers short to fit a narrow terminal.
        self._console = _Pipe(file=self._stream, width=_WIDER_THAN_ANY_TABLE, highlight=False)
        self._box = box.SIMPLE_HEAD if self._can_show("£±─") else None

    def line(self, text: str = "") -> None:
        """Write a sentence or two, wrapped."""
        self._console.print(Text(fill(self._shown(text), _PROSE_WIDTH)))

    def table(self, title: str, columns: Sequence[Column], last_row_apart: bool = True) -> None:
        """Write a table.

        Parameters
        ----------
        title : str
            What it shows.
        columns : sequence of Column
            Of equal length.
        last_row_apart : bool
            Whether the last row is a total.
        """
        style = self._box or box.ASCII
        bold = Text(self._shown(title), style="bold")
        table = Table(title=bold, title_justify="left", box=style, pad_edge=False, padding=(0, 1))
        for column in columns:
            heading_width = max(_HEADING_WIDTH, *map(len, column.cells), *map(len, column.heading.split()))
            heading = Text(fill(self._shown(column.heading), min(heading_width, _NAME_WIDTH)))
            table.add_column(heading, justify="left" if column.left else "right")
        rows = list(zip(*(column.cells for column in columns), strict=True))
        for number, row in enumerate(rows):
            cells = [Text(fill(self._shown(cell), _NAME_WIDTH)) for cell in row]
            table.add_row(*cells, end_section=last_row_apart and number == len(rows) - 2)
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
