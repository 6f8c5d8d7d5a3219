"""Uniform unit cost."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import NonNegativeGbp, PositiveGbp
from simulator.random_streams import Generator
from simulator.spend.unit_cost import FloatArray, UnitCost


class Uniform(UnitCost):
    """Cost of one case anywhere between `low` and `high` with equal chance."""

    model: Literal["uniform"] = "uniform"
    low: NonNegativeGbp
    """Smallest cost of a case, in pounds."""
    high: PositiveGbp
    """Largest cost of a case, in pounds."""

    @model_validator(mode="after")
    def _has_a_width(self) -> Self:
        # Closer together than this, moments are rounding; a single value is for `Empirical`.
        if self.high - self.low < self.high * 1e-6:
            raise PydanticCustomError("empty_range", "low below high, by a millionth or more")
        return self

    def _ground_sf(self, cost_gbp: FloatArray) -> FloatArray:
        return np.clip((self.high - cost_gbp) / (self.high - self.low), 0.0, 1.0)

    def _ground_isf(self, probability: FloatArray) -> FloatArray:
        return np.asarray(self.high - probability * (self.high - self.low))

    def _ground_excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        inside = np.clip(cost_gbp, self.low, self.high)
        below = np.maximum(self.low - cost_gbp, 0.0)
        return np.asarray(below + (self.high - inside) ** 2 / (2 * (self.high - self.low)))

    def _ground_limited_second_moment(self, cost_gbp: FloatArray) -> FloatArray:
        inside = np.clip(cost_gbp, self.low, self.high)
        below = (inside**3 - self.low**3) / (3 * (self.high - self.low))
        return np.asarray(below + np.minimum(cost_gbp, inside) ** 2 * self._ground_sf(inside))

    def _ground_draw(self, generator: Generator, size: int) -> FloatArray:
        return generator.uniform(self.low, self.high, size)

    @classmethod
    def example(cls) -> Self:
        """Between GBP 5 and GBP 95."""
        return cls(low=5, high=95)
