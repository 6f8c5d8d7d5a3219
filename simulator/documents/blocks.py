"""What a document is made of, whatever the format: frozen blocks of words, tables and pictures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from simulator.answers.table import Cell, PrintedColumn, Table, printed_together
from simulator.charts.look import FONT, Theme
from simulator.plain_words import date_of
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.in_words import POINTS, phrase, points
from simulator.scenario.document_settings import DocumentSettings

if TYPE_CHECKING:
    from simulator.charts.chart import Chart
    from simulator.documents.own_terms import OwnTerms


_FIGURE = re.compile(
    r"(?P<whole>(?:under |over )?[-+\N{MINUS SIGN}]?£?[\d,]+)(?P<decimals>(?:\.\d+)?[mk%]?)"
    r"(?: ?(?P<error>±.*?))?(?: (?P<mark>\*))? *"
)
"""A cell that holds a number, and its parts, which stand below each other in a column."""
_NO_ERROR = re.compile(r"[ \N{NO-BREAK SPACE}]?±[ \N{NO-BREAK SPACE}]?0[mk%]?")
_BEFORE_UNIT = re.compile(r" (?=(?:£[mk]?|%|points)$)")
_HYPHEN = re.compile(r"(?<!\w)-(?=£?[\d.])")
MOST_COLUMNS = 8
"""Columns that fit between the margins of an A4 page at a size that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted(Estimate):
    """An estimate that knows where it is found; its interval has no width if it is a fact."""

    unit: Unit  # of what
    table: str  # in which table
    row: str  # for which cluster
    measure: str  # in which column


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is printed, with the answer that it is quoted from."""

    text: str  # with its error, where it has one
    quoted: Quoted


@dataclass(frozen=True, slots=True)
class Styled:
    """Words that stand out, or lead somewhere."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    address: str = ""  # where they lead to


@dataclass(frozen=True, slots=True)
class Cited:
    """A table or a figure of the document, which its number replaces."""

    kind: Literal["Table", "Figure"]
    name: str  # of the table or chart
    text: str  # what is said where the document does not have it


Part = str | Number | Styled | Cited


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences, with the numbers in them as numbers."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The sentences as they are read."""
        return "".join(map(text_of, self.parts))


def number(text: str, quoted: Quoted) -> Number:
    """Return a number as printed: what does not vary has no error to show."""
    return Number(with_minus(text if quoted.half_width else _NO_ERROR.sub("", text)), quoted)


def with_minus(text: str) -> str:
    """Return text whose negative numbers have a minus sign in place of a hyphen."""
    return _HYPHEN.sub("\N{MINUS SIGN}", text)


_TOGETHER = re.compile(r" (?=±)|(?<=±) | (?=in \d)|(?<= in) (?=\d)")


def together(text: str) -> str:
    """Return what is said of a number so that no line ends inside it."""
    return _TOGETHER.sub("\N{NO-BREAK SPACE}", text)


