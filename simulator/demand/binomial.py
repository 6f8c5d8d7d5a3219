"""Binomial numbers of cases."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from scipy.special import betainc

from simulator.demand.count_law import ComplexArray, CountLaw, FloatArray, Mean, not_nothing


class Binomial(CountLaw):
    """Cases among people of whom each is one with the same chance, mean / trials; for `compound` only."""

    is_divisible: ClassVar[bool] = False
    model: Literal["binomial"] = "binomial"
    trials: Annotated[int, Field(ge=1, le=10**15)]
    """How many could be a case."""

    @model_validator(mode="after")
    def _has_a_chance(self) -> Self:
        if (self.mean or 0.0) > self.trials:
            raise PydanticCustomError("chance", "a mean of no more than the trials")
        return self

    @property
    def _chance(self) -> float:
        return (self.mean or 0.0) / self.trials

    def sf(self, counts: FloatArray, means: FloatArray) -> FloatArray:
        """Return P(number of cases > `counts`) when `means` are expected."""
        left = np.maximum(self.trials - counts, 0.0)
        beyond = betainc(counts + 1, np.maximum(left, 1.0), np.minimum(means / self.trials, 1.0))
        return np.where(left > 0, beyond, 0.0)

    def variance(self, mean: Mean) -> Mean:
        """Return the variance of the number of cases when `mean` are expected."""
        return mean * (1 - mean / self.trials)

    def log_generating_function(self, z: ComplexArray) -> ComplexArray:
        """Return log E[z ** number of cases] for each case expected."""
        return np.asarray(np.log(not_nothing(1 + self._chance * (z - 1))) / self._chance)

    def log_generating_slope(self, z: ComplexArray) -> ComplexArray:
        """Return the derivative of `log_generating_function`."""
        return np.asarray(1 / not_nothing(1 + self._chance * (z - 1)))

    @classmethod
    def example(cls) -> Self:
        """Two cases among a hundred people."""
        return cls(trials=100, mean=2)
