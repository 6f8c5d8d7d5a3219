"""The house style: one look for every chart, and room for words that are as long as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from simulator.charts.text_fit import POINTS_PER_INCH, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec

INK, GREY, PALE = "#1b2a36", "#5c6770", "#dde2e6"
DARK, LIGHT, WARM = "#1f5a8a", "#9cc3dd", "#d5702b"
"""Three hues that stay apart in grey (35%, 74% and 57% light) and for the colour-blind."""
WIDTH_IN = 7.1
"""Inches, within the text of an A4 page with margins of 1.5 cm."""

_STYLE_FILE = Path(__file__).with_name("style.mplstyle")
_TITLE_SIZE, _SUBTITLE_SIZE, _SOURCE_SIZE = 11.5, 8.5, 7.0
_LEADING = 1.35
"""Height of a line over the size of its letters."""
_LINE_SPACING = _LEADING / 1.2
"""The same over matplotlib's height of a line, which is 1.2 times the size of letters."""
_MARGIN_IN = 0.1
_GAP_IN = 0.1
_WORDS_IN = 0.6

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


@contextmanager
def house_style() -> Iterator[None]:
    """Draw and save in the house style, whatever the reader's own settings are."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(mpl.rc_params_from_file(_STYLE_FILE, use_default_template=False))
        yield


def in_house_style(draw: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Make a function draw in the house style."""

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
        with house_style():
            return draw(*args, **kwargs)

    return drawn


def framed(title: str, subtitle: str, source: str, height_in: float) -> tuple[Figure, GridSpec]:
    """Return a figure with its words in place, and the room between them."""
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    width = WIDTH_IN - 2 * _MARGIN_IN
    title = wrapped(title, width, _TITLE_SIZE, bold=True)
    subtitle = wrapped(subtitle, width, _SUBTITLE_SIZE)
    source = wrapped(source, width, _SOURCE_SIZE)
    title_in = _height_in(title, _TITLE_SIZE)
    above_in = _MARGIN_IN + title_in + _height_in(subtitle, _SUBTITLE_SIZE) + _GAP_IN
    below_in = _GAP_IN + _height_in(source, _SOURCE_SIZE) + _MARGIN_IN
    total_in = above_in + height_in + below_in
    left, top = _MARGIN_IN / WIDTH_IN, 1 - _MARGIN_IN / total_in
    room = (left, below_in / total_in, 1 - 2 * left, height_in / total_in)
    layout = ConstrainedLayoutEngine(rect=room, w_pad=0.02, h_pad=0.02, wspace=0.035, hspace=0.05)
    figure = Figure(figsize=(WIDTH_IN, total_in), layout=layout)
    write = partial(figure.text, left, linespacing=_LINE_SPACING)
    write(top, title, va="top", size=_TITLE_SIZE, weight="bold", color=INK)
    write(top - title_in / total_in, subtitle, va="top", size=_SUBTITLE_SIZE, color=GREY)
    write(_MARGIN_IN / total_in, source, va="bottom", size=_SOURCE_SIZE, color=GREY)
    return figure, GridSpec(1, 1, figure=figure)


def worded(title: str, source: str, words: str) -> Figure:
    """Return a figure that says in words why there is nothing to draw."""
    figure, grid = framed(title, "", source, _WORDS_IN)
    axes = figure.add_subplot(grid[0])
    axes.set_axis_off()
    axes.text(0, 0.5, wrapped(words, WIDTH_IN - 0.4, 9), va="center", size=9)
    return figure


def _height_in(text: str, size: float) -> float:
    return (text.count("\n") + 1) * bool(text) * size * _LEADING / POINTS_PER_INCH
