"""How charts are laid out: one panel or several, rows of clusters, and what is written beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from simulator.charts.look import DARK, GREY, INK, LIGHT, look
from simulator.charts.strips import SMALLEST, across
from simulator.charts.style import POINTS_PER_INCH, line_spacing, wrapped
from simulator.charts.words import TOGETHER
from simulator.risk.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec


_TITLE_SIZE, _SUBTITLE_SIZE, _SOURCE_SIZE = 11.5, 8.5, SMALLEST
_LEADING = 1.35
"""Height of a line over the size of its letters."""
MARGIN_IN, _GAP_IN, _WORDS_IN = 0.1, 0.1, 0.6
_LOGO_IN = 0.42
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A figure's words, and the room between them, in inches."""

    title: str
    subtitle: str
    source: str
    width_in: float  # of the figure
    top_in: float  # of the room
    height_in: float  # of the room
    below_in: float  # beneath the room

    @property
    def room_in(self) -> float:
        """Width of the room."""
        return self.width_in - 2 * MARGIN_IN

    @property
    def total_in(self) -> float:
        """Height of the figure."""
        return self.top_in + self.height_in + self.below_in


def fitting(title: str, subtitle: str, source: str, needed_in: Callable[[float], float]) -> Frame:
    """Return the frame for what needs some height in a room of some width.

    A slide keeps its shape: what needs more height gets a larger picture, whose letters are smaller on it.
    """
    size = look().size
    frame = _frame(title, subtitle, source, size.width_in, needed_in)
    if size.height_in is None:
        return frame
    shape, width = size.width_in / size.height_in, size.width_in
    while frame.total_in > width / shape + 1e-6 and width < 3 * size.width_in:
        width *= 1.03
        frame = _frame(title, subtitle, source, width, needed_in)
    return replace(frame, height_in=max(width / shape - frame.top_in - frame.below_in, frame.height_in))


def _frame(
    title: str, subtitle: str, source: str, width_in: float, needed_in: Callable[[float], float]
) -> Frame:
    wanted = look()
    room = width_in - 2 * MARGIN_IN
    beside_logo = room - 2.2 * _LOGO_IN if wanted.theme.logo else room
    title = wrapped(wanted.title or title, beside_logo, _TITLE_SIZE, bold=True)
    subtitle = wrapped(wanted.subtitle or subtitle, beside_logo, _SUBTITLE_SIZE)
    whose = f"{wanted.theme.organisation}. " if wanted.theme.organisation else ""
    source = wrapped(whose + source, room, _SOURCE_SIZE) if wanted.has_source else ""
    above = _height_in(title, _TITLE_SIZE) + _height_in(subtitle, _SUBTITLE_SIZE)
    above = max(above, _LOGO_IN) if wanted.theme.logo else above
    below = (_GAP_IN + _height_in(source, _SOURCE_SIZE)) * bool(source) + MARGIN_IN
    return Frame(title, subtitle, source, width_in, MARGIN_IN + above + _GAP_IN, needed_in(room), below)


def blank(frame: Frame) -> Figure:
    """Return a figure with its words, and nothing between them yet."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(frame.width_in, frame.total_in))
    left, total = MARGIN_IN / frame.width_in, frame.total_in
    top, title_in = 1 - MARGIN_IN / total, _height_in(frame.title, _TITLE_SIZE)
    write = partial(figure.text, left, linespacing=line_spacing(_LEADING * 0.97))
    write(top, frame.title, va="top", size=_TITLE_SIZE, weight="bold", color=INK)
    write(top - title_in / total, frame.subtitle, va="top", size=_SUBTITLE_SIZE, color=GREY)
    write(MARGIN_IN / total, frame.source, va="bottom", size=_SOURCE_SIZE, color=GREY)
    if look().theme.logo:
        _draw_logo(figure, frame)
    return figure


def _draw_logo(figure: Figure, frame: Frame) -> None:
    """Draw the house's logo in the corner above on the right, at most twice as wide as high."""
    import io

    import matplotlib.image as mpimg

    picture = mpimg.imread(io.BytesIO(look().theme.logo), format="png")
    deep, wide = picture.shape[:2]
    high_in = min(_LOGO_IN, 2 * _LOGO_IN * deep / wide)
    wide_in = high_in * wide / deep
    left = 1 - (MARGIN_IN + wide_in) / frame.width_in
    low = 1 - (MARGIN_IN + high_in) / frame.total_in
    axes = figure.add_axes((left, low, wide_in / frame.width_in, high_in / frame.total_in))
    axes.imshow(picture)
    axes.set_axis_off()


