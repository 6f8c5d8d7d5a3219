"""The answer to `frontier`: how every policy stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.questions.frontier.points import Goal
from simulator.questions.sweep.answer import Sweep
from simulator.records import FloatArray

if TYPE_CHECKING:
    import pandas as pd

ON_FRONTIER = "on the frontier"
WITHIN_CHANCE = "beaten within chance"
BEATEN = "beaten"


@dataclass(frozen=True, eq=False)
class Frontier:
    """What `frontier` returns.

    Parameters
    ----------
    sweep : Sweep
        Both measures of every policy.
    goals : tuple of Goal
        The first and the second.
    standing : tuple of str
        For each policy: on the frontier, beaten, or beaten within chance only. The last is one whose
        difference from every policy of the frontier that beats it is within chance on one goal or
        both.
    """

    sweep: Sweep
    goals: tuple[Goal, Goal]
    standing: tuple[str, ...]

    @property
    def policies(self) -> list[int]:
        """Numbers of the frontier's policies, from the worst to the best on the last goal."""
        return self.with_standing(ON_FRONTIER)

    def with_standing(self, *standings: str) -> list[int]:
        """Return the numbers of policies with some standing, sorted by the last goal, then the first."""
        points = points_of(self.sweep, self.goals)
        chosen = [number for number, standing in enumerate(self.standing) if standing in standings]
        return sorted(chosen, key=lambda number: (points[number, 1], -points[number, 0], number))

    def table(self) -> pd.DataFrame:
        """Return every policy with both measures and its standing.

        Returns
        -------
        pandas.DataFrame
            One row a policy and measure, as in a sweep, with a column `standing`; the frontier's
            policies first, sorted by the last goal.
        """
        import pandas as pd

        table = self.sweep.table()
        places = len(self.sweep.question.places)
        order = [
            *self.policies,
            *self.with_standing(WITHIN_CHANCE),
            *self.with_standing(BEATEN),
        ]
        rows = [number * places + place for number in order for place in range(places)]
        sorted_table = table.iloc[rows].reset_index(drop=True)
        standing = pd.Series([self.standing[number] for number in order for _ in range(places)])
        sorted_table.insert(len(self.sweep.question.keys), "standing", standing)
        return sorted_table


def points_of(sweep: Sweep, goals: Sequence[Goal]) -> FloatArray:
    """Return the policies' two measures, shape (policy, 2), the larger the better."""
    return np.asarray(sweep.numbers[:, :, 0] * [goal.sign for goal in goals])
