"""The policies that no other beats on both of two goals, and how every policy stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.answers.answer import DrawnAnswer
from simulator.answers.rule_notes import policy_notes
from simulator.answers.table import Table, column_named, heading_of, mark_means, unit_of
from simulator.errors import InputError, Problem, shown
from simulator.execution.blocks import Workers, run_blocks
from simulator.questions.sweep.ask import MOST_ROWS, Sweep, run_sweep
from simulator.questions.sweep.question import SweepQuestion, Values, sweep_question
from simulator.records import BoolArray, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import in_sentence, phrase
from simulator.risk.measures import SummaryColumn
from simulator.risk.paired import Samples
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.shared_draws import SharedDraws

if TYPE_CHECKING:
    import pandas as pd


ON_FRONTIER = "on the frontier"
WITHIN_CHANCE = "beaten within chance"
BEATEN = "beaten"
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
    """Return which of points, shape (point, 2), no other beats: none is as good on both and better on one."""
    first, second = np.round(points, _DECIMALS).T
    # Points in groups of equals on the first goal, the best group first.
    values, group = np.unique(-first, return_inverse=True)
    best = np.full(len(values), -np.inf)
    np.maximum.at(best, group, second)
    best_before = np.concatenate([[-np.inf], np.maximum.accumulate(best)[:-1]])
    return np.asarray((second == best[group]) & (second > best_before[group]))


def beaten_by(points: FloatArray, point: int, among: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return which of some points beat a point; see `on_frontier`."""
    rounded = np.round(points, _DECIMALS)
    better = rounded[among] - rounded[point]
    return np.asarray(among[(better >= 0).all(axis=1) & (better > 0).any(axis=1)])


@dataclass(frozen=True, eq=False)
class Frontier(DrawnAnswer):
    """What `frontier` returns."""

    sweep: Sweep  # both measures of every policy
    goals: tuple[Goal, Goal]  # the first and the second
    # For each policy: on the frontier, beaten, or beaten within chance only: then its difference from every
    # policy of the frontier that beats it is within chance on one goal or both.
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

    def opening(self) -> tuple[str, ...]:
        """Return what was asked, in a line or two."""
        return self.sweep.opening()

    def tables(self) -> tuple[Table, ...]:
        """Return the frontier, sorted, and which policies are beaten within chance only."""
        most = {1: "most", -1: "least"}
        wanted = " and ".join(f"{most[goal.sign]} {heading_of(goal.measure)}" for goal in self.goals)
        best = f"Policies that no other beats on both {wanted}, for {in_sentence(self.goals[0].cluster)}"
        table, places = self.sweep.table_of, self.sweep.question.places
        tables = [table("frontier", best, places, self.policies[:MOST_ROWS])]
        if close := self.with_standing(WITHIN_CHANCE):
            tables.append(table("within chance", "Beaten, but within chance only", places, close[:MOST_ROWS]))
        return tuple(tables)

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
            unit = unit_of(goal.measure)
            ends = [self.sweep.estimate(at, goal.measure, goal.cluster) for at in (best[0], best[-1])]
            values = [phrase(end.estimate, unit) for end in ends if end]
            moves.append(f"{heading_of(goal.measure)} goes from {' to '.join(values)}")
        return (*said, f"From one end of the frontier to the other, {' and '.join(moves)}.")

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        question = self.sweep.question
        notes = (
            *policy_notes(self.scenario, question.keys, question.policies),
            mark_means(),
            self.errors_note,
        )
        if max(map(self.standing.count, (ON_FRONTIER, WITHIN_CHANCE))) <= MOST_ROWS:
            return notes
        return (f"The first {MOST_ROWS} policies of a table are shown; a file of --out has them all.", *notes)

    def every_number(self) -> pd.DataFrame:
        """Return a row a policy and measure, as in a sweep, and its `standing`: the frontier first."""
        table = self.sweep.every_number()
        places = len(self.sweep.question.places)
        order = [*self.policies, *self.with_standing(WITHIN_CHANCE), *self.with_standing(BEATEN)]
        table.insert(len(self.sweep.question.keys), "standing", np.repeat(self.standing, places))
        rows = [number * places + place for number in order for place in range(places)]
        return table.iloc[rows].reset_index(drop=True)


def points_of(sweep: Sweep, goals: Sequence[Goal]) -> FloatArray:
    """Return the policies' two measures, shape (policy, 2), the larger the better."""
    return np.asarray(sweep.numbers[:, :, 0] * [goal.sign for goal in goals])


def _are(policies: int) -> str:
    return f"{policies:,} {'is' if policies == 1 else 'are'}"


