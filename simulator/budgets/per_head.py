"""Budgets at a fixed amount for each registered person."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np

from simulator.budgets.budget_rule import BudgetRule, FloatArray, LineBasis
from simulator.parts import GrowthShare, NonNegativeGbp


class PerHead(BudgetRule):
    """A fixed amount a year for each person on the registered list."""

    rule: Literal["per_head"] = "per_head"
    gbp_per_head: NonNegativeGbp
    """Pounds a year for each registered person, in the base year."""
    uplift_share: GrowthShare = 0.0
    """Uplift a year."""

    def annual_budget_gbp(self, basis: LineBasis) -> FloatArray:
        """Return the budgets of one year, shape (cluster,), in pounds."""
        uplift = (1 + self.uplift_share) ** basis.years_since_base
        return np.asarray(basis.people * self.gbp_per_head * uplift)

    @classmethod
    def example(cls) -> Self:
        """The GBP 210 a head that emergency admissions cost in 2010/11."""
        return cls(gbp_per_head=210)
