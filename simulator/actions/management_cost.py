"""Management: people who run the cluster, its own or bought, whatever they bring about."""

from __future__ import annotations

from typing import Literal, Self

from simulator.actions.action import Action
from simulator.parts import NonNegativeGbp


class ManagementCost(Action):
    """Running the cluster: its own staff, or bought from a partner or the PCT; it moves no care by itself."""

    action: Literal["management_cost"]
    gbp_per_head: NonNegativeGbp = 25.0
    """What it costs a year for each registered person, in pounds: 25 in clinical commissioning groups from
    2013 (NHS England running cost allowance); 9 to 12 was suggested for consortia in 2010."""

    @classmethod
    def example(cls) -> Self:
        """A cluster that buys its management from a partner for GBP 10 a head."""
        return cls(name="management", action="management_cost", gbp_per_head=10.0, paid_to="partner")
