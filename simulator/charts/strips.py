"""Strips of a chart, each measured in inches before it is drawn: keys, plots, headings and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.charts.look import INK, look
from simulator.charts.style import Looks, line_spacing, width_in, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALLEST = 7.5
"""Points at the printed size: no letter of a chart is smaller."""
SMALL_SIZE = 7.5
_HEADING_SIZE = 8.5
LINE_IN = 0.145
LEADING = 1.28
"""Height of a line over the size of its letters."""
_TICK_IN = 0.7
"""Room for a number on an axis."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a figure, in inches from its left and its top."""

    left: float
    top: float
    width: float
    height: float

    def axes(
        self, figure: Figure, left: float = 0, right: float = 0, above: float = 0, below: float = 0
    ) -> Axes:
        """Return axes in the place, with so much room around them."""
        from matplotlib.ticker import MaxNLocator

        width, height = figure.get_size_inches()
        wide, high = self.width - left - right, self.height - above - below
        low = 1 - (self.top + self.height - below) / height
        axes = figure.add_axes(((self.left + left) / width, low, wide / width, high / height))
        for axis, room, needed in ((axes.xaxis, wide, _TICK_IN), (axes.yaxis, high, LINE_IN * 1.6)):
            axis.set_major_locator(MaxNLocator(max(int(room / needed), 2), steps=[1, 2, 5, 10]))
        return axes


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes at places in inches from a corner."""

    figure: Figure
    left_in: float
    top_in: float

    def write(self, x_in: float, y_in: float, words: str, **looks: Any) -> None:
        """Write words."""
        width, height = self.figure.get_size_inches()
        place = (self.left_in + x_in) / width, 1 - (self.top_in + y_in) / height
        self.figure.text(*place, words, linespacing=line_spacing(LEADING), **looks)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a key, and what it stands for."""

    words: str
    looks: Looks  # of a line, or of a patch where it has a facecolor


@dataclass(frozen=True, slots=True)
class Key:
    """What signs and colours stand for, in as many lines as it takes."""

    signs: Sequence[Sign]
    _SIGN_IN = 0.22
    _BETWEEN_IN = 0.16
    _LEADING_IN = 0.17

    def height_in(self, room_in: float) -> float:
        """Return how high it is."""
        return (1 + max((line for _, line, _ in self._placed(room_in)), default=-1)) * self._LEADING_IN + 0.04

    def _placed(self, room_in: float) -> list[tuple[Sign, int, float]]:
        """Return each sign with its line and where it starts."""
        found: list[tuple[Sign, int, float]] = []
        line, at = 0, 0.0
        for sign in self.signs:
            wide = self._SIGN_IN + 0.06 + width_in(sign.words, SMALL_SIZE)
            if at and at + wide > room_in:
                line, at = line + 1, 0.0
            found.append((sign, line, at))
            at += wide + self._BETWEEN_IN
        return found

    def draw(self, figure: Figure, box: Box) -> None:
        """Draw it."""
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        width, height = figure.get_size_inches()
        for sign, line, at in self._placed(box.width):
            left, middle = box.left + at, box.top + (line + 0.5) * self._LEADING_IN
            x, y = left / width, 1 - middle / height
            if "facecolor" in sign.looks:
                low, size = y - 0.05 / height, (self._SIGN_IN / width, 0.1 / height)
                figure.add_artist(Rectangle((x, low), *size, transform=figure.transFigure, **sign.looks))
            else:
                # A mark stands alone in the middle; a line runs through.
                ends = [x, x + self._SIGN_IN / width]
                xs = [sum(ends) / 2] if sign.looks.get("marker") and not sign.looks.get("linewidth") else ends
                figure.add_artist(Line2D(xs, [y] * len(xs), transform=figure.transFigure, **sign.looks))
            words_at = (left + self._SIGN_IN + 0.06) / width
            figure.text(words_at, y, sign.words, size=SMALL_SIZE, va="center_baseline", color=INK)


_ABOVE_IN = 0.06


