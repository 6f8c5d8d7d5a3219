"""Spend: what the cases cost."""

from typing import Annotated

from pydantic import Field

from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.pareto import Pareto
from simulator.spend.uniform import Uniform

AnyUnitCost = Annotated[
    Lognormal | Gamma | Pareto | Uniform | Empirical,
    Field(discriminator="model"),
]
"""The register of unit costs."""
