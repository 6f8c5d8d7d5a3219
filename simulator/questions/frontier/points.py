"""Which points no other beats on both of two goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.answers.table import column_named
from simulator.errors import InputError, Problem, shown
from simulator.records import BoolArray, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS

_DECIMALS = 6
"""A millionth of a pound, or of a probability, is rounding of sums and beats nothing."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A measure that should be as small or as large as may be."""

    measure: str  # A column of the summary
    sign: int  # 1 to maximise it, -1 to minimise it
    cluster: str = ALL_CLUSTERS  # whose


def two_goals(
    minimise: str | Sequence[str], maximise: str | Sequence[str], cluster: str = ALL_CLUSTERS
) -> tuple[Goal, Goal]:
    """Return the two goals of a frontier."""
    small, large = (((one,) if isinstance(one, str) else tuple(one)) for one in (minimise, maximise))
    goals = [Goal(column_named(name), -1, cluster) for name in small]
    goals += [Goal(column_named(name), 1, cluster) for name in large]
    names = [goal.measure for goal in goals]
    if len(goals) != 2 or len(set(names)) != 2:
        need = "two measures that differ, together"
        hint = "--minimise pct_cost --maximise practice_net_gain"
        raise InputError([Problem("--minimise and --maximise", need, shown(", ".join(names) or None), hint)])
    return goals[0], goals[1]


def on_frontier(points: FloatArray) -> BoolArray:
    """Return which points no other beats.

    Takes ``points`` of shape (point, 2). Returns shape (point,): A point is beaten by one that is as good on
    both goals and better on one; equal points do not beat each other.
    """
    first, second = np.round(points, _DECIMALS).T
    # From the best on the first goal down; among equals the best on the second comes first.
    order = np.lexsort((-second, -first))
    second_in_order = second[order]
    best_before = np.concatenate([[-np.inf], np.maximum.accumulate(second_in_order)[:-1]])
    kept = second_in_order > best_before
    # A point that equals the last one kept is not beaten by it.
    equal_to = np.flatnonzero(kept)[np.cumsum(kept) - 1]
    same = (first[order] == first[order][equal_to]) & (second_in_order == second_in_order[equal_to])
    found = np.zeros(len(points), dtype=bool)
    found[order] = kept | same
    return found


def beaten_by(points: FloatArray, point: int, among: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return which of some points beat a point; see `on_frontier`."""
    rounded = np.round(points, _DECIMALS)
    better = rounded[among] - rounded[point]
    return np.asarray(among[(better >= 0).all(axis=1) & (better > 0).any(axis=1)])
