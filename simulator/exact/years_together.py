"""The overspends of several years added up, where the years do not depend on each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.signal import fftconvolve

from simulator.exact.law_of_year import OutturnLaw, year_end
from simulator.records import FloatArray
from simulator.simulation.plan import Plan

_CELLS = 2**13


def years_are_independent(plan: Plan, cluster: int) -> bool:
    """Return whether a cluster's positions of different years do not depend on each other."""
    shocks = plan.settings.shocks
    lasting = shocks.cluster.sd_share > 0
    persistent = shocks.pct.persistence > 0 and any(law.sd_share > 0 for law in plan.shock_sizes)
    positions = [year_end(plan, cluster, (year,)) for year in range(len(plan.axes.years) - 1)]
    looks_at = [(position.weights != 0).any(axis=1) for position in positions if position is not None]
    shared = len(looks_at) != len(positions) or (np.sum(looks_at, axis=0) > 1).any()
    return not (lasting or persistent or bool(shared))


def largest_overspend(years: Sequence[OutturnLaw], levels: Sequence[float]) -> list[float]:
    """Return quantiles of the largest of independent years' overspends; as for `sum_of_overspends`."""
    high_gbp = max(law.low_gbp + law.width_gbp for law in years)

    def beyond(amount_gbp: float, level: float) -> float:
        return float(np.prod([1 - law.exceeds(amount_gbp) for law in years])) - level

    return [
        0.0
        if beyond(0.0, level) >= 0
        else float(brentq(beyond, 0.0, high_gbp, args=(level,), xtol=1e-9 * high_gbp))
        for level in levels
    ]


def sum_of_overspends(
    years: Sequence[OutturnLaw], levels: Sequence[float], worths: Sequence[float] | None = None
) -> list[float]:
    """Return quantiles of the sum of independent years' overspends.

    Returns pounds; zero where an overspend is less likely than the level leaves.
    """
    if len(years) == 1 and worths in (None, [1.0]):
        return [max(years[0].quantile(level), 0.0) for level in levels]
    step = max(law.low_gbp + law.width_gbp for law in years) / _CELLS
    total = np.ones(1)
    for law, worth in zip(years, worths or [1.0] * len(years), strict=True):
        total = np.maximum(fftconvolve(total, _on_grid(law, step, worth)), 0.0)
    nothing = float(np.prod([1 - law.exceeds(0.0) for law in years]))
    # Mass of a grid point is spread over the step about it, but for that of no overspend at all.
    total[0] -= nothing
    below = nothing + np.append(0.0, total.cumsum())
    ends = np.append(0.0, (np.arange(total.size) + 0.5) * step)
    return [0.0 if level <= nothing else float(np.interp(level, below, ends)) for level in levels]


def _on_grid(law: OutturnLaw, step_gbp: float, worth: float) -> FloatArray:
    """Return the law of an overspend's worth on multiples of a step; hat functions keep its mean."""
    points = np.arange(_CELLS + 2) * step_gbp
    slopes = np.diff(worth * law.stop_loss(points / worth)) / step_gbp
    return np.maximum(np.diff(slopes, prepend=-1.0), 0.0)
