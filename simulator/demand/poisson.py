"""Poisson numbers of cases."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from scipy.special import pdtrc

from simulator.demand.count_law import ComplexArray, CountLaw, FloatArray, Mean


class Poisson(CountLaw):
    """Cases that come one by one, independently: variance equal to the mean."""

    model: Literal["poisson"] = "poisson"

    def sf(self, counts: FloatArray, means: FloatArray) -> FloatArray:
        """Return P(number of cases > `counts`) when `means` are expected."""
        return np.asarray(pdtrc(counts, means))

    def variance(self, mean: Mean) -> Mean:
        """Return the variance of the number of cases when `mean` are expected."""
        return mean

    def log_generating_function(self, z: ComplexArray) -> ComplexArray:
        """Return log E[z ** number of cases] for each case expected."""
        return z - 1

    def log_generating_slope(self, z: ComplexArray) -> ComplexArray:
        """Return the derivative of `log_generating_function`."""
        return np.ones_like(z)

    @classmethod
    def example(cls) -> Self:
        """Twenty-five cases."""
        return cls(mean=25)
