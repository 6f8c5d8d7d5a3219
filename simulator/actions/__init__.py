"""Actions: what clusters do about their demand and their bills, and what that costs."""

from typing import Annotated

from pydantic import Field

from simulator.actions.check_bills import CheckBills
from simulator.actions.early_spending import EarlySpending
from simulator.actions.in_year_control import InYearControl
from simulator.actions.management_cost import ManagementCost
from simulator.actions.outlier_practices import OutlierPractices
from simulator.actions.reduce_demand import ReduceDemand
from simulator.actions.shift_service import ShiftService

AnyAction = Annotated[
    ReduceDemand
    | ShiftService
    | CheckBills
    | OutlierPractices
    | EarlySpending
    | InYearControl
    | ManagementCost,
    Field(discriminator="action"),
]
"""The register of actions."""
