"""Totals just above a multiple of the limit, where costs are steep near nothing: resolved as near nothing.

Beside so many costs at the limit lie sums of a few others, which may be a hair above nothing (gamma
costs with a CV above 1). How they are spread there is computed on grids as fine as that takes, and put
in the place of what the long grid makes of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.compounds.exact import SAME_AMOUNT
from simulator.compounds.grids import Grid, cost_weights, is_straight, transform_of
from simulator.compounds.known_totals import LimitTotals
from simulator.demand.count_law import CountLaw
from simulator.errors import InputError, Problem
from simulator.spend.characteristic import power_of_two
from simulator.spend.unit_cost import FloatArray

IndexArray = NDArray[np.intp]

_WINDOW = 2048
"""Cells above a multiple; beyond them the long grid is as fine as the ones near nothing where they end."""
_CELLS = 2**13
_SHORTER = 16.0
_TILT = 20.0
_APART = 3 * SAME_AMOUNT
_MATTERS = 1e-9
"""Probability of so many costs at the limit that is worth resolving."""
_MOST_AT_LIMIT = 1024
"""For more the table of frequencies by numbers at the limit does not fit in 150 MB."""


def resolved(
    count: CountLaw, known: LimitTotals, grid: Grid, below: FloatArray, from_gbp: float
) -> tuple[FloatArray, FloatArray]:
    """Return amounts, and probabilities up to each, with more of them above each multiple of the limit.

    Takes ``below`` at the grid's middles; multiples that end below `from_gbp` need none.
    """
    middles, limit = grid.middles_gbp, known.limit_gbp
    if limit is None or limit >= grid.width_gbp or is_straight(count, known.unit_cost, grid.step_gbp):
        return middles, below
    steps, first = round(limit / grid.step_gbp), round(grid.low_gbp / grid.step_gbp)
    numbers = _numbers(count, known)
    window = min(_WINDOW, steps // 2)
    places = np.arange(1, numbers.size) * steps - first
    here = (numbers[1:] > _MATTERS) & (places > 0) & (places + window < grid.cells)
    here &= (places + window) * grid.step_gbp + grid.low_gbp > from_gbp
    some = np.flatnonzero(here) + 1
    if not some.size:
        return middles, below
    coarse_grid = Grid(0.0, grid.step_gbp, window, 1, _TILT)
    coarse = _beside(count, known, coarse_grid, some, numbers.size)
    past, fine = _from_the_finest(count, known, coarse_grid, some, numbers.size)
    amounts, values, done = [], [], 0
    for at, place in enumerate(places[some - 1].tolist()):
        # What the long grid says without its own version of this, which begins half a cell earlier.
        others = below[place - 1 : place + window] - np.append(0.0, coarse[at])
        # Closer amounts would be one with the multiple itself.
        apart = (past == 0) | (past > _APART * middles[place])
        inside = np.interp(past[apart] / grid.step_gbp, np.arange(window + 1) - 0.5, others) + fine[at][apart]
        amounts += [middles[done:place], middles[place] - grid.step_gbp / 2 + past[apart]]
        values += [below[done:place], inside]
        done = place + window
    return np.concatenate([*amounts, middles[done:]]), np.concatenate([*values, below[done:]])


def _numbers(count: CountLaw, known: LimitTotals) -> FloatArray:
    """Return the probabilities of so many costs at the limit, shape (a power of two,)."""
    at_limit, size = known.part.limit_probability, known.alone.size
    circle = np.exp(2j * math.pi / size * np.arange(size))
    masses = (
        np.fft.fft(count.generating_function(1 - at_limit + at_limit * circle, count.mean or 0.0)).real / size
    )
    last = power_of_two(np.flatnonzero(masses > _MATTERS / 100)[-1] + 1)
    if last > _MOST_AT_LIMIT:
        got = f"up to {last:,} at the limit, beside costs that are next to nothing"
        hint = "use draw(), or leave the limit out"
        raise InputError([Problem("exact()", f"up to {_MOST_AT_LIMIT:,} costs at the limit", got, hint)])
    return masses[:last]


def _from_the_finest(
    count: CountLaw, known: LimitTotals, longest: Grid, some: IndexArray, size: int
) -> tuple[FloatArray, FloatArray]:
    """Return amounts above a multiple, rising, and for each of `some` the probabilities up to them."""
    amounts, below = np.zeros(1), np.zeros((some.size, 1))
    for grid in reversed(list(_finer(count, known, longest))):
        middles = grid.middles_gbp
        further = middles > amounts[-1]
        amounts = np.append(amounts, middles[further])
        below = np.append(below, _beside(count, known, grid, some, size)[:, further], axis=1)
    return amounts, below


def _finer(count: CountLaw, known: LimitTotals, longest: Grid) -> Iterator[Grid]:
    """Yield grids that are shorter and shorter, until the law is straight within a step."""
    width = longest.width_gbp
    while True:
        yield Grid(0.0, width / _CELLS, _CELLS, 1, _TILT)
        if is_straight(count, known.unit_cost, width / _CELLS):
            return
        width /= _SHORTER


def _beside(count: CountLaw, known: LimitTotals, grid: Grid, some: IndexArray, size: int) -> FloatArray:
    """Return P(so many costs at the limit, others within each middle) but for what is known outright."""
    one = transform_of(cost_weights(known.unit_cost, grid), grid) - known.part.zero_probability
    circle = known.part.limit_probability * np.exp(2j * math.pi / size * np.arange(size))
    z = (known.part.zero_probability + one)[:, None] + circle
    by_number = np.fft.fft(count.generating_function(z, count.mean or 0.0), axis=1)[:, some] / size
    by_number -= known.alone[some] + known.with_one[some] * one[:, None]
    return np.stack([grid.below(column) for column in by_number.T])
