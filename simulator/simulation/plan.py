"""A plan: a scenario made ready to draw."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.budgets.budgets import LineBudget
from simulator.demand.count_law import CountLaw
from simulator.demand.expected_counts import LineRate
from simulator.demand.shock_laws import AnyShockLaw
from simulator.records import Axes, ClusterTerms, FinancialYear, FloatArray, Population
from simulator.scenario.schema import ScenarioFile
from simulator.spend.spend import LinePrices


@dataclass(frozen=True)
class Plan:
    """A scenario made ready to draw: what is expected, and the laws around it."""

    # The scenario's settings, with the limit per case, where there is one, in the unit costs.
    settings: ScenarioFile
    axes: Axes  # names of years (the base year first), clusters and lines
    years: tuple[FinancialYear, ...]  # the base year, whole, and the contract years
    population: Population  # people and need
    rates: tuple[LineRate, ...]  # how often each line is used
    # shape (year, cluster, line); expected cases after true savings, before shocks; the base year first.
    expected_counts: FloatArray
    # shape (cluster, line); proportion of budget and spend that each cluster answers for.
    responsibility: FloatArray
    prices: tuple[LinePrices, ...]  # what is paid for each line
    budgets: tuple[LineBudget, ...]  # how each line's budgets are set
    terms: ClusterTerms  # what each cluster agreed to

    @property
    def count_laws(self) -> tuple[CountLaw | None, ...]:
        """Law of each line's cases; None for block contracts."""
        return tuple(None if line.payment == "block" else line.count for line in self.settings.service_lines)

    @property
    def shock_sizes(self) -> tuple[AnyShockLaw, ...]:
        """Law of each line's PCT-wide shock."""
        usual = self.settings.shocks.pct.size
        return tuple(line.pct_shock or usual for line in self.settings.service_lines)

    @property
    def years_from_base(self) -> int:
        """Financial years from the base year to the first contract year."""
        return self.years[1].start - self.years[0].start

    @property
    def expected_spend_gbp(self) -> FloatArray:
        """Expected spend after true savings, shape (year, cluster, line); the base year first."""
        spend = np.empty(self.expected_counts.shape)
        for at_line, (line, price) in enumerate(zip(self.settings.service_lines, self.prices, strict=True)):
            of_cases = line.unit_cost_gbp.mean_gbp * price.price_index[:, None]
            paid = (
                price.block_gbp if price.cost_sums is None else of_cases * self.expected_counts[..., at_line]
            )
            spend[..., at_line] = paid
        return spend

    def prepare(self) -> None:
        """Compute the tables of totals that the simulation is likely to need."""
        for at_line, price in enumerate(self.prices):
            if price.cost_sums is None:
                continue
            shocks = self.settings.shocks
            laws = (self.shock_sizes[at_line], shocks.cluster, shocks.cluster_year)
            shock_variance = sum(law.sd_share**2 for law in laws)
            for mean in (self.expected_counts[..., at_line].min(), self.expected_counts[..., at_line].max()):
                count_variance = self.settings.service_lines[at_line].count.variance(float(mean))
                spread = 3 * math.sqrt(count_variance + mean**2 * shock_variance)
                price.cost_sums.prepare(max(mean - spread, 0), mean + spread)
