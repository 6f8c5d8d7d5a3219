"""An estimate in words: rounded to what its error allows, with that error."""

from __future__ import annotations

from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.rounding import bound_in_per_cent, rounded
from simulator.risk.unit import Unit

PER_CENT = 0.01
MONEY_UNITS = ((1e6, "£m"), (1e3, "£k"), (1.0, "£"))
"""Sizes from which on a unit is used, largest first."""
POINTS = "points"
"""Of a hundred: what differences of probabilities are counted in."""


def money_unit(size_gbp: float) -> tuple[float, str]:
    """Return the unit of an amount, and its symbol."""
    return next((pair for pair in MONEY_UNITS if size_gbp >= pair[0]), MONEY_UNITS[-1])


def in_sentence(row: str) -> str:
    """Return the name of a row as a sentence has it: without a capital for all clusters together."""
    return row[0].lower() + row[1:] if row == ALL_CLUSTERS else row


def phrase(estimate: Estimate, unit: Unit, *, signed: bool = False) -> str:
    """Return an estimate with its unit and error; a difference where signed."""
    if unit is Unit.GBP:
        return signed_money(estimate) if signed else money(estimate)
    if unit.is_share:
        return points(estimate) if signed else per_cent(estimate)
    value, error = rounded(estimate.value, estimate.half_width)
    return f"{value} ± {error}"


def money(estimate: Estimate) -> str:
    """Return one amount, such as ``£1.42m ± 0.04m``."""
    if not estimate.value and not estimate.half_width:
        return "£0"
    unit, symbol = money_unit(abs(estimate.value))
    value, error = rounded(estimate.value, estimate.half_width, unit)
    suffix = symbol.removeprefix("£")
    sign = "-" if value.startswith("-") else ""
    return f"{sign}£{value.removeprefix('-')}{suffix} ± {error}{suffix}"


def signed_money(estimate: Estimate) -> str:
    """Return an amount that is gained or lost, such as ``+£1.42m ± 0.04m``."""
    text = money(estimate)
    return text if text.startswith("-") else f"+{text}"


def loss(estimate: Estimate) -> str:
    """Return what becomes of a party, such as ``loses £1.42m ± 0.04m``."""
    text = money(estimate)
    return f"loses {text.removeprefix('-')}" if text.startswith("-") else f"gains {text}"


def per_cent(estimate: Estimate) -> str:
    """Return one probability or share, such as ``62.1% ± 0.9%``; near 0 or 1 a bound, ``over 99.9%``."""
    if bound := bound_in_per_cent(estimate.value, estimate.low, estimate.high):
        return f"{bound}%"
    value, error = rounded(estimate.value, estimate.half_width, PER_CENT)
    return f"{value}% ± {error}%"


def points(estimate: Estimate) -> str:
    """Return one difference of probabilities, such as ``+1.2 ± 0.3 points``."""
    value, error = rounded(estimate.value, estimate.half_width, PER_CENT)
    sign = "+" if estimate.value > 0 and not value.startswith("-") else ""
    return f"{sign}{value} ± {error} {POINTS}"
