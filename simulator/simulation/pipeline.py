"""The whole flow, from a plan to settled contracts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from simulator.budgets.budgets import set_budgets
from simulator.demand.counts import draw_counts
from simulator.demand.shocks import draw_shocks
from simulator.execution.blocks import run_blocks
from simulator.outcomes import Outcomes
from simulator.random_streams import RandomStreams
from simulator.records import Block, Budgets, Outturn, Spend
from simulator.rules.settlement import settled_outcomes
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.result import Result
from simulator.spend.spend import draw_spend

CONTRACTS_PER_BLOCK = 5_000
"""Larger blocks make fewer generators, smaller ones spread over processes; part of what a seed means."""


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
    contracts, streams = settled.contracts, RandomStreams(settled.seed)
    plan = make_plan(scenario)
    plan.prepare()
    starts = range(0, contracts, CONTRACTS_PER_BLOCK)
    blocks = [Block(number, CONTRACTS_PER_BLOCK) for number in range(len(starts))]
    outcomes = Outcomes.empty(contracts, plan.axes)
    done = 0
    for position, drawn in run_blocks(partial(simulate_block, plan, streams), blocks, settled.workers):
        # A last block that is larger than needed is drawn whole: cut short, it would draw
        # other contracts.
        done += outcomes.fill(starts[position], drawn)
        progress(done)
    return Result(scenario, plan, outcomes, contracts, settled.seed)


def simulate_block(plan: Plan, streams: RandomStreams, block: Block) -> Outcomes:
    """Simulate one block of contracts: the flow of a scenario, stage by stage."""
    spend = draw_block(plan, streams, block)
    people, top_slice_share = plan.population.people, plan.settings.budgets.top_slice_share
    budgets = set_budgets(spend, plan.budgets, people, top_slice_share, plan.years_from_base)
    outturn = outturn_of(plan, spend, budgets)
    return settled_outcomes(plan.settings.rules, outturn, plan.terms, plan.axes)


def draw_block(plan: Plan, streams: RandomStreams, block: Block) -> Spend:
    """Draw demand and spend of one block of contracts; see `simulate_block`."""
    shocks = draw_shocks(plan.settings.shocks, plan.shock_sizes, plan.axes, streams, block)
    counts = draw_counts(plan.expected_counts, shocks, plan.count_laws, plan.axes, streams, block)
    return draw_spend(counts, plan.prices, plan.axes, streams, block)


def outturn_of(plan: Plan, spend: Spend, budgets: Budgets) -> Outturn:
    """Return budget against spend for what each cluster answers for, and what else its care costs."""
    answers_for = plan.responsibility
    above = spend.above_limit_gbp
    whole = spend.contract_gbp if above is None else spend.contract_gbp + above
    outside = None if (answers_for == 1).all() else (whole * (1 - answers_for)).sum(axis=-1)
    return Outturn(
        budget_gbp=np.asarray((budgets.budget_gbp * answers_for).sum(axis=-1)),
        spend_gbp=np.asarray((spend.contract_gbp * answers_for).sum(axis=-1)),
        top_slice_gbp=np.asarray((budgets.top_slice_gbp * answers_for).sum(axis=-1)),
        annual_budget_gbp=np.asarray((budgets.annual_gbp * answers_for).sum(axis=-1)),
        outside_gbp=outside,
        above_limit_gbp=None if above is None else (above * answers_for).sum(axis=-1),
    )
