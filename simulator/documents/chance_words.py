"""Probabilities in words that claim no more than the sampling error allows."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.risk.estimate import Estimate

# Mastrandrea et al. (2010), Guidance note for lead authors of the IPCC's fifth assessment report, table 1.
_SCALE = (
    (0.99, "virtually certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.10, "unlikely"),
    (0.01, "very unlikely"),
    (0.00, "exceptionally unlikely"),
)
_RARE = 0.01
"""Chances below this, or above one less it, are told by a bound."""
_ROUND = (2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000)
_SIMPLE = tuple((few, many) for many in (2, 3, 4, 5, 6, 8, 10) for few in range(1, many))
_LONGER = (15, 20, 30, 40, 50, 60, 80, 100)
_FINER = (
    *((few, many) for many in _LONGER for few in (1, many - 1)),
    *((few, 100) for few in range(2, 99)),
)
_NEAR_SHARE = 0.12
"""A fraction is near a chance if it is off by no more than this share of it, or of its complement."""


def likelihood(chance: Estimate) -> str:
    """Return how likely something is, in a published scale's words."""
    cautious = max(chance.low, 0.5) if chance.value > 0.5 else min(chance.high, 0.5)
    return next(words for least, words in _SCALE if cautious >= least)


def odds(chance: Estimate) -> str:
    """Return a probability as a number of times out of some."""
    if chance.value == 0 or chance.high < _RARE:
        return f"fewer than 1 in {_rounded_down(chance.high):,}"
    if chance.value == 1 or chance.low > 1 - _RARE:
        many = _rounded_down(1 - chance.low)
        return f"more than {many - 1:,} in {many:,}"
    few, many = _fraction(chance)
    return f"about {few} in {many}"


def _rounded_down(bound: float) -> int:
    """Return the largest round number that one over is not below a bound."""
    return max((many for many in _ROUND if bound * many <= 1), default=_ROUND[0])


def _fraction(chance: Estimate) -> tuple[int, int]:
    """Return the simplest fraction that is near; where the error is large, only simple ones."""
    value = chance.value
    near = _NEAR_SHARE * min(value, 1 - value)

    def off(fraction: tuple[int, int]) -> float:
        return abs(fraction[0] / fraction[1] - value)

    def simplest(fractions: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
        found = [one for one in fractions if off(one) <= near]
        return min((one for one in found if one[1] == found[0][1]), key=off, default=None)

    nearest = min(_SIMPLE, key=off)
    if found := simplest(_SIMPLE):
        return found
    if off(nearest) <= chance.half_width:
        return nearest
    return simplest(_FINER) or min(_FINER, key=off)
