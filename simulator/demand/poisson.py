"""Poisson numbers of cases."""

from __future__ import annotations

from typing import Literal, Self

from simulator.demand.count_law import ComplexArray, CountLaw, FloatArray, IntArray
from simulator.random_streams import Generator


class Poisson(CountLaw):
    """Cases that come one by one, independently: variance equal to the mean."""

    model: Literal["poisson"] = "poisson"

    def draw(self, generator: Generator, means: FloatArray) -> IntArray:
        """Draw a number of cases for each of `means`."""
        return generator.poisson(means)

    def variance(self, mean: float) -> float:
        """Return the variance of the number of cases when `mean` are expected."""
        return mean

    def log_generating_function(self, z: ComplexArray) -> ComplexArray:
        """Return log E[z ** number of cases] for each case expected."""
        return z - 1

    @classmethod
    def example(cls) -> Self:
        """Twenty-five cases."""
        return cls(mean=25)
