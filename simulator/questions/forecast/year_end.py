"""What terms of payment make of a year under way: settled once, when all of its care is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from simulator.errors import Problem
from simulator.payments.payment import in_short
from simulator.records import FloatArray
from simulator.simulation.plan import Plan


@dataclass(frozen=True, slots=True)
class YearEnd:
    """The lines whose payment follows the care of a whole year, and what they are paid."""

    plan: Plan  # the scenario, ready to draw
    at_year: int  # position of the year in the plan, where 0 is the base year
    clusters: tuple[int, ...]  # positions of the clusters that are told of
    lines: tuple[int, ...]  # positions of the lines

    @classmethod
    def of(cls, plan: Plan, at_year: int, clusters: Sequence[int]) -> Self:
        """Return the end of a year of some clusters."""
        lines = tuple(at for at, payment in enumerate(plan.payments) if not payment.is_as_drawn)
        return cls(plan, at_year, tuple(clusters), lines)

    @property
    def tariff(self) -> FloatArray:
        """The year's tariff against what plans expect, shape (line,)."""
        return tariff_of(self.plan, self.at_year)

    def settled_gbp(self, worth_gbp: FloatArray) -> FloatArray:
        """Return what clusters pay beyond what the year's care is worth, shape (contract, cluster).

        Takes that worth at the year's tariff, shape (contract, cluster, line on terms); below zero where they
        pay less. Of what they answer for.
        """
        found = np.zeros(worth_gbp.shape[:2])
        own = list(self.clusters)
        for at, line in enumerate(self.lines):
            worth = worth_gbp[..., at]
            paid_gbp = self.plan.payments[line].paid_of_year(self.at_year, own, worth)
            found += (paid_gbp - worth) * self.plan.responsibility[own, line]
        return found


def tariff_of(plan: Plan, at_year: int) -> FloatArray:
    """Return a year's tariff against what plans expect, shape (line,); 1 for fixed sums, which have it."""
    years = len(plan.years) - 1
    return np.array(
        [1.0 if one.is_as_drawn else one.terms.tariff(years)[at_year] for one in plan.payments], dtype=float
    )


def terms_beyond(plan: Plan) -> Iterator[Problem]:
    """Yield the problem with each line whose payment the care of a cluster's year does not tell."""
    for line, payment, price in zip(plan.settings.service_lines, plan.payments, plan.prices, strict=True):
        terms, where = payment.terms, f"service_lines.{line.name}.payment"
        if payment.is_as_drawn:
            continue
        said, hint = "", "--set 'service_lines.*.payment=per_case' leaves the terms out"
        if terms.threshold == "shared":
            said = "each cluster's own threshold, since a shared one follows what all others spend as well"
            hint = f"--set service_lines.{line.name}.payment.threshold=cluster"
        elif terms.knows_a_plan and not terms.plan_is_known:
            said = "a plan that is known, since the months so far do not tell the care of the base year"
            hint = "give it as a figure: payment.plan_gbp_per_head"
        elif terms.knows_a_plan and price.has_case_limit:
            said = "terms without a limit per case, since hospitals are paid for what lies above it as well"
            hint = "leave the rule per_case_limit or the terms out"
        if said:
            yield Problem(where, said, in_short(line.payment), hint)
