"""Unit cost that takes observed values."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import Floats
from simulator.random_streams import Generator
from simulator.spend.unit_cost import FloatArray, UnitCost
from simulator.sums import inner

_SUM_TOLERANCE = 1e-9
_SMALLEST_GBP, _LARGEST_GBP = 1e-6, 1e12
_COUNTED_ONE_BY_ONE = 32
"""Totals of so few different values are drawn by counting each: exact however they are spaced."""
_LONGEST_LATTICE = 2**16
"""Values whose common step is smaller than the largest over this are treated as having none."""


class Empirical(UnitCost):
    """Cost of one case that is one of `values`, each with its probability."""

    model: Literal["empirical"] = "empirical"
    values: Floats
    """The costs that occur, in pounds, zero or more."""
    probabilities: Floats | None = None
    """Probability of each value, adding up to 1; equal when left out."""

    @model_validator(mode="after")
    def _is_a_distribution(self) -> Self:
        if not self.values or min(self.values) < 0 or not _SMALLEST_GBP <= max(self.values) <= _LARGEST_GBP:
            raise PydanticCustomError("bad_values", "values from 0 to 1e12, one of them above 0")
        if self.probabilities is not None:
            if len(self.probabilities) != len(self.values) or min(self.probabilities) < 0:
                raise PydanticCustomError(
                    "bad_probabilities", "one probability, zero or more, for each value"
                )
            if abs(math.fsum(self.probabilities) - 1) > _SUM_TOLERANCE:
                raise PydanticCustomError("bad_sum", "probabilities that add up to 1")
        return self

    @cached_property
    def _law(self) -> tuple[FloatArray, FloatArray]:
        """Distinct values in rising order, and their probabilities."""
        equal = np.full(len(self.values), 1 / len(self.values))
        weights = equal if self.probabilities is None else np.asarray(self.probabilities)
        values, places = np.unique(np.asarray(self.values), return_inverse=True)
        return values, np.bincount(places, weights / weights.sum()).astype(np.float64)

    @property
    def _payer_gbp(self) -> FloatArray:
        """What the payer answers for of each distinct value."""
        return np.clip(self._law[0] - self.deductible, 0.0, self.limit)

    @property
    def is_smooth(self) -> bool:
        """Whether the cost has a density: never, each value has a probability."""
        return False

    @property
    def lattice_span_gbp(self) -> float | None:
        """Largest step of which every cost to the payer is a multiple, in pounds, or None."""
        return self.span_gbp(_LONGEST_LATTICE)

    def span_gbp(self, most_steps: int) -> float | None:
        """Return the largest common step of costs of up to so many steps, in pounds, or None."""
        values = self._payer_gbp
        span = 0.0
        for value in values:
            span = _common_step(span, float(value), float(values[-1]))
        # A whole number of steps: what rounding did to the step must not add up over them.
        return values[-1] / round(values[-1] / span) if span * most_steps >= values[-1] else None

    def payer_law(self) -> tuple[FloatArray, FloatArray]:
        """Return what the payer answers for of each distinct value, rising, and how likely it is."""
        return self._payer_gbp, self._law[1]

    def _ground_sf(self, cost_gbp: FloatArray) -> FloatArray:
        values, weights = self._law
        beyond = np.append(weights[::-1].cumsum()[::-1], 0.0)
        return np.asarray(beyond[np.searchsorted(values, cost_gbp, side="right")])

    def _ground_isf(self, probability: FloatArray) -> FloatArray:
        values, weights = self._law
        places = np.searchsorted(weights.cumsum(), (1 - probability) + _SUM_TOLERANCE)
        return np.asarray(values[np.minimum(places, len(values) - 1)])

    def _ground_excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        values, weights = self._law
        beyond = np.append((weights * values)[::-1].cumsum()[::-1], 0.0)
        places = np.searchsorted(values, cost_gbp, side="right")
        finite = np.where(places < values.size, cost_gbp, 0.0)
        return np.asarray(beyond[places] - finite * self._ground_sf(cost_gbp))

    def _ground_limited_second_moment(self, cost_gbp: FloatArray) -> FloatArray:
        values, weights = self._law
        places = np.searchsorted(values, cost_gbp, side="right")
        below = np.append(0.0, (weights * values**2).cumsum())[places]
        finite = np.where(places < values.size, cost_gbp, 0.0)
        return np.asarray(below + finite**2 * self._ground_sf(cost_gbp))

    def draw_known_totals(
        self, counts: NDArray[np.int64], generator: Generator, case_limit_gbp: float
    ) -> tuple[FloatArray, FloatArray] | None:
        """Draw how often each of few different values occurs, and pay up to a limit for each."""
        values, weights = self._law
        if values.size > _COUNTED_ONE_BY_ONE:
            return None
        occurrences = generator.multinomial(counts, weights)
        totals = np.asarray(inner(occurrences, self._payer_gbp))
        within = inner(occurrences, np.minimum(self._payer_gbp, case_limit_gbp))
        # Sums of the same values in another order may differ in the last digit.
        return totals, np.minimum(within, totals)

    def _ground_draw(self, generator: Generator, size: int) -> FloatArray:
        values, weights = self._law
        places = np.searchsorted(weights.cumsum(), generator.random(size), side="right")
        return values[np.minimum(places, len(values) - 1)]

    @classmethod
    def example(cls) -> Self:
        """GBP 5, 10 or 20 with probabilities 0.2, 0.3 and 0.5."""
        return cls(values=(5, 10, 20), probabilities=(0.2, 0.3, 0.5))


def _common_step(one: float, other: float, scale: float) -> float:
    """Return the greatest common divisor of two lengths, up to rounding of size `scale`."""
    while other > scale * 1e-9:
        one, other = other, math.fmod(one, other)
        if abs(one - other) <= scale * 1e-9:
            other = 0.0
    return one
