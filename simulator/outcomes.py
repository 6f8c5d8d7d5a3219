"""What happened in every simulated contract, year and cluster."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from simulator.records import BUDGET, SPEND, Account, Axes, BoolArray, FloatArray, Flow

DIMENSIONS = ("contract", "year", "cluster")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes by contract, contract year and cluster."""

    axes: Axes  # names of years (the base year first, which is not in the arrays), clusters and lines
    flows: dict[str, Flow]  # pounds that moved in the year, by reason, in the order in which each first moved
    takes_part: BoolArray  # shape (contract, year, cluster); false in the years after a cluster has left
    # shape (contract, cluster); the first contract year's budget at the rate of a whole year.
    annual_budget_gbp: FloatArray
    bond_posted_gbp: FloatArray  # shape (contract, cluster); what each cluster's bond starts with
    # shape (contract, year, cluster); what reaches each cluster's bond, had it never run dry.
    bond_claims_gbp: FloatArray
    bond_needed_gbp: FloatArray  # shape (contract, cluster); the smallest bond that pays all of that
    # shape (contract,); the smallest that pays it for all clusters that take the share, were there one for
    # all.
    shared_bond_needed_gbp: FloatArray

    @classmethod
    def empty(cls, contracts: int, axes: Axes) -> Self:
        """Return outcomes with room for a number of contracts."""
        years, clusters = len(axes.years) - 1, len(axes.clusters)
        by_year = (contracts, years, clusters)
        return cls(
            axes=axes,
            flows={},
            takes_part=np.ones(by_year, dtype=bool, order="F"),
            annual_budget_gbp=np.empty(by_year[::2], order="F"),
            bond_posted_gbp=np.empty(by_year[::2], order="F"),
            bond_claims_gbp=np.empty(by_year, order="F"),
            bond_needed_gbp=np.empty(by_year[::2], order="F"),
            shared_bond_needed_gbp=np.empty(contracts),
        )

    def fill(self, start: int, block: Outcomes) -> int:
        """Copy a block's outcomes in from contract `start` on; return how many contracts fitted."""
        size = min(len(block.takes_part), len(self.takes_part) - start)
        some = slice(start, start + size)
        for name in _ARRAYS:
            getattr(self, name)[some] = getattr(block, name)[:size]
        for reason, flow in block.flows.items():
            if reason not in self.flows:
                self.flows[reason] = replace(flow, gbp=np.zeros(self.takes_part.shape, order="F"))
            self.flows[reason].gbp[some] = flow.gbp[:size]
        return size

    def gbp(self, reason: str) -> FloatArray:
        """Return what moved for a reason, shape (contract, year, cluster), in pounds."""
        if reason in self.flows:
            return self.flows[reason].gbp
        return np.zeros(self.takes_part.shape, order="F")

    def paid_gbp(self, payers: Collection[Account], payees: Collection[Account]) -> FloatArray:
        """Return all that moved from some accounts to others, shape (contract, year, cluster)."""
        found = [flow.gbp for flow in self.flows.values() if flow.payer in payers and flow.payee in payees]
        return sum(found[1:], found[0]) if found else np.zeros(self.takes_part.shape, order="F")

    @property
    def surplus_gbp(self) -> FloatArray:
        """Surplus of each year, shape (contract, year, cluster), in pounds."""
        return np.maximum(self.gbp(BUDGET) - self.gbp(SPEND), 0.0)

    @property
    def overspend_gbp(self) -> FloatArray:
        """Overspend of each year, shape (contract, year, cluster), in pounds."""
        return np.maximum(self.gbp(SPEND) - self.gbp(BUDGET), 0.0)


_ARRAYS = tuple(one.name for one in fields(Outcomes) if one.name not in {"axes", "flows"})
