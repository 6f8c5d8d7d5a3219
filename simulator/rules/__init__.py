"""Rules: who pays, and who keeps what is left. No chance here."""

from typing import Annotated

from pydantic import Field

from simulator.rules.bond import Bond
from simulator.rules.corridor import Corridor
from simulator.rules.deficit_recovery import DeficitRecovery
from simulator.rules.overspend_share import OverspendShare
from simulator.rules.partner import Partner
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.pool import Pool
from simulator.rules.surplus import SurplusSplit

AnyRule = Annotated[
    SurplusSplit | Bond | Pool | DeficitRecovery | Corridor | OverspendShare | PerCaseLimit | Partner,
    Field(discriminator="rule"),
]
"""The register of money rules."""

RULES_IN_USUAL_ORDER = (
    *(PerCaseLimit, Corridor, OverspendShare, DeficitRecovery),
    *(SurplusSplit, Bond, Pool, Partner),
)
"""The order in which rules usually stand: what changes budgets and spend; then who shares what is left of a
surplus; then who pays for what is left of an overspend, the practices' own money first; last what practices
and a partner settle between them."""
