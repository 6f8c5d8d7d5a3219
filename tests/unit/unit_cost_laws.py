"""Smooth unit costs beside the scipy law of the same whole cost, and their layers."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import integrate, stats

from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.pareto import Pareto
from simulator.spend.uniform import Uniform
from simulator.spend.unit_cost import UnitCost

_SIGMA = math.sqrt(math.log(1 + 1.5**2))
WHOLE: dict[str, tuple[UnitCost, Any]] = {
    # mean = exp(mu + sigma ** 2 / 2) and cv ** 2 = exp(sigma ** 2) - 1.
    "lognormal": (
        Lognormal(mean=2000, cv=1.5),
        stats.lognorm(_SIGMA, scale=2000 * math.exp(-(_SIGMA**2) / 2)),
    ),
    # shape = 1 / cv ** 2, scale = mean * cv ** 2.
    "gamma": (Gamma(mean=500, cv=2), stats.gamma(0.25, scale=2000)),
    "exponential": (Gamma(mean=500, cv=1), stats.expon(scale=500)),
    "pareto": (Pareto(shape=2.5, scale=3000), stats.lomax(2.5, scale=3000)),
    "uniform": (Uniform(low=50, high=950), stats.uniform(50, 900)),
}
LAYERS = {
    "whole": {},
    "deductible": {"deductible": 300.0},
    "limit": {"limit": 600.0},
    "both": {"deductible": 300.0, "limit": 600.0},
}
COSTS = (0.0, 1.0, 49.0, 200.0, 599.0, 601.0, 2_000.0, 40_000.0)


def layered(name: str, layer: str) -> tuple[UnitCost, Any, float, float]:
    """Return a law to test, the scipy law of the whole cost, the deductible and the limit (may be inf)."""
    law, reference = WHOLE[name]
    terms = LAYERS[layer]
    part = law.model_validate(law.model_dump() | terms)
    return part, reference, terms.get("deductible", 0.0), terms.get("limit", math.inf)


def integral(reference: Any, power: int, start: float, end: float, deductible: float) -> float:
    """Return the integral of power * x ** (power - 1) * P(cost > x + deductible) from start to end."""

    def integrand(log_cost: float) -> float:
        # In the logarithm of the cost, so that heavy tails take few steps.
        cost = math.exp(log_cost)
        return power * cost**power * float(reference.sf(cost + deductible))

    ends = np.log(np.clip([start, end], 1e-9, 1e14))
    kinks = [math.log(kink - deductible) for kink in (50.0, 950.0) if kink > deductible]
    inside = sorted({*ends, *(kink for kink in kinks if ends[0] < kink < ends[1])})
    pieces = [
        integrate.quad(integrand, low, high, limit=400, epsabs=1e-9, epsrel=1e-10)[0]
        for low, high in pairwise(inside)
    ]
    return math.fsum(pieces)
