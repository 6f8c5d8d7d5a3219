"""Variances relative to the budget, of a cluster and of pools, with the errors of what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.questions.size.answer import PoolRow
from simulator.records import BUDGET, SPEND, FloatArray, Outturn
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.estimation import Influence, interval_ranks, quantile, root
from simulator.risk.measures.measure import BOND_CONFIDENCE
from simulator.rules.settlement import settled_outcomes
from simulator.simulation.result import Result

_ROUNDING = 1e-9
"""An SD below this share of the budget is the rounding of sums."""


def relative_variance(left_gbp: FloatArray, budget_gbp: FloatArray) -> Influence:
    """Return the variance of what is left of a budget, over the square of the mean budget.

    Takes ``left_gbp, budget_gbp`` of shape (contract,).
    """
    squares = (left_gbp - left_gbp.mean()) ** 2
    variance = Influence(
        float(squares.mean()) * left_gbp.size / (left_gbp.size - 1), squares - squares.mean()
    )
    mean = float(budget_gbp.mean())
    if not variance.value > (_ROUNDING * mean) ** 2:
        return Influence(0.0, np.zeros(left_gbp.size))
    return variance / Influence(mean**2, 2 * mean * (budget_gbp - mean))


def bond(overspend_gbp: FloatArray, confidence: float) -> Influence:
    """Return the bond that covers an overspend with a probability.

    Parameters
    ----------
    overspend_gbp : ndarray of float, shape (contract,)
        Over the whole contract.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Influence
        A contract above the quantile moves it by (1 - its probability) over the density there
        (Bahadur 1966, Annals of Mathematical Statistics 37:577-580), which is read off the ends of
        the quantile's interval.
    """
    found = quantile(overspend_gbp, confidence)
    low_at, high_at = interval_ranks(overspend_gbp.size, confidence)
    spread = (found.high - found.low) * overspend_gbp.size / max(high_at - low_at, 1)
    above = overspend_gbp > found.value
    return Influence(found.value, (above - above.mean()) * spread)


def outturn_variance(result: Result, clusters: Sequence[int] = (0,)) -> Influence:
    """Return the relative variance of the net outturn of clusters over the contract."""
    outcomes, chosen = result.contract_outcomes, list(clusters)
    budget_gbp = outcomes.gbp(BUDGET)[:, :, chosen].sum(axis=(1, 2))
    spend_gbp = outcomes.gbp(SPEND)[:, :, chosen].sum(axis=(1, 2))
    return relative_variance(budget_gbp - spend_gbp, budget_gbp)


def pools_of(result: Result) -> tuple[PoolRow, ...]:
    """Return the scenario's clusters pooled one after another, the largest first."""
    people = result.plan.population.people
    order = [int(cluster) for cluster in np.argsort(-people, kind="stable")]
    separate = Influence(0.0, np.zeros(result.contracts))
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
