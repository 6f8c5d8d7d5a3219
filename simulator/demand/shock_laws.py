"""Laws of shocks: random factors on demand with mean one."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulator.parts import Part, Share

FloatArray = NDArray[np.float64]


class ShockLaw(Part):
    """Law of a factor with mean one."""

    sd_share: Annotated[float, Field(ge=0, le=2)]
    """Standard deviation of the factor, at most 2: 0.02 is 2% of expected demand."""

    @abstractmethod
    def factors(self, normals: FloatArray) -> FloatArray:
        """Return the factors that belong to standard normals; same shape."""


class LognormalShock(ShockLaw):
    """Lognormal factor: never negative, effects multiply."""

    law: Literal["lognormal"] = "lognormal"

    def factors(self, normals: FloatArray) -> FloatArray:
        """Return the factors that belong to standard normals; same shape."""
        variance = math.log1p(self.sd_share**2)
        return np.exp(math.sqrt(variance) * normals - variance / 2)

    @classmethod
    def example(cls) -> Self:
        """SD of 2%."""
        return cls(sd_share=0.02)


class NormalShock(ShockLaw):
    """Normal factor, for checks against closed forms; at most 20% so that none is negative."""

    law: Literal["normal"]
    sd_share: Annotated[float, Field(ge=0, le=0.2)]
    """Standard deviation of the factor, at most 0.2: 0.02 is 2% of expected demand."""

    def factors(self, normals: FloatArray) -> FloatArray:
        """Return the factors that belong to standard normals; same shape."""
        return np.maximum(1 + self.sd_share * normals, 0.0)

    @classmethod
    def example(cls) -> Self:
        """SD of 2%."""
        return cls(law="normal", sd_share=0.02)


AnyShockLaw = Annotated[LognormalShock | NormalShock, Field(discriminator="law")]
"""The register of shock laws."""


class OfYears(Part):
    """A shock that has a value in every year."""

    persistence: Share = 0.0
    """Correlation of the shock with that of the year before."""


class LognormalYearShock(LognormalShock, OfYears):
    """Lognormal factor of each year."""


class NormalYearShock(NormalShock, OfYears):
    """Normal factor of each year, for checks against closed forms."""


AnyYearShockLaw = Annotated[LognormalYearShock | NormalYearShock, Field(discriminator="law")]
"""The register of laws of shocks that have a value in every year."""
