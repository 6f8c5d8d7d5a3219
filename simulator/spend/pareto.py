"""Pareto unit cost that starts at zero (Lomax, Pareto type II)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field
from scipy.special import boxcox

from simulator.parts import PositiveGbp
from simulator.random_streams import Generator
from simulator.spend.unit_cost import FloatArray, UnitCost


class Pareto(UnitCost):
    """Pareto cost of one case with P(cost > x) = (1 + x / scale) ** -shape."""

    model: Literal["pareto"] = "pareto"
    shape: Annotated[float, Field(gt=1)]
    """Tail index: the smaller, the heavier the tail; a scenario needs one above 2, or a limit."""
    scale: PositiveGbp
    """Scale, in pounds; the mean is scale / (shape - 1)."""

    def _ground_sf(self, cost_gbp: FloatArray) -> FloatArray:
        return np.asarray(np.exp(-self.shape * np.log1p(cost_gbp / self.scale)))

    def _ground_isf(self, probability: FloatArray) -> FloatArray:
        return np.asarray(self.scale * np.expm1(-np.log(probability) / self.shape))

    def _ground_excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        mean = self.scale / (self.shape - 1)
        return np.asarray(mean * np.exp((1 - self.shape) * np.log1p(cost_gbp / self.scale)))

    def _ground_limited_second_moment(self, cost_gbp: FloatArray) -> FloatArray:
        # The integral of 2 x P(cost > x) over 0 to d; in u = 1 + x / scale it is one of powers,
        # and boxcox(u, p) is the integral of v ** (p - 1) over 1 to u.
        top = 1 + cost_gbp / self.scale
        return np.asarray(2 * self.scale**2 * (boxcox(top, 2 - self.shape) - boxcox(top, 1 - self.shape)))

    def _ground_draw(self, generator: Generator, size: int) -> FloatArray:
        return self.scale * generator.pareto(self.shape, size)

    @classmethod
    def example(cls) -> Self:
        """Mean GBP 2,000 with a tail of index 2.5."""
        return cls(shape=2.5, scale=3000)
