"""Where the variance of the outturn comes from: what pooling can cure, and what it cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from simulator.errors import InputError
from simulator.questions.explain.answer import Explanation
from simulator.questions.explain.pieces import (
    PowerSums,
    draw_pieces,
    known_sources,
    known_variances_gbp2,
    sources_of,
)
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws, drawn_in_blocks
from simulator.simulation.plan import Plan, make_plan


def explain(
    scenario: Scenario,
    *,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda contracts_done: None,
) -> Explanation:
    """Say where the variance of the outturn comes from; the contracts are those of `simulate`.

    The outturn is budget less spend, for what each cluster answers for, before any rule shares it.
    Errors rest on fourth moments: where a unit cost has none (Pareto with a shape up to 4 and no
    limit), they are rough.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`.
    draws : Draws
        As for `simulate`. Memory does not grow with the number of contracts.
    progress : callable
        Called with the number of contracts done, now and then.

    Returns
    -------
    Explanation
        Shares of variance by cluster, year, service line and source of chance, with their errors.

    Raises
    ------
    InputError
        If a number is out of range.
    """
    settled = draws.of(scenario)
    contracts, seed = settled.contracts, settled.seed
    plan = make_plan(scenario)
    if problems := plan.other_payments("explain"):
        raise InputError(problems)
    plan.prepare()
    parts: dict[int, PowerSums] = {}
    work = partial(_explain_block, plan, RandomStreams(seed), contracts)
    for start, sums in drawn_in_blocks(work, settled):
        parts[start] = sums
        progress(min(len(parts) * CONTRACTS_PER_BLOCK, contracts))
    # Added in the order of the blocks, whichever was done first: sums of floats depend on it.
    drawn = PowerSums.added(parts[at] for at in sorted(parts))
    sums = drawn.with_known(sources_of(plan), known_variances_gbp2(plan), contracts)
    return Explanation(scenario, contracts, seed, plan, sums)


def _explain_block(plan: Plan, streams: RandomStreams, contracts: int, block: Block) -> PowerSums:
    """Return the sums over those contracts of a block that are wanted."""
    wanted = contracts - block.number * block.contracts
    pieces = draw_pieces(plan, streams, block)
    known = [at for at, source in enumerate(pieces) if source in known_sources(plan)]
    return PowerSums.of((gbp[:wanted] for gbp in pieces.values()), known)
