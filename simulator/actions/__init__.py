"""Actions: what clusters do about their demand and their bills, and what that costs."""

from typing import Annotated

from pydantic import Field

from simulator.actions.management_cost import ManagementCost
from simulator.actions.reduce_demand import ReduceDemand

AnyAction = Annotated[ReduceDemand | ManagementCost, Field(discriminator="action")]
"""The register of actions."""
