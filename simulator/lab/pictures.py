"""Charts of the page: rows of estimates with their intervals, quick enough to follow a slider."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from simulator.charts.look import COLOURS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.in_words import PER_CENT, money_unit, phrase

_WIDTH, _MARGIN, _ROW, _AXIS = 400, 12, 42, 26
_TEXT, _MARK = 14, 28
_NAME_LETTER, _NOTE_LETTER = 7.2, 6.6
"""Widths of letters of the sizes in lab.css, on the wide side."""
_MOST_TICKS = 5
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn with one sign: the scenario as given, or a policy."""

    name: str
    colour: str  # of `COLOURS`
    shape: str  # circle, ring or diamond


SERIES = (
    Series("as given", "grey", "ring"),
    Series("policy A", "dark", "circle"),
    Series("policy B", "warm", "diamond"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a chart: a party, a cluster."""

    name: str
    cells: tuple[Estimate | None, ...]  # one for each series
    note: str = ""  # beside the name


def chart(title: str, rows: Sequence[Row], series: Sequence[Series], unit: Unit) -> str:
    """Return a chart as SVG, with its numbers in words for who cannot see it."""
    every = [cell for row in rows for cell in row.cells if cell is not None]
    if not every:
        return "<p>There is nothing to show here.</p>"
    size, symbol = _size(every, unit)
    ticks = _ticks(min(one.low for one in every) / size, max(one.high for one in every) / size, unit)
    if not unit.is_share:
        # An axis that ends at £1m is in millions, whatever its signs are in.
        ends, (size, symbol) = size, money_unit(max(abs(ticks[0]), abs(ticks[-1])) * size)
        ticks = [round(tick * ends / size, 10) for tick in ticks]
    scale = _Scale(ticks[0] * size, ticks[-1] * size)
    crowded = any(len(row.name) * _NAME_LETTER + len(row.note) * _NOTE_LETTER > _WIDTH for row in rows)
    # Then figures have a line of their own.
    apart = _TEXT if crowded else 0
    row_height = _ROW + apart
    height = row_height * len(rows) + _AXIS
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(_in_words(title, rows, series, unit), quote=True)}">',
        *_axis(ticks, scale, size, symbol, height),
    ]
    for at, row in enumerate(rows):
        parts += _row(row, series, scale, at * row_height, apart)
    return "".join([*parts, "</svg>"])


def key(series: Iterable[Series]) -> str:
    """Return what the signs of charts mean, as HTML."""
    parts = []
    for one in series:
        sign = f'<svg viewBox="-8 -8 16 16" aria-hidden="true">{_sign(one, 0, 0)}</svg>'
        parts.append(f"<li>{sign}<span>{escape(one.name)}</span></li>")
    return f'<ul class="key">{"".join(parts)}</ul>'


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def at(self, value: float) -> float:
        """Return where a value stands, from the left."""
        share = (value - self.low) / (self.high - self.low)
        return round(_MARGIN + share * (_WIDTH - 2 * _MARGIN), 2)


def _size(cells: Sequence[Estimate], unit: Unit) -> tuple[float, str]:
    """Return what one on the axis is worth, and how it is written."""
    if unit.is_share:
        return PER_CENT, "%"
    return money_unit(max(max(abs(one.low), abs(one.high)) for one in cells))


def _ticks(low: float, high: float, unit: Unit) -> list[float]:
    """Return round numbers from below the lowest to above the highest, nothing among them; all of a share.

    A scale that moved with every number would hide that the numbers move.
    """
    if unit.is_share:
        return [0.0, 25.0, 50.0, 75.0, 100.0]
    low, high = min(low, 0.0), max(high, 0.0)
    rough = max(high - low, 1e-9) / (_MOST_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in _STEPS if power * one >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * number, 10) for number in range(first, max(last, first + 1) + 1)]


def _axis(ticks: Sequence[float], scale: _Scale, size: float, symbol: str, height: int) -> Iterable[str]:
    bottom = height - _AXIS
    for tick in ticks:
        at = scale.at(tick * size)
        kind = "zero" if tick == 0 and ticks[0] < 0 else "grid"
        yield f'<line class="{kind}" x1="{at}" x2="{at}" y1="0" y2="{bottom}"/>'
        end = "start" if tick == ticks[0] else "end" if tick == ticks[-1] else "middle"
        x = {"start": 0, "end": _WIDTH}.get(end, at)
        yield f'<text class="tick" x="{x}" y="{height - 8}" text-anchor="{end}">{_tick(tick, symbol)}</text>'


def _tick(tick: float, symbol: str) -> str:
    sign, number = "-" if tick < 0 else "", f"{abs(tick):,.10g}"
    if symbol == "%":
        return f"{number}%"
    return f"{sign}£{number}{symbol.removeprefix('£') if tick else ''}"


def _row(row: Row, series: Sequence[Series], scale: _Scale, top: int, apart: int) -> Iterable[str]:
    most = int(_WIDTH / _NAME_LETTER)
    name = row.name if len(row.name) <= most else f"{row.name[: most - 1].rstrip()}…"
    yield f'<text class="name" x="0" y="{top + _TEXT}">{escape(name)}</text>'
    if row.note:
        y = top + _TEXT + apart
        yield f'<text class="note" x="{_WIDTH}" y="{y}" text-anchor="end">{escape(row.note)}</text>'
    y = top + _MARK + apart
    yield f'<line class="track" x1="0" x2="{_WIDTH}" y1="{y}" y2="{y}"/>'
    for one, cell in zip(series, row.cells, strict=True):
        if cell is None:
            continue
        colour, ends = COLOURS[one.colour], (scale.at(cell.low), scale.at(cell.high))
        yield f'<line class="ends" stroke="{colour}" x1="{ends[0]}" x2="{ends[1]}" y1="{y}" y2="{y}"/>'
        yield _sign(one, scale.at(cell.value), y)


def _sign(one: Series, x: float, y: float) -> str:
    colour = COLOURS[one.colour]
    if one.shape == "diamond":
        return f'<path d="M{x} {y - 6}l6 6l-6 6l-6 -6z" fill="{colour}"/>'
    if one.shape == "ring":
        return f'<circle cx="{x}" cy="{y}" r="6" fill="#fff" stroke="{colour}" stroke-width="2"/>'
    return f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>'


def _in_words(title: str, rows: Sequence[Row], series: Sequence[Series], unit: Unit) -> str:
    told = []
    for row in rows:
        cells = zip(series, row.cells, strict=True)
        numbers = [f"{one.name} {phrase(cell, unit)}" for one, cell in cells if cell is not None]
        told.append(f"{row.name}: {', '.join(numbers)}")
    return f"{title}. {'; '.join(told)}."
