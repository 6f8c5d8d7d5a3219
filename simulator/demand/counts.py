"""Numbers of cases, drawn for whole years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.demand.count_law import CountLaw, FloatArray, IntArray
from simulator.demand.shocks import ShockDraws
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block


def draw_counts(
    expected: FloatArray,
    shocks: ShockDraws,
    laws: Sequence[CountLaw | None],
    axes: Axes,
    streams: RandomStreams,
    block: Block,
) -> IntArray:
    """Draw the numbers of cases of one block of contracts.

    A year at a time: given the year's shocks, the months' counts are independent and their sum
    has the law that is drawn here, twelve times cheaper.

    Takes ``expected`` of shape (year, cluster, line). Returns shape (contract, year, cluster, line):
    contiguous along contracts.
    """
    counts: NDArray[np.int64] = np.zeros((block.contracts, *expected.shape), dtype=np.int64, order="F")
    for at_line, (line, law) in enumerate(zip(axes.lines, laws, strict=True)):
        if law is None:
            continue
        for at_year, year in enumerate(axes.years):
            common = shocks.pct[:, at_year, at_line]
            for at_cluster, cluster in enumerate(axes.clusters):
                means = expected[at_year, at_cluster, at_line] * common
                means *= shocks.cluster_year[:, at_year, at_cluster]
                generator = streams.generator("count", cluster, line, year, block=block.number)
                counts[:, at_year, at_cluster, at_line] = law.draw(generator, means)
    return counts
