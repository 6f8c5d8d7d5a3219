"""Spending too fast: it is easy to spend in the first months of a year, and hard to get it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field

from simulator.actions.by_month import ByMonth
from simulator.actions.chance import Chance
from simulator.actions.scene import Care
from simulator.parts import Share
from simulator.records import BoolArray, FloatArray
from simulator.uncertain import GROWTH_IN_DOUBT, MAY_BE_UNCERTAIN


class EarlySpending(ByMonth):
    """Spending more in the first months of each year, and getting a part of it back in those that are left.

    No monthly profile of a commissioner was found: how much is spent early is for the scenario to say.
    """

    action: Literal["early_spending"]
    more_share: Annotated[float, Field(ge=-1, le=1), *MAY_BE_UNCERTAIN, GROWTH_IN_DOUBT] = 0.0
    """What is spent more in those months, as a share of what would be spent in them."""
    first_months: Annotated[int, Field(ge=1, le=12)] = 6
    """How many months of a contract year these are, from its first on."""
    got_back_share: Share = 0.5
    """Part of it that is got back in the months that are left of that year: an assumption, half."""

    def size(self, chance: Chance) -> FloatArray:
        """Return what is spent more where it works, to go with (contract, year, cluster, line)."""
        return np.asarray(super().size(chance) * chance.normal(self.more_share, "more share"))

    def more(
        self, care: Care, year: int, sizes: FloatArray, lines: Sequence[int]
    ) -> Mapping[int, FloatArray]:
        """Return what months of a year have more, as a share, by line."""
        inside = care.scene.inside[year]
        early = inside & (np.cumsum(inside, axis=0) <= self.first_months)
        more = np.maximum(sizes * early, -1.0)
        return {line: more - ~early * self._got_back(care.months[year][line], more, early) for line in lines}

    def _got_back(self, months: FloatArray, more: FloatArray, early: BoolArray) -> FloatArray:
        """Return what the other months give back, as a share of them: none more than it has."""
        to_get_back = self.got_back_share * (months * more).sum(axis=1, keepdims=True)
        left = (months * ~early).sum(axis=1, keepdims=True)
        back = np.clip(to_get_back, -left, left)
        return np.asarray(np.divide(back, left, out=np.zeros_like(left), where=left > 0))

    @classmethod
    def example(cls) -> Self:
        """A tenth more on admissions up to September, half of which comes back."""
        return cls(name="early", action="early_spending", service_lines=("admissions",), more_share=0.1)
