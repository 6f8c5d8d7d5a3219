"""The law of one cluster's position at year end, without sampling error."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulator.errors import InputError, Problem
from simulator.exact.outturn_law import OutturnLaw
from simulator.exact.position import YearEnd
from simulator.exact.shock_normals import ShockNormals
from simulator.exact.transform import Term, position_transform
from simulator.simulation.plan import Plan

_SDS = 12.0
"""SDs on either side of the mean that the series covers, besides the largest single cost."""
_TAIL = 1e-8
"""Expected number of single costs beyond the end of the series."""
_MOST_FREQUENCIES = 2**13
_MOMENT_TOLERANCE = 1e-3


def law_of_position(plan: Plan, cluster: int, position: YearEnd, turned: bool = False) -> OutturnLaw:
    """Compute the law of spend less budget."""
    years = tuple(int(year) for year in np.flatnonzero(position.weights.any(axis=1)))
    normals = ShockNormals.of(plan, years or (0,))
    terms = _terms(plan, cluster, position, normals.years)
    mean_gbp, sd_gbp = _moments(position, terms, normals)
    if sd_gbp <= 1e-9 * max(abs(mean_gbp), 1.0):
        raise _refusal("spend that varies", "no variation", "every line is a block contract or unused")
    below, above = _largest_gbp(terms)
    low = mean_gbp - _SDS * sd_gbp - below
    width = 2 * _SDS * sd_gbp + below + above
    transform = position_transform(terms, normals, width, _MOST_FREQUENCIES, turned)
    if transform is None:
        raise _refusal(
            "a law that a series can hold",
            "large shocks, or few large cases, or amounts in steps",
            "simulate it; for one line without shocks compound(...).exact() may do",
        )
    fixed = np.exp(1j * np.arange(1, transform.size + 1) * (2 * math.pi / width) * position.fixed_gbp)
    law = OutturnLaw(low, width, transform * fixed, mean_gbp, sd_gbp)
    if law.moment_error > _MOMENT_TOLERANCE:
        got = f"moments that are off by {law.moment_error:.2g} SDs"
        raise _refusal("a law whose moments are right", got, "large shocks: simulate it")
    return law


def _terms(plan: Plan, cluster: int, position: YearEnd, years: Sequence[int]) -> list[Term]:
    chosen = list(years)
    return [
        Term(
            at_line,
            line.count,
            line.unit_cost_gbp,
            plan.expected_counts[chosen, cluster, at_line],
            position.weights[chosen, at_line] * plan.prices[at_line].price_index[chosen],
        )
        for at_line, line in enumerate(plan.settings.service_lines)
        if position.weights[:, at_line].any()
    ]


def _moments(position: YearEnd, terms: Sequence[Term], normals: ShockNormals) -> tuple[float, float]:
    """Return the mean and SD, in pounds, from those of counts, costs and shocks."""
    amounts_gbp = np.zeros((len(normals.years), len(normals.lines)))
    for term in terms:
        amounts_gbp[:, term.at_line] = term.amounts_gbp
    shocked = normals.second_moments() - 1
    variance = float(np.einsum("yl,ylzk,zk->", amounts_gbp, shocked, amounts_gbp))
    variance += sum(term.chance_variance_gbp2 for term in terms)
    return position.fixed_gbp + float(amounts_gbp.sum()), math.sqrt(max(variance, 0.0))


def _largest_gbp(terms: Sequence[Term]) -> tuple[float, float]:
    """Return the largest falls and rises, in pounds, that a single cost is likely ever to make."""
    below = above = 0.0
    for term in terms:
        for count, scale in zip(term.expected_counts, term.scales, strict=True):
            if count > 0 and scale != 0:
                rare = min(_TAIL / count, 0.5)
                move = scale * float(term.unit_cost.isf(np.array([rare]))[0])
                below, above = max(below, -move), max(above, move)
    return below, above


def _refusal(must_be: str, got: str, hint: str) -> InputError:
    return InputError([Problem("the exact method", must_be, got, hint)])
