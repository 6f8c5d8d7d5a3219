"""The whole flow, from a plan to settled contracts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from simulator.execution.blocks import run_blocks
from simulator.execution.dask_cluster import DaskCluster
from simulator.random_streams import RandomStreams
from simulator.records import Block, Outturn
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import MOST_CONTRACTS
from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws, SettledDraws, blocks_of
from simulator.simulation.gathering import Gathering
from simulator.simulation.kept_blocks import NOTHING_KEPT, KeptBlocks
from simulator.simulation.memory import CELLS_AT_ONCE, CELLS_DRAWN, enough_memory, together_on_disk
from simulator.simulation.part_of_plan import is_separable, of_clusters
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.result import Result


def simulate(
    scenario: Scenario,
    draws: Draws = Draws(),
    *,
    progress: Callable[[int], None] = lambda contracts_done: None,
    kept: KeptBlocks = NOTHING_KEPT,
    meanwhile: Callable[[], None] = lambda: None,
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
    meanwhile : callable
        Called once while other processes of this machine draw; not at all where there are none.

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
    return simulate_plan(
        make_plan(scenario), scenario, settled, progress=progress, kept=kept, meanwhile=meanwhile
    )


def simulate_plan(
    plan: Plan,
    scenario: Scenario,
    settled: SettledDraws,
    *,
    progress: Callable[[int], None] = lambda contracts_done: None,
    kept: KeptBlocks = NOTHING_KEPT,
    meanwhile: Callable[[], None] = lambda: None,
) -> Result:
    """Simulate a plan of a scenario: its own, or one that a question has changed."""
    contracts = settled.contracts
    groups = groups_of_clusters(plan)
    clusters, done = len(plan.axes.clusters), 0
    # Blocks one after the other, and of each block the groups.
    pieces = [(block, group) for block in blocks_of(contracts) for group in groups]
    gathering = Gathering(contracts, clusters, together_on_disk(plan, contracts))
    work = partial(_simulate_piece, plan, RandomStreams(settled.seed), contracts)

    def filled(number: int, drawn: Outturn) -> int:
        block, group = pieces[number]
        return gathering.fill(block.number * block.contracts, drawn, group.start) * len(group)

    with enough_memory(plan, contracts):
        stand = set[int]()
        for number, drawn in kept.found(len(pieces)):
            done += filled(number, drawn)
            stand.add(number)
        plan.prepare(settled.workers, lambda: progress(done // clusters))
        left = [number for number in range(len(pieces)) if number not in stand]
        for position, drawn in run_blocks(work, [pieces[one] for one in left], settled.workers, meanwhile):
            kept.keep(left[position], drawn)
            done += filled(left[position], drawn)
            progress(done // clusters)
        # Estimates need every contract: not worth sending to other machines.
        processes = 1 if isinstance(settled.workers, DaskCluster) else settled.workers
        return Result(scenario, plan, gathering.whole(), contracts, settled.seed, processes)


def _simulate_piece(
    plan: Plan, streams: RandomStreams, contracts: int, piece: tuple[Block, range]
) -> Outturn:
    """Simulate some clusters in one block of contracts."""
    block, group = piece
    if len(group) < len(plan.axes.clusters):
        plan = of_clusters(plan, np.array(group))
    return simulate_block(plan, streams, block, contracts=contracts)


def groups_of_clusters(plan: Plan) -> list[range]:
    """Return the clusters, by number, that are drawn together: all, where memory holds them or needs must."""
    years, clusters, lines = plan.expected_counts.shape
    size = max(CELLS_DRAWN // (CONTRACTS_PER_BLOCK * years * lines), 1)
    if size >= clusters or not is_separable(plan):
        return [range(clusters)]
    return [range(first, min(first + size, clusters)) for first in range(0, clusters, size)]


def simulate_block(
    plan: Plan, streams: RandomStreams, block: Block, *, contracts: int = MOST_CONTRACTS
) -> Outturn:
    """Simulate one block of contracts: the flow of a scenario, stage by stage, up to the rules.

    A block is drawn whole; the books are made of those of its contracts that are among the first `contracts`.
    """
    wanted = min(block.contracts, contracts - block.number * block.contracts)
    if not plan.actions.drawn:
        block = replace(block, wanted=wanted)
    spend = plan.draw(streams, block)
    parts = spend.gbp.size // CELLS_AT_ONCE + 1
    if parts == 1:
        return plan.books(spend if len(spend.gbp) == wanted else spend.some(0, wanted))[1]
    gathering = Gathering(wanted, len(plan.axes.clusters))
    for start, stop in pairwise(wanted * part // parts for part in range(parts + 1)):
        gathering.fill(start, plan.books(spend.some(start, stop))[1])
    return gathering.whole().some(0, wanted)
