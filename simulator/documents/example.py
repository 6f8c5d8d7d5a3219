"""A worked example: one cluster's first year through the rules, with a surplus, an overspend, and badly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.charts.study import Study
from simulator.plain_words import capitalised, spaced
from simulator.records import BUDGET, Account, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate
from simulator.rules.bond import Bond

SPEND, LEFT, BOND_LEFT = "spend", "left", "bond_left"
"""Rows that no flow has: what is spent, what the budget leaves, and what is then in the bond."""
TWELVE_MONTHS = "twelve_months"
"""Row of the budget of a whole year, of which a bond is a share, where the first year has fewer months."""
BOND_OF_FIRST_YEAR = "example_bond_of_budget_share"
"""What is posted, of the budget of a first year, where the bond is a share of twelve months' budget."""
POOL_HELD, POOL_NEEDED = "example_pool_held_gbp", "example_pool_needed_gbp"
"""What the pool held before it paid in the bad year, and what all clusters then needed of it."""
_CASES = ("with a surplus", "with an overspend")
BAD = "that is bad, 1 in 20"
_WHOLE_YEAR = 12
"""Months."""
_BAD_SHARE, _NEAR = 0.05, 0.01
"""The part of contracts whose year is worse than the bad one, and how far about that one is looked for."""
_WORDS = {Account.CLUSTER: "cluster", Account.PCT: "PCT", Account.POOL: "pool"}
Place = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Example:
    """A cluster of middling size, and two or three of its simulated first years."""

    study: Study  # of the scenario as it is

    @cached_property
    def book(self) -> AccountBook:
        """The cluster's book: of all that take part in the first year, the middle one by list size."""
        there = [self.study.books[name] for name in self.study.clusters]
        there = [one for one in there if one.year_months[0]] or there
        return sorted(there, key=lambda one: one.people)[len(there) // 2]

    @property
    def year(self) -> int:
        """Position of its first year."""
        return next(at for at, months in enumerate(self.book.year_months) if months)

    @cached_property
    def contracts(self) -> dict[str, int]:
        """Contract by case: the middle one of all of that kind by outturn, and the bad one.

        Of the bad ones near 1 in 20 it is the nearest in which every payer's turn comes, if there is any.
        """
        outturn = self.book.surplus_gbp[:, self.year] - self.book.overspend_gbp[:, self.year]
        found = {}
        for case, sign in zip(_CASES, (1, -1), strict=True):
            of_kind = np.flatnonzero(sign * outturn > PENNY_GBP)
            if of_kind.size:
                order = of_kind[np.argsort(outturn[of_kind], kind="stable")]
                found[case] = int(order[order.size // 2])
        bad = self._bad(outturn)
        if bad is not None and bad not in found.values():
            found[BAD] = bad
        return found

    def _bad(self, outturn: FloatArray) -> int | None:
        """Return a contract whose year is worse than that of 19 in 20; None where it is not overspent."""
        order, number = np.argsort(outturn, kind="stable"), outturn.size
        at = int(_BAD_SHARE * number)
        near = [order[one] for one in range(number) if abs(one - at) <= _NEAR * number]
        near = sorted(
            (one for one in near if outturn[one] < -PENNY_GBP),
            key=lambda one: abs(outturn[one] - outturn[order[at]]),
        )
        reasons = [
            one for one in ("bond_draw", "pool_payment", "uncovered_overspend") if one in self.book.flows
        ]
        paid = [one for one in near if all(self._gbp(why, one) > PENNY_GBP for why in reasons)]
        return next((int(one) for one in (*paid, *near)), None)

    @property
    def is_used_up(self) -> bool:
        """Whether the bad year leaves nothing of the bond that paid in it."""
        if BAD not in self.contracts or BOND_LEFT not in self.flows:
            return False
        at = self.contracts[BAD]
        return self._gbp("bond_draw", at) > PENNY_GBP >= self._gbp(BOND_LEFT, at)

    @property
    def budgets_differ(self) -> bool:
        """Whether the two years have different budgets."""
        budgets = {round(self._gbp(BUDGET, at)) for at in self.contracts.values()}
        return len(budgets) > 1

    @cached_property
    def flows(self) -> dict[str, str]:
        """What each flow is, in words, by its name: those that move anything in either year."""
        found = {
            BUDGET: "Budget, from the PCT",
            SPEND: "Spend on patients' care",
            LEFT: "Surplus, or overspend where below zero",
        }
        if self.is_by_budget and self.book.year_months[self.year] < _WHOLE_YEAR:
            found = {BUDGET: found.pop(BUDGET), TWELVE_MONTHS: "The same budget for twelve months", **found}
        for reason, flow in self.book.flows.items():
            moves = any(abs(flow.gbp[at, self.year]) > PENNY_GBP for at in self.contracts.values())
            if reason == BUDGET or flow.is_spend or not moves:
                continue
            payer, payee = (_WORDS.get(one, spaced(str(one))) for one in (flow.payer, flow.payee))
            found[reason] = f"{capitalised(spaced(reason))} (from {payer} to {payee})"
        if any(flow.payee == Account.BOND for flow in self.book.flows.values()):
            found[BOND_LEFT] = "Left in the bond at the year's end"
        return found

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield what moved in each year: facts of a simulated contract, without an error."""
        for case, at in self.contracts.items():
            for reason in self.flows:
                # To the pound: pence in millions say nothing.
                gbp = float(round(self._gbp(reason, at)))
                yield (self.row(case), measure_of(reason)), Estimate(gbp, gbp, gbp)
            budget, posted = self._gbp(BUDGET, at), float(self.book.bond_posted_gbp[at])
            if self.is_by_budget and posted > PENNY_GBP and budget > PENNY_GBP:
                share = posted / budget
                yield (self.row(case), BOND_OF_FIRST_YEAR), Estimate(share, share, share)
        if BAD in self.contracts:
            yield from (
                ((self.row(BAD), name), Estimate(one, one, one)) for name, one in self._pool().items()
            )

    def _pool(self) -> dict[str, float]:
        """Return what the pool held in the bad year, and what was needed of it, if it says all."""
        at, year, every = self.contracts[BAD], self.year, self.study.books[ALL_CLUSTERS]
        if "pool_payment" not in every.flows or self.study.scenario.settings.pct_of_clusters:
            return {}
        paid, later = (
            float(every.by_year_gbp(one)[at, year]) if one in every.flows else 0.0
            for one in ("pool_payment", "uncovered_overspend")
        )
        held = float(every.gained_by_year_gbp((Account.POOL,))[at, : year + 1].sum()) + paid
        needed = paid + later
        if not paid > PENNY_GBP or abs(min(held, needed) - paid) > 1:
            return {}
        return {POOL_HELD: float(round(held)), POOL_NEEDED: float(round(needed))}

    @property
    def is_by_budget(self) -> bool:
        """Whether the bond is a share of the budget, and no sum was agreed."""
        settings = self.study.scenario.settings
        own = next((one for one in settings.clusters if one.name == self.book.name), None)
        by_rule = any(
            isinstance(one, Bond) and one.share_of_annual_budget is not None for one in settings.rules
        )
        return by_rule and own is not None and own.bond_gbp is None

    def _gbp(self, reason: str, contract: int) -> float:
        """Return what moved for a reason in the year, or what was left of it."""
        book = self.book
        if reason == TWELVE_MONTHS:
            return float(book.annual_budget_gbp[contract])
        if reason == SPEND:
            by_year = book.spend_by_year_gbp
        elif reason == LEFT:
            by_year = book.surplus_gbp - book.overspend_gbp
        elif reason == BOND_LEFT:
            by_year = book.gained_by_year_gbp((Account.BOND,)).cumsum(axis=1)
        else:
            by_year = book.by_year_gbp(reason)
        return float(by_year[contract, self.year])

    def row(self, case: str) -> str:
        """Return the row of a case."""
        return f"{self.book.name}, a year {case}"


def measure_of(reason: str) -> str:
    """Return the measure of a flow."""
    return f"example_{reason}_gbp"
