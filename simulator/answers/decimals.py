"""How many decimals the estimates of a column have: one number for all, as statistics are published."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import MOST_DIGITS, rounded

_LEAST_DIGITS, _ENOUGH = 2, 2
"""Digits of the smallest estimate, unless a column has so many decimals already."""


def decimals_of(ordinary: Sequence[Estimate], others: Sequence[Estimate], size: float) -> int | None:
    """Return the decimals of a column; none where nothing in it is estimated.

    The middle error of the ordinary rows keeps one digit, or two where these stand before the point. There is
    one decimal more where without it an estimate had a single digit though its error leaves more, or seemed
    to be within chance and is not, or had an error that were none.
    """
    found = sorted(_own_decimals(one, size) for one in ordinary if one.half_width > 0)
    found = found or sorted(_own_decimals(one, size) for one in others if one.half_width > 0)
    if not found:
        return None
    middle = found[len(found) // 2]
    if middle < 0:
        return middle + 1
    every = [one for one in (*ordinary, *others) if one.half_width > 0]
    return middle + any(_is_lost(one, size, middle) for one in every)


def _own_decimals(one: Estimate, size: float) -> int:
    """Return how many decimals leave one digit of an error, and no more of a number than can be taken in."""
    decimals = -math.floor(math.log10(one.half_width / size))
    return min(decimals, MOST_DIGITS - 1 - _exponent(one.value / size)) if one.value else decimals


def _is_lost(one: Estimate, size: float, decimals: int) -> bool:
    """Return whether so few decimals hide what an estimate says."""
    if decimals >= _own_decimals(one, size):
        return False
    if not beyond_chance(one):
        return not round(one.half_width / size, decimals)
    value, error = (
        float(text.replace(",", "")) for text in rounded(one.value, one.half_width, size, decimals)
    )
    return abs(value) <= error or (decimals < _ENOUGH and decimals + _exponent(value) + 1 < _LEAST_DIGITS)


def _exponent(number: float) -> int:
    return math.floor(math.log10(abs(number)))
