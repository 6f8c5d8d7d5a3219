"""A minimum rate: a surplus or an overspend counts only if it is large enough for the size of the cluster."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import Part, Share, as_tuple
from simulator.plain_words import per_cent_of
from simulator.records import FloatArray


class RateNode(Part):
    """The minimum rate of clusters of one size."""

    people: Annotated[float, Field(gt=0, le=1e8)]
    """Registered people of the cluster."""
    share_of_budget: Share
    """Least surplus or overspend that counts, as a share of the budget."""


RateTable = Annotated[tuple[RateNode, ...], BeforeValidator(as_tuple), Field(min_length=1)]

# Medicare Shared Savings Program, minimum savings rates of one-sided ACOs. Source: field MinSavPerc of CMS's
# public use files, 3,674 ACO-years 2013-2024, which lie on these lines to within 0.006 of a point.
MEDICARE = (
    *((500, 0.122), (1_000, 0.087), (3_000, 0.05), (5_000, 0.039), (6_000, 0.036), (7_000, 0.034)),
    *((8_000, 0.032), (9_000, 0.031), (10_000, 0.03), (15_000, 0.027), (20_000, 0.025), (50_000, 0.022)),
    (60_000, 0.02),
)
"""People, and the minimum savings rate of a group of that size, as a share of its budget."""


class MinimumRate(Part):
    """A surplus is shared, or an overspend borne, only if it is at least a minimum share of the budget.

    Source: the Medicare Shared Savings Program (42 CFR 425.100, 425.605 and 425.610), whose rate for savings
    alone falls from 3.9% for 5,000 people to 2.0% for 60,000 and more, and counts from the first dollar.
    """

    share_of_budget: Share | None = None
    """Least that counts, as a share of the budget of the period that is settled; this or by_people."""
    by_people: Literal["medicare"] | RateTable | None = None
    """The same by size of the cluster, linear between sizes and level beyond them: a list of people and
    share_of_budget, or "medicare" for the table of the Medicare Shared Savings Program."""
    once_met: Literal["first_pound", "excess"] = "first_pound"
    """What counts once the rate is met: all of it, or what lies beyond the rate."""

    @model_validator(mode="after")
    def _has_one_rate(self) -> Self:
        if (self.share_of_budget is None) == (self.by_people is None):
            need = "one of share_of_budget and by_people, and not both"
            raise PydanticCustomError("minimum_rate", need)
        if any(two[0] <= one[0] for one, two in pairwise(self._nodes)):
            raise PydanticCustomError("minimum_rate", "sizes in by_people that rise")
        return self

    @property
    def _nodes(self) -> tuple[tuple[float, float], ...]:
        """People and rate at each node; one node where the rate is the same for all."""
        if self.by_people == "medicare":
            return MEDICARE
        if self.by_people is None:
            return ((1.0, self.share_of_budget or 0.0),)
        return tuple((node.people, node.share_of_budget) for node in self.by_people)

    @property
    def is_nothing(self) -> bool:
        """Whether the rate is nothing for a cluster of any size."""
        return not any(rate for _, rate in self._nodes)

    def of(self, people: FloatArray) -> FloatArray:
        """Return the rate of clusters of some sizes, as a share of the budget, of the same shape."""
        sizes, rates = zip(*self._nodes, strict=True)
        return np.asarray(np.interp(people, sizes, rates))

    def in_words(self, period: str) -> str:
        """Return the rate in words, such as ``2% of the year's budget``."""
        (smallest, first), *_, (largest, last) = (*self._nodes, self._nodes[-1])
        if len(self._nodes) == 1:
            return f"{per_cent_of(first)} of the {period}'s budget"
        whose = (
            ", in the table of the Medicare Shared Savings Program" if self.by_people == "medicare" else ""
        )
        return (
            f"a share of the {period}'s budget that goes by the size of the cluster, from "
            f"{per_cent_of(first)} for {smallest:,.0f} people to {per_cent_of(last)} for {largest:,.0f}"
            f"{whose}"
        )

    def counted_gbp(self, amount_gbp: FloatArray, budget_gbp: FloatArray, people: FloatArray) -> FloatArray:
        """Return what counts of surpluses or overspends, shape (contract, cluster)."""
        least_gbp = self.of(people) * budget_gbp
        if self.once_met == "excess":
            return np.asarray(np.maximum(amount_gbp - least_gbp, 0.0))
        return np.where(amount_gbp >= least_gbp, amount_gbp, 0.0)

    @classmethod
    def example(cls) -> Self:
        """Medicare's rate for 60,000 people and more."""
        return cls(share_of_budget=0.02)
