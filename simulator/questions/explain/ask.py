"""Where the variance of the outturn comes from: what pooling can cure, and what it cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from simulator.errors import InputError
from simulator.questions.explain.answer import Explanation
from simulator.questions.explain.pieces import (
    PowerSums,
    has_terms,
    known_sources,
    known_variances_gbp2,
    pieces_in_parts,
    sources_of,
)
from simulator.questions.explain.worth import Worth
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws, SettledDraws, drawn_in_blocks
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.refusals import no_shadow_years

_AT_ONCE = 500
"""Contracts of which pieces are made at once."""


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
    if problems := no_shadow_years(plan, "explain"):
        raise InputError(problems)
    plan.prepare(settled.workers)
    streams = RandomStreams(seed)
    worth = _worth(plan, streams, settled, lambda: progress(0)) if has_terms(plan) else None
    parts: dict[int, PowerSums] = {}
    mean_worth_gbp = worth.mean_gbp(contracts) if worth else 0.0
    work = partial(_explain_block, plan, streams, contracts, mean_worth_gbp)
    for start, sums in drawn_in_blocks(work, settled):
        parts[start] = sums
        progress(min(len(parts) * CONTRACTS_PER_BLOCK, contracts))
    # Added in the order of the blocks, whichever was done first: sums of floats depend on it.
    drawn = PowerSums.added(parts[at] for at in sorted(parts))
    sums = drawn.with_known(sources_of(plan), known_variances_gbp2(plan), contracts)
    return Explanation(scenario, contracts, seed, plan, sums, worth)


def _worth(plan: Plan, streams: RandomStreams, draws: SettledDraws, alive: Callable[[], None]) -> Worth:
    """Return what payment terms are worth: a first pass over the contracts."""
    found: dict[int, Worth] = {}
    for start, part in drawn_in_blocks(partial(Worth.of_block, plan, streams, draws.contracts), draws):
        found[start] = part
        alive()
    return Worth.added(found[at] for at in sorted(found))


def _explain_block(
    plan: Plan, streams: RandomStreams, contracts: int, mean_worth_gbp: FloatArray | float, block: Block
) -> PowerSums:
    """Return the sums over those contracts of a block that are wanted."""
    wanted = contracts - block.number * block.contracts
    # Pieces of few contracts stay in the processor's own memory.
    parts = pieces_in_parts(plan, streams, block, mean_worth_gbp, at_once=_AT_ONCE)
    known = [at for at, source in enumerate(sources_of(plan)) if source in known_sources(plan)]
    sums = []
    # The rest of a block is not wanted.
    for start, pieces in zip(range(0, wanted, _AT_ONCE), parts, strict=False):
        sums.append(PowerSums.of((gbp[: wanted - start] for gbp in pieces.values()), known))
    return PowerSums.added(sums)
