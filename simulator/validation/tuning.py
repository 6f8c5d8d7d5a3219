"""Tuning one number of a scenario on one published figure."""

from __future__ import annotations

from collections.abc import Callable

from scipy.optimize import brentq


def tune(excess: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Return the number at which a result is as published.

    Parameters
    ----------
    excess : callable
        From the number to the result less the published figure; rising or falling.
    low, high : float
        Between which it is sought.
    tolerance : float
        Within which it is found.

    Returns
    -------
    float
        The number.

    Raises
    ------
    RuntimeError
        If there is none between `low` and `high`: then the simulator is wrong, or the figure.
    """
    try:
        return float(brentq(excess, low, high, xtol=tolerance))
    except ValueError:
        raise RuntimeError(f"no number from {low:g} to {high:g} gives the published figure") from None
