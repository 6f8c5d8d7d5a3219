"""Budgets of every contract year, cluster and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.budgets.budget_rule import BudgetRule, FloatArray, LineBasis
from simulator.records import Budgets, ClusterTerms, Spend

_NOT_ASKED_FOR = np.array(np.nan)
"""In place of spend that no budget rests on."""


@dataclass(frozen=True, slots=True)
class LineBudget:
    """How the budgets of one service line are set."""

    rule: BudgetRule  # the rule
    growth_share: float  # expected growth of spend a year, demand and prices together
    # shape (year, cluster); share of each contract year's cases that falls in the cluster's months.
    part_year_share: FloatArray
    # shape (cluster,); the PCT's planned spend in the base year, divided by need-weighted population.
    fair_share_gbp: FloatArray
    # shape (year, cluster); expected spend of each whole contract year, without shocks or savings.
    expected_gbp: FloatArray
    # shape (year, cluster); part of a budget that is set for several lines together; see `LineBasis`.
    part_of_budget: FloatArray
    given_gbp: FloatArray  # shape (year, cluster); what a table gives for a whole year; see `LineBasis`

    @property
    def uplift(self) -> float:
        """What a year does to the line's budget: 1.02 is 2% more."""
        return self.rule.uplift_of(self.growth_share)

    def annual_gbp(
        self, year: int, years_from_base: int, finished_gbp: Sequence[FloatArray], people: FloatArray
    ) -> FloatArray:
        """Return the budgets of a contract year, for a whole year, after some spend; see `LineBasis`."""
        return self.rule.annual_budget_gbp(
            LineBasis(
                year=year,
                years_since_base=years_from_base + year,
                growth_share=self.growth_share,
                finished_gbp=tuple(finished_gbp),
                fair_share_gbp=self.fair_share_gbp,
                expected_gbp=self.expected_gbp[year],
                people=people,
                part_of_budget=self.part_of_budget[year],
                given_gbp=self.given_gbp[year],
            )
        )


def set_budgets(
    spend: Spend,
    lines: Sequence[LineBudget],
    terms: ClusterTerms,
    top_slice_share: float,
    years_from_base: int,
) -> Budgets:
    """Set the budgets of one block of contracts."""
    begins = [np.flatnonzero(terms.first_year == year) for year in range(len(terms.months))]
    shape = spend.contract_gbp.shape
    whole_gbp = np.empty(shape, order="F")
    first_gbp = np.empty((shape[0], *shape[2:]), order="F")
    bought_gbp = spend.bought_gbp
    for at_line, line in enumerate(lines):
        finished = [year_gbp[..., at_line] for year_gbp in spend.base_years_gbp]
        for year in range(shape[1]):
            annual_gbp = line.annual_gbp(year, years_from_base, finished, terms.people)
            some = begins[year]
            first_gbp[:, some, at_line] = np.broadcast_to(annual_gbp, shape[::2])[:, some]
            whole_gbp[:, year, :, at_line] = annual_gbp * line.part_year_share[year]
            spent_gbp = _NOT_ASKED_FOR
            if line.rule.asks_for_contract_years and year + 1 < shape[1]:
                spent_gbp = bought_gbp[:, year, :, at_line] / line.part_year_share[year]
            finished.insert(0, spent_gbp)
    if top_slice_share == 0:
        return Budgets(whole_gbp, np.zeros(shape, order="F"), first_gbp)
    kept = 1 - top_slice_share
    return Budgets(kept * whole_gbp, top_slice_share * whole_gbp, kept * first_gbp)
