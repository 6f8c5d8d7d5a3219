"""Numbers as charts write them: £1.2m on axes, estimates with their errors in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.risk.estimate import Estimate
from simulator.risk.estimate import Unit as Measured
from simulator.risk.in_words import bound_in_per_cent, rounded
from simulator.risk.measures import columns
from simulator.scenario.schema import MOST_YEARS

_UNITS = ((1e9, "bn"), (1e6, "m"), (1e3, "k"), (1.0, ""))
_PER_CENT = 0.01
_DIGITS = 3
_MINUS = "\N{MINUS SIGN}"


def pounds(value: float, _position: object = None) -> str:
    """Return an amount as axes show it, such as £1.2m; also a formatter of ticks."""
    rounded_value = float(f"{abs(value):.{_DIGITS}g}")
    unit, letter = next((pair for pair in _UNITS if rounded_value >= pair[0]), _UNITS[-1])
    sign = _MINUS if value < 0 and rounded_value else ""
    return f"{sign}£{rounded_value / unit:g}{letter}"


def per_cent_tick(value: float, _position: object = None) -> str:
    """Return a share as axes show it, such as 12%."""
    return f"{100 * value:.4g}%".replace("-", _MINUS)


def people(value: float, _position: object = None) -> str:
    """Return a number of people as axes show it."""
    return f"{value:,.0f}"


def money(estimate: Estimate) -> str:
    """Return an amount with its error, such as ``£1.42m ± 0.04m``."""
    unit, letter = next((pair for pair in _UNITS if abs(estimate.value) >= pair[0]), _UNITS[-1])
    value, error = rounded(abs(estimate.value), estimate.half_width, unit)
    if error == "0":
        return pounds(estimate.value)
    sign = _MINUS if estimate.value < 0 and value.strip("0.,") else ""
    return f"{sign}£{value}{letter} ± {error}{letter}"


def per_cent(estimate: Estimate, *, sign: str = "%") -> str:
    """Return a share with its error, such as ``62.1% ± 0.9%``; near 0 or 1 a bound, ``over 99.9%``."""
    if bound := bound_in_per_cent(estimate.value, estimate.low, estimate.high):
        return f"{bound}{sign}"
    value, error = rounded(estimate.value, estimate.half_width, _PER_CENT)
    if error == "0":
        return f"{100 * estimate.value:.4g}{sign}".replace("-", _MINUS)
    return f"{value}{sign} ± {error}{sign}".replace("-", _MINUS)


def setting(key: str) -> str:
    """Return a key of the scenario in words: ``bond: share of annual budget``."""
    return key.removeprefix("rules.").replace(".", ": ").replace("_", " ")


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them: ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def sentence(words: str) -> str:
    """Return words with a full stop, unless they end in a sign already."""
    return words if words.endswith(("?", ".", "!")) else f"{words}."


@dataclass(frozen=True, slots=True)
class Unit:
    """How a measure of the summary is written."""

    words: str  # its name in plain words
    text: Callable[[Estimate], str]  # an estimate of it, and a difference of two, with their errors
    change: Callable[[Estimate], str]  # an estimate of it, and a difference of two, with their errors
    tick: Callable[[float, object], str]  # A number on an axis, and a difference
    change_tick: Callable[[float, object], str]  # A number on an axis, and a difference


def unit_of(measure: str) -> Unit:
    """Return how a column of the summary is written.

    Returns probabilities in per cent and their differences in points, all else in pounds.
    """
    column = columns(MOST_YEARS)[measure]
    words = column.heading()
    if column.measure.unit is Measured.PROBABILITY:
        return Unit(
            words, per_cent, lambda one: _signed(one, f"{per_cent(one, sign='')} pts"), per_cent_tick, _points
        )
    return Unit(words, money, lambda one: _signed(one, money(one)), pounds, pounds)


def _signed(estimate: Estimate, text: str) -> str:
    return f"+{text}" if estimate.value > 0 else text


def _points(value: float, _position: object = None) -> str:
    return f"{per_cent_tick(value).removesuffix('%')} pts"
