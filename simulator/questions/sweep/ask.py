"""What each of many policies would do: every combination, on the same draws as the scenario as given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from simulator.answers.places import samples_at
from simulator.execution.blocks import run_blocks
from simulator.questions.sweep.answer import Sweep
from simulator.questions.sweep.question import SweepQuestion, Values, sweep_question
from simulator.records import FloatArray
from simulator.risk.paired import Samples, numbers_of
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.shared_draws import SharedDraws

_POLICIES_AT_ONCE = 4
"""Few, so that little is lost when a sweep is stopped; enough to hide what a task costs."""


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Values],
    *,
    together: bool = False,
    measures: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda policies_done: None,
) -> Sweep:
    """Estimate every measure under many policies, and how far each is from the scenario as given.

    All policies have the same draws, so that a difference carries the small error of a paired
    difference. A policy of rules alone costs its settlement; one that changes demand, what it draws.

    Parameters
    ----------
    scenario : Scenario
        The base policy.
    vary : mapping of str to values
        By key, its values: ``{"rules.surplus.practice_share": [0.05, 0.1]}``, or text such as
        ``"0.05:0.2:0.05"``.
    together : bool
        Whether the keys' values step side by side; otherwise each value meets every other.
    measures, clusters : sequence of str, optional
        Columns and rows of the summary; all of them when left out. The PCT's row is always there.
    draws : Draws
        As for `simulate`; any number of workers gives the same answer.
    progress : callable
        Called with the number of policies done, now and then.

    Returns
    -------
    Sweep
        Every estimate, by policy, cluster and measure.

    Raises
    ------
    InputError
        With everything that is wrong with any policy, before anything is drawn.
    """
    question = sweep_question(
        scenario, vary, together=together, measures=measures, clusters=clusters, draws=draws
    )
    return run_sweep(question, draws.workers, progress)


def run_sweep(
    question: SweepQuestion,
    workers: int = 1,
    progress: Callable[[int], None] = lambda policies_done: None,
    found: Mapping[int, FloatArray] | None = None,
    keep: Callable[[int, FloatArray], None] = lambda number, numbers: None,
) -> Sweep:
    """Run a sweep that is checked."""
    draws = SharedDraws(SettledDraws(question.contracts, question.seed, workers))
    base = samples_at(draws.simulate(question.scenario), question.places)
    everything = dict(found or {})
    left = [number for number in question.order() if number not in everything]
    tasks = [left[start : start + _POLICIES_AT_ONCE] for start in range(0, len(left), _POLICIES_AT_ONCE)]
    # Each process goes on from the draws of the base, and draws what it needs by itself.
    work = partial(_estimate, question, SharedDraws(draws.draws.alone()), base)
    for position, numbers in run_blocks(work, tasks, workers):
        for number, of_policy in zip(tasks[position], numbers, strict=True):
            everything[number] = of_policy
            keep(number, of_policy)
        progress(len(everything))
    in_order = np.stack([everything[number] for number in range(len(question.policies))])
    estimates = {place: one.estimate for place, one in base.against(base).items()}
    return Sweep(question, in_order, estimates)


def _estimate(
    question: SweepQuestion, draws: SharedDraws, base: Samples, policies: Sequence[int]
) -> list[FloatArray]:
    """Return the numbers of a few policies: all that goes back from a process."""
    return [
        numbers_of(
            samples_at(draws.simulate(question.policy(number)), question.places).against(base),
            question.places,
        )
        for number in policies
    ]
