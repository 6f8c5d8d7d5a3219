"""Care that is not needed, or not given: a share of the demand of some lines is avoided."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field

from simulator.actions.avoiding import Avoiding
from simulator.actions.chance import Chance
from simulator.actions.scene import Scene
from simulator.records import FloatArray
from simulator.uncertain import GROWTH_IN_DOUBT, MAY_BE_UNCERTAIN


class ReduceDemand(Avoiding):
    """Avoiding a share of the demand of some lines: referral management, case management, prevention.

    Where nothing of it is left to chance it is a share of expected cases, as a true saving is; otherwise
    the share of the spend that was drawn.
    """

    action: Literal["reduce_demand"]
    avoided_share: Annotated[float, Field(ge=-1, lt=1), *MAY_BE_UNCERTAIN, GROWTH_IN_DOUBT] = 0.0
    """Share of the lines' demand that it avoids once it works in full; below zero where it adds to it."""

    def avoided(self, scene: Scene, chance: Chance) -> FloatArray:
        """Return the share of demand that is avoided in full, to go with (contract, year, cluster, line)."""
        return chance.normal(self.avoided_share, "avoided share")

    @classmethod
    def example(cls) -> Self:
        """A real budget: planned admissions fell by 3.3% (Dusheiko and others, CMPO 03/064)."""
        return cls(name="demand", action="reduce_demand", avoided_share=0.033, gbp_per_head=1.0)
