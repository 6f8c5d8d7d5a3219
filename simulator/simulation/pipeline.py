"""The whole flow, from a plan to settled contracts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from simulator.execution.dask_cluster import DaskCluster
from simulator.random_streams import RandomStreams
from simulator.records import Block, Outturn
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import MOST_CONTRACTS
from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws, drawn_in_blocks
from simulator.simulation.gathering import Gathering
from simulator.simulation.kept_blocks import NOTHING_KEPT, KeptBlocks
from simulator.simulation.memory import CELLS_AT_ONCE, enough_memory
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.result import Result


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
    work = partial(simulate_block, plan, RandomStreams(settled.seed), contracts=settled.contracts)
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


def simulate_block(
    plan: Plan, streams: RandomStreams, block: Block, *, contracts: int = MOST_CONTRACTS
) -> Outturn:
    """Simulate one block of contracts: the flow of a scenario, stage by stage, up to the rules.

    A block is drawn whole; the books are made of those of its contracts that are among the first `contracts`.
    """
    spend = plan.draw(streams, block)
    wanted = min(block.contracts, contracts - block.number * block.contracts)
    parts = spend.gbp.size // CELLS_AT_ONCE + 1
    if parts == 1:
        return plan.books(spend if wanted == block.contracts else spend.some(0, wanted))[1]
    gathering = Gathering(wanted)
    for start, stop in pairwise(wanted * part // parts for part in range(parts + 1)):
        gathering.fill(start, plan.books(spend.some(start, stop))[1])
    return gathering.whole()
