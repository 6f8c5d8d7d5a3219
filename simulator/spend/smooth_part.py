"""A unit cost without its atoms: what is left between nothing and the limit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from simulator.random_streams import Generator
from simulator.spend.unit_cost import FloatArray, UnitCost

_ROUNDING = 1e-12
_WORTH_REJECTING = 0.1
"""Where at least this part of costs is neither nothing nor the limit, it is quicker to draw all."""


@dataclass(frozen=True, slots=True)
class SmoothPart:
    """Law of a unit cost given that it is neither nothing nor the limit.

    A deductible puts a probability on zero and a limit one on the limit. Told apart by two
    binomial counts, they leave a law without jumps, which can be tabulated.
    """

    unit_cost: UnitCost  # the law of the whole
    # Probabilities of a cost of nothing and of a cost at the limit; together at most 1.
    zero_probability: float
    limit_probability: float

    @classmethod
    def of(cls, unit_cost: UnitCost) -> Self:
        """Return the smooth part of `unit_cost`; the whole of it where it has no density."""
        if not unit_cost.is_smooth:
            return cls(unit_cost, 0.0, 0.0)
        zero = 1 - float(unit_cost.sf(np.array([0.0]))[0])
        limit = unit_cost.limit
        # Just below the limit: at the limit itself nothing is beyond.
        at_limit = 0.0 if limit is None else float(unit_cost.sf(np.nextafter([limit], 0.0))[0])
        return cls(unit_cost, zero, at_limit)

    def within(self, case_limit_gbp: float) -> Self:
        """Return the law of min(cost, `case_limit_gbp`) for a cost of this part, the atom included."""
        limited = self.unit_cost.model_copy(update={"limit": case_limit_gbp})
        return type(self)(limited, self.zero_probability, self.limit_probability)

    def below(self, case_limit_gbp: float) -> Self:
        """Return the law of a cost of this part given that it is less than `case_limit_gbp`."""
        limited = self.unit_cost.model_copy(update={"limit": case_limit_gbp})
        beyond = float(limited.sf(np.nextafter([case_limit_gbp], 0.0))[0])
        return type(self)(limited, self.zero_probability, beyond)

    @property
    def probability(self) -> float:
        """Probability that a cost belongs to this part; what is rounding counts as none."""
        left = 1 - self.zero_probability - self.limit_probability
        return left if left > _ROUNDING else 0.0

    @property
    def has_atoms(self) -> bool:
        """Whether some costs are nothing, or the limit."""
        return self.zero_probability + self.limit_probability > 0

    @property
    def mean_gbp(self) -> float:
        """Mean cost, in pounds."""
        return float(self.excess_mean(np.array([0.0]))[0])

    @property
    def sd_gbp(self) -> float:
        """Standard deviation of the cost, in pounds."""
        return self.capped_sd_gbp(math.inf)

    def capped_sd_gbp(self, cap_gbp: float) -> float:
        """Return the standard deviation of min(cost, `cap_gbp`), in pounds."""
        return math.sqrt(
            max(self.capped_second_moment_gbp2(cap_gbp) - self.capped_mean_gbp(cap_gbp) ** 2, 0.0)
        )

    def capped_mean_gbp(self, cap_gbp: float) -> float:
        """Return E[min(cost, `cap_gbp`)], in pounds."""
        return self.mean_gbp - float(self.excess_mean(np.array([cap_gbp]))[0])

    def capped_second_moment_gbp2(self, cap_gbp: float) -> float:
        """Return E[min(cost, `cap_gbp`) ** 2], in pounds squared."""
        whole = float(self.unit_cost.limited_second_moment(np.array([cap_gbp]))[0])
        if not self.has_atoms:
            return whole
        if not self.probability:
            return 0.0
        at_limit = self.limit_probability * min(cap_gbp, self.unit_cost.limit or 0.0) ** 2
        return (whole - at_limit) / self.probability

    def excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        """Return E[max(cost - `cost_gbp`, 0)], in pounds; same shape."""
        whole = self.unit_cost.excess_mean(cost_gbp)
        if not self.has_atoms:
            return whole
        if not self.probability:
            return np.zeros_like(whole)
        at_limit = self.limit_probability * np.maximum((self.unit_cost.limit or 0.0) - cost_gbp, 0.0)
        return np.maximum(whole - at_limit, 0.0) / self.probability

    def isf(self, probability: float) -> float:
        """Return the cost in pounds that is exceeded with `probability`."""
        of_whole = self.limit_probability + probability * self.probability
        return float(self.unit_cost.isf(np.array([of_whole]))[0])

    def draw(self, generator: Generator, size: int) -> FloatArray:
        """Draw `size` costs, in pounds."""
        if not self.has_atoms:
            return self.unit_cost.draw(generator, size)
        if self.probability > _WORTH_REJECTING:
            return self._draw_and_reject(generator, size)
        uniform = 1 - generator.random(size)
        return self.unit_cost.isf(self.limit_probability + uniform * self.probability)

    def _draw_and_reject(self, generator: Generator, size: int) -> FloatArray:
        kept = [np.empty(0)]
        missing = size
        while missing > 0:
            costs = self.unit_cost.draw(generator, math.ceil(missing / self.probability) + 8)
            kept.append(costs[(costs > 0) & (costs < (self.unit_cost.limit or math.inf))][:missing])
            missing -= kept[-1].size
        return np.concatenate(kept)
