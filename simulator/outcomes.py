"""What happened in every simulated contract, year and cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from simulator.records import Axes, BoolArray, FloatArray, Reason

DIMENSIONS = ("contract", "year", "cluster")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes by contract, contract year and cluster.

    Parameters
    ----------
    axes : Axes
        Names of years (the base year first, which is not in the arrays), clusters and lines.
    flows : dict of Reason to ndarray of float, shape (contract, year, cluster)
        Pounds that moved in the year, for every reason in the rules.
    takes_part : ndarray of bool, shape (contract, year, cluster)
        False in the years after a cluster has left.
    """

    axes: Axes
    flows: dict[Reason, FloatArray]
    takes_part: BoolArray

    @classmethod
    def empty(cls, contracts: int, axes: Axes) -> Self:
        """Return outcomes with room for a number of contracts."""
        shape = (contracts, len(axes.years) - 1, len(axes.clusters))
        return cls(axes, {}, np.ones(shape, dtype=bool, order="F"))

    def fill(self, start: int, block: Outcomes) -> int:
        """Copy a block's outcomes in from contract `start` on; return how many contracts fitted."""
        size = min(len(block.takes_part), len(self.takes_part) - start)
        self.takes_part[start : start + size] = block.takes_part[:size]
        for reason, amounts in block.flows.items():
            if reason not in self.flows:
                self.flows[reason] = np.zeros(self.takes_part.shape, order="F")
            self.flows[reason][start : start + size] = amounts[:size]
        return size

    def gbp(self, reason: Reason) -> FloatArray:
        """Return what moved for a reason, shape (contract, year, cluster), in pounds."""
        if reason in self.flows:
            return self.flows[reason]
        return np.zeros(self.takes_part.shape, order="F")

    @property
    def surplus_gbp(self) -> FloatArray:
        """Surplus of each year, shape (contract, year, cluster), in pounds."""
        return np.maximum(self.gbp(Reason.BUDGET) - self.gbp(Reason.SPEND), 0.0)

    @property
    def overspend_gbp(self) -> FloatArray:
        """Overspend of each year, shape (contract, year, cluster), in pounds."""
        return np.maximum(self.gbp(Reason.SPEND) - self.gbp(Reason.BUDGET), 0.0)
