"""Budgets at a fixed amount for each registered person."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np

from simulator.budgets.budget_rule import BudgetRule, FloatArray, LineBasis
from simulator.parts import GrowthShare, NonNegativeGbp
from simulator.plain_words import per_cent_of, pounds_of


class PerHead(BudgetRule):
    """A fixed amount a year for each person on the registered list.

    As the rule of all lines it is the cluster's whole budget, for every line without a rule of its
    own, and divided between them by planned spend; as the rule of one line it is that line's.
    """

    rule: Literal["per_head"] = "per_head"
    gbp_per_head: NonNegativeGbp
    """Pounds a year for each registered person, in the base year."""
    uplift_share: GrowthShare = 0.0
    """Uplift a year."""

    def in_words(self) -> str:
        """Return what the rule gives, to follow ``budgets are``."""
        uplift = f", uplifted by {per_cent_of(self.uplift_share)} a year" if self.uplift_share else ""
        return f"{pounds_of(self.gbp_per_head)} a year for each registered person{uplift}"

    def uplift_of(self, growth_share: float) -> float:
        """Return what a year does to a budget: its uplift."""
        return 1 + self.uplift_share

    def annual_budget_gbp(self, basis: LineBasis) -> FloatArray:
        """Return the budgets of one year, shape (cluster,), in pounds."""
        uplift = self.uplift_of(basis.growth_share) ** basis.years_since_base
        return np.asarray(basis.people * self.gbp_per_head * uplift * basis.part_of_budget)

    @classmethod
    def example(cls) -> Self:
        """The GBP 210 a head that emergency admissions cost in 2010/11."""
        return cls(gbp_per_head=210)
