"""Gamma unit cost."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from scipy.special import gammainc, gammaincc, gammainccinv

from simulator.parts import CoefficientOfVariation, UncertainPositiveGbp
from simulator.random_streams import Generator
from simulator.spend.unit_cost import FloatArray, UnitCost


class Gamma(UnitCost):
    """Gamma cost of one case, by its mean and coefficient of variation; exponential at `cv` 1."""

    model: Literal["gamma"] = "gamma"
    mean: UncertainPositiveGbp
    """Mean cost of a case, in pounds; in a scenario it may have an sd."""
    cv: CoefficientOfVariation
    """Coefficient of variation of the cost of a case."""

    @property
    def _shape(self) -> float:
        return self.cv**-2

    @property
    def _scale(self) -> float:
        return self.mean * self.cv**2

    def _ground_sf(self, cost_gbp: FloatArray) -> FloatArray:
        return np.asarray(gammaincc(self._shape, cost_gbp / self._scale))

    def _ground_isf(self, probability: FloatArray) -> FloatArray:
        if self.cv == 1:  # exponential: a logarithm, in a twentieth of the time
            return np.asarray(self._scale * (0.0 - np.log(probability)))
        return np.asarray(self._scale * gammainccinv(self._shape, probability))

    def _ground_excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        scaled = cost_gbp / self._scale
        beyond = gammaincc(self._shape, scaled)
        above = self.mean * gammaincc(self._shape + 1, scaled)
        return np.asarray(above - np.where(beyond > 0, cost_gbp, 0.0) * beyond)

    def _ground_limited_second_moment(self, cost_gbp: FloatArray) -> FloatArray:
        scaled = cost_gbp / self._scale
        below = self.mean**2 * (1 + self.cv**2) * gammainc(self._shape + 2, scaled)
        beyond = gammaincc(self._shape, scaled)
        return np.asarray(below + np.where(beyond > 0, cost_gbp, 0.0) ** 2 * beyond)

    def _ground_draw(self, generator: Generator, size: int) -> FloatArray:
        return generator.gamma(self._shape, self._scale, size)

    @classmethod
    def example(cls) -> Self:
        """Outpatient attendances: mean GBP 105, CV 0.6."""
        return cls(mean=105, cv=0.6)
