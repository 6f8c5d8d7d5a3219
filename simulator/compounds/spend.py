"""Spend: what the cases of each year, cluster and line cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from simulator.compounds.one_chance import OneChance
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


Demand = tuple[FloatArray, Sequence[LinePrices]]
"""Expected cases before shocks, shape (year, cluster, line), and what is paid for each line."""


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
    (spend,) = draw_spends([(expected, prices)], shocks, axes, streams, block)
    return spend


def draw_spends(
    demands: Sequence[Demand], shocks: ShockDraws, axes: Axes, streams: RandomStreams, block: Block
) -> list[Spend]:
    """Draw what `draw_spend` does for each of several demands; what they have in common is drawn once."""
    wanted = block.contracts if block.wanted is None else block.wanted
    spends = [_with_what_is_known(demand, wanted) for demand in demands]
    lines, years, clusters = (list(enumerate(names)) for names in (axes.lines, axes.years, axes.clusters))
    for (at_line, line), (at_year, year), (at_cluster, cluster) in product(lines, years, clusters):
        place = at_year, at_cluster, at_line
        asked = [
            (expected[place], price, price.totals, spend)
            for (expected, prices), spend in zip(demands, spends, strict=True)
            if (price := prices[at_line]).totals and not (at_year == 0 and price.base_year_gbp is not None)
        ]
        if not asked:
            continue
        names = "cost", cluster, line, year
        stream = partial(streams.generator, *names, block=block.number)
        normals = partial(streams.normals, *names, block=block.number)
        chance = OneChance(stream, normals, shocks.factors(*place), wanted)
        prices_of = np.asarray(shocks.prices(*place))
        for expected, price, law, spend in asked:
            level = price.price_index[at_year] * (prices_of[:wanted] if prices_of.ndim else prices_of)
            whole, totals = chance.draw(law, expected)
            if spend.above_limit_gbp is not None and totals is not whole:
                spend.above_limit_gbp[:, *place] = (whole - totals) * level
            np.multiply(totals, level, out=spend.gbp[:, *place])
    return spends


def _with_what_is_known(demand: Demand, contracts: int) -> Spend:
    """Return room for what is drawn, with block contracts and a base year that is known in it."""
    expected, prices = demand
    shape = (contracts, *expected.shape)
    gbp = np.empty(shape, order="F")
    for at_line, price in enumerate(prices):
        if price.totals is None:
            gbp[..., at_line] = price.block_gbp
        elif price.base_year_gbp is not None:
            gbp[:, 0, :, at_line] = price.base_year_gbp
    limited = any(price.has_case_limit for price in prices)
    return Spend(gbp, np.zeros(shape, order="F") if limited else None)
