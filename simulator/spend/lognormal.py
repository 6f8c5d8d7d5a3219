"""Lognormal unit cost."""

from __future__ import annotations

import math
from typing import Literal, Self

import numpy as np
from scipy.special import ndtr, ndtri

from simulator.parts import CoefficientOfVariation, UncertainPositiveGbp
from simulator.random_streams import Generator
from simulator.spend.unit_cost import FloatArray, UnitCost


class Lognormal(UnitCost):
    """Lognormal cost of one case, by its mean and coefficient of variation (SD / mean)."""

    model: Literal["lognormal"] = "lognormal"
    mean: UncertainPositiveGbp
    """Mean cost of a case, in pounds; in a scenario it may have an sd."""
    cv: CoefficientOfVariation
    """Coefficient of variation of the cost of a case."""

    @property
    def _sigma(self) -> float:
        return math.sqrt(math.log1p(self.cv**2))

    @property
    def _mu(self) -> float:
        return math.log(self.mean) - self._sigma**2 / 2

    def _ground_sf(self, cost_gbp: FloatArray) -> FloatArray:
        return np.asarray(ndtr((self._mu - _log(cost_gbp)) / self._sigma))

    def _ground_isf(self, probability: FloatArray) -> FloatArray:
        return np.asarray(np.exp(self._mu - self._sigma * ndtri(probability)))

    def _ground_excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        scaled = (_log(cost_gbp) - self._mu) / self._sigma
        beyond = ndtr(-scaled)
        # inf * 0 is nan: beyond an infinite cost there is nothing.
        return np.asarray(
            self.mean * ndtr(self._sigma - scaled) - np.where(beyond > 0, cost_gbp, 0.0) * beyond
        )

    def _ground_limited_second_moment(self, cost_gbp: FloatArray) -> FloatArray:
        scaled = (_log(cost_gbp) - self._mu) / self._sigma
        below = self.mean**2 * (1 + self.cv**2) * ndtr(scaled - 2 * self._sigma)
        beyond = ndtr(-scaled)
        return np.asarray(below + np.where(beyond > 0, cost_gbp, 0.0) ** 2 * beyond)

    def _ground_draw(self, generator: Generator, size: int) -> FloatArray:
        return generator.lognormal(self._mu, self._sigma, size)

    @classmethod
    def example(cls) -> Self:
        """Emergency admissions: mean GBP 2,080, CV 1.47."""
        return cls(mean=2080, cv=1.47)


def _log(cost_gbp: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.log(cost_gbp)
