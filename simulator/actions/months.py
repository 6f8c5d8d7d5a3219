"""Months of a year whose total is known, for actions that act on months.

Given a year's shocks, spend of its months is independent, and the share of a month in the mean and in the
variance of the year is that of its expected cases. A total S with the squared CV 1 / k is shared out so by
a Dirichlet law with the concentrations k times those shares: the months then have the mean, the variance and
the covariances of independent months, and where S is gamma their law, while S itself stays as it was drawn.
What k leaves out are shocks, which move the expected cases of a year: at an SD of 5% that adds a quarter of a
per cent to the variance within a year.
"""

from __future__ import annotations

import numpy as np

from simulator.actions.scene import Months, Scene
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray


def draw_months(
    scene: Scene, expected_counts: FloatArray, contracts: int, streams: RandomStreams, block: Block
) -> Months:
    """Return which share of each contract year falls in each month, by year, then by line.

    Takes expected cases, shape (year, cluster, line), and how many contracts of the block are wanted. Of a
    line that is paid by a fixed sum the months are as expected.
    """
    found = []
    for at_year, year in enumerate(scene.years):
        expected, of_year = scene.months_of(at_year), []
        for at_line, line in enumerate(scene.lines):
            concentrations = expected_counts[at_year, :, at_line] / scene.chance_of_a_case[at_line]
            as_expected = np.broadcast_to(expected[..., at_line], (contracts, *expected.shape[:2]))
            shares = as_expected.copy(order="F") if scene.per_case[at_line] else as_expected
            for at, cluster in enumerate(scene.clusters if scene.per_case[at_line] else ()):
                generator = streams.generator(
                    "months of a year", cluster, line, year.label, block=block.number
                )
                own = concentrations[at] * expected[:, at, at_line, None]
                # A block is drawn whole, though fewer of its contracts may be wanted.
                parts = generator.standard_gamma(own, (len(own), block.contracts))[:, :contracts]
                whole = parts.sum(axis=0)
                # Of so few cases that all parts are nothing in floats, months stay as expected.
                np.divide(parts, whole, out=shares[:, :, at].T, where=whole > 0)
            of_year.append(shares)
        found.append(tuple(of_year))
    return tuple(found)
