"""Numbers of cases that are known."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from simulator.demand.count_law import ComplexArray, CountLaw, FloatArray, Mean, not_nothing


class Fixed(CountLaw):
    """So many cases, for `compound` only."""

    is_divisible: ClassVar[bool] = False
    model: Literal["fixed"] = "fixed"
    mean: Annotated[float, Field(gt=0, le=1e15, multiple_of=1)] | None = None
    """Number of cases, a whole number."""

    def sf(self, counts: FloatArray, means: FloatArray) -> FloatArray:
        """Return P(number of cases > `counts`) when `means` are expected."""
        return np.where(counts < means, 1.0, 0.0)

    def variance(self, mean: Mean) -> Mean:
        """Return the variance of the number of cases when `mean` are expected."""
        return mean * 0.0

    def log_generating_function(self, z: ComplexArray) -> ComplexArray:
        """Return log E[z ** number of cases] for each case expected."""
        return np.log(not_nothing(z))

    def log_generating_slope(self, z: ComplexArray) -> ComplexArray:
        """Return the derivative of `log_generating_function`."""
        return np.asarray(1 / not_nothing(z))

    @classmethod
    def example(cls) -> Self:
        """Twenty cases."""
        return cls(mean=20)
