"""The parts that a scenario can name, from the registers themselves."""

from __future__ import annotations

from typing import Any, get_args

from simulator.actions import AnyAction
from simulator.budgets import AnyBudgetRule
from simulator.demand import AnyCountLaw
from simulator.demand.binomial import Binomial
from simulator.demand.fixed import Fixed
from simulator.demand.neyman import Neyman
from simulator.demand.shock_laws import AnyShockLaw
from simulator.parts import Part
from simulator.rules import AnyRule
from simulator.spend import AnyUnitCost
from simulator.spend.mixture import Mixture


def _members(register: Any) -> tuple[type[Part], ...]:
    union = get_args(register)[0]
    return get_args(union) or (union,)


UNIT_COSTS = _members(AnyUnitCost)
COUNT_LAWS = _members(AnyCountLaw)
SHOCK_LAWS = _members(AnyShockLaw)
BUDGET_RULES = _members(AnyBudgetRule)
RULES = _members(AnyRule)
ACTIONS = _members(AnyAction)
PARTS = (*UNIT_COSTS, *COUNT_LAWS, *SHOCK_LAWS, *BUDGET_RULES, *RULES, *ACTIONS)
FOR_COMPOUNDS = (Binomial, Fixed, Mixture, Neyman)
"""Laws that no scenario can name, and so in no register."""
