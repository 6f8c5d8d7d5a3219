"""The national practice-based commissioning toolkit: historic spend blended with fair shares."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.budgets.budget_rule import BudgetRule, FloatArray, LineBasis
from simulator.parts import GrowthShare, Shares
from simulator.plain_words import listed, per_cent_of

_ROUNDING = 1e-9
_MOST_BASE_YEARS = 5


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
    base_year_weights: Shares = (1.0,)
    """Weights of that year and of those before it, the earliest first, each brought to its level by the
    uplift; they add up to 1. Medicare's are 0.1, 0.3 and 0.6 (42 CFR 425.601)."""

    @model_validator(mode="after")
    def _weights_add_up(self) -> Self:
        if abs(sum(self.base_year_weights) - 1) > _ROUNDING or len(self.base_year_weights) > _MOST_BASE_YEARS:
            need = f"base_year_weights of at most {_MOST_BASE_YEARS} years that add up to 1"
            raise PydanticCustomError("base_year_weights", need)
        return self

    def in_words(self) -> str:
        """Return what the rule gives, to follow ``budgets are``."""
        weights = [per_cent_of(weight) for weight in self.fair_share_weight_by_year]
        pace = f"{weights[0]} in every year" if len(weights) == 1 else f"{listed(weights)} in turn"
        past = {
            "base": "the year before the contract",
            "latest": "the latest finished year",
        }[self.historic_year]
        if self.base_years > 1:
            weights_of = listed([per_cent_of(weight) for weight in self.base_year_weights[::-1]])
            past = f"{past} and of those before it, weighed {weights_of}"
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
    def base_years(self) -> int:
        """Years of past spend that budgets rest on."""
        return len(self.base_year_weights)

    @property
    def follows_growth(self) -> bool:
        """Whether budgets rise with expected growth: where no uplift is given."""
        return self.uplift_share is None

    @property
    def asks_for_contract_years(self) -> bool:
        """Whether budgets rest on spend after the base year."""
        return self.historic_year == "latest"

    def uplift_of(self, growth_share: float) -> float:
        """Return what a year does to a budget: its uplift, or the growth that is expected."""
        return 1 + (growth_share if self.uplift_share is None else self.uplift_share)

    def annual_budget_gbp(self, basis: LineBasis) -> FloatArray:
        """Return the budgets of one year, shape (contract, cluster), in pounds."""
        weights = self.fair_share_weight_by_year
        weight = weights[min(basis.year, len(weights) - 1)]
        uplift = self.uplift_of(basis.growth_share)
        to_now = uplift**basis.years_since_base
        rebased = self.asks_for_contract_years and basis.year > 0
        past = basis.finished_gbp if rebased else basis.base_years_gbp
        weighed = zip(self.base_year_weights[::-1], past, strict=False)
        years = [share * uplift**ago * gbp for ago, (share, gbp) in enumerate(weighed)]
        historic = sum(years[1:], years[0]) * (uplift if rebased else to_now)
        return np.asarray((1 - weight) * historic + weight * to_now * basis.fair_share_gbp)

    @classmethod
    def example(cls) -> Self:
        """A quarter of the way to fair shares in the first year, half in the second."""
        return cls(fair_share_weight_by_year=(0.25, 0.5), uplift_share=0.02)
