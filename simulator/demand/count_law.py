"""What a law of the number of cases must offer."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import ndtr

from simulator.parts import Part

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ComplexArray = NDArray[np.complex128]
Mean = TypeVar("Mean", float, FloatArray)


class CountLaw(Part):
    """Law of the number of cases in a period, given its mean."""

    is_divisible: ClassVar[bool] = True
    """Whether there is such a law for every mean, each the sum of those of parts of it."""
    mean: Annotated[float, Field(gt=0, le=1e15)] | None = None
    """Mean number of cases; left out in a scenario, where demand gives it."""

    @abstractmethod
    def sf(self, counts: FloatArray, means: FloatArray) -> FloatArray:
        """Return P(number of cases > `counts`) when `means`, above zero, are expected; same shape."""

    def quantile(self, means: FloatArray, normals: FloatArray) -> IntArray:
        """Return the numbers of cases that belong to standard normals, by inversion.

        Takes ``means``, zero or more, and ``normals`` of one shape. Returns that shape: the smallest
        numbers that are exceeded no more often than the normals; they rise with both.
        """
        beyond = ndtr(-normals)
        means = np.maximum(means, np.finfo(float).tiny)
        if means.size > 1 and (means == means.flat[0]).all():
            top = int(self._bisected(means.flat[:1], normals.max().reshape(1), beyond.min().reshape(1))[0])
            if 0 <= top < means.size:
                # Of one law, what each number is exceeded with is worked out once for all.
                sf = self.sf(np.arange(top + 1.0), np.full(top + 1, means.flat[0]))
                return np.asarray(np.searchsorted(-sf, -beyond), dtype=np.int64)
        return self._bisected(means, normals, beyond)

    def _bisected(self, means: FloatArray, normals: FloatArray, beyond: FloatArray) -> IntArray:
        low = np.full(means.shape, -1.0)
        high = np.ceil(np.maximum(means + np.sqrt(self.variance(means)) * np.maximum(normals, 0.0), 0.0))
        while (short := self.sf(high, means) > beyond).any():
            low[short] = high[short]
            high[short] = 2 * high[short] + 1
        while (wide := high - low > 1).any():
            middle = np.floor((low[wide] + high[wide]) / 2)
            enough = self.sf(middle, means[wide]) <= beyond[wide]
            high[wide] = np.where(enough, middle, high[wide])
            low[wide] = np.where(enough, low[wide], middle)
        return np.asarray(high, dtype=np.int64)

    @abstractmethod
    def variance(self, mean: Mean) -> Mean:
        """Return the variance of the number of cases when `mean` are expected."""

    @abstractmethod
    def log_generating_function(self, z: ComplexArray) -> ComplexArray:
        """Return log E[z ** number of cases] for each case expected, for complex `z` of modulus <= 1.

        Of a law that is divisible the logarithm is in proportion to the mean; another is asked of its own.
        """

    @abstractmethod
    def log_generating_slope(self, z: ComplexArray) -> ComplexArray:
        """Return the derivative of `log_generating_function`."""

    def generating_function(self, z: ComplexArray, mean: float) -> ComplexArray:
        """Return E[z ** number of cases] when `mean` are expected, for complex `z` of modulus <= 1."""
        return np.exp(mean * self.log_generating_function(z))


def not_nothing(z: ComplexArray) -> ComplexArray:
    """Return `z` with next to nothing in place of nothing, so that logarithms and slopes are finite."""
    return np.where(z == 0, 1e-300, z)
