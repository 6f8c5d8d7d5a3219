"""Numbers rounded to what their error allows."""

from __future__ import annotations

import math

_MOST_DIGITS = 4
"""Digits of an estimate that a reader can take in, however small its error."""
_PER_CENT = 0.01


def decimals_for(half_width: float) -> int:
    """Return how many decimals an error of `half_width` leaves worth reading.

    One digit of the error is kept, two where the first is a 1. Negative for tens, hundreds...
    """
    exponent = math.floor(math.log10(half_width))
    leading = round(half_width / 10**exponent, 6)
    return (1 if leading < 1.95 else 0) - exponent


def rounded(
    value: float, half_width: float, unit: float = 1.0, decimals_if_exact: int = 2
) -> tuple[str, str]:
    """Return an estimate and its error as text."""
    value, half_width = value / unit, half_width / unit
    if not half_width > 0:
        return f"{value:,.{decimals_if_exact}f}", "0"
    decimals = decimals_for(half_width)
    if value:
        decimals = min(decimals, _MOST_DIGITS - 1 - math.floor(math.log10(abs(value))))
    shown = max(decimals, 0)
    # An error that is smaller than the last digit kept is shown as one unit of it, never as none.
    error = max(round(half_width, decimals), 10.0**-decimals)
    # Adding zero turns minus zero into zero.
    return f"{round(value, decimals) + 0.0:,.{shown}f}", f"{error:,.{shown}f}"


def bound_in_per_cent(value: float, low: float, high: float) -> str:
    """Return a probability as a bound in per cent, where value ± error would pass 0 or 100."""
    half_width = max(high - value, value - low)
    if not half_width > 0 or low < 0 or high > 1:
        return ""
    shown, error = (float(text.replace(",", "")) for text in rounded(value, half_width, _PER_CENT))
    if value < 0.5 and shown - error <= 0:
        return f"under {_rounded_up(high / _PER_CENT)}"
    if value > 0.5 and shown + error >= 100:
        decimals, distance = _rounded_up_with_decimals((1 - low) / _PER_CENT)
        return f"over {100 - distance:.{decimals}f}"
    return ""


def _rounded_up(bound: float) -> str:
    decimals, rounded_up = _rounded_up_with_decimals(bound)
    return f"{rounded_up:.{decimals}f}"


def _rounded_up_with_decimals(bound: float) -> tuple[int, float]:
    """Return how many decimals a bound is worth, and the bound rounded up to them."""
    decimals = max(decimals_for(bound), 0)
    return decimals, math.ceil(bound * 10**decimals - 1e-9) / 10**decimals
