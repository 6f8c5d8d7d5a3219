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

from simulator.budgets.budgets import LineBudget
from simulator.compounds.spend import LinePrices
from simulator.demand.covariances import covariances
from simulator.demand.shocks import ShockPlan
from simulator.records import Budgets, FloatArray, IntArray
from simulator.scenario.schema import ServiceLine
from simulator.simulation.earlier_years import EarlierYears
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

    @property
    def arrays(self) -> tuple[bytes, ...]:
        """Return what they depend on besides spend, to tell them from others."""
        arrays = self.expected_gbp, self.past_gbp, self.seen, self.expected_log, self.gains, self.half_known
        return tuple(np.ascontiguousarray(one).tobytes() for one in arrays)

    @classmethod
    def of(
        cls,
        shocks: ShockPlan,
        lines: Sequence[ServiceLine],
        prices: Sequence[LinePrices],
        counts: FloatArray,
        before: EarlierYears | None,
        known: int,
    ) -> Self:
        """Return budgets given `known` years up to the base year.

        Takes expected cases before true savings, shape (year, cluster, line), the base year first.
        """
        expected_gbp = expected_care(lines, prices, counts)
        past_counts, past_gbp = counts[:1], expected_gbp[:1]
        if before is not None:
            past_counts = np.concatenate([past_counts, before.expected_counts])
            past_gbp = np.concatenate([past_gbp, before.expected_gbp])
        past_counts, past_gbp = past_counts[:known], past_gbp[:known]
        per_case = np.array([price.totals is not None for price in prices])
        seen = np.argwhere((past_counts >= _FEWEST_CASES) & per_case)
        places = tuple(seen.T)
        later = range(1, len(expected_gbp))
        together = covariances(shocks, [*later, *(-ago for ago in range(known))], range(0, -known, -1))
        # Shape (year, cluster, line, seen), of contract years and then of what is known.
        of_seen = np.moveaxis(together, (3, 4, 5), (0, 1, 2))[places]
        own = np.moveaxis(of_seen[:, : len(later)], 0, -1)
        of_case = np.array([sum(line.chance_of_a_case) for line in lines])
        chance = np.log1p(of_case[seen[:, 2]] / past_counts[places])
        within = np.moveaxis(of_seen[:, len(later) :], 0, -1)[places] + np.diag(chance)
        flat = own.reshape(expected_gbp[1:].size, len(seen))
        gains = solved(within, flat.T)
        half_known = (gains.T * flat).sum(axis=-1).reshape(expected_gbp[1:].shape) / 2
        return cls(expected_gbp[1:], past_gbp, seen, -np.diag(within) / 2, gains, half_known)

    def set_budgets(
        self,
        past_gbp: Sequence[FloatArray],
        lines: Sequence[LineBudget],
        first_year: IntArray,
        top_slice_share: float,
    ) -> Budgets:
        """Return the budgets that follow from past spend, each year's of shape (contract, cluster, line).

        Takes how lines' budgets are set, for the part of each year, and each cluster's first year.
        """
        contracts = len(past_gbp[0])
        logs = np.empty((contracts, len(self.seen)))
        for at, (year, cluster, line) in enumerate(self.seen):
            share = past_gbp[year][:, cluster, line] / self.past_gbp[year, cluster, line]
            logs[:, at] = np.log(np.maximum(share, _LEAST_SHARE))
        moved = product(logs - self.expected_log, self.gains).reshape(contracts, *self.half_known.shape)
        whole_gbp = self.expected_gbp * np.exp(moved - self.half_known)
        budget_gbp = (1 - top_slice_share) * whole_gbp if top_slice_share else whole_gbp
        parts = np.stack([line.part_year_share for line in lines], axis=-1)
        own = np.arange(len(first_year))
        annual_gbp = budget_gbp[:, first_year, own] / parts[first_year, own]
        return Budgets(budget_gbp, top_slice_share * whole_gbp, annual_gbp)


def expected_care(
    lines: Sequence[ServiceLine], prices: Sequence[LinePrices], counts: FloatArray
) -> FloatArray:
    """Return what expected cases are worth at the tariff, of what is a fixed sum that.

    Takes and returns shape (year, cluster, line), the base year first.
    """
    spend = np.empty(counts.shape)
    for at_line, (line, price) in enumerate(zip(lines, prices, strict=True)):
        of_cases = line.unit_cost_gbp.mean_gbp * price.price_index[:, None]
        spend[..., at_line] = price.block_gbp if price.totals is None else of_cases * counts[..., at_line]
        if price.base_year_gbp is not None:
            spend[0, :, at_line] = price.base_year_gbp
    return spend
