"""The law of a compound total: what is known outright, and the rest by Fourier transform."""

from __future__ import annotations

import math

import numpy as np

from simulator.compounds.exact import ExactLaw
from simulator.compounds.grids import (
    COARSE,
    MOST_CELLS,
    ComplexArray,
    Grid,
    bounds_gbp,
    bulk_sd_gbp,
    cost_sd_gbp,
    cost_weights,
    grids,
    spread_variance_gbp2,
    transform_of,
)
from simulator.compounds.known_totals import LimitTotals, ListedTotals
from simulator.compounds.near_limits import resolved
from simulator.demand.count_law import CountLaw
from simulator.errors import InputError, Problem
from simulator.spend.mixture import Mixture
from simulator.spend.unit_cost import FloatArray, UnitCost

_TOLERANCE = 1e-6
"""By how much probability and mean may differ from what they must be."""

_CELLS_PER_PART_SD = 192
"""Chords are then off by (1 / 192)^2 / 8 times 0.24, 8e-7, in the middle of a cell."""
_RARE = 1e-9
"""Probability of a total that no error shows in."""
_LOG_OF_NOTHING = -746.0
"""Where the exponential of a number is zero."""
_OF_TAIL = 0.01
"""Part of what one large cost makes beyond a grid, which the others shift a little."""


def exact_law(count: CountLaw, unit_cost: UnitCost, mean: float, variance: float) -> ExactLaw:
    """Compute the law of the total of a random number of costs, or refuse to where it would be wrong."""
    low, high = bounds_gbp(count, unit_cost)
    span = unit_cost.span_gbp(MOST_CELLS)
    if span is not None and (high - low) / span < MOST_CELLS:
        points = _on_lattice(
            count, unit_cost, Grid(math.floor(low / span) * span, span, math.ceil((high - low) / span) + 2, 1)
        )
    else:
        points = _off_lattice(count, unit_cost, (low, high))
    law = ExactLaw(*points, unit_cost, count.mean or 0.0, mean, variance)
    _check(law, bulk_sd_gbp(count, unit_cost))
    if isinstance(unit_cost, Mixture):
        _check_parts(law, unit_cost)
    return law


def _on_lattice(
    count: CountLaw, unit_cost: UnitCost, grid: Grid
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return amounts, and probabilities of less and of no more, where all costs are multiples of a step."""
    z, s = transform_of(cost_weights(unit_cost, grid), grid), grid.frequencies_per_gbp
    exponents = (count.mean or 0.0) * count.log_generating_function(z) + s * grid.low_gbp
    within = np.maximum.accumulate(np.maximum(grid.below(np.exp(exponents)), 0.0))
    return grid.middles_gbp - grid.step_gbp / 2, np.append(0.0, within[:-1]), within


def _off_lattice(
    count: CountLaw, unit_cost: UnitCost, bounds: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return amounts, and probabilities of less and of no more, of atoms and of a smooth law beside them."""
    known = LimitTotals.of(count, unit_cost) if unit_cost.is_smooth else ListedTotals.of(count, unit_cost)
    atoms, masses = known.atoms()
    amounts, below = np.zeros(0), np.zeros(0)
    for grid in reversed(list(grids(count, unit_cost, bounds, known.limit_gbp))):
        reached = float(amounts[-1]) if amounts.size else 0.0
        here, until = grid.middles_gbp, grid.below(_rest(count, unit_cost, known, grid))
        if isinstance(known, LimitTotals):
            here, until = resolved(count, known, grid, until, reached)
        amounts = np.append(amounts, here[here > reached])
        below = np.append(below, until[here > reached])
    # Runs that rise already, of which a stable sort makes one in one pass.
    every = np.sort(np.concatenate([[0.0], amounts, atoms, known.kinks_gbp()]), kind="stable")
    every = every[(np.diff(every, prepend=-1.0) > 0) & (every <= amounts[-1])]
    smooth = np.interp(every, amounts, below, left=0.0) + known.below(every)
    smooth = np.maximum.accumulate(np.maximum(smooth, 0.0))
    steps = np.zeros(every.size)
    here = atoms <= amounts[-1]
    steps[np.searchsorted(every, atoms[here])] = masses[here]
    within = smooth + steps.cumsum()
    return every, within - steps, within


def _rest(
    count: CountLaw, unit_cost: UnitCost, known: LimitTotals | ListedTotals, grid: Grid
) -> ComplexArray:
    """Return the transform of totals that are not known outright, counted from the low end of a grid."""
    expected, s = count.mean or 0.0, grid.frequencies_per_gbp
    weights = cost_weights(unit_cost, grid)
    z = transform_of(weights, grid)
    exponents = expected * count.log_generating_function(z) + s * grid.low_gbp
    # Of many cases nothing is left but at the lowest frequencies.
    left = int(np.flatnonzero(exponents.real > _LOG_OF_NOTHING).max(initial=-1)) + 1
    total = np.zeros_like(exponents)
    np.exp(exponents[:left], out=total[:left])
    one = known.one_other(z, grid)
    outright, slope = known.transform(one, grid)
    rest = total - outright
    added = spread_variance_gbp2(unit_cost, weights, grid)
    coarse = grid.step_gbp > COARSE * cost_sd_gbp(unit_cost)
    if coarse and expected * added < (bulk_sd_gbp(count, unit_cost) / 2) ** 2:
        # What spreading adds to the variance is taken out again: once, so that no error can grow.
        fine, some = grid.step_gbp / grid.refinement, slice(None if slope[left:].any() else left)
        less = one[some] * (added / fine**2 / known.other_probability * (1 - np.cosh(s[some] * fine)))
        rest[some] += (total[some] * (expected * count.log_generating_slope(z[some])) - slope[some]) * less
    return rest


def _check(law: ExactLaw, bulk_sd_gbp: float) -> None:
    """Refuse a law that has lost probability or mean."""
    end = law.amounts_gbp[-1]
    beyond, mean = float(law.stop_loss(end)), float(law.limited_mean(end))
    total = float(law.within[-1])
    allowed = _TOLERANCE * (law.mean + bulk_sd_gbp) + _OF_TAIL * beyond
    if not (abs(total - 1) < _TOLERANCE and abs(mean + beyond - law.mean) < allowed):
        got = f"probability {total:.6g}, mean {mean:.6g} for {law.mean:.6g}"
        hint = "use draw(): of so many cases, or costs so nearly alike, a transform is lost in rounding"
        raise InputError([Problem("exact()", "a law that a grid can hold", got, hint)])


def _check_parts(law: ExactLaw, mixture: Mixture) -> None:
    """Refuse a mixture with a part that is too narrow for the grid where one of its costs lies, or a few."""
    for part in mixture.parts:
        typical = float(part.isf(np.array([0.5]))[0]) - mixture.deductible
        places = np.searchsorted(law.amounts_gbp, typical * np.array([1.0, 2.0, 4.0]))
        places = places[(places > 0) & (places < law.amounts_gbp.size)]
        # Where totals all but never are, the points may lie as far apart as they like.
        places = places[law.within[places] > _RARE]
        step = float((law.amounts_gbp[places] - law.amounts_gbp[places - 1]).max(initial=0.0))
        if step * _CELLS_PER_PART_SD > cost_sd_gbp(part) and 0 < typical < (mixture.limit or math.inf):
            got, hint = f"a part as narrow as {part}", "use draw(): the steps of a grid would show"
            raise InputError([Problem("exact()", "parts of costs that a grid can hold", got, hint)])
