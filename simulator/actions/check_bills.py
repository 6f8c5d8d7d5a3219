"""Checking what hospitals bill: errors go both ways, and come to nearly nothing net."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field

from simulator.actions.action import OfLines
from simulator.actions.chance import Chance
from simulator.actions.scene import Care
from simulator.parts import Shares
from simulator.uncertain import GROWTH_IN_DOUBT, MAY_BE_UNCERTAIN

NET_SHARE: Any = {"mean": 0.0, "sd": 0.02}
"""Audits of all English trusts, 2007-13: 4 to 5% of inpatient bills by value were wrong, +0.1% to -0.3% net;
a quarter of trusts undercharged by 2 to 8% (Audit Commission 2009, 2010; Capita 2013)."""


class CheckBills(OfLines):
    """Checking bills, and paying for what was done: as likely to cost as to save, by all audits."""

    action: Literal["check_bills"]
    net_share: Annotated[
        float, Field(ge=-0.5, le=0.5, validate_default=True), *MAY_BE_UNCERTAIN, GROWTH_IN_DOUBT
    ] = NET_SHARE
    """Share of what is billed that comes back net of what was billed too low; below zero where it costs."""
    ramp_share_by_year: Shares = (1.0,)
    """Share of the full effect in each contract year of it; the last repeats."""

    def act(self, care: Care, chance: Chance) -> Care:
        """Return what it makes of the spend that was drawn."""
        back = chance.normal(self.net_share, "net share") * self.strength(care.scene, chance)
        return care.times(np.maximum(1 - back, 0.0))

    @classmethod
    def example(cls) -> Self:
        """Of every bill, at a pound a case."""
        return cls(name="bills", action="check_bills", gbp_per_case=1.0)
