"""Several plans drawn at a time: of one chance, what they have in common is drawn once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from simulator.compounds.spend import draw_spends
from simulator.demand.shocks import ShockDraws
from simulator.random_streams import RandomStreams
from simulator.records import Block, Budgets, FloatArray, Outturn, Spend
from simulator.simulation.draws import SettledDraws, drawn_in_blocks
from simulator.simulation.gathering import Gathering
from simulator.simulation.plan import Plan


def shocks_key(plan: Plan) -> Hashable:
    """Return what the shocks of a plan depend on, where nothing is known of last year."""
    at = np.ndindex(len(plan.axes.clusters), len(plan.axes.lines))
    return (plan.axes, plan.shocks.key, *(plan.shocks.key_of(*place) for place in at))


def budgets_key(plan: Plan) -> Hashable:
    """Return what the budgets of a plan depend on besides spend."""
    lines = (
        (
            line.rule.model_dump_json(),
            line.growth_share,
            *(np.ascontiguousarray(getattr(line, name)).tobytes() for name in _ARRAYS_OF_BUDGET),
        )
        for line in plan.budgets
    )
    return (
        *lines,
        plan.terms.first_year.tobytes(),
        plan.population.people.tobytes(),
        plan.settings.budgets.top_slice_share,
        plan.settings.budgets.rebased_share,
        plan.years_from_base,
        *(() if plan.learned is None else plan.learned.arrays),
    )


_ARRAYS_OF_BUDGET = ("part_year_share", "fair_share_gbp", "expected_gbp", "part_of_budget", "given_gbp")


def can_be_drawn_together(plan: Plan) -> bool:
    """Return whether what is drawn depends on nothing but shocks, and on what is expected of each place."""
    return plan.last_year is None and not plan.actions.drawn


def asked_for(block: Block, contracts: int) -> Block:
    """Return a block of which those are asked for that are among the first contracts."""
    return replace(block, wanted=min(block.contracts, contracts - block.number * block.contracts))


def books_together(
    plans: Sequence[Plan],
    draws: SettledDraws,
    shocks_of: Callable[[Block], ShockDraws],
    progress: Callable[[float], None],
    streams: RandomStreams,
) -> list[Outturn]:
    """Return the budgets and spend of several plans whose shocks are the same, in all contracts.

    Shocks are those of `shocks_of`, and streams those given, where this process draws.
    Calls `progress` with how much is done, 0 to 1.
    """
    contracts, clusters = draws.contracts, len(plans[0].axes.clusters)
    draws = draws.of_totals(contracts * plans[0].expected_counts.size)
    if draws.workers != 1:
        streams = RandomStreams(draws.seed)
        shocks_of = partial(plans[0].draw_shocks, streams)
        for plan in plans:
            plan.prepare(draws.workers)
    gathering, done = [Gathering(contracts, clusters) for _ in plans], 0
    for start, books in drawn_in_blocks(partial(_books, plans, shocks_of, streams, contracts), draws):
        fitted = [whole.fill(start, one) for whole, one in zip(gathering, books, strict=True)]
        done += fitted[0]
        progress(done / contracts)
    return [one.whole().some(0, contracts) for one in gathering]


def _books(
    plans: Sequence[Plan],
    shocks_of: Callable[[Block], ShockDraws],
    streams: RandomStreams,
    contracts: int,
    block: Block,
) -> list[Outturn]:
    """Return the books of one block under each plan."""
    demands, asked = [(plan.expected_counts, plan.prices) for plan in plans], asked_for(block, contracts)
    spends = draw_spends(demands, shocks_of(block), plans[0].axes, streams, asked)[::-1]
    set_already: list[tuple[Hashable, Sequence[FloatArray], Budgets]] = []
    books = []
    for plan in plans:
        # Each is let go of as its books are made.
        care = replace(spends.pop(), earlier_gbp=plan.draw_earlier(streams, asked))
        spend = plan.pay(care)
        books.append(plan.outturn(spend, _budgets(plan, spend, set_already)))
    return books


def _budgets(
    plan: Plan, spend: Spend, set_already: list[tuple[Hashable, Sequence[FloatArray], Budgets]]
) -> Budgets:
    """Return the budgets that follow from spend: those of another plan, where only the base year counts."""
    rules = (line.rule for line in plan.budgets)
    if plan.settings.budgets.rebased_share or any(rule.asks_for_contract_years for rule in rules):
        return plan.set_budgets(spend)
    key, past = budgets_key(plan), spend.base_years_gbp
    for other_key, other_past, budgets in set_already:
        if key == other_key and all(map(np.array_equal, past, other_past)):
            return budgets
    set_already.append((key, [year_gbp.copy() for year_gbp in past], plan.set_budgets(spend)))
    return set_already[-1][-1]
