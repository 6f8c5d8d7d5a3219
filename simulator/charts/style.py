"""The house style of charts, and how they are laid out: panels, rows of clusters, text that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from simulator.risk.account_book import ALL_CLUSTERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
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


MOST_PANELS = 9
"""With more clusters than this, a row for each is easier to read than a panel for each."""
_ABREAST = 3
_TALL_IN, _LOW_IN = 2.7, 1.7
_TITLE_LINES = 2


def panels(title: str, subtitle: str, source: str, names: Sequence[str]) -> tuple[Figure, list[Axes]]:
    """Return a figure with axes for each name, one large or several small, on the same scales."""
    across = min(len(names), _ABREAST if len(names) != 4 else 2)
    deep = -(-len(names) // across)
    height = _TALL_IN if len(names) == 1 else deep * _LOW_IN + 0.4
    figure, grid = framed(title, subtitle, source, height)
    cells = grid[0].subgridspec(deep, across)
    found: list[Axes] = []
    for at, name in enumerate(names):
        first = found[0] if found else None
        axes = figure.add_subplot(cells[at // across, at % across], sharex=first, sharey=first)
        found.append(axes)
        if len(names) > 1:
            axes.set_title(wrapped(name, WIDTH_IN / across - 0.6, 8.5, bold=True, most_lines=_TITLE_LINES))
            below_is_free = at + across >= len(names)
            axes.tick_params(labelbottom=below_is_free, labelleft=at % across == 0)
    return figure, found


_NAME_WIDTH_IN, _NAME_SIZE, _NAME_LINES = 1.55, 8.0, 3
_LINE_IN, _ROW_GAP_IN = 0.145, 0.09
_AXIS_IN = 0.45


def name_lines(name: str) -> str:
    """Return a cluster's name as it stands beside its row."""
    shown = "all clusters" if name == ALL_CLUSTERS else name
    return wrapped(shown, _NAME_WIDTH_IN, _NAME_SIZE, most_lines=_NAME_LINES)


def rows_height_in(names: Sequence[str], *, least_in: float = 0.27) -> float:
    """Return the height of axes with a row for each name, with their own labels."""
    return len(names) * max(_row_in(names), least_in) + _AXIS_IN


def set_rows(axes: Axes, names: Sequence[str], *, named: bool = True) -> None:
    """Give axes a row for each name, the first at the top; the PCT's set apart by a line."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [name_lines(name) for name in names] if named else [""] * len(names))
    axes.tick_params(axis="y", length=0, labelsize=_NAME_SIZE)
    axes.spines["left"].set_visible(False)
    if len(names) > 1 and names[-1] == ALL_CLUSTERS:
        axes.axhline(len(names) - 1.5, color=INK, linewidth=0.5)


def _row_in(names: Sequence[str]) -> float:
    return max(name_lines(name).count("\n") + 1 for name in names) * _LINE_IN + _ROW_GAP_IN


POINTS_PER_INCH = 72
_HINTING = 1.03
"""Letters in PNG files are set a little wider than their outlines."""
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def wrapped(text: str, width_in: float, size: float, *, bold: bool = False, most_lines: int = 12) -> str:
    """Return text broken into lines of at most a width, with only characters that the font has."""
    lines: list[str] = []
    for word in filter(None, legible(text).split(" ")):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width_in(longer, size, bold) <= width_in:
            lines[-1] = longer
            continue
        pieces = _pieces(word, width_in, size, bold)
        lines.extend(pieces)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], f"{lines[most_lines - 1].rstrip(' .,')}…"]
    return "\n".join(lines)


def legible(text: str) -> str:
    """Return text with a sign in place of each character that the font lacks."""
    known = _characters()
    return "".join(one if ord(one) in known or one.isspace() else _UNKNOWN for one in text)


def _pieces(word: str, width_in: float, size: float, bold: bool) -> list[str]:
    """Return a word, cut where it is wider than a line."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and _width_in(pieces[-1] + letter, size, bold) > width_in:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _width_in(text: str, size: float, bold: bool) -> float:
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text, _font(size, bold), ismath=False)
    return float(width) * _HINTING / POINTS_PER_INCH


@lru_cache
def _font(size: float, bold: bool) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")


@lru_cache
def _characters() -> frozenset[int]:
    """Return the characters that the font has, bold and plain."""
    from matplotlib.font_manager import findfont, get_font

    fonts = (get_font(findfont(_font(10, bold))) for bold in (False, True))
    return frozenset.intersection(*(frozenset(font.get_charmap()) for font in fonts))


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Return places for labels, moved as little as it takes to be a gap apart."""
    groups: list[tuple[float, int]] = []
    for place in places:
        groups.append((place, 1))
        # Labels that touch become one group about the mean of their places.
        while len(groups) > 1:
            (low, fewer), (high, more) = groups[-2:]
            if high - low >= gap * (fewer + more) / 2:
                break
            groups[-2:] = [((low * fewer + high * more) / (fewer + more), fewer + more)]
    return [centre + gap * (at - (size - 1) / 2) for centre, size in groups for at in range(size)]
