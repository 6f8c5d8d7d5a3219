"""The one law of what hospitals are paid, whatever a payment is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.plain_words import joined, listed, per_cent_of, pounds_of

FloatArray = NDArray[np.float64]
PlanOf = Literal["expected", "base_year"]
Threshold = Literal["cluster", "shared"]
Withheld = Literal["kept", "spent"]


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """What is paid for care that is worth C at the tariff where P was planned.

    Of the plan a share f is a fixed sum, and the rest follows care; a pound above the plan is paid at the
    rate a, and of a pound that care falls short of the plan the rate r of its fixed part goes back. Within a
    band w either side of the plan nothing moves::

        paid = P + a (C - P - w P)+ - (1 - f + f r) (P - C - w P)+

    but no more than the cap and no less than the collar. With f = 0 and both rates 1 that is C, to the last
    bit.
    """

    fixed_share: float = 0.0  # f
    rate_above_plan: float = 1.0  # a
    rate_below_plan: float = 1.0  # r
    plan: PlanOf = "expected"  # what is planned: what the scenario plans for, or care of the base year
    plan_share: float = 1.0  # the plan as a share of that
    plan_gbp_per_head: float | None = None  # a plan as a figure for a whole year, in place of those
    band_share: float = 0.0  # w
    cap_share: float | None = None  # of the plan
    collar_share: float | None = None  # of the plan
    threshold: Threshold = "cluster"  # whose care is compared with whose plan
    withheld: Withheld = "kept"  # what becomes of what care is worth at the tariff and hospitals are not paid
    quality_share: float = 0.0  # of what is paid, on top
    # Change of the tariff in each contract year over the year before, beyond what plans expect; the last
    # repeats.
    tariff_change_share_by_year: tuple[float, ...] = ()

    @property
    def rate_of_shortfall(self) -> float:
        """What a pound of care below the plan takes off what is paid."""
        return 1 - self.fixed_share + self.fixed_share * self.rate_below_plan

    @property
    def follows_care(self) -> bool:
        """Whether what is paid moves with care at all, so that care must be drawn."""
        moves = self.rate_above_plan > 0 or self.rate_of_shortfall > 0
        return moves or self.plan == "base_year" or self.threshold == "shared"

    @property
    def knows_a_plan(self) -> bool:
        """Whether any plan matters: whether care is ever paid other than in full."""
        rates = self.rate_above_plan, self.rate_of_shortfall, self.band_share
        return rates != (1, 1, 0) or self.cap_share is not None or self.collar_share is not None

    @property
    def pays_in_full(self) -> bool:
        """Whether no care is paid less than it is worth at the tariff."""
        return self.rate_above_plan == 1 and self.band_share == 0 and self.cap_share is None

    @property
    def is_tariff(self) -> bool:
        """Whether care is paid at the tariff that plans expect, and nothing else is."""
        return not (self.knows_a_plan or self.quality_share or any(self.tariff_change_share_by_year))

    @property
    def rate(self) -> float | None:
        """What each further pound of care is paid, where that is the same wherever care lies; or nothing."""
        if not self.knows_a_plan:
            return 1.0
        bounded = self.cap_share is not None or self.collar_share is not None or self.band_share > 0
        one_rate = self.rate_above_plan == self.rate_of_shortfall and not bounded
        of_itself = self.threshold == "cluster" and self.withheld == "kept" and self.plan_is_known
        return self.rate_above_plan if one_rate and of_itself else None

    @property
    def plan_is_known(self) -> bool:
        """Whether the plan is known before any care is drawn."""
        return self.plan == "expected" or self.plan_gbp_per_head is not None

    def tariff(self, years: int) -> FloatArray:
        """Return the tariff of the base year and of each contract year against what plans expect."""
        given = self.tariff_change_share_by_year or (0.0,)
        changes = [given[min(year, len(given) - 1)] for year in range(years)]
        return np.asarray(np.cumprod([1.0, *(1 + change for change in changes)]), dtype=np.float64)

    def paid_gbp(self, care_gbp: FloatArray, plan_gbp: FloatArray) -> FloatArray:
        """Return what is paid for care, before what quality adds.

        Takes what care is worth at the tariff, and what was planned; the last axis is that of clusters.
        """
        if self.threshold == "cluster":
            return self._law(care_gbp, plan_gbp)
        of_all_gbp, planned_gbp = (gbp.sum(axis=-1, keepdims=True) for gbp in (care_gbp, plan_gbp))
        # What all together are paid more or less than the tariff is shared as care is; where there is none,
        # as the plan is.
        none = of_all_gbp <= 0
        use = np.where(none, plan_gbp, care_gbp)
        whole = np.where(none, planned_gbp, of_all_gbp)
        part = np.divide(
            use, whole, out=np.zeros(np.broadcast_shapes(use.shape, whole.shape)), where=whole > 0
        )
        return np.asarray(care_gbp + (self._law(of_all_gbp, planned_gbp) - of_all_gbp) * part)

    def _law(self, care_gbp: FloatArray, plan_gbp: FloatArray) -> FloatArray:
        above, below = np.maximum(care_gbp - plan_gbp, 0.0), np.maximum(plan_gbp - care_gbp, 0.0)
        band = self.band_share * plan_gbp
        # As what is added to care, so that terms that add nothing leave it as it is.
        paid = care_gbp + (self.rate_above_plan * np.maximum(above - band, 0.0) - above)
        paid += below - self.rate_of_shortfall * np.maximum(below - band, 0.0)
        if self.cap_share is not None:
            paid = np.minimum(paid, self.cap_share * plan_gbp)
        if self.collar_share is not None:
            paid = np.maximum(paid, self.collar_share * plan_gbp)
        return np.asarray(paid)

    def in_words(self) -> str:
        """Return the terms, to follow ``care is paid``; without a full stop."""
        said = list(self._in_words())
        return "; ".join(said)

    def _in_words(self) -> Iterator[str]:
        if not self.knows_a_plan:
            yield "at the tariff, case by case"
        else:
            yield self._rates_in_words()
        bounds = [
            f"{'no more' if is_cap else 'no less'} than {per_cent_of(share)} of the plan"
            for is_cap, share in ((True, self.cap_share), (False, self.collar_share))
            if share is not None
        ]
        if bounds:
            yield f"it is {joined(bounds)}"
        if self.knows_a_plan:
            whose = {"cluster": "each cluster's", "shared": "all clusters' together"}[self.threshold]
            yield f"the plan is {self._plan_in_words()}, and {whose} care is compared with it"
        if self.withheld == "spent":
            yield "what is withheld so is spent on schemes for patients"
        if self.quality_share:
            yield f"for quality {per_cent_of(self.quality_share)} of it is paid on top"
        if any(self.tariff_change_share_by_year):
            changes = listed([per_cent_of(one) for one in self.tariff_change_share_by_year])
            yield f"each year the tariff changes by {changes} beyond what was planned"

    def _rates_in_words(self) -> str:
        above, below = per_cent_of(self.rate_above_plan), per_cent_of(self.rate_of_shortfall)
        if not self.follows_care or (self.rate_above_plan, self.rate_of_shortfall) == (0, 0):
            return "by a fixed sum, the plan, whatever the number of cases"
        beyond = f" beyond {per_cent_of(self.band_share)} either side of it" if self.band_share else ""
        if above == below:
            return f"by a fixed sum, the plan, and {above} of the tariff for care above or below{beyond}"
        less = f"{below} of the tariff is taken off for care below it"
        return f"as planned, with {above} of the tariff for care above the plan{beyond}, and {less}"

    def _plan_in_words(self) -> str:
        of = {"expected": "what is expected", "base_year": "the value of the base year's care at the tariff"}
        if self.plan_gbp_per_head is not None:
            plan = f"{pounds_of(self.plan_gbp_per_head)} a year for each registered person"
        else:
            plan = of[self.plan]
        return plan if self.plan_share == 1 else f"{per_cent_of(self.plan_share)} of {plan}"
