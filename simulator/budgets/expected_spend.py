"""Budgets at expected spend: what a formula without error would give."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np

from simulator.budgets.budget_rule import BudgetRule, FloatArray, LineBasis
from simulator.parts import GrowthShare
from simulator.plain_words import per_cent_of


class ExpectedSpend(BudgetRule):
    """Expected spend of the year, more or less a margin. For checks, and to see chance alone."""

    rule: Literal["expected_spend"] = "expected_spend"
    margin_share: GrowthShare = 0.0
    """What is added to expected spend: -0.025 makes budgets 2.5% too small."""

    def in_words(self) -> str:
        """Return what the rule gives, to follow ``budgets are``."""
        if not self.margin_share:
            return "the spend that is expected"
        more = "more" if self.margin_share > 0 else "less"
        return f"{per_cent_of(abs(self.margin_share))} {more} than the spend that is expected"

    @property
    def follows_growth(self) -> bool:
        """Whether budgets rise with expected growth: always."""
        return True

    def annual_budget_gbp(self, basis: LineBasis) -> FloatArray:
        """Return the budgets of one year, shape (cluster,), in pounds."""
        return np.asarray(basis.expected_gbp * (1 + self.margin_share))

    @classmethod
    def example(cls) -> Self:
        """Budgets 2.5% too small."""
        return cls(margin_share=-0.025)
