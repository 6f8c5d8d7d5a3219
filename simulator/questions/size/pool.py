"""Clusters that share one bond: what the pool's net outturn needs, against each alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.questions.size.answer import PoolRow
from simulator.questions.size.spread import Moved, bond, relative_variance, root
from simulator.records import BUDGET, SPEND, FloatArray, Outturn
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.measures.measure import BOND_CONFIDENCE
from simulator.rules.settlement import settled_outcomes
from simulator.simulation.result import Result


def outturn_variance(result: Result, clusters: Sequence[int] = (0,)) -> Moved:
    """Return the relative variance of the net outturn of clusters over the contract."""
    outcomes, chosen = result.contract_outcomes, list(clusters)
    budget_gbp = outcomes.gbp(BUDGET)[:, :, chosen].sum(axis=(1, 2))
    spend_gbp = outcomes.gbp(SPEND)[:, :, chosen].sum(axis=(1, 2))
    return relative_variance(budget_gbp - spend_gbp, budget_gbp)


def pools_of(result: Result) -> tuple[PoolRow, ...]:
    """Return the scenario's clusters pooled one after another, the largest first."""
    people = result.plan.population.people
    order = [int(cluster) for cluster in np.argsort(-people, kind="stable")]
    separate = Moved(0.0, np.zeros(result.contracts))
    rows = []
    for number, cluster in enumerate(order, start=1):
        pooled = tuple(order[:number])
        joint, alone = (
            bond(bond_needed_as_one_gbp(result, some), BOND_CONFIDENCE) for some in (pooled, (cluster,))
        )
        separate += alone
        needed = number > 1 and separate.value > PENNY_GBP
        saved = ((separate - joint) / separate).estimate if needed else None
        rows.append(
            PoolRow(
                tuple(result.plan.axes.clusters[one] for one in pooled),
                float(people[list(pooled)].sum()),
                joint.estimate,
                separate.estimate,
                saved,
                root(outturn_variance(result, pooled)),
            )
        )
    return tuple(rows)


def bond_needed_as_one_gbp(result: Result, clusters: Sequence[int]) -> FloatArray:
    """Return the bond that clusters would need under the scenario's rules, were they one cluster.

    Returns shape (contract,): pounds.
    """
    outcomes, plan, some = result.contract_outcomes, result.plan, list(clusters)
    budget_gbp, spend_gbp = (
        outcomes.gbp(reason)[:, :, some].sum(axis=2, keepdims=True) for reason in (BUDGET, SPEND)
    )
    annual_budget_gbp = outcomes.annual_budget_gbp[:, some].sum(axis=1, keepdims=True)
    outturn = Outturn(budget_gbp, spend_gbp, np.zeros_like(budget_gbp), annual_budget_gbp)
    terms = replace(
        plan.terms,
        names=(" and ".join(plan.terms.names[one] for one in some),),
        people=plan.terms.people[some].sum(keepdims=True),
        takes_share=np.ones(1, dtype=bool),
        bond_gbp=np.full(1, np.nan),
        planned_gbp=plan.terms.planned_gbp[:, some].sum(axis=1, keepdims=True),
    )
    return settled_outcomes(plan.settings.rules, outturn, terms, plan.axes).bond_needed_gbp[:, 0]
