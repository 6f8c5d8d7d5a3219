"""Clusters that share one bond: what the pool's net outturn needs, against each alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.questions.size_answer import PoolRow
from simulator.questions.size_spread import Moved, bond, relative_variance, root
from simulator.records import Reason
from simulator.result import Result
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.measures.measure import BOND_CONFIDENCE


def outturn_variance(result: Result, clusters: Sequence[int] = (0,)) -> Moved:
    """Return the relative variance of the net outturn of clusters over the contract.

    Parameters
    ----------
    result : Result
        What was simulated.
    clusters : sequence of int
        Positions of the clusters; the first when left out.

    Returns
    -------
    Moved
        Over the square of their mean budget.
    """
    outcomes, chosen = result.contract_outcomes, list(clusters)
    budget_gbp = outcomes.gbp(Reason.BUDGET)[:, :, chosen].sum(axis=(1, 2))
    spend_gbp = outcomes.gbp(Reason.SPEND)[:, :, chosen].sum(axis=(1, 2))
    return relative_variance(budget_gbp - spend_gbp, budget_gbp)


def pools_of(result: Result) -> tuple[PoolRow, ...]:
    """Return the scenario's clusters pooled one after another, the largest first.

    Parameters
    ----------
    result : Result
        What was simulated.

    Returns
    -------
    tuple of PoolRow
        As many as there are clusters.
    """
    outcomes, people = result.contract_outcomes, result.plan.population.people
    left_gbp = outcomes.gbp(Reason.SPEND) - outcomes.gbp(Reason.BUDGET)
    order = [int(cluster) for cluster in np.argsort(-people, kind="stable")]
    separate = Moved(0.0, np.zeros(result.contracts))
    rows = []
    for number, cluster in enumerate(order, start=1):
        pooled = tuple(order[:number])
        joint, alone = (
            bond(np.maximum(left_gbp[:, :, list(some)].sum(axis=2), 0).sum(axis=1), BOND_CONFIDENCE)
            for some in (pooled, (cluster,))
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
