"""Which laws of costs can be drawn: those whose moments are more than rounding, and whose spread shows."""

from __future__ import annotations

import math

import numpy as np

from simulator.spend.unit_cost import UnitCost

_LEAST_CHANCE = 1e-9
"""Of a cost that is more than nothing: tables end at what one total in a billion exceeds."""
_LEAST_PART = 1e-10
"""Of the whole: what a layer leaves of the mean, or of the square, is then right to a millionth."""
_RARE = 1e-6
_LEAST_SHOWN = 0.5
"""Of the mean square, by costs that at least one case in a million exceeds: a simulation meets those."""


def cannot_be_drawn(unit_cost: UnitCost) -> str:
    """Return what must hold for a law to be drawn right; nothing where it does."""
    chance = float(unit_cost.sf(np.array([0.0]))[0])
    if 0 < chance < _LEAST_CHANCE:
        return f"a cost that is more than nothing at least once in {1 / _LEAST_CHANCE:,.0f} cases"
    if unit_cost.has_layer and unit_cost.is_smooth:
        whole = unit_cost.model_copy(update={"deductible": 0.0, "limit": None})
        beyond = float(whole.excess_mean(np.array([unit_cost.deductible]))[0])
        top = unit_cost.deductible + (math.inf if unit_cost.limit is None else unit_cost.limit)
        square = float(whole.limited_second_moment(np.array([top]))[0])
        parts = [unit_cost.mean_gbp / beyond if beyond else 0.0]
        parts += [_square_gbp2(unit_cost) / square] if math.isfinite(square) else []
        if min(parts) < _LEAST_PART:
            return "a deductible and a limit that leave more of the cost than rounding"
    return ""


def does_not_show(unit_cost: UnitCost) -> str:
    """Return what must hold for a simulation to show how a cost spreads; nothing where it does."""
    cap = float(unit_cost.isf(np.array([_RARE]))[0])
    if _square_gbp2(unit_cost, cap) >= _LEAST_SHOWN * _square_gbp2(unit_cost):
        return ""
    return (
        "a cost whose spread shows in a simulation: half of its mean square or more from what at least one "
        "case in a million costs"
    )


def _square_gbp2(unit_cost: UnitCost, cap_gbp: float = math.inf) -> float:
    return float(unit_cost.limited_second_moment(np.array([cap_gbp]))[0])
