"""Paying for the care of a block of contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.payments.terms import PaymentTerms
from simulator.records import FloatArray, Spend


@dataclass(frozen=True, slots=True)
class LinePayment:
    """What is paid for one service line."""

    terms: PaymentTerms
    # shape (year, cluster); what plans expect care to be worth, without a limit per case; the base year,
    # whole, first.
    planned_gbp: FloatArray
    # shape (contract year, cluster); what a pound of the base year's care is worth in the months of each, at
    # prices that plans expect.
    of_base_year: FloatArray
    # shape (year, cluster); people, times the part of a whole year's care that falls in the year's months.
    person_years: FloatArray
    # Whether the base year's spend is known: that is what was paid.
    base_year_is_known: bool
    # shape (year, cluster); what years before the base year were expected to be worth; None where none count.
    earlier_planned_gbp: FloatArray | None = None

    @property
    def is_as_drawn(self) -> bool:
        """Whether spend as drawn is what is paid: care at the tariff, or a sum that is known."""
        return self.terms.is_tariff or not self.terms.follows_care

    def paid(self, care_gbp: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what is paid for care, and what is withheld, each of shape (contract, year, cluster)."""
        terms = self.terms
        tariff = terms.tariff(len(self.planned_gbp) - 1)[:, None]
        worth_gbp = care_gbp * tariff
        if terms.plan_is_known:
            plan_gbp = self._known_plan_gbp()
        else:
            later = terms.plan_share * care_gbp[:, :1] * (self.of_base_year * tariff[1:])
            # The base year makes the plan, and is itself paid at the tariff.
            plan_gbp = np.concatenate([care_gbp[:, :1], later], axis=1)
        paid_gbp, withheld_gbp = self._paid(worth_gbp, plan_gbp)
        if self.base_year_is_known:
            paid_gbp[:, 0], withheld_gbp[:, 0] = care_gbp[:, 0], 0.0
        return paid_gbp, withheld_gbp

    def paid_of_year(self, year: int, clusters: Sequence[int], worth_gbp: FloatArray) -> FloatArray:
        """Return what is paid for a year's care of some clusters, given its worth at that year's tariff.

        The year's number counts from the base year, which is 0; takes and returns shape (contract, cluster).
        Only of terms whose plan is known.
        """
        return self._paid(worth_gbp, self._known_plan_gbp()[year, list(clusters)])[0]

    def _known_plan_gbp(self) -> FloatArray:
        """Return what is planned, shape (year, cluster), where that is known before any care is drawn."""
        terms = self.terms
        if terms.plan_gbp_per_head is not None:
            return np.asarray(terms.plan_share * terms.plan_gbp_per_head * self.person_years)
        tariff = terms.tariff(len(self.planned_gbp) - 1)[:, None]
        return np.asarray(terms.plan_share * self.planned_gbp * tariff)

    def paid_earlier(self, care_gbp: FloatArray) -> FloatArray:
        """Return what was paid in years before the base year, shape (contract, year, cluster)."""
        terms = self.terms
        if terms.plan_gbp_per_head is not None:
            plan_gbp = np.asarray(terms.plan_share * terms.plan_gbp_per_head * self.person_years[0])
        elif terms.plan == "expected" and self.earlier_planned_gbp is not None:
            plan_gbp = terms.plan_share * self.earlier_planned_gbp
        else:
            plan_gbp = care_gbp
        return self._paid(care_gbp, np.broadcast_to(plan_gbp, care_gbp.shape))[0]

    def _paid(self, worth_gbp: FloatArray, plan_gbp: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what is paid, schemes and quality counted, and what of it goes to schemes."""
        terms = self.terms
        to_hospitals = terms.paid_gbp(worth_gbp, plan_gbp)
        short = np.maximum(worth_gbp - to_hospitals, 0.0) if terms.withheld == "spent" else np.zeros(1)
        withheld_gbp = np.broadcast_to(short, to_hospitals.shape).copy()
        return to_hospitals * (1 + terms.quality_share) + withheld_gbp, withheld_gbp

    def expected_line(self) -> tuple[FloatArray, FloatArray]:
        """Return the rate at which care is paid, shape (year,), and a sum besides, shape (year, cluster).

        Only of terms with one rate and a plan that is known.
        """
        terms = self.terms
        rate = terms.rate
        if rate is None:
            raise ValueError("terms of more than one rate")
        nothing = np.zeros((1, *self.planned_gbp.shape))
        fixed_gbp, _ = self.paid(nothing)
        rates = rate * terms.tariff(len(self.planned_gbp) - 1) * (1 + terms.quality_share)
        if self.base_year_is_known:
            rates[0] = 1.0
        return rates, fixed_gbp[0]


def pay(spend: Spend, payments: Sequence[LinePayment]) -> Spend:
    """Return what is spent where care of each line, worth what was drawn, is paid as agreed.

    Of a line whose payment does not follow care, what was drawn is what is paid. Hospitals are paid for whole
    cases: what of that lies beyond a limit per case is its part of what they cost.
    """
    others = [(at, one) for at, one in enumerate(payments) if not one.is_as_drawn]
    if not others:
        return spend
    gbp = spend.gbp.copy(order="K")
    above_gbp, earlier_gbp = (
        None if one is None else one.copy(order="K") for one in (spend.above_limit_gbp, spend.earlier_gbp)
    )
    to_schemes = any(one.terms.withheld == "spent" for _, one in others)
    withheld_gbp = np.zeros_like(gbp) if to_schemes else None
    for at, one in others:
        care = spend.gbp[..., at]
        whole = care if above_gbp is None else care + above_gbp[..., at]
        paid, withheld = one.paid(whole)
        if above_gbp is not None:
            within = np.divide(care, whole, out=np.ones_like(whole), where=whole > 0)
            above_gbp[..., at] = (paid - withheld) * (1 - within)
            paid, withheld = paid * within, withheld * within
        gbp[..., at] = paid
        if withheld_gbp is not None:
            withheld_gbp[..., at] = withheld
        if earlier_gbp is not None:
            earlier_gbp[..., at] = one.paid_earlier(earlier_gbp[..., at])
    return replace(
        spend, gbp=gbp, above_limit_gbp=above_gbp, earlier_gbp=earlier_gbp, withheld_gbp=withheld_gbp
    )
