"""How charts are laid out: one panel or several, rows of clusters, and what is written beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from simulator.charts.style import DARK, GREY, INK, LIGHT, POINTS_PER_INCH, wrapped
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec


WIDTH_IN = 7.1
"""Inches, within the text of an A4 page with margins of 1.5 cm."""
_TITLE_SIZE, _SUBTITLE_SIZE, _SOURCE_SIZE = 11.5, 8.5, 7.0
_LEADING = 1.35
"""Height of a line over the size of its letters."""
_LINE_SPACING = _LEADING / 1.2
"""The same over matplotlib's height of a line, which is 1.2 times the size of letters."""
_MARGIN_IN, _GAP_IN, _WORDS_IN = 0.1, 0.1, 0.6
Point = tuple[float, float]


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


def one_panel(title: str, subtitle: str, source: str, height_in: float) -> tuple[Figure, Axes]:
    """Return a figure with its words in place, and axes that fill the room between them."""
    figure, grid = framed(title, subtitle, source, height_in)
    return figure, figure.add_subplot(grid[0])


def scale(axes: Axes, grid: Literal["x", "y"], tick: Callable[[float, object], str]) -> None:
    """Give an axis its numbers, and lines across the panel at them."""
    (axes.xaxis if grid == "x" else axes.yaxis).set_major_formatter(tick)
    axes.grid(visible=True, axis=grid)


def legend_above(axes: Axes, **looks: Any) -> None:
    """Write what colours are in a line above a panel."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, **looks)


def draw_band(axes: Axes, at: Sequence[float], estimates: Sequence[Estimate], line: str = "-") -> None:
    """Draw estimates along an axis as a line in the band of their intervals."""
    low, high = [one.low for one in estimates], [one.high for one in estimates]
    axes.fill_between(at, low, high, color=LIGHT, linewidth=0)
    axes.plot(at, [one.value for one in estimates], line, color=DARK, markersize=4)


def write_near(axes: Axes, words: str, place: Point, points: Point, **looks: Any) -> None:
    """Write words so many points to the right of a place and above it."""
    axes.annotate(words, place, points, textcoords="offset points", **looks)


def worded(title: str, source: str, words: str) -> Figure:
    """Return a figure that says in words why there is nothing to draw."""
    figure, axes = one_panel(title, "", source, _WORDS_IN)
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
            axes.tick_params(labelbottom=at + across >= len(names), labelleft=at % across == 0)
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
    most_lines = max(name_lines(name).count("\n") + 1 for name in names)
    return len(names) * max(most_lines * _LINE_IN + _ROW_GAP_IN, least_in) + _AXIS_IN


def row_panel(
    title: str, subtitle: str, source: str, names: Sequence[str], *, least_in: float = 0.27, top_in: float = 0
) -> tuple[Figure, Axes]:
    """Return a figure with a row for each name, and room above them."""
    figure, axes = one_panel(title, subtitle, source, rows_height_in(names, least_in=least_in) + top_in)
    set_rows(axes, names)
    return figure, axes


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Give axes a row for each label, the first at the top."""
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0, labelsize=_NAME_SIZE)
    axes.spines["left"].set_visible(False)


def write_beside(axes: Axes, heading: str, words: Sequence[str]) -> None:
    """Write to the right of each row what its number is, under a heading."""
    for row, text in enumerate(words):
        if text:
            axes.text(1.01, row, text, transform=axes.get_yaxis_transform(), va="center", size=7.5)
    axes.text(1.01, 1.0, heading, transform=axes.transAxes, va="bottom", size=7.5, weight="bold")


def set_rows(axes: Axes, names: Sequence[str], *, named: bool = True) -> None:
    """Give axes a row for each name; the PCT's set apart by a line."""
    label_rows(axes, [name_lines(name) if named else "" for name in names])
    if len(names) > 1 and names[-1] == ALL_CLUSTERS:
        axes.axhline(len(names) - 1.5, color=INK, linewidth=0.5)
