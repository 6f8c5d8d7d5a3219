"""Tuning one number of a scenario on one published figure."""

from __future__ import annotations

from collections.abc import Callable

from scipy.optimize import brentq


def tune(excess: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Return the number at which a result is as published."""
    try:
        return float(brentq(excess, low, high, xtol=tolerance))
    except ValueError:
        raise RuntimeError(f"no number from {low:g} to {high:g} gives the published figure") from None
