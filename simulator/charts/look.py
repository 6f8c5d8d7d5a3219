"""How charts shall look: the size that they are laid out for, and words and colours of a house's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

_Row = TypeVar("_Row")
FONT = "Source Sans 3"
"""Comes with the program; see `house_font`."""
STANDS_IN = "DejaVu Sans"
"""Comes with matplotlib, under a free licence; has signs that a font may lack."""
INK, GREY, PALE = "C4", "C3", "C5"
DARK, LIGHT, WARM = "C0", "C1", "C2"
"""Places in the cycle of colours: each figure keeps those of the theme that it was drawn with."""
COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "dark": "#1f5a8a",
        "light": "#9cc3dd",
        "warm": "#d5702b",
        "grey": "#5c6770",
        "ink": "#1b2a36",
        "pale": "#dde2e6",
    }
)
"""In the order of their places. The first three stay apart in grey (35%, 74% and 57% light) and for the
colour-blind."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a chart is laid out for."""

    name: str
    width_in: float  # of the picture
    height_in: float | None  # of the picture; None for as high as it must be
    names_in: float  # what stands beside rows may be so wide; 0 where names stand above their bars
    abreast: int  # panels
    dpi: int  # of PNG files


PAGE = Size("page", 7.1, None, 1.75, 3, 200)
"""Within the text of an A4 page with margins of 1.5 cm."""
COLUMN = Size("column", 3.4, None, 0.0, 1, 300)
"""One of two columns of such a page."""
SLIDE = Size("slide", 8.0, 4.5, 2.6, 4, 240)
"""16 to 9. Shown on a slide 13.3 inches wide its letters are 1.7 times as large; 240 dpi is full HD."""
SIZES = {size.name: size for size in (COLUMN, PAGE, SLIDE)}


@dataclass(frozen=True, slots=True)
class Theme:
    """A house's colours, letters and name."""

    colours: Mapping[str, str] = field(default_factory=lambda: COLOURS)  # by name, as hexadecimal codes
    font_family: str = FONT  # one that matplotlib knows
    organisation: str = ""  # whose chart it is, for the source line
    logo: bytes = b""  # PNG, for the corner above on the right; empty for none


@dataclass(frozen=True, slots=True)
class Look:
    """How one chart shall look."""

    size: Size = PAGE
    theme: Theme = field(default_factory=Theme)
    title: str = ""  # instead of the chart's own
    subtitle: str = ""  # instead of the chart's own
    has_source: bool = True  # whether the picture says where its numbers come from; a document says it once
    ranks: bool = True  # whether clusters stand by what is found; beside tables they keep the tables' order


_USUAL = Look()
_current: ContextVar[Look] = ContextVar("look", default=_USUAL)


def look() -> Look:
    """Return how charts are to look now."""
    return _current.get()


def ranked(rows: Iterable[_Row], by: Callable[[_Row], float]) -> list[_Row]:
    """Return rows of a chart, the largest first; as they are where a look keeps their order."""
    return sorted(rows, key=by, reverse=True) if look().ranks else list(rows)


@contextmanager
def looking(wanted: Look) -> Iterator[None]:
    """Draw what is inside in another look."""
    token = _current.set(wanted)
    try:
        yield
    finally:
        _current.reset(token)
