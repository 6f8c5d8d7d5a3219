"""An estimate as a sentence has it: rounded to what its error allows, with that error."""

from __future__ import annotations

from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.rounding import bound_in_per_cent, rounded

PER_CENT = 0.01
MONEY_UNITS = ((1e6, "£m"), (1e3, "£k"), (1.0, "£"))
"""Sizes from which on a unit is used, largest first."""


def in_sentence(row: str) -> str:
    """Return the name of a row as a sentence has it: without a capital for all clusters together."""
    return row[0].lower() + row[1:] if row == ALL_CLUSTERS else row


def money(estimate: Estimate) -> str:
    """Return one amount for a sentence."""
    if not estimate.value and not estimate.half_width:
        return "£0"
    pairs = (pair for pair in MONEY_UNITS if abs(estimate.value) >= pair[0])
    unit, symbol = next(pairs, MONEY_UNITS[-1])
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
    """Return one probability for a sentence."""
    if bound := bound_in_per_cent(estimate.value, estimate.low, estimate.high):
        return f"{bound}%"
    value, error = rounded(estimate.value, estimate.half_width, PER_CENT)
    return f"{value}% ± {error}%"
