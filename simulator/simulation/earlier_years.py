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
from simulator.scenario.schema import ScenarioFile


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
        settings: ScenarioFile,
        rates: Sequence[LineRate],
        prices: Sequence[LinePrices],
        base_counts: FloatArray,
        ago: int,
    ) -> Self:
        """Return what is expected of whole years up to so many before the base year.

        Takes rates and prices by line, and the expected cases of the base year, shape (cluster, line).
        """
        base = settings.contract.financial_years[0]
        years = [FinancialYear(base.start - back) for back in range(ago + 1)]
        list_growth = np.array([1 + cluster.list_growth_share for cluster in settings.clusters])
        lines = list(zip(settings.service_lines, rates, prices, strict=True))
        shape = (len(years) - 1, *base_counts.shape)
        counts, expected_gbp, then = np.empty(shape), np.empty(shape), []
        for at_line, (line, rate, price) in enumerate(lines):
            growth = [rate.annual_rate_per_person(year) for year in years]
            to_then = np.array(growth[1:])[:, None] / growth[0]
            lists = list_growth ** -np.arange(1, len(years))[:, None]
            counts[..., at_line] = base_counts[:, at_line] * to_then * lists
            back = [(1 + line.price_growth_share) ** (year.start - years[0].start) for year in years[1:]]
            index = price.price_index[0] * np.array(back)
            block_gbp = price.block_gbp[0] * to_then * np.array(back)[:, None]
            then.append(replace(price, price_index=index, block_gbp=block_gbp))
            of_cases = line.unit_cost_gbp.mean_gbp * index[:, None] * counts[..., at_line]
            expected_gbp[..., at_line] = block_gbp if price.totals is None else of_cases
        return cls(tuple(year.label for year in years[1:]), counts, tuple(then), expected_gbp)

    def draw(self, shocks: ShockPlan, axes: Axes, streams: RandomStreams, block: Block) -> FloatArray:
        """Draw their spend, shape (contract, year, cluster, line), after shocks to the years of ``axes``."""
        backwards = replace(axes, years=(axes.years[0], *self.labels))
        drawn = draw_shocks(shocks.without_drift(), backwards, streams, block, since_base=-1).later()
        before = replace(axes, years=self.labels)
        return draw_spend(self.expected_counts, drawn, self.prices, before, streams, block).gbp
