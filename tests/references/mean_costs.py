"""Means of the cost of a case, with its deductible and limit, in closed form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from scipy.special import gammaincc, ndtr

Table = Mapping[str, Any]


def mean_cost(cost: Table) -> float:
    """Return E min(max(cost - deductible, 0), limit)."""
    deductible = cost.get("deductible", 0.0)
    return _mean_up_to(cost, deductible + cost.get("limit", math.inf)) - _mean_up_to(cost, deductible)


def _mean_up_to(cost: Table, top: float) -> float:
    """Return E min(cost, top)."""
    if cost["model"] == "empirical":
        values = cost["values"]
        chances = cost.get("probabilities", [1 / len(values)] * len(values))
        return sum(p * min(x, top) for x, p in zip(values, chances, strict=True))
    if cost["model"] == "uniform":
        low, high = cost["low"], cost["high"]
        inside = min(max(top, low), high)
        below = (inside**2 - low**2) / 2 / (high - low)
        return float(below + (high - inside) / (high - low) * inside if top >= low else top)
    if cost["model"] == "pareto":
        mean = cost["scale"] / (cost["shape"] - 1)
        return float(mean * (1 - (1 + top / cost["scale"]) ** (1 - cost["shape"])))
    mean, squared = cost["mean"], cost["cv"] ** 2
    if top in {0.0, math.inf}:
        return float(mean) if top else 0.0
    if cost["model"] == "gamma":
        place = top / (mean * squared)
        return float(mean * (1 - gammaincc(1 / squared + 1, place)) + top * gammaincc(1 / squared, place))
    sigma = math.sqrt(math.log1p(squared))
    place = (math.log(top / mean) + sigma**2 / 2) / sigma
    return float(mean * ndtr(place - sigma) + top * ndtr(-place))
