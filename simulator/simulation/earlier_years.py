"""Financial years before the base year, for budgets that rest on several years of spend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from simulator.compounds.spend import LinePrices, draw_spend
from simulator.demand.expected_counts import LineRate
from simulator.demand.shocks import ShockPlan, draw_shocks
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block, FinancialYear, FloatArray
from simulator.scenario.schema import ServiceLine


@dataclass(frozen=True, slots=True)
class EarlierYears:
    """What is expected of the years before the base year, the latest first.

    They are drawn backwards from the base year: a series in which years have the same correlation with
    the next as with the last has the same law either way. So the base year and all later ones keep their
    draws, whatever budgets rest on. Growth does not drift before the base year.
    """

    labels: tuple[str, ...]  # names of the years, the latest first
    expected_counts: FloatArray  # shape (year, cluster, line); expected cases before shocks
    prices: tuple[LinePrices, ...]  # what was paid for each line
    expected_gbp: FloatArray  # shape (year, cluster, line); expected spend

    @classmethod
    def of(
        cls,
        years: Sequence[FinancialYear],
        lines: Sequence[tuple[ServiceLine, LineRate, LinePrices]],
        base_counts: FloatArray,
        base_planned: FloatArray,
        list_growth: FloatArray,
    ) -> Self:
        """Return what is expected of whole years, the base year first and then those before it.

        Takes expected and planned cases of the base year, shape (cluster, line), and the growth of lists a
        year, shape (cluster,).
        """
        shape = (len(years) - 1, *base_counts.shape)
        counts, expected_gbp, prices = np.empty(shape), np.empty(shape), []
        for at_line, (line, rate, price) in enumerate(lines):
            growth = [rate.annual_rate_per_person(year) for year in years]
            to_then = np.array(growth[1:])[:, None] / growth[0]
            lists = list_growth ** -np.arange(1, len(years))[:, None]
            counts[..., at_line] = base_counts[:, at_line] * to_then * lists
            back = [(1 + line.price_growth_share) ** (year.start - years[0].start) for year in years[1:]]
            index = price.price_index[0] * np.array(back)
            block_gbp = base_planned[:, at_line] * to_then * (line.unit_cost_gbp.mean_gbp * index)[:, None]
            prices.append(replace(price, price_index=index, block_gbp=block_gbp))
            of_cases = line.unit_cost_gbp.mean_gbp * index[:, None] * counts[..., at_line]
            expected_gbp[..., at_line] = block_gbp if price.totals is None else of_cases
        return cls(tuple(year.label for year in years[1:]), counts, tuple(prices), expected_gbp)

    def draw(self, shocks: ShockPlan, axes: Axes, streams: RandomStreams, block: Block) -> FloatArray:
        """Draw their spend, shape (contract, year, cluster, line), after shocks to the years of ``axes``."""
        backwards = replace(axes, years=(axes.years[0], *self.labels))
        drawn = draw_shocks(shocks.without_drift(), backwards, streams, block, since_base=-1).later()
        before = replace(axes, years=self.labels)
        return draw_spend(self.expected_counts, drawn, self.prices, before, streams, block).gbp
