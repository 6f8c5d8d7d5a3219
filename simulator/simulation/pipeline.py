"""The whole flow, from a plan to settled contracts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from simulator.execution.dask_cluster import DaskCluster
from simulator.random_streams import RandomStreams
from simulator.records import Block, Outturn
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws, drawn_in_blocks
from simulator.simulation.gathering import Gathering
from simulator.simulation.kept_blocks import NOTHING_KEPT, KeptBlocks
from simulator.simulation.memory import enough_memory
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.result import Result

_CELLS_AT_ONCE = 5_000_000
"""Contracts x years x clusters x lines whose books are made at a time: 40 MB an array, and there are eight;
a block of hundreds of clusters by ten years has 50 million or more."""


def simulate(
    scenario: Scenario,
    draws: Draws = Draws(),
    *,
    progress: Callable[[int], None] = lambda contracts_done: None,
    kept: KeptBlocks = NOTHING_KEPT,
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
    kept : KeptBlocks
        Where finished blocks are kept, and are found again; nowhere when left out.

    Returns
    -------
    Result
        Every contract's outcome, and estimates with their errors.

    Raises
    ------
    InputError
        If a number is out of range, or memory does not hold as many contracts: it names what would fit.
    """
    settled = draws.of(scenario)
    plan = make_plan(scenario)
    gathering, stand, done = Gathering(settled.contracts), set[int](), 0
    work = partial(simulate_block, plan, RandomStreams(settled.seed))
    with enough_memory(plan, settled.contracts):
        for number, drawn in kept.found(settled.contracts):
            done += gathering.fill(number * CONTRACTS_PER_BLOCK, drawn)
            stand.add(number)
        plan.prepare(lambda: progress(done))
        for start, drawn in drawn_in_blocks(work, settled, stand):
            kept.keep(start // CONTRACTS_PER_BLOCK, drawn)
            done += gathering.fill(start, drawn)
            progress(done)
        # Estimates need every contract: not worth sending to other machines.
        processes = 1 if isinstance(settled.workers, DaskCluster) else settled.workers
        return Result(scenario, plan, gathering.whole(), settled.contracts, settled.seed, processes)


def simulate_block(plan: Plan, streams: RandomStreams, block: Block) -> Outturn:
    """Simulate one block of contracts: the flow of a scenario, stage by stage, up to the rules."""
    spend = plan.draw(streams, block)
    parts = spend.gbp.size // _CELLS_AT_ONCE + 1
    if parts == 1:
        return plan.books(spend)[1]
    gathering = Gathering(block.contracts)
    for start, stop in pairwise(block.contracts * part // parts for part in range(parts + 1)):
        gathering.fill(start, plan.books(spend.some(start, stop))[1])
    return gathering.whole()
