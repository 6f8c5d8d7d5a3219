"""An estimate in words: rounded to what its error allows, with that error."""

from __future__ import annotations

import math

from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit

PER_CENT = 0.01
MONEY_UNITS = ((1e6, "£m"), (1e3, "£k"), (1.0, "£"))
"""Sizes from which on a unit is used, largest first."""
MOST_DIGITS = 4
"""Digits of an estimate that a reader can take in, however small its error."""
_MOST_DIGITS_HEARD = 3
ROUGH = "?"
"""Stands behind an error that is itself hardly known."""
POINTS = "points"
"""Of a hundred: what differences of probabilities are counted in."""


def decimals_for(half_width: float) -> int:
    """Return how many decimals an error leaves worth reading; negative for tens, hundreds..."""
    # One digit of the error is kept, two where the first is a 1.
    exponent = math.floor(math.log10(half_width))
    leading = round(half_width / 10**exponent, 6)
    return (1 if leading < 1.95 else 0) - exponent


def rounded(
    value: float, half_width: float, unit: float = 1.0, decimals: int | None = None
) -> tuple[str, str]:
    """Return an estimate and its error as text, with as many decimals as the error allows unless given."""
    value, half_width = value / unit, half_width / unit
    if not half_width > 0:
        return f"{value:,.2f}", "0"
    is_free = decimals is None
    decimals = decimals_for(half_width) if decimals is None else decimals
    if value and is_free:
        decimals = min(decimals, MOST_DIGITS - 1 - math.floor(math.log10(abs(value))))
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
    shown, error = (float(text.replace(",", "")) for text in rounded(value, half_width, PER_CENT))
    if value < 0.5 and shown - error <= 0:
        decimals, bound = _rounded_up(high / PER_CENT)
        return f"under {bound:.{decimals}f}"
    if value > 0.5 and shown + error >= 100:
        decimals, distance = _rounded_up((1 - low) / PER_CENT)
        return f"over {100 - distance:.{decimals}f}"
    return ""


def _rounded_up(bound: float) -> tuple[int, float]:
    """Return how many decimals a bound is worth, and the bound rounded up to them."""
    decimals = max(decimals_for(bound), 0)
    return decimals, math.ceil(bound * 10**decimals - 1e-9) / 10**decimals


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
    return f"{value} ± {error}{rough(estimate)}"


def rough(estimate: Estimate) -> str:
    """Return the mark of an error that is itself hardly known; nothing for all others."""
    return ROUGH if estimate.is_rough else ""


def money(estimate: Estimate) -> str:
    """Return one amount, such as ``£1.42m ± 0.04m``."""
    if not estimate.value and not estimate.half_width:
        return "£0"
    unit, symbol = money_unit(abs(estimate.value))
    value, error = rounded(estimate.value, estimate.half_width, unit)
    if value.removeprefix("-").startswith("1,000") and symbol != MONEY_UNITS[0][1]:
        # Rounding may reach the next unit.
        unit, symbol = money_unit(1000 * unit)
        value, error = rounded(estimate.value, estimate.half_width, unit)
    suffix = symbol.removeprefix("£")
    sign = "-" if value.startswith("-") else ""
    amount = f"{sign}£{value.removeprefix('-')}{suffix}"
    return f"{amount} ± {error}{suffix}{rough(estimate)}" if estimate.half_width else amount


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
    return f"{value}% ± {error}%{rough(estimate)}" if estimate.half_width else f"{value}%"


def points(estimate: Estimate) -> str:
    """Return one difference of probabilities, such as ``+1.2 ± 0.3 points``."""
    value, error = rounded(estimate.value, estimate.half_width, PER_CENT)
    sign = "+" if estimate.value > 0 and not value.startswith("-") else ""
    return f"{sign}{value} ± {error}{rough(estimate)} {POINTS}"


def about(estimate: Estimate, unit: Unit) -> str:
    """Return an estimate to be heard, such as ``about £1.42m (between £1.38m and £1.46m)``: three digits."""
    if unit.is_share:
        size, letter, sign = PER_CENT, "%", ""
    else:
        size, symbol = money_unit(max(abs(estimate.value), abs(estimate.low), abs(estimate.high)))
        letter, sign = symbol.removeprefix("£"), "£"
    digits_before = math.floor(math.log10(max(abs(estimate.value) / size, 1.0))) + 1
    half = estimate.half_width / size
    allowed = decimals_for(half) if half > 0 else _MOST_DIGITS_HEARD
    decimals = max(min(allowed, _MOST_DIGITS_HEARD - digits_before), 0)

    def heard(number: float) -> str:
        value = round(number / size, decimals)
        return f"{'-' if value < 0 else ''}{sign}{abs(value):,.{decimals}f}{letter}"

    value, low, high = (heard(number) for number in (estimate.value, estimate.low, estimate.high))
    return f"about {value}" if low == value == high else f"about {value} (between {low} and {high})"


def briefly(estimate: Estimate, unit: Unit) -> str:
    """Return an estimate without its error, to be repeated: three digits of an amount, two of a share.

    What is known outright has one decimal of a per cent; near 0 or 1 a bound, ``over 99.9%``.
    """
    if not unit.is_share and not estimate.value and not estimate.half_width:
        return "£0"
    if unit.is_share:
        if bound := bound_in_per_cent(estimate.value, estimate.low, estimate.high):
            return f"{bound}%"
        if not estimate.half_width:
            return f"{estimate.value / PER_CENT:.1f}%"
        digits, size, sign, letter = 2, PER_CENT, "", "%"
    else:
        size, symbol = money_unit(abs(estimate.value))
        digits, sign, letter = _MOST_DIGITS_HEARD, "£", symbol.removeprefix("£")
    value, half = estimate.value / size, estimate.half_width / size
    before = math.floor(math.log10(abs(value))) + 1 if value else 1
    decimals = min(digits - before, decimals_for(half)) if half > 0 else digits - before
    value = round(value, decimals) + 0.0
    return f"{'-' if value < 0 else ''}{sign}{abs(value):,.{max(decimals, 0)}f}{letter}"


def contracts_in_100(estimate: Estimate) -> str:
    """Return a probability to be heard: a number of contracts out of a hundred."""
    if estimate.value in (0, 1):
        return "no simulated contract" if estimate.value == 0 else "every simulated contract"
    if not 0.01 <= estimate.value < 0.995:
        return "fewer than 1 contract in 100" if estimate.value < 0.5 else "more than 99 contracts in 100"
    value, low, high = (round(100 * end) for end in (estimate.value, estimate.low, estimate.high))
    near = f"between {low} and {high}" if low < high else "or very near"
    return f"{value} {'contract' if value == 1 else 'contracts'} in 100 ({near})"
