"""A worked example: one cluster's first year through the rules, with a surplus and with an overspend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.charts.study import Study
from simulator.plain_words import capitalised, spaced
from simulator.records import BUDGET, Account
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate

SPEND = "spend"
_CASES = ("with a surplus", "with an overspend")
_WORDS = {Account.CLUSTER: "cluster", Account.PCT: "PCT", Account.POOL: "pool"}
Place = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Example:
    """A cluster of middling size, and two of its simulated first years."""

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
        """Contract by case: the one whose outturn is in the middle of all of that kind."""
        outturn = self.book.surplus_gbp[:, self.year] - self.book.overspend_gbp[:, self.year]
        found = {}
        for case, sign in zip(_CASES, (1, -1), strict=True):
            of_kind = np.flatnonzero(sign * outturn > PENNY_GBP)
            if of_kind.size:
                order = of_kind[np.argsort(outturn[of_kind], kind="stable")]
                found[case] = int(order[order.size // 2])
        return found

    @cached_property
    def flows(self) -> dict[str, str]:
        """What each flow is, in words, by its name: those that move anything in either year."""
        found = {BUDGET: "Budget, from the PCT", SPEND: "Spend on patients' care"}
        for reason, flow in self.book.flows.items():
            moves = any(abs(flow.gbp[at, self.year]) > PENNY_GBP for at in self.contracts.values())
            if reason == BUDGET or flow.is_spend or not moves:
                continue
            payer, payee = (_WORDS.get(one, spaced(str(one))) for one in (flow.payer, flow.payee))
            found[reason] = f"{capitalised(spaced(reason))} (from {payer} to {payee})"
        return found

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield what moved in each year: facts of a simulated contract, without an error."""
        for case, at in self.contracts.items():
            for reason in self.flows:
                by_year = self.book.spend_by_year_gbp if reason == SPEND else self.book.by_year_gbp(reason)
                # To the pound: pence in millions say nothing.
                gbp = float(round(by_year[at, self.year]))
                yield (self.row(case), measure_of(reason)), Estimate(gbp, gbp, gbp)

    def row(self, case: str) -> str:
        """Return the row of a case."""
        return f"{self.book.name}, a year {case}"


def measure_of(reason: str) -> str:
    """Return the measure of a flow."""
    return f"example_{reason}_gbp"
