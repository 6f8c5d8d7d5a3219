"""The policies that no other beats on both of two goals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.answers.places import samples_at
from simulator.errors import InputError, Problem
from simulator.execution.blocks import run_blocks
from simulator.questions.frontier.answer import (
    BEATEN,
    ON_FRONTIER,
    WITHIN_CHANCE,
    Frontier,
    Goal,
    beaten_by,
    on_frontier,
    points_of,
    two_goals,
)
from simulator.questions.sweep.ask import run_sweep
from simulator.questions.sweep.question import SweepQuestion, Values, sweep_question
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import in_sentence
from simulator.risk.measures import SummaryColumn
from simulator.risk.paired import Place
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.shared_draws import SharedDraws

SamplesByPlace = Mapping[Place, tuple[SummaryColumn, NDArray[Any]]]


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
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda policies_done, of_policies: None,
) -> Frontier:
    """Find the frontier of a question that is checked; see `frontier`."""
    policies = len(question.policies)
    sweep = run_sweep(question, workers, lambda done: progress(done, policies))
    points = points_of(sweep, goals)
    if np.isnan(points).any():
        need = "measures and a cluster that every policy has"
        raise InputError([Problem("--minimise and --maximise", need, "one that some policies are without")])
    best = on_frontier(points)
    rivals = {
        number: beaten_by(points, number, np.flatnonzero(best)).tolist()
        for number in np.flatnonzero(~best).tolist()
    }
    close = _beaten_within_chance(question, rivals, workers, progress)
    standing = [ON_FRONTIER if one else BEATEN for one in best]
    for number in close:
        standing[number] = WITHIN_CHANCE
    return Frontier(sweep, goals, tuple(standing))


def _beaten_within_chance(
    question: SweepQuestion,
    rivals: Mapping[int, Sequence[int]],
    workers: int,
    progress: Callable[[int, int], None],
) -> list[int]:
    """Return the policies that none of those that beat them beats beyond chance."""
    draws = SharedDraws(SettledDraws(question.contracts, question.seed, workers))
    draws.simulate(question.scenario)
    alone = SharedDraws(draws.draws.alone())
    done, of = len(question.policies), len(question.policies) + len(rivals)
    best = sorted({rival for of_one in rivals.values() for rival in of_one})
    sampled = run_blocks(partial(_samples, question, alone), best, workers)
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


def _samples(question: SweepQuestion, draws: SharedDraws, number: int) -> SamplesByPlace:
    """Return a policy's samples of the two measures."""
    return samples_at(draws.simulate(question.policy(number)), question.places).by_place


def _is_close(
    question: SweepQuestion,
    draws: SharedDraws,
    of_best: Mapping[int, SamplesByPlace],
    rivals: Mapping[int, Sequence[int]],
    number: int,
) -> bool:
    """Return whether none of the policies that beat a policy does so beyond chance."""
    own = _samples(question, draws, number)
    return not any(
        all(
            _is_certain(column, of_best[rival][place][1], samples) for place, (column, samples) in own.items()
        )
        for rival in rivals[number]
    )


def _is_certain(column: SummaryColumn, one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Return whether a difference is beyond chance, or is none in any contract."""
    same = np.allclose(one.astype(float), other.astype(float), rtol=0, atol=PENNY_GBP)
    difference = column.measure.estimator.between(one, other)
    return same or (difference is not None and beyond_chance(difference))
