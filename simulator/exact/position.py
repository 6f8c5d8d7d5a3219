"""What a cluster's position at year end is made of: spend of lines and years, and what is fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.budgets.budget_rule import LineBasis
from simulator.records import FloatArray
from simulator.simulation.plan import Plan

_NOT_LINEAR = 1e-9


@dataclass(frozen=True, slots=True)
class YearEnd:
    """Spend less budget of one cluster, as a weighted sum of what lines cost in each year."""

    # shape (year, line); on the spend of each financial year, the base year first: what the cluster answers
    # for in the years asked about, less what budgets pass on of earlier years.
    weights: FloatArray
    fixed_gbp: float  # what does not depend on any spend: block contracts less the fixed part of budgets


def year_end(plan: Plan, cluster: int, years: Sequence[int]) -> YearEnd | None:
    """Return spend less budget, summed over contract years.

    Returns none if a budget rule is not linear in past spend, so that no such sum exists.
    """
    weights = np.zeros(plan.expected_counts[:, cluster].shape)
    fixed_gbp = 0.0
    for at_line, price in enumerate(plan.prices):
        answers_for = plan.responsibility[cluster, at_line]
        for year in years:
            response = _budget_response(plan, at_line, cluster, year)
            if response is None:
                return None
            fixed_budget_gbp, on_base, on_latest = response * answers_for
            weights[year + 1, at_line] += answers_for
            weights[0, at_line] -= on_base
            weights[year, at_line] -= on_latest
            fixed_gbp -= fixed_budget_gbp
        if price.cost_sums is None:
            fixed_gbp += float(weights[:, at_line] @ plan.expected_spend_gbp[:, cluster, at_line])
            weights[:, at_line] = 0.0
    return YearEnd(weights, fixed_gbp)


def _budget_response(plan: Plan, at_line: int, cluster: int, year: int) -> FloatArray | None:
    """Return a budget's fixed part, and what it passes on of each pound of base and latest spend.

    Rules are asked what they would hand over after other spend, so that no formula is written twice.
    """
    line = plan.budgets[at_line]
    size_gbp = max(float(plan.expected_spend_gbp[0, cluster, at_line]), 1.0)
    base = size_gbp * np.array([0.0, 1.0, 0.0, 2.0])
    latest = size_gbp * np.array([0.0, 0.0, 1.0, 3.0])
    clusters = len(plan.axes.clusters)
    basis = LineBasis(
        year=year,
        years_since_base=plan.years_from_base + year,
        growth_share=line.growth_share,
        base_gbp=np.repeat(base[:, None], clusters, axis=1),
        latest_gbp=np.repeat(latest[:, None], clusters, axis=1),
        fair_share_gbp=line.fair_share_gbp,
        expected_gbp=line.expected_gbp[year],
        people=plan.population.people,
        part_of_budget=line.part_of_budget[year],
    )
    asked = np.broadcast_to(line.rule.annual_budget_gbp(basis), (base.size, clusters))[:, cluster]
    on_base, on_latest = (asked[1] - asked[0]) / size_gbp, (asked[2] - asked[0]) / size_gbp
    foreseen = asked[0] + size_gbp * (2 * on_base + 3 * on_latest)
    if abs(foreseen - asked[3]) > _NOT_LINEAR * abs(asked[3]):
        return None
    handed_over = (1 - plan.settings.budgets.top_slice_share) * line.part_year_share[year]
    # The latest year is the base year at first; afterwards the contract's, which may be part of a year.
    whole_year = line.part_year_share[year - 1] if year else 1.0
    return np.asarray([asked[0], on_base, on_latest / whole_year]) * float(handed_over)
