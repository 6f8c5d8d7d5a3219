"""An estimate as a sentence has it: rounded to what its error allows, with that error."""

from __future__ import annotations

from simulator.risk.estimate import Estimate
from simulator.risk.rounding import rounded

PER_CENT = 0.01
MONEY_UNITS = ((1e6, "£m"), (1e3, "£k"), (1.0, "£"))
"""Sizes from which on a unit is used, largest first."""


def money(estimate: Estimate) -> str:
    """Return one amount for a sentence.

    Parameters
    ----------
    estimate : Estimate
        In pounds.

    Returns
    -------
    str
        Such as ``£1.42m ± 0.04m``.
    """
    pairs = (pair for pair in MONEY_UNITS if abs(estimate.value) >= pair[0])
    unit, symbol = next(pairs, MONEY_UNITS[-1])
    value, error = rounded(estimate.value, estimate.half_width, unit)
    suffix = symbol.removeprefix("£")
    sign = "-" if value.startswith("-") else ""
    return f"{sign}£{value.removeprefix('-')}{suffix} ± {error}{suffix}"


def per_cent(estimate: Estimate) -> str:
    """Return one probability for a sentence.

    Parameters
    ----------
    estimate : Estimate
        A probability.

    Returns
    -------
    str
        Such as ``62.1% ± 0.9%``.
    """
    value, error = rounded(estimate.value, estimate.half_width, PER_CENT)
    return f"{value}% ± {error}%"
