"""The same law twice: as the simulator's part, and as direct simulation draws it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import simulator
from simulator.demand.count_law import CountLaw
from simulator.spend.unit_cost import UnitCost
from tests.references import direct


@dataclass(frozen=True)
class CostPair:
    """A unit cost, and what direct simulation draws for it."""

    part: UnitCost
    plain: direct.Cost


@dataclass(frozen=True)
class CountPair:
    """A count law, and what direct simulation draws for it."""

    part: CountLaw
    plain: direct.Count


def _empirical(values: tuple[float, ...]) -> CostPair:
    return CostPair(simulator.Empirical(values=values), direct.empirical(values))


_FEW = (120.0, 310.0, 450.5, 2900.0)
# So few steps that half of one would show in the mean.
_DIE_OF_FORTY = tuple(float(k) for k in range(1, 41))
# Squares: skewed, and all multiples of one step, so that totals are tabulated on a lattice.
_HUNDRED_ON_A_LATTICE = tuple(5.0 * k * k for k in range(1, 101))
# Powers of an irrational number have no common step: totals are tabulated without a lattice.
_HUNDRED_ANYWHERE = tuple(float(cost) for cost in 40 * np.sqrt(2) ** np.linspace(0, 15, 100))

COSTS = {
    "lognormal": CostPair(simulator.Lognormal(mean=1800, cv=1.6), direct.lognormal(1800, 1.6)),
    "Pareto": CostPair(simulator.Pareto(shape=2.5, scale=3000), direct.pareto(2.5, 3000)),
    "uniform": CostPair(simulator.Uniform(low=5, high=95), direct.uniform(5, 95)),
    "gamma": CostPair(simulator.Gamma(mean=105, cv=1.2), direct.gamma(105, 1.2)),
    "few values": _empirical(_FEW),
    "die of forty": _empirical(_DIE_OF_FORTY),
    "100 values on a lattice": _empirical(_HUNDRED_ON_A_LATTICE),
    "100 values": _empirical(_HUNDRED_ANYWHERE),
}


def layered(kind: str, deductible: float, limit: float) -> CostPair:
    """Return a pair whose payer answers for a layer of each cost."""
    ground = COSTS[kind]
    part = ground.part.model_copy(update={"deductible": deductible, "limit": limit})
    return CostPair(part, direct.layered(ground.plain, deductible, limit))


def poisson(mean: float) -> CountPair:
    return CountPair(simulator.Poisson(mean=mean), direct.poisson(mean))


def negative_binomial(mean: float, variance_to_mean: float) -> CountPair:
    return CountPair(
        simulator.NegativeBinomial(mean=mean, variance_to_mean=variance_to_mean),
        direct.negative_binomial(mean, variance_to_mean),
    )
