"""What a budget rule must offer."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.parts import Part

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineBasis:
    """What is known of one service line when a contract year's budgets are set.

    All amounts are for a whole financial year.
    """

    year: int  # number of the contract year, from 0
    years_since_base: int  # financial years from the base year to this one
    growth_share: float  # expected growth of spend a year, demand and prices together
    # Each of shape (contract, cluster): spend in the years that are finished, the latest first, with their
    # luck. The base year has the number of the contract year; where a rule asks, others before it follow.
    finished_gbp: tuple[FloatArray, ...]
    # shape (cluster,); the PCT's planned spend in the base year, divided by need-weighted population.
    fair_share_gbp: FloatArray
    expected_gbp: FloatArray  # shape (cluster,); expected spend of this year, without shocks or savings
    people: FloatArray  # shape (cluster,); registered lists
    # shape (cluster,); the line's part, by planned spend, of a budget that is set for several lines together;
    # 1 for a rule of the line's own.
    part_of_budget: FloatArray
    given_gbp: FloatArray  # shape (cluster,); what a table gives, nothing for rules without one

    @property
    def base_years_gbp(self) -> tuple[FloatArray, ...]:
        """Spend in the base year, and in those before it."""
        return self.finished_gbp[self.year :]

    @property
    def base_gbp(self) -> FloatArray:
        """Spend in the base year, shape (contract, cluster)."""
        return self.finished_gbp[self.year]


class BudgetRule(Part):
    """How a whole year's budget for one service line is set."""

    @abstractmethod
    def in_words(self) -> str:
        """Return what the rule gives, to follow ``budgets are``; without a full stop."""

    @property
    def base_years(self) -> int:
        """Years of past spend that budgets rest on, the base year among them."""
        return 1

    @property
    def follows_growth(self) -> bool:
        """Whether budgets rise with whatever growth is expected, so that growth alone is no risk."""
        return False

    @property
    def asks_for_contract_years(self) -> bool:
        """Whether budgets may rest on spend after the base year; that is always right, and slower."""
        return True

    def uplift_of(self, growth_share: float) -> float:
        """Return what a year does to a budget, given expected growth of spend: 1.02 is 2% more."""
        return 1 + growth_share

    @abstractmethod
    def annual_budget_gbp(self, basis: LineBasis) -> FloatArray:
        """Return the budgets of one year, in pounds for a whole year.

        Parameters
        ----------
        basis : LineBasis
            What is known when they are set.

        Returns
        -------
        ndarray of float, shape (contract, cluster) or (cluster,)
            Before any top-slice.
        """
