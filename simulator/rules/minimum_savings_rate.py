"""The minimum savings rate: a surplus that luck alone could make is not shared."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np

from simulator.parts import Part, Share
from simulator.plain_words import per_cent_of
from simulator.records import FloatArray


class MinimumSavingsRate(Part):
    """Practices share in a surplus only if it is at least a minimum share of the budget.

    Source: the Medicare Shared Savings Program (42 CFR 425.100 and 425.604), whose rate falls from
    3.9% for 5,000 people to 2.0% for 60,000 and more, and shares from the first dollar.
    """

    share_of_budget: Share
    """Least surplus that is shared, as a share of the budget of the period that is settled."""
    once_met: Literal["first_pound", "excess"] = "first_pound"
    """What is shared once the rate is met: the whole surplus, or what lies beyond the rate."""

    def in_words(self, period: str) -> str:
        """Return the rate in a whole sentence; `period` is what is settled, a year or the contract."""
        shared = {
            "first_pound": "once it is, they share in all of it",
            "excess": "once it is, they share in what lies beyond that",
        }[self.once_met]
        least = per_cent_of(self.share_of_budget)
        return (
            f"Practices share in a surplus only if it is at least {least} of the {period}'s budget; {shared}."
        )

    def shareable_gbp(self, surplus_gbp: FloatArray, budget_gbp: FloatArray) -> FloatArray:
        """Return what practices may share in.

        Takes ``surplus_gbp`` of shape (contract, cluster), ``budget_gbp`` of shape (contract, cluster).
        Returns shape (contract, cluster): Pounds, from zero to the whole surplus.
        """
        least_gbp = self.share_of_budget * budget_gbp
        if self.once_met == "excess":
            return np.asarray(np.maximum(surplus_gbp - least_gbp, 0.0))
        return np.where(surplus_gbp >= least_gbp, surplus_gbp, 0.0)

    @classmethod
    def example(cls) -> Self:
        """Medicare's rate for 60,000 people and more."""
        return cls(share_of_budget=0.02)
