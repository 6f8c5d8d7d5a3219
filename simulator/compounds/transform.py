"""Computing the law of a compound total by Fourier transform, and refusing to where it would be wrong."""

from __future__ import annotations

import math

import numpy as np

from simulator.compounds.exact import ExactLaw
from simulator.demand.count_law import CountLaw
from simulator.errors import InputError, Problem
from simulator.spend.characteristic import hat_weights, power_of_two
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import UnitCost

_CELLS, _MOST_CELLS = 2**20, 2**22
_STEPS_PER_COST_SD = 16
_TAIL = 1e-11
_SDS_ABOVE, _SDS_BELOW = 30.0, 12.0
_MEAN_TOLERANCE = 1e-6
_SD_TOLERANCE = 1e-3


def exact_law(count: CountLaw, unit_cost: UnitCost, mean: float, variance: float) -> ExactLaw:
    """Compute the law of the total of a random number of costs."""
    expected = count.mean or 0.0
    most = expected + _SDS_ABOVE * math.sqrt(count.variance(expected)) + _SDS_ABOVE
    largest = float(unit_cost.isf(np.array([_TAIL / most]))[0])
    high = mean + _SDS_ABOVE * math.sqrt(variance) + largest
    low = mean - _SDS_BELOW * math.sqrt(variance)
    span = unit_cost.lattice_span_gbp
    on_lattice = bool(span) and (high - max(low, 0.0)) / (span or 1.0) < _CELLS
    first = 0.0 if low < 0 else low
    cells, step = _grid(unit_cost, high - first, span if on_lattice else None)
    first = math.floor(first / step) * step
    weights = hat_weights(unit_cost.excess_mean, largest, step, cells)
    transform = count.generating_function(np.fft.rfft(weights, cells), expected)
    frequencies = np.arange(transform.size) * (2 * math.pi / (cells * step))
    pmf = np.maximum(np.fft.irfft(transform * np.exp(1j * frequencies * first), cells), 0.0)
    zero_cost = 1 - unit_cost.sf(np.array([0.0]))
    nothing = float(count.generating_function(zero_cost.astype(complex), expected)[0].real)
    if first == 0:
        pmf[0] = max(pmf[0] - nothing, 0.0)
    else:
        nothing = 0.0
    law = ExactLaw(
        first + step * np.arange(cells, dtype=np.float64), pmf, nothing, on_lattice, mean, variance
    )
    _check(law, _sd_within(count, unit_cost, largest))
    return law


def _grid(unit_cost: UnitCost, width_gbp: float, span_gbp: float | None) -> tuple[int, float]:
    """Return the cells of a grid, and the step between them in pounds."""
    if span_gbp:
        return power_of_two(width_gbp / span_gbp + 1), span_gbp
    part = SmoothPart.of(unit_cost)
    # The spread of all but the largest costs: a coarser step would blur where most totals are.
    fine = width_gbp / _CELLS * _STEPS_PER_COST_SD < part.capped_sd_gbp(part.isf(0.1))
    cells = _CELLS if fine else _MOST_CELLS
    return cells, width_gbp / cells


def _sd_within(count: CountLaw, unit_cost: UnitCost, largest_gbp: float) -> float:
    """Return the SD of the total, in pounds, if no cost were more than `largest_gbp`.

    Of a heavy tail a good part of the variance lies in costs that all but never occur.
    """
    expected = count.mean or 0.0
    second = float(unit_cost.limited_second_moment(np.array([largest_gbp]))[0])
    first = unit_cost.mean_gbp - float(unit_cost.excess_mean(np.array([largest_gbp]))[0])
    return math.sqrt(expected * (second - first**2) + count.variance(expected) * first**2)


def _check(law: ExactLaw, sd: float) -> None:
    """Refuse a law whose moments on the grid are not those of the total."""
    total = float(law.probabilities.sum()) + law.nothing_probability
    mean = float(law.probabilities @ law.amounts_gbp)
    spread = float(law.probabilities @ (law.amounts_gbp - law.mean) ** 2)
    spread += law.nothing_probability * law.mean**2
    sound = abs(total - 1) < _MEAN_TOLERANCE and abs(mean - law.mean) < _MEAN_TOLERANCE * (law.mean + sd)
    if not sound or abs(math.sqrt(spread) / sd - 1) > _SD_TOLERANCE:
        got = f"probability {total:.6g}, mean {mean:.6g} for {law.mean:.6g}, "
        got += f"SD {math.sqrt(spread):.6g} for {sd:.6g}"
        hint = "use draw(), or give the cost a limit: a grid cannot hold so long a tail or so many cases"
        raise InputError([Problem("exact()", "a law whose moments a grid can hold", got, hint)])
