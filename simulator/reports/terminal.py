"""Printing tables to a terminal, a file or a pipe, with whatever characters it can show."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.reports.columns import Column

_PLAIN = str.maketrans({"£": "GBP ", "±": "+/-", "─": "-"})
_WIDTH_OF_A_FILE = 120


class Printer:
    """Writes text and tables.

    Parameters
    ----------
    stream : text file
        Standard output by default. Where it cannot show £ or ±, words stand for them.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        width = None if self._stream.isatty() else _WIDTH_OF_A_FILE
        self._console = Console(file=self._stream, width=width, highlight=False, soft_wrap=False)
        self._box = box.SIMPLE_HEAD if self._can_show("£±─") else None

    def line(self, text: str = "") -> None:
        """Write a line, wrapped to the width."""
        self._console.print(Text(self._shown(text)))

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
        heading = Text(self._shown(title), style="bold")
        style = self._box or box.ASCII
        table = Table(title=heading, title_justify="left", box=style, pad_edge=False, padding=(0, 1))
        for column in columns:
            table.add_column(
                Text(self._shown(column.heading)),
                justify="left" if column.left else "right",
                # A long name may be folded, a number never.
                no_wrap=not column.left,
                overflow="fold",
            )
        rows = list(zip(*(column.cells for column in columns), strict=True))
        for number, row in enumerate(rows):
            cells = [Text(self._shown(cell)) for cell in row]
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
