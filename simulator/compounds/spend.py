"""Spend: what the cases of each year, cluster and line cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.compounds.totals import CompoundTotals
from simulator.demand.shocks import ShockDraws
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block, FloatArray, Spend


@dataclass(frozen=True, slots=True)
class LinePrices:
    """What is paid for a service line."""

    # Total cost of a random number of cases at the prices of the rate's year, with the limit per case where
    # the rules have one; None for a block contract.
    totals: CompoundTotals | None
    # shape (year,); prices of each year against those of the rate's year, the base year first. A limit and a
    # deductible move with them.
    price_index: FloatArray
    # shape (year, cluster); what a block contract pays; used where there are no `totals`.
    block_gbp: FloatArray
    # shape (cluster,); what was spent in the base year, where that is known; of block contracts, too, in
    # `block_gbp`.
    base_year_gbp: FloatArray | None = None

    @property
    def has_case_limit(self) -> bool:
        """Whether there is a limit on what clusters answer for of one case."""
        return self.totals is not None and self.totals.case_limit_gbp is not None


def draw_spend(
    expected: FloatArray,
    shocks: ShockDraws,
    prices: Sequence[LinePrices],
    axes: Axes,
    streams: RandomStreams,
    block: Block,
) -> Spend:
    """Draw the number of cases and what they cost in one block of contracts.

    A year at a time: given the year's shocks, the months' counts are independent and their sum has
    the law of the year, so that what all cost together is one draw.

    Takes ``expected`` cases before shocks, shape (year, cluster, line). Returns the spend of as many
    contracts as the block says are wanted.
    """
    wanted = block.contracts if block.wanted is None else block.wanted
    shape = (wanted, *expected.shape)
    spend_gbp = np.empty(shape, order="F")
    limited = any(price.has_case_limit for price in prices)
    above_gbp = np.zeros(shape, order="F") if limited else None
    for at_line, (line, price) in enumerate(zip(axes.lines, prices, strict=True)):
        if price.totals is None:
            spend_gbp[..., at_line] = price.block_gbp
            continue
        for at_year, year in enumerate(axes.years):
            if at_year == 0 and price.base_year_gbp is not None:
                spend_gbp[:, 0, :, at_line] = price.base_year_gbp
                continue
            for at_cluster, cluster in enumerate(axes.clusters):
                generator = streams.generator("cost", cluster, line, year, block=block.number)
                prices_of = np.asarray(shocks.prices(at_year, at_cluster, at_line))
                level = price.price_index[at_year] * (prices_of[:wanted] if prices_of.ndim else prices_of)
                means = shocks.factors(at_year, at_cluster, at_line)
                means *= expected[at_year, at_cluster, at_line]
                if above_gbp is not None and price.has_case_limit:
                    whole, totals = price.totals.draw_within_limit(means, generator, wanted)
                    above = (whole - totals) * level
                    above_gbp[:, at_year, at_cluster, at_line] = above
                else:
                    totals = price.totals.draw(means, generator, wanted)
                np.multiply(totals, level, out=spend_gbp[:, at_year, at_cluster, at_line])
    return Spend(spend_gbp, above_gbp)