def framed(title: str, subtitle: str, source: str, height_in: float) -> tuple[Figure, GridSpec]:
    """Return a figure with its words in place, and the room between them."""
    from matplotlib.gridspec import GridSpec
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    frame = fitting(title, subtitle, source, lambda _: height_in)
    figure = blank(frame)
    left, total = MARGIN_IN / frame.width_in, frame.total_in
    room = (left, frame.below_in / total, 1 - 2 * left, frame.height_in / total)
    layout = ConstrainedLayoutEngine(rect=room, w_pad=0.02, h_pad=0.02, wspace=0.035, hspace=0.05)
    figure.set_layout_engine(layout)
    return figure, GridSpec(1, 1, figure=figure)


def one_panel(title: str, subtitle: str, source: str, height_in: float) -> tuple[Figure, Axes]:
    """Return a figure with its words in place, and axes that fill the room between them."""
    figure, grid = framed(title, subtitle, source, height_in)
    return figure, figure.add_subplot(grid[0])


def scale(axes: Axes, grid: Literal["x", "y"], tick: Callable[[float, object], str]) -> None:
    """Give an axis its numbers, and lines across the panel at them."""
    write_together(axes.xaxis if grid == "x" else axes.yaxis, tick)
    axes.grid(visible=True, axis=grid)


def write_together(axis: Axis, tick: Callable[[float, object], str]) -> None:
    """Give an axis its numbers: those that have a unit share one, and their decimals."""
    from simulator.charts.ticks import Together

    axis.set_major_formatter(Together(TOGETHER[tick]) if tick in TOGETHER else tick)


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
    axes.text(0, 0.5, wrapped(words, look().size.width_in - 0.4, 9), va="center", size=9)
    return figure


def _height_in(text: str, size: float) -> float:
    return (text.count("\n") + 1) * bool(text) * size * _LEADING / POINTS_PER_INCH


MOST_PANELS = 9
"""With more clusters than this, a row for each is easier to read than a panel for each."""
_TALL_IN, _LOW_IN = 2.7, 1.7
_TITLE_LINES = 2


def panels(title: str, subtitle: str, source: str, names: Sequence[str]) -> tuple[Figure, list[Axes]]:
    """Return a figure with axes for each name, one large or several small, on the same scales."""
    size = look().size
    wide = across(len(names))
    deep = -(-len(names) // wide)
    height = _TALL_IN if len(names) == 1 else deep * _LOW_IN + 0.4
    figure, grid = framed(title, subtitle, source, height)
    cells = grid[0].subgridspec(deep, wide)
    found: list[Axes] = []
    for at, name in enumerate(names):
        first = found[0] if found else None
        axes = figure.add_subplot(cells[at // wide, at % wide], sharex=first, sharey=first)
        found.append(axes)
        if len(names) > 1:
            axes.set_title(wrapped(name, size.width_in / wide - 0.6, 8.5, bold=True, most_lines=_TITLE_LINES))
            axes.tick_params(labelbottom=at + wide >= len(names), labelleft=at % wide == 0)
    return figure, found


_NAME_WIDTH_IN, _NAME_SIZE, _NAME_LINES = 1.55, 8.0, 3
_LINE_IN, _ROW_GAP_IN = 0.145, 0.09
_AXIS_IN = 0.45


def name_lines(name: str) -> str:
    """Return a cluster's name as it stands beside its row."""
    return wrapped(name, _NAME_WIDTH_IN, _NAME_SIZE, most_lines=_NAME_LINES)


def rows_height_in(names: Sequence[str], *, least_in: float = 0.27) -> float:
    """Return the height of axes with a row for each name, with their own labels."""
    most_lines = max(name_lines(name).count("\n") + 1 for name in names)
    return len(names) * max(most_lines * _LINE_IN + _ROW_GAP_IN, least_in) + _AXIS_IN


def row_panel(
    title: str, subtitle: str, source: str, names: Sequence[str], *, least_in: float = 0.27, top_in: float = 0
) -> tuple[Figure, Axes]:
    """Return a figure with a row for each name, and room above them."""
    figure, axes = one_panel(title, subtitle, source, rows_height_in(names, least_in=least_in) + top_in)
    label_rows(axes, [name_lines(name) for name in names])
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
