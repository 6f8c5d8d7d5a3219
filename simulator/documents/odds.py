"""Chances as people say them: a number of times out of some, from one short list."""

from __future__ import annotations

from simulator.risk.estimate import Estimate

_SMALL = ((1, 100), (1, 50), (1, 30), (1, 20), (1, 15), (1, 10), (1, 8), (1, 6), (1, 5), (1, 4), (3, 10))
_MIDDLE = ((1, 3), (2, 5), (1, 2), (3, 5), (2, 3))
ODDS = (*_SMALL, *_MIDDLE, *((many - few, many) for few, many in reversed(_SMALL)))
"""What a chance is told as, the least first: no other fraction is ever said."""
_RARE = 0.01
"""Chances below this, or above one less it, are told by a bound."""
_ROUND = (2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000)
_NEARLY = 0.005
"""What is as near as a whole per cent needs no "about"."""


def odds(chance: Estimate) -> str:
    """Return a probability as a number of times out of some: the nearest of `ODDS`, or a bound."""
    if chance.value == 0 or chance.high < _RARE:
        return f"fewer than 1 in {_rounded_down(chance.high):,}"
    if chance.value == 1 or chance.low > 1 - _RARE:
        many = _rounded_down(1 - chance.low)
        return f"more than {many - 1:,} in {many:,}"
    few, many = min(ODDS, key=lambda one: abs(one[0] / one[1] - chance.value))
    about = "" if abs(few / many - chance.value) <= _NEARLY else "about "
    return f"{about}{few} in {many}"


def _rounded_down(bound: float) -> int:
    """Return the largest round number that one over is not below a bound."""
    return max((many for many in _ROUND if bound * many <= 1), default=_ROUND[0])
