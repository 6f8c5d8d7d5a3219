"""What a law of the number of cases must offer."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulator.parts import Part
from simulator.random_streams import Generator

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ComplexArray = NDArray[np.complex128]


class CountLaw(Part):
    """Law of the number of cases in a period, given its mean."""

    mean: Annotated[float, Field(gt=0, le=1e15)] | None = None
    """Mean number of cases; left out in a scenario, where demand gives it."""

    @abstractmethod
    def draw(self, generator: Generator, means: FloatArray) -> IntArray:
        """Draw a number of cases for each mean.

        Parameters
        ----------
        generator : numpy.random.Generator
            Source of chance; advanced.
        means : ndarray of float
            Expected numbers of cases, zero or more.

        Returns
        -------
        ndarray of int
            Same shape as `means`.
        """

    @abstractmethod
    def variance(self, mean: float) -> float:
        """Return the variance of the number of cases when `mean` are expected."""

    @abstractmethod
    def log_generating_function(self, z: ComplexArray) -> ComplexArray:
        """Return log E[z ** number of cases] for each case expected, for complex `z` of modulus <= 1.

        Every law here is infinitely divisible: the logarithm is in proportion to the mean.
        """

    def generating_function(self, z: ComplexArray, mean: float) -> ComplexArray:
        """Return E[z ** number of cases] when `mean` are expected, for complex `z` of modulus <= 1."""
        return np.exp(mean * self.log_generating_function(z))
