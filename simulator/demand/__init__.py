"""Demand: how many cases there are, and why that number varies."""

from typing import Annotated

from pydantic import Field

from simulator.demand.negative_binomial import NegativeBinomial
from simulator.demand.poisson import Poisson

AnyCountLaw = Annotated[Poisson | NegativeBinomial, Field(discriminator="model")]
"""The register of count laws."""
