"""Spend: the cost of the cases of each year, cluster and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block, Spend
from simulator.spend.cost_sums import CostSums
from simulator.spend.unit_cost import FloatArray


@dataclass(frozen=True, slots=True)
class LinePrices:
    """What is paid for a service line."""

    # Total cost of a number of cases at the base year's prices, with the limit per case where the rules have
    # one; None for a block contract.
    cost_sums: CostSums | None
    # shape (year,); prices of each year against the base year's, the base year first. A limit and a
    # deductible move with them.
    price_index: FloatArray
    # shape (year, cluster); what a block contract pays; used where there are no `cost_sums`.
    block_gbp: FloatArray

    @property
    def has_case_limit(self) -> bool:
        """Whether there is a limit on what clusters answer for of one case."""
        return self.cost_sums is not None and self.cost_sums.case_limit_gbp is not None


def draw_spend(
    counts: NDArray[np.int64],
    prices: Sequence[LinePrices],
    axes: Axes,
    streams: RandomStreams,
    block: Block,
) -> Spend:
    """Draw the cost of `counts` cases in one block of contracts.

    Takes ``counts`` of shape (contract, year, cluster, line).
    """
    spend_gbp = np.empty(counts.shape, order="F")
    limited = any(price.has_case_limit for price in prices)
    above_gbp = np.zeros(counts.shape, order="F") if limited else None
    for at_line, (line, price) in enumerate(zip(axes.lines, prices, strict=True)):
        if price.cost_sums is None:
            spend_gbp[..., at_line] = price.block_gbp
            continue
        for at_year, year in enumerate(axes.years):
            for at_cluster, cluster in enumerate(axes.clusters):
                generator = streams.generator("cost", cluster, line, year, block=block.number)
                cases = counts[:, at_year, at_cluster, at_line]
                if above_gbp is not None and price.has_case_limit:
                    whole, totals = price.cost_sums.draw_within_limit(cases, generator)
                    above = (whole - totals) * price.price_index[at_year]
                    above_gbp[:, at_year, at_cluster, at_line] = above
                else:
                    totals = price.cost_sums.draw(cases, generator)
                totals *= price.price_index[at_year]
                spend_gbp[:, at_year, at_cluster, at_line] = totals
    return Spend(spend_gbp, above_gbp)
