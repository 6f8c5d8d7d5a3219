"""What last year's outturn says of the years to come: shocks drawn given what was spent, by credibility."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.demand.covariances import covariances
from simulator.demand.shocks import ShockDraws, ShockPlan
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block
from simulator.sums import inner, product, solved

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
_LEAST = 1e-6
"""Of a factor: the normal law may reach nothing, of which there is no logarithm."""


@dataclass(frozen=True, slots=True)
class LastYear:
    """What an outturn says of what lasts, in logarithms, in which all shocks are normal.

    The shocks of a contract are drawn from their law as ever, with a base year that they would have had.
    From that base year to the one that was, each is moved by as much as it is expected to move with it
    (conditioning by kriging): they then have their law given the outturn. The moves of all that
    bears on a line's spend, prices too, are made in its cases.
    """

    seen: BoolArray  # shape (cluster, line); whether there is an outturn that cases made
    chance_variance: FloatArray  # shape (cluster, line); of the logarithm of spend, given the shocks
    expected_log: FloatArray  # shape (seen,); expectation of the logarithm of all factors and chance
    # shape (year, cluster, line, seen); moves of contract years with each seen move of the base year.
    gains: FloatArray
    half_known: FloatArray  # shape (year, cluster, line); half the variance that the outturn takes away
    level: FloatArray  # shape (year, cluster, line); expected cases against those without the outturn

    @classmethod
    def of(
        cls, plan: ShockPlan, logs: FloatArray, chance_variance: FloatArray, seen: BoolArray, years: int
    ) -> Self:
        """Return what is known by the logarithm of spend over its expectation, shape (cluster, line).

        Takes ``chance_variance``, relative to squared expectation, of the base year given the shocks.
        """
        # Shape (year, cluster and line, seen): covariances with the base year, the base year first.
        flat, chance = seen.ravel(), np.log1p(chance_variance)
        base = covariances(plan, range(years), (0,))
        own = base.reshape(years, flat.size, flat.size)[:, :, flat]
        within = own[0][flat] + np.diag(chance[seen])
        expected_log = -np.diag(within) / 2
        gains = np.stack([solved(within, of_year.T).T for of_year in own[1:]])
        half_known = (gains * own[1:]).sum(axis=-1) / 2
        level = np.exp(inner(gains, logs[seen] - expected_log) - half_known)
        shape = (years - 1, *seen.shape)
        by_place = gains.reshape(*shape, -1), half_known.reshape(shape), level.reshape(shape)
        return cls(seen, chance, expected_log, *by_place)

    def given(self, draws: ShockDraws, axes: Axes, streams: RandomStreams, block: Block) -> ShockDraws:
        """Return shocks given the outturn; their product has mean one about the `level`."""
        drawn = np.empty((block.contracts, len(self.expected_log)))
        for at, (cluster, line) in enumerate(np.argwhere(self.seen)):
            names = ("last year's chance", axes.clusters[cluster], axes.lines[line])
            normals = streams.generator("shock", *names, block=block.number).standard_normal(block.contracts)
            variance = self.chance_variance[cluster, line]
            factors = draws.factors(0, cluster, line) * draws.prices(0, cluster, line)
            drawn[:, at] = np.log(np.maximum(factors, _LEAST)) + variance**0.5 * normals - variance / 2
        moves = np.ones((block.contracts, len(axes.years), *self.seen.shape), order="F")
        later = moves[:, 1:]
        gains = np.moveaxis(self.gains, -1, 0).reshape(len(self.expected_log), later[0].size)
        moved = product(self.expected_log - drawn, gains).reshape(later.shape)
        later[:] = np.exp(moved + self.half_known)
        return replace(draws, last_year=moves)
