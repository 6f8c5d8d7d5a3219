"""Unit costs of several kinds."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, InstanceOf, model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import Floats, as_tuple
from simulator.random_streams import Generator
from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.unit_cost import FloatArray, UnitCost
from simulator.sums import weighted

_SUM_TOLERANCE = 1e-9
_HALVINGS = 64
"""Of a range of 600 powers of ten: to 1e-16."""
_NEXT_TO_NOTHING_GBP = 1e-300


class Mixture(UnitCost):
    """Costs each of which is of one of several kinds, by chance; for `compound` only."""

    model: Literal["mixture"] = "mixture"
    parts: Annotated[tuple[InstanceOf[UnitCost], ...], BeforeValidator(as_tuple), Field(min_length=1)]
    """Law of the cost of each kind; a deductible or limit is the mixture's own."""
    probabilities: Floats
    """Probability of each kind, adding up to 1."""

    @model_validator(mode="after")
    def _is_a_mixture(self) -> Self:
        if any(part.has_layer or not part.is_smooth for part in self.parts):
            need = "parts with a density, without a deductible or limit of their own: the mixture has those"
            raise PydanticCustomError("bad_parts", need)
        if len(self.probabilities) != len(self.parts) or not min(self.probabilities) > 0:
            raise PydanticCustomError("bad_probabilities", "one probability, above zero, for each part")
        if abs(math.fsum(self.probabilities) - 1) > _SUM_TOLERANCE:
            raise PydanticCustomError("bad_sum", "probabilities that add up to 1")
        return self

    @property
    def _shares(self) -> FloatArray:
        return np.asarray(self.probabilities) / math.fsum(self.probabilities)

    @property
    def kinks_gbp(self) -> FloatArray:
        """Costs to the payer at which the distribution function may have a kink: the ends of each part."""
        ends = np.concatenate([part.kinks_gbp for part in self.parts])
        return np.clip(ends - self.deductible, 0.0, self.limit)

    def _ground_sf(self, cost_gbp: FloatArray) -> FloatArray:
        return weighted(self._shares, np.array([part.sf(cost_gbp) for part in self.parts]))

    def _ground_isf(self, probability: FloatArray) -> FloatArray:
        # It lies between those of the parts.
        each = np.log(np.maximum([part.isf(probability) for part in self.parts], _NEXT_TO_NOTHING_GBP))
        low, high = each.min(axis=0), each.max(axis=0)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            enough = self._ground_sf(np.exp(middle)) <= probability
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return np.asarray(np.exp(high))

    def _ground_excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        return weighted(self._shares, np.array([part.excess_mean(cost_gbp) for part in self.parts]))

    def _ground_limited_second_moment(self, cost_gbp: FloatArray) -> FloatArray:
        seconds = [part.limited_second_moment(cost_gbp) for part in self.parts]
        return weighted(self._shares, np.array(seconds))

    def _ground_draw(self, generator: Generator, size: int) -> FloatArray:
        kinds, costs = generator.choice(len(self.parts), size, p=self._shares), np.empty(size)
        for kind, part in enumerate(self.parts):
            costs[kinds == kind] = part.draw(generator, int((kinds == kind).sum()))
        return costs

    @classmethod
    def example(cls) -> Self:
        """Nine in ten cost GBP 500 or so, the others six times as much."""
        return cls(parts=(Gamma(mean=500, cv=1), Lognormal(mean=3000, cv=2)), probabilities=(0.9, 0.1))
