"""Rows of a chart with their names, and numbers beside them.

The y axis is in inches, so that rows of long names may be higher than others. In a column of text names and
numbers stand above their bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.charts.look import GREY, INK, look
from simulator.charts.strips import LINE_IN, SMALL_SIZE, SMALLEST, Box, Pen
from simulator.charts.style import Looks, width_in, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAR_IN = 0.16
"""Height of a bar of rows."""
_NAME_SIZE, _NAME_LINES = 8.0, 3
_SMALL_LINE_IN = 0.14
_LEAST_ON_SLIDE_IN = 0.18
_BEHIND: Looks = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
"""Keeps the lines of a panel off words that stand on it."""
_BETWEEN_IN = 0.19
"""Left of each column of numbers."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A column of numbers to the right of rows."""

    heading: str
    words: Sequence[str]


@dataclass(frozen=True)
class Rows:
    """Rows with their names, and numbers beside them."""

    names: Sequence[str]
    beside: Sequence[Beside] = ()
    least_in: float = 0.25  # height of a row
    apart: int = 0  # rows at the end that a line sets apart
    ticks: bool = True  # whether the axis below has numbers
    label: str = ""  # of that axis
    bar_in: float = BAR_IN  # height of a row's bars together

    @property
    def is_narrow(self) -> bool:
        """Whether names stand above their bars."""
        return not look().size.names_in

    def labels(self, room_in: float) -> list[str]:
        """Return names as they are broken."""
        size = look().size
        room = room_in if self.is_narrow else min(size.names_in, 0.42 * room_in)
        return [wrapped(name, room, _NAME_SIZE, most_lines=_NAME_LINES) for name in self.names]

    def _numbers(self, room_in: float) -> list[str]:
        """Return what stands below each name where there is no room to the right."""
        parts = [
            "; ".join(f"{one.heading}: {one.words[at]}" for one in self.beside if one.words[at])
            for at in range(len(self.names))
        ]
        return [wrapped(part, room_in, SMALLEST) for part in parts]

    def heights_in(self, room_in: float) -> list[float]:
        """Return the height of each row."""
        lines = [label.count("\n") + 1 for label in self.labels(room_in)]
        if not self.is_narrow:
            # On a slide rows stand close: what needs more height has smaller letters there.
            between, least = (0.03, _LEAST_ON_SLIDE_IN) if look().size.height_in else (0.07, self.least_in)
            return [max(number * LINE_IN + between, least) for number in lines]
        below = [bool(text) * (text.count("\n") + 1) for text in self._numbers(room_in)]
        pairs = zip(lines, below, strict=True)
        return [
            number * LINE_IN + more * _SMALL_LINE_IN + max(self.bar_in, self.least_in - 0.12) + 0.12
            for number, more in pairs
        ]

    def height_in(self, room_in: float) -> float:
        """Return how high it is."""
        return self._above_in() + sum(self.heights_in(room_in)) + self._below_in()

    def _headings(self) -> list[str]:
        return [
            wrapped(one.heading, max(self._wide(one), 0.75), SMALL_SIZE, bold=True) for one in self.beside
        ]

    def _wide(self, one: Beside) -> float:
        return max((width_in(text, SMALL_SIZE) for text in one.words), default=0.0)

    def _above_in(self) -> float:
        lines = 0 if self.is_narrow else max((text.count("\n") + 1 for text in self._headings()), default=0)
        return lines * 0.135 + (0.05 if lines else 0.02)

    def _below_in(self) -> float:
        return 0.22 * self.ticks + 0.18 * bool(self.label) + 0.03

    def draw(self, figure: Figure, box: Box) -> Axes:
        """Draw names, numbers and an empty panel: y in inches, the rows' middles as ticks."""
        labels = self.labels(box.width)
        columns = [] if self.is_narrow else self._columns()
        right = sum(columns) + _BETWEEN_IN * max(len(columns), 1)
        widest = max(width_in(line, _NAME_SIZE) for label in labels for line in label.split("\n"))
        above, below = self._above_in(), self._below_in()
        axes = box.axes(figure, 0.1 if self.is_narrow else widest + 0.08, right, above, below)
        total = box.height - above - below
        self._set_axes(axes, box.width, total)
        pen = Pen(figure, box.left, box.top + above)
        if self.is_narrow:
            self._write_above(pen, labels, axes, box.width)
        else:
            for place, label in zip(rows_at(axes), labels, strict=True):
                pen.write(widest, place, label, size=_NAME_SIZE, va="center", ha="right")
            self._write_beside(pen, columns, rows_at(axes), box.width - right)
        return axes

    def _set_axes(self, axes: Axes, room_in: float, total_in: float) -> None:
        places = self.places(room_in, total_in)
        axes.set_ylim(total_in, 0)
        axes.set_yticks(places, [""] * len(places))
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        if not self.ticks:
            axes.spines["bottom"].set_visible(False)
            axes.set_xticks([])
        if self.label:
            axes.set_xlabel(self.label, size=SMALL_SIZE, labelpad=2)
        if self.apart and len(self.names) > self.apart:
            heights = self._stretched(room_in, total_in)
            axes.axhline(sum(heights[: -self.apart]), color=INK, linewidth=0.5)

    def _columns(self) -> list[float]:
        """Return how wide each column of numbers is."""
        headings = (
            (width_in(line, SMALL_SIZE, bold=True) for line in text.split("\n")) for text in self._headings()
        )
        return [max(self._wide(one), *lines) for one, lines in zip(self.beside, headings, strict=True)]

    def _write_above(self, pen: Pen, labels: list[str], axes: Axes, room_in: float) -> None:
        """Write names and numbers above their bars."""
        for place, label, numbers in zip(rows_at(axes), labels, self._numbers(room_in), strict=True):
            top = place - self.bar_in / 2 - 0.04
            if numbers:
                pen.write(0, top, numbers, size=SMALLEST, va="bottom", color=GREY, bbox=_BEHIND)
                top -= _SMALL_LINE_IN * (numbers.count("\n") + 1)
            pen.write(0, top, label, size=_NAME_SIZE, va="bottom", bbox=_BEHIND)

    def _write_beside(self, pen: Pen, columns: list[float], places: list[float], left_in: float) -> None:
        """Write the columns of numbers."""
        for one, heading, wide in zip(self.beside, self._headings(), columns, strict=True):
            left_in += _BETWEEN_IN
            # Letters that reach below the line must not lift one heading above another.
            pen.write(left_in, -0.07, heading, size=SMALL_SIZE, va="baseline", weight="bold")
            for place, words in zip(places, one.words, strict=True):
                pen.write(left_in, place, words, size=SMALL_SIZE, va="center")
            left_in += wide

    def _stretched(self, room_in: float, total_in: float) -> list[float]:
        heights = self.heights_in(room_in)
        return [one * total_in / sum(heights) for one in heights]

    def places(self, room_in: float, total_in: float) -> list[float]:
        """Return where the middle of each row's bar is, in inches from the top of the panel."""
        found, top = [], 0.0
        for height in self._stretched(room_in, total_in):
            found.append(top + height - self.bar_in / 2 - 0.07 if self.is_narrow else top + height / 2)
            top += height
        return found


def rows_at(axes: Axes) -> list[float]:
    """Return where the middles of rows are."""
    return [float(place) for place in axes.get_yticks()]
