"""Numbers of costs whose totals get tables of their own; those between are interpolated."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

_EVERY_COUNT_UP_TO = 32
_LEVELS_TO_THE_DOUBLE = 4
_FINER = 4
"""Steps in which finer levels take one of the others'."""


def levels_for(low_count: int, high_count: int) -> tuple[int, ...]:
    """Return the counts whose quantile functions serve counts from `low_count` to `high_count`.

    Every count from 17 to 32, then four to each doubling; the same ones whatever range is asked
    for, so that no total depends on which other totals are drawn.
    """
    first, last = _step_of(low_count), _step_of(high_count) + 1
    return tuple(_level(step) for step in range(first, last + 1))


def _level(step: int) -> int:
    """Return the level number `step`; step 0 is `_EVERY_COUNT_UP_TO`, those before it count down."""
    if step <= 0:
        return _EVERY_COUNT_UP_TO + step
    return round(_EVERY_COUNT_UP_TO * math.pow(2.0, step / _LEVELS_TO_THE_DOUBLE))


def _step_of(count: int) -> int:
    """Return the last step whose level is at most `count`."""
    if count <= _EVERY_COUNT_UP_TO:
        return count - _EVERY_COUNT_UP_TO
    step = math.floor(_LEVELS_TO_THE_DOUBLE * math.log2(count / _EVERY_COUNT_UP_TO)) + 1
    return step if _level(step) <= count else step - 1


def finer_levels(levels: tuple[int, ...], every_count_up_to: int) -> tuple[int, ...]:
    """Return levels with more between them."""
    finer: list[int] = []
    for low, high in pairwise(levels):
        if high <= every_count_up_to or high - low <= _FINER:
            finer += range(low, high)
        else:
            finer += [round(count) for count in np.geomspace(low, high, _FINER + 1)[:-1].tolist()]
    return (*finer, levels[-1])
