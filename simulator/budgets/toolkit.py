"""The national practice-based commissioning toolkit: historic spend blended with fair shares."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np

from simulator.budgets.budget_rule import BudgetRule, FloatArray, LineBasis
from simulator.parts import GrowthShare, Shares
from simulator.plain_words import listed, per_cent_of


class Toolkit(BudgetRule):
    """Historic spend, moved towards the fair share of need at a pace of change, and uplifted.

    Historic spend is the simulated outturn of a past year, or what `budgets.historic` says of the base
    year: a cluster that was lucky then gets a tight budget now, and regression to the mean shows.
    """

    rule: Literal["toolkit"] = "toolkit"
    fair_share_weight_by_year: Shares
    """Weight of the fair share in each contract year, 0 to 1; the last one holds from then on."""
    uplift_share: GrowthShare | None = None
    """Uplift a year; the expected growth of spend when left out."""
    historic_year: Literal["base", "latest"] = "base"
    """Year whose spend counts as historic: `latest` rebases budgets at every annual review."""

    def in_words(self) -> str:
        """Return what the rule gives, to follow ``budgets are``."""
        weights = [per_cent_of(weight) for weight in self.fair_share_weight_by_year]
        pace = f"{weights[0]} in every year" if len(weights) == 1 else f"{listed(weights)} in turn"
        past = {
            "base": "the year before the contract",
            "latest": "the latest finished year",
        }[self.historic_year]
        uplift = (
            "the growth that is expected"
            if self.uplift_share is None
            else f"{per_cent_of(self.uplift_share)} a year"
        )
        return (
            f"past spend, that of {past}, moved towards a fair share by need (weight of the fair share: "
            f"{pace}) and uplifted by {uplift}"
        )

    @property
    def follows_growth(self) -> bool:
        """Whether budgets rise with expected growth: where no uplift is given."""
        return self.uplift_share is None

    def annual_budget_gbp(self, basis: LineBasis) -> FloatArray:
        """Return the budgets of one year, shape (contract, cluster), in pounds."""
        weights = self.fair_share_weight_by_year
        weight = weights[min(basis.year, len(weights) - 1)]
        uplift = 1 + (basis.growth_share if self.uplift_share is None else self.uplift_share)
        to_now = uplift**basis.years_since_base
        rebased = self.historic_year == "latest" and basis.year > 0
        historic = basis.latest_gbp * uplift if rebased else basis.base_gbp * to_now
        return np.asarray((1 - weight) * historic + weight * to_now * basis.fair_share_gbp)

    @classmethod
    def example(cls) -> Self:
        """A quarter of the way to fair shares in the first year, half in the second."""
        return cls(fair_share_weight_by_year=(0.25, 0.5), uplift_share=0.02)
