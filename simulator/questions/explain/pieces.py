"""What each source of chance does to a contract's outturn: pieces that add up to the whole."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from simulator.budgets.budgets import set_budgets
from simulator.demand.counts import draw_counts
from simulator.demand.shocks import draw_lasting_shocks, draw_shocks
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray, Spend
from simulator.simulation.plan import Plan
from simulator.spend.spend import draw_spend


class Source(StrEnum):
    """Why budget less spend is not what was expected."""

    COUNTS = "chance in counts"
    UNIT_COSTS = "chance in unit costs"
    CLUSTER_YEAR = "cluster's year"
    UNMEASURED_NEED = "unmeasured need"
    PCT_SHOCKS = "PCT-wide shocks"
    BASE_YEAR = "budget's base year"
    INTERACTION = "interaction"


def draw_pieces(plan: Plan, streams: RandomStreams, block: Block) -> dict[Source, FloatArray]:
    """Book the outturn of one block of contracts, less its expectation, by source of chance.

    The draws are those of `simulate`. Expected spend is e, its factors are P (PCT-wide), L (the
    cluster's lasting one) and C (lasting and passing together), the N cases cost m each on average::

        spend - e = e (P - 1)  +  e (L - 1)  +  e (C - L)  +  e (P - 1)(C - 1)
                    PCT-wide      need          year          interaction
                    + (N m - e P C)  +  (spend - N m)
                      counts            unit costs

    Unmeasured need is booked net: less what it adds to a budget that is set by past spend. All else
    that past spend does to a budget is the piece of the base year.

    Returns shape (contract, year, cluster, line): pounds for which the cluster answers; above zero where
    they add to a surplus.
    """
    spend_gbp, by_source_gbp = _draw_spend(plan, streams, block)
    expected_gbp = plan.expected_spend_gbp[None]
    need_gbp = by_source_gbp[Source.UNMEASURED_NEED]
    # The rule itself is asked what it makes of need alone, and of all: no rule's formula is here,
    # and the pieces add up whatever the rule.
    without_chance = _budget_gbp(plan, expected_gbp)
    with_need = _budget_gbp(plan, expected_gbp + need_gbp)
    pieces = {source: -gbp[:, 1:] for source, gbp in by_source_gbp.items()}
    pieces[Source.UNMEASURED_NEED] += with_need - without_chance
    pieces[Source.BASE_YEAR] = _budget_gbp(plan, spend_gbp) - with_need
    return {source: pieces[source] * plan.responsibility for source in Source}


def expected_budget_gbp(plan: Plan) -> FloatArray:
    """Return the budgets that clusters answer for when past spend is as expected.

    Returns shape (year, cluster, line): Pounds, after the top-slice.
    """
    return np.asarray(_budget_gbp(plan, plan.expected_spend_gbp[None])[0] * plan.responsibility)


def _draw_spend(
    plan: Plan, streams: RandomStreams, block: Block
) -> tuple[FloatArray, dict[Source, FloatArray]]:
    """Return spend and its pieces, each of shape (contract, year, cluster, line), base year first."""
    shocks = draw_shocks(plan.settings.shocks, plan.shock_sizes, plan.axes, streams, block)
    counts = draw_counts(plan.expected_counts, shocks, plan.count_laws, plan.axes, streams, block)
    spend = draw_spend(counts, plan.prices, plan.axes, streams, block)
    spend_gbp = np.concatenate([spend.base_year_gbp[:, None], spend.contract_gbp], axis=1)

    per_case = np.array([price.cost_sums is not None for price in plan.prices])
    case_gbp = _mean_cost_gbp(plan)[:, None, :] * per_case
    of_cases_gbp = plan.expected_spend_gbp * per_case
    block_gbp = plan.expected_spend_gbp * ~per_case

    pct = shocks.pct[:, :, None, :] - 1
    cluster = shocks.cluster_year[..., None] - 1
    lasting = draw_lasting_shocks(plan.settings.shocks, plan.axes, streams, block)[:, None, :, None] - 1
    cases_gbp = counts * case_gbp
    return spend_gbp, {
        Source.COUNTS: cases_gbp - of_cases_gbp * (1 + pct) * (1 + cluster),
        Source.UNIT_COSTS: spend_gbp - block_gbp - cases_gbp,
        Source.CLUSTER_YEAR: of_cases_gbp * (cluster - lasting),
        Source.UNMEASURED_NEED: of_cases_gbp * np.broadcast_to(lasting, cluster.shape),
        Source.PCT_SHOCKS: of_cases_gbp * pct,
        Source.INTERACTION: of_cases_gbp * pct * cluster,
    }


def _mean_cost_gbp(plan: Plan) -> FloatArray:
    """Return the mean cost of a case to the payer, shape (year, line)."""
    means = [line.unit_cost_gbp.mean_gbp for line in plan.settings.service_lines]
    return np.stack(
        [price.price_index * mean for price, mean in zip(plan.prices, means, strict=True)], axis=-1
    )


def _budget_gbp(plan: Plan, spend_gbp: FloatArray) -> FloatArray:
    """Return the budgets, shape (contract, year, cluster, line), that follow from spend of all years."""
    people, top_slice_share = plan.population.people, plan.settings.budgets.top_slice_share
    spend = Spend(spend_gbp[:, 0], spend_gbp[:, 1:])
    return set_budgets(spend, plan.budgets, people, top_slice_share, plan.years_from_base).budget_gbp
