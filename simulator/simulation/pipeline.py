"""The whole flow, from a plan to settled contracts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from simulator.random_streams import RandomStreams
from simulator.records import Block, Outcomes
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws, drawn_in_blocks
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.result import Result


def simulate(
    scenario: Scenario,
    draws: Draws = Draws(),
    *,
    progress: Callable[[int], None] = lambda contracts_done: None,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`.
    draws : Draws
        How many contracts, from which seed, by how many processes.
    progress : callable
        Called with the number of contracts done, now and then.

    Returns
    -------
    Result
        Every contract's outcome, and estimates with their errors.

    Raises
    ------
    InputError
        If a number is out of range.
    """
    settled = draws.of(scenario)
    plan = make_plan(scenario)
    plan.prepare(lambda: progress(0))
    outcomes = Outcomes.empty(settled.contracts, plan.axes)
    done = 0
    work = partial(simulate_block, plan, RandomStreams(settled.seed))
    for start, drawn in drawn_in_blocks(work, settled):
        done += outcomes.fill(start, drawn)
        progress(done)
    return Result(scenario, plan, outcomes, settled.contracts, settled.seed)


def simulate_block(plan: Plan, streams: RandomStreams, block: Block) -> Outcomes:
    """Simulate one block of contracts: the flow of a scenario, stage by stage."""
    _, outturn = plan.books(plan.draw(streams, block))
    return plan.settle(outturn)