@dataclass(frozen=True, slots=True)
class Plot:
    """A panel with both axes."""

    high_in: float
    left_in: float = 0.5  # for the numbers of the y axis
    right_in: float = 0.12
    below_in: float = 0.25

    def height_in(self, room_in: float) -> float:
        """Return how high it is."""
        return self.high_in

    def draw(self, figure: Figure, box: Box) -> Axes:
        """Draw an empty panel."""
        return box.axes(figure, self.left_in, self.right_in, _ABOVE_IN, self.below_in)


def across(panels: int) -> int:
    """Return how many of some panels stand beside each other: as many in each row, as far as may be."""
    deep = -(-panels // look().size.abreast)
    return -(-panels // deep)


def _as_heading(words: str, room_in: float) -> str:
    return wrapped(words, room_in, _HEADING_SIZE, bold=True)


def _write_heading(figure: Figure, left_in: float, top_in: float, heading: str) -> None:
    """Write a heading, its left and its top so many inches from those of the figure."""
    width, height = figure.get_size_inches()
    looks: Looks = {"size": _HEADING_SIZE, "weight": "bold", "va": "top"}
    looks["linespacing"] = line_spacing(LEADING)
    figure.text(left_in / width, 1 - top_in / height, heading, **looks)


@dataclass(frozen=True, slots=True)
class Abreast:
    """Panels side by side, or below each other where there is no room."""

    headings: Sequence[str]
    high_in: float = 1.9
    left_in: float = 0.5
    below_in: float = 0.25

    def _across(self) -> int:
        return across(len(self.headings))

    def height_in(self, room_in: float) -> float:
        """Return how high all are."""
        return self.high_in * -(-len(self.headings) // self._across())

    def draw(self, figure: Figure, box: Box) -> list[Axes]:
        """Draw empty panels."""
        across = self._across()
        wide, high = box.width / across, box.height / -(-len(self.headings) // across)
        found = []
        for at, heading in enumerate(self.headings):
            place = Box(box.left + wide * (at % across), box.top + high * (at // across), wide, high)
            title = _as_heading(heading, wide - 0.15)
            above = 0.16 * (title.count("\n") + 1) + 0.1
            axes = place.axes(figure, self.left_in, 0.1, above, self.below_in)
            _write_heading(figure, place.left, place.top + 0.02, title)
            found.append(axes)
        return found


@dataclass(frozen=True, slots=True)
class Heading:
    """Words above a strip."""

    words: str

    def height_in(self, room_in: float) -> float:
        """Return how high it is."""
        return (_as_heading(self.words, room_in).count("\n") + 1) * 0.16 + 0.05

    def draw(self, figure: Figure, box: Box) -> None:
        """Draw it."""
        _write_heading(figure, box.left, box.top + 0.03, _as_heading(self.words, box.width))


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences."""

    words: Sequence[str]
    across: int = 1  # columns
    size: float = SMALL_SIZE

    def _columns(self) -> int:
        return self.across if look().size.names_in else 1

    def _broken(self, room_in: float) -> list[str]:
        return [wrapped(one, room_in / self._columns() - 0.1, self.size) for one in self.words]

    def _deep(self) -> int:
        return -(-len(self.words) // self._columns())

    def height_in(self, room_in: float) -> float:
        """Return how high all are."""
        lines = [text.count("\n") + 1 for text in self._broken(room_in)]
        deep = self._deep()
        columns = [lines[at : at + deep] for at in range(0, len(lines), deep)] if deep else []
        return max((0.135 * sum(one) + 0.03 * len(one) for one in columns), default=0.0) + 0.04

    def draw(self, figure: Figure, box: Box) -> None:
        """Draw them, column by column."""
        width, height = figure.get_size_inches()
        deep, wide = self._deep(), box.width / self._columns()
        top = box.top
        for at, text in enumerate(self._broken(box.width)):
            top = box.top if at % deep == 0 else top
            left = box.left + wide * (at // deep)
            place = left / width, 1 - top / height
            figure.text(*place, text, size=self.size, va="top", linespacing=line_spacing(LEADING))
            top += 0.135 * (text.count("\n") + 1) + 0.03
