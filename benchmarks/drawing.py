"""A limit: the drawing step against drawing only the raw random numbers that it needs.

Both for the flagship's totals, with the same means. Prints the nanoseconds a total of each.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from simulator import load_scenario
from simulator.compounds.spend import draw_spend
from simulator.demand.negative_binomial import NegativeBinomial
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import CONTRACTS_PER_BLOCK
from simulator.simulation.plan import make_plan

SCENARIO = Path(__file__).parents[1] / "scenarios" / "cambridgeshire-2010.toml"
BLOCKS = 2
RAW_BLOCK = 10_000


def main() -> None:
    """Print nanoseconds a total: the raw numbers, then the drawing step."""
    plan, streams = (
        make_plan(load_scenario(SCENARIO, ("doubt.carried=false",))),
        RandomStreams(int(sys.argv[1])),
    )
    plan.prepare()
    blocks = [Block(number, CONTRACTS_PER_BLOCK) for number in range(BLOCKS)]
    shocks = [plan.draw_shocks(streams, block) for block in blocks]
    totals = BLOCKS * CONTRACTS_PER_BLOCK * plan.expected_counts.shape[0] * plan.expected_counts.shape[1]
    totals *= sum(price.totals is not None for price in plan.prices)
    # Once unmeasured, so that tables stand and memory is warm.
    _draw(plan, shocks[0], streams, blocks[0])
    started = time.perf_counter()
    for shock, block in zip(shocks, blocks, strict=True):
        _draw(plan, shock, streams, block)
    ours = time.perf_counter() - started
    started = time.perf_counter()
    _draw_raw(plan, shocks)
    raw = time.perf_counter() - started
    print(raw / totals * 1e9, ours / totals * 1e9)


def _draw(plan, shocks, streams, block) -> None:  # noqa: ANN001 - records of the pipeline
    draw_spend(plan.expected_counts, shocks, plan.prices, plan.axes, streams, block)


def _draw_raw(plan, shocks) -> None:  # noqa: ANN001 - records of the pipeline
    """Draw one gamma, one Poisson and one normal for each total, at the same means."""
    generator = np.random.Generator(np.random.SFC64(1))  # noqa: TID251 - a limit, not ours
    pct = np.concatenate([shock.pct for shock in shocks])
    cluster_year = np.concatenate([shock.cluster_year for shock in shocks])
    for at_line, price in enumerate(plan.prices):
        if price.totals is None or not isinstance(law := price.totals.count, NegativeBinomial):
            continue
        scale = law.variance_to_mean - 1
        for year, cluster in np.ndindex(plan.expected_counts.shape[:2]):
            means = plan.expected_counts[year, cluster, at_line] * pct[:, year, 0, at_line]
            means *= cluster_year[:, year, cluster]
            for start in range(0, means.size, RAW_BLOCK):
                of_block = means[start : start + RAW_BLOCK]
                generator.poisson(scale * generator.standard_gamma(of_block / scale))
                generator.standard_normal(of_block.size)


main()
