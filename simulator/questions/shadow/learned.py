"""Budgets that rest on what clusters are known to have spent: best estimates by the scenario's own law.

With no year known a budget is what need weights expect. Each year of outturn moves it by as much as the
year's spend tells of the contract's (credibility: kriging of logarithms, in which all shocks are normal).
Every cluster's outturn bears on every budget, since the PCT's shocks are common to all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from simulator.demand.covariances import covariances
from simulator.records import Budgets, FloatArray, IntArray
from simulator.simulation.earlier_years import EarlierYears
from simulator.simulation.plan import Plan
from simulator.sums import product, solved

_FEWEST_CASES = 20.0
"""Expected cases of a line in a year from which on its spend is taken to say something: its logarithm has a
normal law about."""
_LEAST_SHARE = 0.02
"""Of expected spend: nothing spent has no logarithm."""


@dataclass(frozen=True, slots=True)
class LearnedBudgets:
    """Budgets after so many years of outturn; `k` counts what is seen, by year, cluster and line."""

    expected_gbp: FloatArray  # shape (year, cluster, line); of contract years, before true savings
    past_gbp: FloatArray  # shape (past year, cluster, line); expected, the base year first
    seen: IntArray  # shape (k, 3); positions in `past_gbp`
    expected_log: FloatArray  # shape (k,)
    gains: FloatArray  # shape (k, year * cluster * line)
    half_known: FloatArray  # shape (year, cluster, line); half the variance that the outturn takes away

    @classmethod
    def of(cls, plan: Plan, before: EarlierYears | None, known: int) -> Self:
        """Return budgets of a plan without true savings, given `known` years up to the base year."""
        expected_gbp = plan.expected_spend_gbp
        counts, past_gbp = plan.expected_counts[:1], expected_gbp[:1]
        if before is not None:
            counts = np.concatenate([counts, before.expected_counts])
            past_gbp = np.concatenate([past_gbp, before.expected_gbp])
        counts, past_gbp = counts[:known], past_gbp[:known]
        per_case = np.array([price.totals is not None for price in plan.prices])
        seen = np.argwhere((counts >= _FEWEST_CASES) & per_case)
        places = tuple(seen.T)
        later = range(1, len(expected_gbp))
        together = covariances(plan.shocks, [*later, *(-ago for ago in range(known))], range(0, -known, -1))
        # Shape (year, cluster, line, seen), of contract years and then of what is known.
        of_seen = np.moveaxis(together, (3, 4, 5), (0, 1, 2))[places]
        own = np.moveaxis(of_seen[:, : len(later)], 0, -1)
        of_case = np.array([sum(line.chance_of_a_case) for line in plan.settings.service_lines])
        chance = np.log1p(of_case[seen[:, 2]] / counts[places])
        within = np.moveaxis(of_seen[:, len(later) :], 0, -1)[places] + np.diag(chance)
        flat = own.reshape(expected_gbp[1:].size, len(seen))
        gains = solved(within, flat.T)
        half_known = (gains.T * flat).sum(axis=-1).reshape(expected_gbp[1:].shape) / 2
        return cls(expected_gbp[1:], past_gbp, seen, -np.diag(within) / 2, gains, half_known)

    def set_budgets(self, plan: Plan, past_gbp: Sequence[FloatArray]) -> Budgets:
        """Return the budgets that follow from past spend, each year's of shape (contract, cluster, line)."""
        contracts = len(past_gbp[0])
        logs = np.empty((contracts, len(self.seen)))
        for at, (year, cluster, line) in enumerate(self.seen):
            share = past_gbp[year][:, cluster, line] / self.past_gbp[year, cluster, line]
            logs[:, at] = np.log(np.maximum(share, _LEAST_SHARE))
        moved = product(logs - self.expected_log, self.gains).reshape(contracts, *self.half_known.shape)
        budget_gbp = self.expected_gbp * np.exp(moved - self.half_known)
        first = plan.terms.first_year
        parts = np.stack([line.part_year_share for line in plan.budgets], axis=-1)
        own = np.arange(len(first))
        annual_gbp = budget_gbp[:, first, own] / parts[first, own]
        return Budgets(budget_gbp, np.zeros_like(budget_gbp), annual_gbp)
