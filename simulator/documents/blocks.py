"""What a document is made of, whatever the format: frozen blocks of words, tables and pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import Formatter
from typing import TYPE_CHECKING

from simulator.risk.unit import Unit

if TYPE_CHECKING:
    from simulator.charts.chart import Chart


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is printed, with the answer that it is quoted from."""

    text: str  # as printed, with its error
    value: float  # in full: the estimate and its 95% interval; all equal for a fact
    low: float
    high: float
    unit: Unit  # of what
    table: str  # where it is found: in which table, for which cluster, in which column
    row: str
    measure: str

    @property
    def is_exact(self) -> bool:
        """Whether it is a fact, or the same in every simulated contract."""
        return self.low == self.high


Part = str | Number


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences, with the numbers in them as numbers."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The sentences as they are read."""
        return "".join(text_of(part) for part in self.parts)


def text_of(part: Part) -> str:
    """Return a part of a sentence, or a cell, as it is read."""
    return part if isinstance(part, str) else part.text


def sentence(template: str, **parts: Part) -> Paragraph:
    """Return sentences with parts in their places."""
    found: list[Part] = []
    for words, name, _, _ in Formatter().parse(template):
        found += [words] if words else []
        found += [parts[name]] if name else []
    return Paragraph(tuple(found))


def joined(*paragraphs: Paragraph | None) -> Paragraph:
    """Return sentences as one paragraph, with spaces between them; None is left out."""
    parts: list[Part] = []
    for paragraph in filter(None, paragraphs):
        parts += [" "] if parts else []
        parts += paragraph.parts
    return Paragraph(tuple(parts))


LANGUAGE = "en-GB"
_FIGURE = re.compile(r"-?£?[\d,.]+[mk%]?( ?±.*)?")
MOST_COLUMNS = 8
"""Columns that fit between the margins of an A4 page at a size that can be read."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the document's own title is above level 1."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences, numbered where their order counts."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table, whose first column says what each row is."""

    name: str  # short, for a sheet's tab; empty for a table whose numbers all stand in others
    caption: str  # what it shows, with units where all columns share one
    headings: tuple[str, ...]  # one for each column, with its unit
    rows: tuple[tuple[Part, ...], ...]  # as long as the headings
    total_last: bool = False  # whether the last row stands for all others
    # Columns' widths against each other, for tables of words; empty where they follow from the text.
    widths: tuple[float, ...] = ()

    def narrow(self) -> Iterator[TableBlock]:
        """Yield the table in parts that fit on a page, each with the first column."""
        others = range(1, len(self.headings))
        parts = -(-len(others) // (MOST_COLUMNS - 1))
        if parts <= 1:
            yield self
            return
        size = -(-len(others) // parts)
        for part in range(parts):
            columns = (0, *others[part * size : (part + 1) * size])
            yield TableBlock(
                self.name,
                f"{self.caption} ({part + 1} of {parts})",
                tuple(self.headings[at] for at in columns),
                tuple(tuple(row[at] for at in columns) for row in self.rows),
                self.total_last,
            )

    def is_numeric(self, column: int) -> bool:
        """Return whether a column holds numbers, and is set to the right."""
        cells = [row[column] for row in self.rows if row[column]]
        return not self.widths and bool(cells) and all(_FIGURE.fullmatch(text_of(cell)) for cell in cells)


@dataclass(frozen=True, eq=False)
class Picture:
    """A chart with its caption."""

    caption: str
    chart: Chart
    _pictures: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)

    def picture(self, kind: str) -> bytes:
        """Return the chart as svg or png, drawn once for all formats of a document."""
        if kind != "svg":
            # The layout settles with each drawing: in a fixed order, a document in one format has the
            # same pictures as one in all.
            self.picture("svg")
        if kind not in self._pictures:
            self._pictures[kind] = self.chart.rendered(kind)
        return self._pictures[kind]


Block = Heading | Paragraph | Items | TableBlock | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that belong together."""

    blocks: tuple[Block, ...]  # the first is the heading
    one_page: bool = False  # whether it has a page of its own, which it fits on


@dataclass(frozen=True, slots=True)
class Document:
    """A document, ready for any format."""

    title: str  # what it is, and of what
    subtitle: str  # what it is, and of what
    sections: tuple[Section, ...]  # in order
    numbers: tuple[Number, ...]  # every number that answers hold, for a workbook
    provenance: tuple[tuple[str, str], ...]  # what a reader needs to make the numbers again

    @property
    def blocks(self) -> Iterator[Block]:
        """Every block, in order."""
        return (block for section in self.sections for block in section.blocks)
