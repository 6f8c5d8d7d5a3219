"""Laws of compound totals on grids: each finer grid resolves the totals near the low end of the last.

A total of no more than x holds no cost above x. So the law up to x follows from the costs up to x,
on a grid no longer than x: a few short grids do what one of 10^12 cells would, however long the tail
or steep the law near nothing. Tilting by exp(-tilt * total) keeps what lies beyond the end of a grid
from coming back at its start (Grübel & Hermesmeier 1999, ASTIN Bulletin 29:197-214).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from simulator.demand.count_law import CountLaw
from simulator.spend.characteristic import power_of_two
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import FloatArray, UnitCost
from simulator.sums import inner

ComplexArray = NDArray[np.complex128]

_FEWEST_CELLS, _CELLS, MOST_CELLS = 2**15, 2**17, 2**21
"""Of a grid near nothing, of the longest one at least, and of any; transforms take 1, 4 and 100 ms."""
_SHORTER = 16.0
"""Each grid over the next: it still has 2,048 cells where the next takes over."""
_LEFT = 64
"""Cells before a grid's first, for what taking a grid's variance out again spreads."""
_CELLS_PER_SD = 1024
"""Of the bulk of totals; a chord is then off by (1 / 1024)^2 / 8 times what a density's slope makes of
an SD, 0.24: 3e-8."""
_CELLS_PER_COST_SD = 512
"""Two costs that are uniform have kinks in their density: chords are off by 4e-8."""
_FINE_CELLS_PER_COST_SD = 8
_NEARLY_ALIKE = 0.2
"""Coefficient of variation of costs below which totals of a few lie apart from those of one more."""
COARSE = 1 / 256
"""Steps over the SD of a cost from which on the variance that a grid adds is taken out again."""
_LONGEST_COST_GRID = 2**22
_TILT = 2 / 3
"""Of what lies beyond a grid, as much again as a margin, exp(-tilt) comes back, and rounding grows by
exp(tilt / 2) in it: with two thirds of the logarithm of one over the other both are as small."""
_SMALLEST_OF_MEAN = 1e-11
"""Amounts below this part of the mean cost need not be told from nothing."""
_PRECISE_OF_MEAN = 1e-5
"""Steps that are a smaller part of the mean cost are lost in the rounding of an excess mean."""
_TAIL = 1e-11
"""Probability that may be lost beyond an end of the longest grid."""
_SDS_ABOVE = 20.0
_RARE = 1e-9
_RARE_JUMP, _TOO_RARE = 1e-8, 1e-6
"""Of a cost with a heavy tail, beyond which it alone leads: the mean is then off by as small a share,
at most the second."""
_LONG_TAIL = 1e5
"""Over the mean total: so far out in a tail it is one large cost that leads, and the others do not count."""
_LOG_TAIL = math.log(1 / _TAIL)
_CHORD = 2e-8
"""By how much the distribution function may differ from its chords near nothing."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where one transform tells totals apart."""

    low_gbp: float  # first total
    step_gbp: float
    cells: int
    refinement: int  # steps of the grid of one cost to each of these
    tilt: float = 0.0  # over a whole period

    @property
    def width_gbp(self) -> float:
        """Length of the grid, in pounds."""
        return self.cells * self.step_gbp

    @property
    def middles_gbp(self) -> FloatArray:
        """Middles between the totals of the grid, shape (cells,)."""
        return np.asarray(self.low_gbp + self.step_gbp * (np.arange(self.cells) + 0.5))

    @property
    def period(self) -> int:
        """Cells of the transform, of which at least half are margin."""
        return 2 * int(next_fast_len(max(self.cells + 1, _LEFT), real=True))

    @property
    def tilt_per_gbp(self) -> float:
        """How fast totals are tilted down."""
        return self.tilt / (self.period * self.step_gbp)

    @property
    def frequencies_per_gbp(self) -> ComplexArray:
        """Complex frequencies s of E[exp(-s total)], shape (period / 2 + 1,)."""
        waves = np.arange(self.period // 2 + 1) * (2 * math.pi / (self.period * self.step_gbp))
        return np.asarray(self.tilt_per_gbp + 1j * waves)

    def below(self, transform: ComplexArray) -> FloatArray:
        """Return P(total <= middle) from a transform that is counted from the low end, shape (cells,)."""
        masses = np.roll(np.fft.irfft(transform, self.period), _LEFT)[: self.cells + _LEFT]
        masses *= np.exp(self.tilt_per_gbp * self.step_gbp * np.arange(-_LEFT, self.cells))
        return np.asarray(masses.cumsum()[_LEFT:])


def grids(
    count: CountLaw, unit_cost: UnitCost, bounds_gbp: tuple[float, float], limit_gbp: float | None
) -> Iterator[Grid]:
    """Yield grids from the longest to the finest; a limit, if given, lies on those that reach it."""
    low, high = bounds_gbp
    cost_sd = cost_sd_gbp(unit_cost)
    fine, expected = _fine_step_gbp(count, unit_cost), count.mean or 0.0
    most_totals = expected * unit_cost.mean_gbp - low + _SDS_ABOVE * bulk_sd_gbp(count, unit_cost)
    width, fewest, most = high - low, _CELLS, MOST_CELLS if _is_alike(unit_cost) or low > 0 else _CELLS
    while True:
        step = width / min(max(power_of_two(width / fine), fewest), most)
        if limit_gbp is not None and limit_gbp < width:
            step = limit_gbp / math.ceil(limit_gbp / step)
        cells = math.ceil(width / step)
        # Cut off where the grid ends, the series of a law that is steep near nothing would ring.
        wanted = min(step * _FINE_CELLS_PER_COST_SD / cost_sd, _LONGEST_COST_GRID / cells)
        finer = power_of_two(wanted if low > 0 else 1.0)
        # Beyond twice where most totals end, only a single large cost leads.
        beyond = expected * float(unit_cost.sf(np.array([width / 4]))[0]) if width > 2 * most_totals else 1.0
        if width == high - low:
            beyond = max(expected * float(unit_cost.sf(np.array([width]))[0]), _TAIL)
        rounding = max(expected, 1.0) * np.finfo(float).eps
        tilt = _TILT * math.log(max(min(beyond, 1.0) / rounding, 1.0))
        yield Grid(math.floor(low / step) * step, step, cells, finer, tilt)
        if step <= fine and (low > 0 or is_straight(count, unit_cost, step)):
            return
        width, fewest, most = width / _SHORTER, _FEWEST_CELLS, _CELLS


def is_straight(count: CountLaw, unit_cost: UnitCost, step_gbp: float) -> bool:
    """Whether the law of a total near nothing is straight within a step, or not worth resolving."""
    if step_gbp < _SMALLEST_OF_MEAN * unit_cost.mean_gbp:
        return True
    steps = np.array([1.0, 8.0, 64.0])
    ends = np.stack([steps / 2, steps]) * step_gbp
    costs_within = (1 - unit_cost.sf(np.append(ends, 0.0))).astype(complex)
    within = count.generating_function(costs_within, count.mean or 0.0).real
    nothing, within = within[-1], within[:-1].reshape(ends.shape)
    off = np.abs(within[0] - (nothing + within[1]) / 2) / steps**2
    return bool(off.max() < _CHORD)


def _fine_step_gbp(count: CountLaw, unit_cost: UnitCost) -> float:
    """Return a step that resolves the bulk of totals, and what costs that are nearly alike make of it."""
    fine, sd = bulk_sd_gbp(count, unit_cost) / _CELLS_PER_SD, cost_sd_gbp(unit_cost)
    several = math.sqrt(max((count.mean or 0.0) * SmoothPart.of(unit_cost).probability, 1.0))
    return min(fine, sd * several / _CELLS_PER_COST_SD) if _is_alike(unit_cost) else fine


def _is_alike(unit_cost: UnitCost) -> bool:
    return cost_sd_gbp(unit_cost) < _NEARLY_ALIKE * unit_cost.mean_gbp


def cost_sd_gbp(unit_cost: UnitCost) -> float:
    """Return the spread of the bulk of costs that are neither nothing nor at the limit."""
    part = SmoothPart.of(unit_cost)
    return part.capped_sd_gbp(max(part.isf(0.1), part.mean_gbp)) if part.probability else math.inf


def cost_weights(unit_cost: UnitCost, grid: Grid) -> FloatArray:
    """Spread the costs within a grid over multiples of its step by hat functions, which keeps their mean."""
    return np.diff(
        _mean_cdf(unit_cost, grid.step_gbp / grid.refinement, grid.cells * grid.refinement), prepend=0.0
    )


def transform_of(weights: FloatArray, grid: Grid) -> ComplexArray:
    """Return E[exp(-s cost); cost within the grid] at a grid's frequencies s, from its weights."""
    step = grid.step_gbp / grid.refinement
    tilted = weights * np.exp(-grid.tilt_per_gbp * step * np.arange(weights.size))
    return np.asarray(np.fft.rfft(tilted, grid.period * grid.refinement)[: grid.period // 2 + 1])


def spread_variance_gbp2(unit_cost: UnitCost, weights: FloatArray, grid: Grid) -> float:
    """Return what spreading a cost over a grid adds to its variance, in pounds squared."""
    points: FloatArray = grid.step_gbp / grid.refinement * np.arange(weights.size + 1, dtype=float)
    # Costs beyond the last point count as of it.
    capped = np.append(weights, 1 - float(weights.sum()))
    return float(inner(capped, points**2)) - float(unit_cost.limited_second_moment(points[-1:])[0])


def _mean_cdf(unit_cost: UnitCost, step_gbp: float, cells: int) -> FloatArray:
    """Return the mean of P(cost <= x) over each of the first cells."""
    ends: FloatArray = step_gbp * np.arange(cells + 1, dtype=float)
    if step_gbp > _PRECISE_OF_MEAN * unit_cost.mean_gbp:
        return 1 + np.diff(unit_cost.excess_mean(ends)) / step_gbp
    within = 1 - unit_cost.sf(ends)
    middles = 1 - unit_cost.sf(ends[:-1] + step_gbp / 2)
    # Simpson's rule; the first cell, where a density may be infinite, in powers of its length.
    means = (within[:-1] + 4 * middles + within[1:]) / 6
    nodes, shares = np.polynomial.legendre.leggauss(_NODES)
    nodes = (nodes + 1) / 2
    of_first = shares / 2 * _POWER * nodes ** (_POWER - 1)
    means[0] = inner(1 - unit_cost.sf(step_gbp * nodes**_POWER), of_first)
    return np.asarray(means)


_NODES, _POWER = 32, 4
"""With them the mean of x^a over 0 to 1 is right to 1e-9 for any a above 0."""


def bounds_gbp(count: CountLaw, unit_cost: UnitCost) -> tuple[float, float]:
    """Return totals between which a total lies but for a probability of about 1e-11."""
    expected = count.mean or 0.0
    # Chernoff: a compound of costs >= 0 falls short of its mean by x with probability at most
    # exp(-x**2 / (2 variance)), if its count is no wilder than an infinitely divisible one.
    cap = _cap_gbp(unit_cost, expected)
    low = expected * _capped_mean_gbp(unit_cost, cap) - math.sqrt(2 * _LOG_TAIL) * bulk_sd_gbp(
        count, unit_cost
    )
    ratio = count.variance(expected) / expected
    most = expected + math.sqrt(2 * _LOG_TAIL * count.variance(expected)) + _LOG_TAIL * max(ratio, 1.0)
    # Bernstein, for costs up to one that is rarely exceeded: a single larger one leads beyond it, and the
    # end lies eight times as far.
    largest = min(_isf_gbp(unit_cost, _RARE / most), _LONG_TAIL * most * unit_cost.mean_gbp)
    first, third = _capped_mean_gbp(unit_cost, largest), largest * _LOG_TAIL / 3
    variance = most * (_capped_second_gbp2(unit_cost, largest) - first**2)
    high = most * first + third + math.sqrt(third**2 + 2 * _LOG_TAIL * variance)
    far = _LONG_TAIL * max(expected, 1.0) * unit_cost.mean_gbp
    is_long = unit_cost.is_smooth and unit_cost.limit is None and high > far
    is_long = is_long and expected * float(unit_cost.sf(np.array([far]))[0]) < _TOO_RARE
    if is_long or math.isinf(unit_cost.variance_gbp2):
        # So far out that the bound's own end would lie where nothing is told from rounding.
        largest = min(_isf_gbp(unit_cost, _RARE_JUMP / max(expected, 1.0)), far)
        high = most * unit_cost.mean_gbp + _SDS_ABOVE * bulk_sd_gbp(count, unit_cost) + largest
    # A grid that is shorter than a cost cannot hold it.
    return (max(low, 0.0) if high - low > largest else 0.0), high


def bulk_sd_gbp(count: CountLaw, unit_cost: UnitCost) -> float:
    """Return the spread of the bulk of totals: of costs capped where one in ten totals has more."""
    expected = count.mean or 0.0
    cap = _cap_gbp(unit_cost, expected)
    first, second = _capped_mean_gbp(unit_cost, cap), _capped_second_gbp2(unit_cost, cap)
    return math.sqrt(expected * (second - first**2) + count.variance(expected) * first**2)


def _cap_gbp(unit_cost: UnitCost, expected: float) -> float:
    return max(_isf_gbp(unit_cost, 0.1 / max(expected, 1.0)), unit_cost.mean_gbp)


def _isf_gbp(unit_cost: UnitCost, probability: float) -> float:
    return float(unit_cost.isf(np.array([probability]))[0])


def _capped_mean_gbp(unit_cost: UnitCost, cap_gbp: float) -> float:
    return unit_cost.mean_gbp - float(unit_cost.excess_mean(np.array([cap_gbp]))[0])


def _capped_second_gbp2(unit_cost: UnitCost, cap_gbp: float) -> float:
    return float(unit_cost.limited_second_moment(np.array([cap_gbp]))[0])
