"""What payment terms are worth to clusters, on average."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from simulator.questions.explain.pieces import Place, with_totals, worth_of_terms_gbp
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray
from simulator.risk.estimate import Estimate
from simulator.simulation.plan import Plan


@dataclass(frozen=True, slots=True)
class Worth:
    """Sums over contracts of what terms add to budget less spend, and of its square."""

    # Each of shape (year, cluster, line); the last of each axis is all together.
    sums: FloatArray
    squares: FloatArray

    @classmethod
    def of_block(cls, plan: Plan, streams: RandomStreams, contracts: int, block: Block) -> Self:
        """Return the sums over those contracts of a block that are wanted."""
        wanted = contracts - block.number * block.contracts
        gbp = with_totals(worth_of_terms_gbp(plan, plan.draw(streams, block))[:wanted], (1, 2, 3))
        return cls(gbp.sum(axis=0), np.square(gbp).sum(axis=0))

    @classmethod
    def added(cls, parts: Iterable[Worth]) -> Self:
        """Return the sums over all contracts of several blocks, added in the order given."""
        each = list(parts)
        return cls(np.sum([one.sums for one in each], axis=0), np.sum([one.squares for one in each], axis=0))

    def mean_gbp(self, contracts: int) -> FloatArray:
        """Return the mean by year, cluster and line."""
        return np.asarray(self.sums[:-1, :-1, :-1] / contracts)

    def estimate(self, place: Place, contracts: int) -> Estimate:
        """Return the mean at a year, cluster and line, whatever the place's source."""
        at = place[1:]
        mean = float(self.sums[at]) / contracts
        variance = max(float(self.squares[at]) / contracts - mean**2, 0.0)
        return Estimate.with_error(mean, (variance / contracts) ** 0.5)
