"""Care that is not needed, or not given: a share of the demand of some lines is avoided."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field

from simulator.actions.action import OfLines
from simulator.actions.chance import Chance
from simulator.actions.scene import Care, Scene
from simulator.records import FloatArray
from simulator.uncertain import GROWTH_IN_DOUBT, MAY_BE_UNCERTAIN


def kept(avoided_share: FloatArray) -> FloatArray:
    """Return the share of demand that is left where some is avoided, or added below zero."""
    return np.asarray(np.maximum(1 - avoided_share, 0.0))


class ReduceDemand(OfLines):
    """Avoiding a share of the demand of some lines: referral management, case management, prevention.

    Where nothing of it is left to chance it is a share of expected cases, as a true saving is; otherwise
    the share of the spend that was drawn.
    """

    action: Literal["reduce_demand"]
    avoided_share: Annotated[float, Field(ge=-1, lt=1), *MAY_BE_UNCERTAIN, GROWTH_IN_DOUBT] = 0.0
    """Share of the lines' demand that it avoids once it works in full; below zero where it adds to it."""
    holds_back_care: bool = False
    """Whether that is care that people would have had and do not get: told as care held back."""

    def known_factor(self, scene: Scene, *, carried: bool) -> FloatArray | None:
        """Return what it makes of expected cases, shape (year, cluster, line), where all is known."""
        if self.acts(carried=carried):
            return None
        known = Chance(self.name, scene.clusters, common=True, carried=False)
        return np.asarray(self.factor(scene, known)[0])

    def acts(self, *, carried: bool) -> bool:
        """Return whether it acts on spend that is drawn."""
        return self.holds_back_care or not self.is_known(carried=carried)

    def act(self, care: Care, chance: Chance) -> Care:
        """Return what it makes of the spend that was drawn."""
        return care.times(self.factor(care.scene, chance), held_back=self.holds_back_care)

    def factor(self, scene: Scene, chance: Chance) -> FloatArray:
        """Return what is left of demand, shape (contract or 1, year, cluster, line)."""
        avoided = chance.normal(self.avoided_share, "avoided share")
        return kept(avoided * self.strength(scene, chance))

    @classmethod
    def example(cls) -> Self:
        """A real budget: planned admissions fell by 3.3% (Dusheiko and others, CMPO 03/064)."""
        return cls(name="demand", action="reduce_demand", avoided_share=0.033, gbp_per_head=1.0)
