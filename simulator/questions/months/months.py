"""The months of a contract year, drawn one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.compounds.spend import draw_spend
from simulator.demand.shocks import ShockDraws, draw_shocks
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray
from simulator.simulation.plan import Plan


@dataclass(frozen=True)
class Months:
    """The months of one contract year."""

    plan: Plan  # the scenario, ready to draw
    at_year: int  # position of the year in the plan, where 0 is the base year

    @property
    def calendar(self) -> tuple[int, ...]:
        """Calendar months that the contract covers, in order."""
        return self.plan.years[self.at_year].months

    @cached_property
    def shares(self) -> FloatArray:
        """Share of the year's expected cases, shape (month, line); each line's sum to 1."""
        year = self.plan.years[self.at_year]
        inside = [year.whole_year.index(month) for month in year.months]
        whole = np.stack([rate.month_shares(year)[inside] for rate in self.plan.rates], axis=-1)
        return np.asarray(whole / whole.sum(axis=0))

    def prepare(self) -> None:
        """Compute the tables of totals that are likely to be needed, so that processes share them."""
        self.plan.prepare()
        expected = self.plan.expected_counts[self.at_year]
        for at_line, price in enumerate(self.plan.prices):
            if price.totals is not None:
                means = np.outer(expected[:, at_line], self.shares[:, at_line])
                price.totals.prepare(0.7 * float(means.min()), 1.4 * float(means.max()))

    def draw(self, streams: RandomStreams, contracts: int, block: Block) -> tuple[FloatArray, FloatArray]:
        """Draw one block of contracts.

        Returns spend less phased budget from the start of the year to the end of each month, shape
        (contract, month, cluster), and the year's budget, shape (contract, cluster); of those contracts of
        the block that are wanted.
        """
        plan, at_year = self.plan, self.at_year
        shocks = draw_shocks(plan.settings.shocks, plan.shock_sizes, plan.axes, streams, block)
        spend = draw_spend(plan.expected_counts, shocks, plan.prices, plan.axes, streams, block)
        budget_gbp = plan.set_budgets(spend).budget_gbp[:, at_year - 1] * plan.responsibility
        position_gbp = np.zeros((block.contracts, len(self.calendar), len(plan.axes.clusters)), order="F")
        for at_line in range(len(plan.axes.lines)):
            phased = budget_gbp[:, None, :, at_line] * self.shares[None, :, at_line, None]
            paid = self._spend_gbp(at_line, shocks, streams, block)
            position_gbp += paid * plan.responsibility[:, at_line] - phased
        wanted = contracts - block.number * block.contracts
        return np.cumsum(position_gbp, axis=1)[:wanted], budget_gbp.sum(axis=2)[:wanted]

    def _spend_gbp(
        self, at_line: int, shocks: ShockDraws, streams: RandomStreams, block: Block
    ) -> FloatArray:
        """Return what is spent on a line in each month, shape (contract, month, cluster)."""
        plan, at_year = self.plan, self.at_year
        price = plan.prices[at_line]
        shares = self.shares[:, at_line]
        if price.totals is None:
            # A block contract is paid as its budget is phased.
            return np.asarray(shares[None, :, None] * price.block_gbp[at_year])
        spend_gbp = np.empty((block.contracts, len(shares), len(plan.axes.clusters)), order="F")
        for at_cluster, cluster in enumerate(plan.axes.clusters):
            of_year = plan.expected_counts[at_year, at_cluster, at_line] * shocks.factors(
                at_year, at_cluster, at_line
            )
            for at_month, month in enumerate(self.calendar):
                names = (cluster, plan.axes.lines[at_line], plan.axes.years[at_year], str(month))
                generator = streams.generator("month's cost", *names, block=block.number)
                totals = price.totals.draw(of_year * shares[at_month], generator)
                spend_gbp[:, at_month, at_cluster] = totals * price.price_index[at_year]
        return spend_gbp
