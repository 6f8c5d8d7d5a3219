"""A chart as strips below each other, each with its place in inches.

Nothing is left to be found by trial: what words need is measured first, and plots get the room that is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.charts.look import look
from simulator.charts.panels import MARGIN_IN, blank, fitting
from simulator.charts.rows import Rows
from simulator.charts.strips import Abreast, Box, Heading, Key, Plot, Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GAP_IN = 0.1
Strip = Key | Rows | Plot | Abreast | Heading | Words


def on_slide(strips: list[Strip], main: list[Strip]) -> list[Strip]:
    """Return strips; the main ones alone where all would be too small to read on a slide."""
    size = look().size
    is_full = size.height_in and sum(strip.height_in(size.width_in) for strip in strips) > size.height_in
    return main if is_full else strips


def sheet(title: str, subtitle: str, source: str, strips: Sequence[Strip]) -> tuple[Figure, list[Axes]]:
    """Return a figure with strips below each other, and the axes of those that have any, in order."""

    def needed(room_in: float) -> float:
        return sum(strip.height_in(room_in) for strip in strips) + _GAP_IN * (len(strips) - 1)

    frame = fitting(title, subtitle, source, needed)
    figure = blank(frame)
    growing = sum(
        strip.height_in(frame.room_in) for strip in strips if isinstance(strip, (Rows, Plot, Abreast))
    )
    spare = frame.height_in - needed(frame.room_in)
    top, found = frame.top_in, []
    for strip in strips:
        high = strip.height_in(frame.room_in)
        if isinstance(strip, (Rows, Plot, Abreast)) and growing:
            high *= 1 + spare / growing
        drawn = strip.draw(figure, Box(MARGIN_IN, top, frame.room_in, high))
        found += drawn if isinstance(drawn, list) else [drawn] if drawn is not None else []
        top += high + _GAP_IN
    return figure, found
