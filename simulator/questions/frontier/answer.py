"""The answer to frontier: which points no other beats on both goals, and how every policy stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.answers.answer import Answer
from simulator.answers.cells import ERRORS_NOTE, mark_means
from simulator.answers.rule_notes import policy_notes
from simulator.answers.table import Table, column_named, heading_of
from simulator.errors import InputError, Problem, shown
from simulator.questions.sweep.answer import MOST_ROWS, Sweep, key_columns, policy_columns
from simulator.records import BoolArray, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.in_words import in_sentence, phrase
from simulator.risk.measures import columns
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import MOST_YEARS

if TYPE_CHECKING:
    import pandas as pd


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


ON_FRONTIER = "on the frontier"
WITHIN_CHANCE = "beaten within chance"
BEATEN = "beaten"


@dataclass(frozen=True, eq=False)
class Frontier(Answer):
    """What `frontier` returns."""

    sweep: Sweep  # both measures of every policy
    goals: tuple[Goal, Goal]  # the first and the second
    # For each policy: on the frontier, beaten, or beaten within chance only. The last is one whose difference
    # from every policy of the frontier that beats it is within chance on one goal or both.
    standing: tuple[str, ...]

    @property
    def scenario(self) -> Scenario:
        """The base policy."""
        return self.sweep.scenario

    @property
    def contracts(self) -> int:
        """How many contracts were simulated of each policy."""
        return self.sweep.contracts

    @property
    def seed(self) -> int:
        """Seed of chance."""
        return self.sweep.seed

    @property
    def policies(self) -> list[int]:
        """Numbers of the frontier's policies, from the worst to the best on the last goal."""
        return self.with_standing(ON_FRONTIER)

    def with_standing(self, *standings: str) -> list[int]:
        """Return the numbers of policies with some standing, sorted by the last goal, then the first."""
        points = points_of(self.sweep, self.goals)
        chosen = [number for number, standing in enumerate(self.standing) if standing in standings]
        return sorted(chosen, key=lambda number: (points[number, 1], -points[number, 0], number))

    def opening(self) -> tuple[str, ...]:
        """Return what was asked, in a line or two."""
        return self.sweep.opening()

    def tables(self) -> tuple[Table, ...]:
        """Return the frontier, sorted, and which policies are beaten within chance only."""
        wanted = " and ".join(
            f"{'most' if goal.sign > 0 else 'least'} {heading_of(goal.measure)}" for goal in self.goals
        )
        whose = in_sentence(self.goals[0].cluster)
        best = f"Policies that no other beats on both {wanted}, for {whose}"
        tables = [self._table("frontier", best, self.policies)]
        if close := self.with_standing(WITHIN_CHANCE):
            tables.append(self._table("within chance", "Beaten, but within chance only", close))
        return tuple(tables)

    def _table(self, name: str, title: str, policies: list[int]) -> Table:
        some = policies[:MOST_ROWS]
        keys = key_columns(self.sweep, some)
        found = [
            column
            for goal in self.goals
            for column in policy_columns(self.sweep, goal.measure, goal.cluster, some)
        ]
        return Table(name, title, (*keys, *found), keys=len(keys))

    def sentences(self) -> tuple[str, ...]:
        """Return how the policies stand, and what the frontier offers from end to end."""
        policies, best = self.sweep.policies, self.policies
        beaten, close = (self.with_standing(standing) for standing in (BEATEN, WITHIN_CHANCE))
        said = [
            f"Of {len(policies):,} policies {_are(len(best))} on the frontier and {len(beaten):,} beaten "
            "beyond chance by a policy on it."
        ]
        if close:
            said.append(
                f"Another {_are(len(close))} beaten within chance only: on one goal or both, chance alone "
                "could explain the difference from every policy that beats them."
            )
        if len(best) == 1:
            return (*said, "One policy is best on both goals: there is nothing to trade.")
        moves = []
        for goal in reversed(self.goals):
            unit = columns(MOST_YEARS)[goal.measure].measure.unit
            ends = [self.sweep.estimate(at, goal.measure, goal.cluster) for at in (best[0], best[-1])]
            values = [phrase(end.estimate, unit) for end in ends if end]
            moves.append(f"{heading_of(goal.measure)} goes from {' to '.join(values)}")
        return (*said, f"From one end of the frontier to the other, {' and '.join(moves)}.")

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        question = self.sweep.question
        notes = [*policy_notes(self.scenario, question.keys, question.policies), mark_means(), ERRORS_NOTE]
        if max(len(self.policies), len(self.with_standing(WITHIN_CHANCE))) > MOST_ROWS:
            notes.insert(
                0, f"The first {MOST_ROWS} policies of a table are shown; a file of --out has them all."
            )
        return tuple(notes)

    def every_number(self) -> pd.DataFrame:
        """Return every policy with both measures and its standing.

        Returns
        -------
        pandas.DataFrame
            One row a policy and measure, as in a sweep, with a column `standing`; the frontier's
            policies first, sorted by the last goal.
        """
        import pandas as pd

        table = self.sweep.every_number()
        places = len(self.sweep.question.places)
        order = [*self.policies, *self.with_standing(WITHIN_CHANCE), *self.with_standing(BEATEN)]
        rows = [number * places + place for number in order for place in range(places)]
        sorted_table = table.iloc[rows].reset_index(drop=True)
        standing = pd.Series([self.standing[number] for number in order for _ in range(places)])
        sorted_table.insert(len(self.sweep.question.keys), "standing", standing)
        return sorted_table


def points_of(sweep: Sweep, goals: Sequence[Goal]) -> FloatArray:
    """Return the policies' two measures, shape (policy, 2), the larger the better."""
    return np.asarray(sweep.numbers[:, :, 0] * [goal.sign for goal in goals])


def _are(policies: int) -> str:
    return f"{policies:,} {'is' if policies == 1 else 'are'}"