def text_of(part: Part) -> str:
    """Return a part of a sentence, or a cell, as it is read."""
    return part if isinstance(part, str) else part.text


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the document's own title is above level 1."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences, numbered where their order counts."""

    items: tuple[str | Paragraph, ...]
    numbered: bool = False

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The sentences, with the numbers in them as numbers."""
        return tuple(Paragraph((one,)) if isinstance(one, str) else one for one in self.items)

    @property
    def texts(self) -> tuple[str, ...]:
        """The sentences as they are read."""
        return tuple(one.text for one in self.paragraphs)


@dataclass(frozen=True)
class TableBlock:
    """An answer's table, whose first column says what each row is, as a page shows it."""

    table: Table  # without a name where all its numbers stand in others
    # Columns' widths against each other, for tables of words; empty where they follow from the text.
    widths: tuple[float, ...] = ()

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """A heading for each column, with its unit."""
        # No unit stands alone on a line, and no line ends inside "1 in 20".
        spaced = (_BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", column.heading) for column in self._printed)
        return tuple(map(together, spaced))

    @cached_property
    def rows(self) -> tuple[tuple[Part, ...], ...]:
        """Cells by row, as long as the headings; what is quoted knows from where."""
        pairs = zip(self.table.columns, self._printed, strict=True)
        rows = zip(*(map(_part, column.cells, text.cells) for column, text in pairs), strict=True)
        # Among words a number has no point to stand below another, and keeps its sign as it is set here.
        return tuple(tuple(map(_with_minus, row)) for row in rows) if self.widths else tuple(rows)

    @cached_property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Cells by row, as they are read."""
        return tuple(tuple(map(text_of, row)) for row in self.rows)

    @cached_property
    def _printed(self) -> tuple[PrintedColumn, ...]:
        return printed_together(self.table.columns, self.table.rows_apart)

    def narrow(self) -> Iterator[TableBlock]:
        """Yield the table in parts that fit on a page, each with the first column."""
        first, *others = self.table.columns
        parts = -(-len(others) // (MOST_COLUMNS - 1))
        if parts <= 1:
            yield self
            return
        size = -(-len(others) // parts)
        for part in range(parts):
            title = f"{self.table.title} ({part + 1} of {parts})"
            columns = (first, *others[part * size : (part + 1) * size])
            yield TableBlock(replace(self.table, title=title, columns=columns))

    def figures(self, column: int) -> list[dict[str, str]]:
        """Return the parts of each cell of a column of numbers: before and from the point, error and mark."""
        found = (_FIGURE.fullmatch(row[column]) for row in self.texts)
        return [{} if one is None else one.groupdict("") for one in found]

    @cached_property
    def shown(self) -> tuple[tuple[Part, ...], ...]:
        """Cells by row, the points of numbers below each other and their errors in a column of their own.

        For formats that set a column to the right and know no more: blanks as wide as digits stand where
        others have digits.
        """
        columns = [[row[at] for row in self.rows] for at in range(len(self.headings))]
        for at, cells in enumerate(columns):
            if at and self.is_numeric(at):
                columns[at] = [*map(_with_text, cells, _below_each_other(self.figures(at)))]
        return tuple(zip(*columns, strict=True))

    def is_numeric(self, column: int) -> bool:
        """Return whether a column holds numbers, and is set to the right."""
        cells = [row[column] for row in self.texts if row[column]]
        return not self.widths and bool(cells) and all(_FIGURE.fullmatch(cell) for cell in cells)


def _with_minus(part: Part) -> Part:
    return (
        replace(part, text=part.text.replace("-", "\N{MINUS SIGN}", 1)) if isinstance(part, Number) else part
    )


def _with_text(part: Part, text: str) -> Part:
    return replace(part, text=text) if isinstance(part, Number) else text


def _below_each_other(figures: list[dict[str, str]]) -> Iterator[str]:
    """Yield numbers whose points and errors stand below each other, where all end at one place."""
    widest = {
        part: max((one[part] for one in figures if one), key=len, default="")
        for part in ("decimals", "error", "mark")
    }
    for one in figures:
        if not one:
            yield ""
            continue
        said = one["whole"] + one["decimals"] + _blank(widest["decimals"], one["decimals"])
        for part in ("error", "mark"):
            if widest[part]:
                said += f"\N{NO-BREAK SPACE}{one[part]}{_blank(widest[part], one[part])}"
        yield said


def _blank(widest: str, own: str) -> str:
    """Return what is as wide as the signs that the widest of a column has more: of a point, and of digits."""
    more = len(widest) - len(own)
    points = int(more > 0 and "." in widest and "." not in own)
    return "\N{PUNCTUATION SPACE}" * points + "\N{FIGURE SPACE}" * (more - points)


def _part(cell: Cell, text: str) -> Part:
    return number(text, cell) if text and isinstance(cell, Quoted) else with_minus(text)


@dataclass(frozen=True, eq=False)
class Picture:
    """A chart with its caption."""

    caption: str
    chart: Chart
    _pictures: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)

    def picture(self, kind: str) -> bytes:
        """Return the chart as svg, outlines (an svg without text) or png, drawn once for all formats."""
        if kind != "outlines":
            # The layout settles with each drawing: in a fixed order, a document in one format has the
            # same pictures as one in all.
            self.picture("outlines")
        if kind not in self._pictures:
            outlined = kind == "outlines"
            self._pictures[kind] = self.chart.rendered("svg" if outlined else kind, outlined=outlined)
        return self._pictures[kind]


Block = Heading | Paragraph | Items | TableBlock | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that belong together."""

    blocks: tuple[Block, ...]  # the first is the heading
    one_page: bool = False  # whether it has a page of its own, which it fits on
    on_cover: bool = False  # whether it stands before the contents, where no section does before it
    in_files: tuple[TableBlock, ...] = ()  # tables that only a workbook has room for

    @property
    def heading(self) -> str:
        """What it is called; nothing where it has no heading."""
        first = self.blocks[0]
        return first.text if isinstance(first, Heading) else ""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind."""

    name: str
    numbers: tuple[Quoted | None, ...]  # as many as the chart has places


@dataclass(frozen=True, slots=True)
class SlideChart:
    """A chart that the reader of a slide may change."""

    kind: Literal["rows", "columns"]
    places: tuple[str, ...]  # rows from above, or columns from the left
    series: tuple[Series, ...]
    axis: str  # what the numbers are
    is_points: bool = False  # whether shares are differences, told in points

    def label(self, number: Quoted) -> str:
        """Return a number as it stands beside its bar, with its error."""
        said = points(number).removesuffix(f" {POINTS}") if self.is_points else phrase(number, number.unit)
        return with_minus(said)

    @property
    def in_words(self) -> str:
        """Every number, for those who cannot see the chart."""
        said = []
        for at, place in enumerate(self.places):
            numbers = ((one.name, one.numbers[at]) for one in self.series)
            told = [
                f"{name.lower() + ' ' if len(self.series) > 1 else ''}{self.label(number)}"
                for name, number in numbers
                if number is not None
            ]
            said.append(f"{place}: {', '.join(told)}")
        return f"{self.axis}. {'; '.join(said)}."


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide."""

    title: str  # the finding
    points: tuple[Paragraph, ...] = ()  # sentences, where it has no chart
    chart: SlideChart | None = None
    notes: str = ""  # what the speaker may say


@dataclass(frozen=True)
class Document:
    """A document, ready for any format."""

    title: str
    subtitle: str  # what it is, and of what
    sections: tuple[Section, ...]  # in order
    numbers: tuple[Quoted, ...]  # every number that answers hold, for a workbook
    provenance: tuple[tuple[str, str], ...]  # what a reader needs to make the numbers again
    said: DocumentSettings = field(default_factory=DocumentSettings)  # who publishes it, when, and for whom
    slides: tuple[Slide, ...] = ()  # what is shown of it, after a title
    later: str = ""  # that figures of later years stand in, and for what; nothing where none do
    terms: OwnTerms | None = None  # what a workbook lets a reader change
    theme: Theme = field(default_factory=Theme)  # the colours, letters and logo of who publishes it
    template: bytes = b""  # a Word file whose styles, head and foot it takes; empty for none
    language: str = "en-GB"

    @property
    def font(self) -> str:
        """The house's font; empty where each format has its own."""
        return "" if self.theme.font_family == FONT else self.theme.font_family

    @property
    def cover(self) -> tuple[tuple[str, str], ...]:
        """Who publishes it, for whom, when, from what, and whom to ask: what each is, and what it says."""
        facts = {
            "Published by": self.said.organisation,
            "For": self.said.audience,
            "Date": self.said.date and date_of(self.said.date),
            "Version": self.said.version,
            "Sources": self.later,
            "Contact": self.said.contact,
        }
        return tuple((what, words) for what, words in facts.items() if words)

    @property
    def running_title(self) -> str:
        """What stands on every page: the title, and which version it is."""
        return " · ".join(filter(None, (self.title, self.said.version)))

    @cached_property
    def contents(self) -> tuple[tuple[str, str], ...]:
        """For each section its anchor, no two the same, and its heading."""
        found: dict[str, str] = {}
        for section in self.sections:
            heading = section.heading
            plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
            slug = "-".join(re.findall(r"[a-z0-9]+", plain)) or "section"
            anchors = (slug, *(f"{slug}-{at}" for at in range(2, len(self.sections) + 2)))
            found[next(one for one in anchors if one not in found)] = heading
        return tuple(found.items())

    @property
    def opens_with(self) -> int:
        """How many sections stand before the contents."""
        return int(bool(self.sections) and self.sections[0].on_cover)

    @property
    def tables(self) -> Iterator[TableBlock]:
        """Every table, in order, those that only a workbook has room for among them."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, TableBlock))
            yield from section.in_files

    @property
    def blocks(self) -> Iterator[Block]:
        """Every block, in order."""
        return (block for section in self.sections for block in section.blocks)
