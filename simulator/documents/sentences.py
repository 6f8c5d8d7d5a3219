"""Sentences with numbers in them, each number with the answer that it is quoted from."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter

from simulator.risk.unit import Unit


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
