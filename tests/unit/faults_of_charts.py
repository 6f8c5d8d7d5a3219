"""What can be measured of a chart: all on paper, nothing on something else, legible, with a key, in words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from matplotlib.artist import Artist
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from simulator.charts.chart import Chart
from simulator.charts.strips import SMALLEST

KEY = re.compile(r"\*|\b\w+\.\w+_\w+|_(gbp|share|probability|per_1000)\b")
"""What only configuration files write."""
COMPUTED = re.compile(r"£1,000k|\de[-+]?\d")
"""Numbers as programs write them."""


def faults(chart: Chart) -> list[str]:
    """Return what is not wholly on the paper, and what lies on something else; warnings are errors."""
    figure = chart.figure
    # Letters are as wide as in the picture that is saved.
    figure.set_dpi(chart.look.size.dpi)
    figure.draw_without_rendering()
    paper = figure.bbox.padded(0.5)
    parts = [(text.get_text(), text.get_window_extent()) for text in figure.texts if text.get_text()]
    found = [f"{what} is cut off" for what, box in parts if not _holds(paper, box)] + _overlaps(parts)
    panels = [(f"axes {at}", axes.get_tightbbox()) for at, axes in enumerate(figure.axes)]
    found += [f"{what} is cut off" for what, box in panels if not _holds(paper, box)] + _overlaps(panels)
    # In a column names stand above their bars, within the panel.
    bars = [
        (f"a bar of {at}", bar.get_window_extent())
        for at, axes in enumerate(figure.axes)
        for bar in axes.patches
    ]
    others = panels if chart.look.size.names_in else bars
    found += [fault for text in parts for other in others for fault in _overlaps([text, other])]
    for axes in figure.axes:
        found += _overlaps([(text.get_text(), text.get_window_extent()) for text in axes.texts])
        for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            # Panels inside a grid have no labels, and so fewer than places.
            ticks = zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=False)
            labels = [label for place, label in ticks if min(ends) <= place <= max(ends) and label.get_text()]
            found += _overlaps([(label.get_text(), label.get_window_extent()) for label in labels])
    return [*found, *_faults_of_letters(figure), *_struck(figure), *_faults_of_key(figure)]


def _faults_of_letters(figure: Figure) -> Iterator[str]:
    for text in figure.findobj(Text):
        words = text.get_text()
        if not words.strip() or not text.get_visible():
            continue
        if text.get_size() < SMALLEST:
            yield f"{words} is small"
        if not _is_legible(text):
            yield f"{words} is pale"
        if any(line.rstrip().endswith("±") for line in words.split("\n")):
            yield f"{words} ends a line with ±"
        if KEY.search(words):
            yield f"{words} is no English"
        if COMPUTED.search(words):
            yield f"{words} is written as programs do"


def _struck(figure: Figure) -> Iterator[str]:
    """Yield words of a panel that a line runs through, unless they have a patch of paper behind them."""
    for axes in figure.axes:
        for text in axes.texts:
            if text.get_bbox_patch() is not None or not text.get_text().strip():
                continue
            box = text.get_window_extent().padded(-1)
            for line in axes.lines:
                path = line.get_path().transformed(line.get_transform())
                if line.get_linestyle() != "None" and path.intersects_bbox(box, filled=False):
                    yield f"a line strikes through {text.get_text()}"


def _faults_of_key(figure: Figure) -> Iterator[str]:
    """Yield colours of bars that a key leaves out, and colours of a key that are nowhere drawn."""
    keyed = {colour for one in figure.artists + figure.patches + figure.lines for colour in _colours(one)}
    if not keyed:
        return
    bars = {
        to_hex(bar.get_facecolor())
        for axes in figure.axes
        for bar in axes.patches
        if isinstance(bar, Rectangle) and bar.get_width()
    }
    drawn = bars | {
        colour
        for axes in figure.axes
        for one in (*axes.lines, *axes.patches, *axes.collections)
        for colour in _colours(one)
    }
    yield from (f"{colour} has no key" for colour in bars - keyed if len(bars) > 1)
    yield from (f"{colour} of the key is not drawn" for colour in keyed - drawn - {"#ffffff"})


def _colours(one: Artist) -> set[str]:
    match one:
        case Line2D():
            return {to_hex(one.get_color())}
        case PolyCollection():
            return {to_hex(colour) for colour in one.get_facecolor()}
        case Patch():
            face = one.get_facecolor()
            return {to_hex(face if face[3] else one.get_edgecolor())}
    return set()


def _is_legible(text: Text) -> bool:
    """Return whether letters have a contrast of 4.5 with white, or are white, on a bar (WCAG 2.1, 1.4.3)."""
    channels = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in to_rgb(text.get_color())
    ]
    luminance = sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), channels, strict=True))
    return luminance == pytest.approx(1) or 1.05 / (luminance + 0.05) >= 4.5


def _holds(outer: Bbox, inner: Bbox) -> bool:
    return outer.x0 <= inner.x0 and inner.x1 <= outer.x1 and outer.y0 <= inner.y0 and inner.y1 <= outer.y1


def _overlaps(boxes: list[tuple[str, Bbox]]) -> list[str]:
    """Return the pairs of boxes that overlap by more than a pixel."""
    shrunk = [(what, box.padded(-0.5)) for what, box in boxes]
    return [
        f"{one} lies on {other}"
        for (one, box), (other, other_box) in itertools.combinations(shrunk, 2)
        if box.overlaps(other_box)
    ]