def frontier(
    scenario: Scenario,
    vary: Mapping[str, Values],
    minimise: str | Sequence[str] = "pct_deficit",
    maximise: str | Sequence[str] = "practice_share",
    *,
    cluster: str = ALL_CLUSTERS,
    together: bool = False,
    draws: Draws = Draws(),
    progress: Callable[[int, int], None] = lambda policies_done, of_policies: None,
) -> Frontier:
    """Find the policies that no other beats: none is as good on both of two goals and better on one.

    Parameters
    ----------
    scenario : Scenario
        The base policy.
    vary : mapping of str to values
        The policies, as for `sweep`.
    minimise, maximise : str or sequence of str
        Columns of the summary, with or without their units, two in all.
    cluster : str
        Whose measures; the PCT's by default.
    together : bool
        As for `sweep`.
    draws : Draws
        As for `simulate`.
    progress : callable
        Called now and then with the number of policies done and how many there are to do: those
        that are beaten are settled once more, for their differences from those that beat them.

    Returns
    -------
    Frontier
        Every policy's two measures and its standing.

    Raises
    ------
    InputError
        With every problem that was found, before anything is drawn.
    """
    question, goals = frontier_question(
        scenario, vary, minimise, maximise, cluster=cluster, together=together, draws=draws
    )
    return find_frontier(question, goals, draws.workers, progress)


def frontier_question(
    scenario: Scenario,
    vary: Mapping[str, Values] | Sequence[str],
    minimise: str | Sequence[str],
    maximise: str | Sequence[str],
    *,
    cluster: str,
    together: bool,
    draws: Draws,
) -> tuple[SweepQuestion, tuple[Goal, Goal]]:
    """Check what `frontier` is asked; see there."""
    goals = two_goals(minimise, maximise, cluster)
    measures = [goal.measure for goal in goals]
    question = sweep_question(
        scenario, vary, together=together, measures=measures, clusters=[cluster], draws=draws
    )
    places = tuple((goal.cluster, goal.measure) for goal in goals)
    if missing := [measure for row, measure in places if (row, measure) not in question.places]:
        need = f"measures of {in_sentence(cluster)}"
        hint = "name a cluster with --cluster" if cluster == ALL_CLUSTERS else "leave --cluster out"
        raise InputError([Problem("--minimise and --maximise", need, ", ".join(missing), hint)])
    return replace(question, places=places), goals


def find_frontier(
    question: SweepQuestion,
    goals: tuple[Goal, Goal],
    workers: Workers = 1,
    progress: Callable[[int, int], None] = lambda policies_done, of_policies: None,
) -> Frontier:
    """Find the frontier of a question that is checked; see `frontier`."""
    sweep = run_sweep(question, workers, progress)
    points = points_of(sweep, goals)
    if np.isnan(points).any():
        need = "measures and a cluster that every policy has"
        raise InputError([Problem("--minimise and --maximise", need, "one that some policies are without")])
    best = on_frontier(points)
    among, beaten = np.flatnonzero(best), np.flatnonzero(~best).tolist()
    rivals = {number: beaten_by(points, number, among).tolist() for number in beaten}
    standing = [ON_FRONTIER if one else BEATEN for one in best]
    for number in _beaten_within_chance(question, rivals, workers, progress):
        standing[number] = WITHIN_CHANCE
    return Frontier(sweep.scenario, sweep.contracts, sweep.seed, sweep, goals, tuple(standing))


def _beaten_within_chance(
    question: SweepQuestion,
    rivals: Mapping[int, Sequence[int]],
    workers: Workers,
    progress: Callable[[int, int], None],
) -> list[int]:
    """Return the policies that none of those that beat them beats beyond chance."""
    alone = SharedDraws(SettledDraws(question.contracts, question.seed))
    done, of = len(question.policies), len(question.policies) + len(rivals)
    best = sorted({rival for of_one in rivals.values() for rival in of_one})
    sampled = run_blocks(partial(question.samples, alone), best, workers)
    of_best = {best[position]: samples for position, samples in sampled}
    left = [number for number in question.order() if number in rivals]
    close = []
    work = partial(_is_close, question, alone, of_best, rivals)
    for position, within_chance in run_blocks(work, left, workers):
        done += 1
        progress(done, of)
        if within_chance:
            close.append(left[position])
    return close


def _is_close(
    question: SweepQuestion,
    draws: SharedDraws,
    of_best: Mapping[int, Samples],
    rivals: Mapping[int, Sequence[int]],
    number: int,
) -> bool:
    """Return whether none of the policies that beat a policy does so beyond chance."""
    own = question.samples(draws, number).by_place
    return not any(
        all(_is_certain(column, best.by_place[place][1], samples) for place, (column, samples) in own.items())
        for best in (of_best[rival] for rival in rivals[number])
    )


def _is_certain(column: SummaryColumn, one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Return whether a difference is beyond chance, or is none in any contract."""
    same = np.allclose(one.astype(float), other.astype(float), rtol=0, atol=PENNY_GBP)
    difference = column.measure.estimator.between(one, other)
    return same or (difference is not None and beyond_chance(difference))
