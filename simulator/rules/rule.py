"""What a money rule sees and must offer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from simulator.parts import Part
from simulator.records import BUDGET, Account, BoolArray, ClusterTerms, FloatArray
from simulator.rules.ledger import Ledger, Transfer


@dataclass(frozen=True, slots=True)
class Position:
    """Where every contract stands when a rule is asked. Read only."""

    ledger: Ledger  # accounts so far
    terms: ClusterTerms  # what each cluster agreed to
    year: int  # number of the contract year, from 0
    # shape (contract, cluster); The first year's budget at the rate of a whole year.
    annual_budget_gbp: FloatArray
    top_slice_gbp: FloatArray  # shape (contract, cluster); What the PCT held back from this year's budgets
    # shape (contract, cluster); What a limit per case took out of this year's spend.
    above_limit_gbp: FloatArray

    @property
    def is_first_year(self) -> BoolArray:
        """Whether each cluster's contract begins in this year, shape (cluster,)."""
        return np.asarray(self.terms.first_year == self.year)

    @property
    def is_last_year(self) -> BoolArray:
        """Whether each cluster's contract ends with this year, shape (cluster,)."""
        return np.asarray(self.terms.last_year == self.year)

    @property
    def goes_on(self) -> BoolArray:
        """Whether each cluster's contract runs now and in the next year, shape (cluster,)."""
        return np.asarray(self.terms.inside[self.year] & ~self.is_last_year)

    @property
    def budget_gbp(self) -> FloatArray:
        """Budget of the year, shape (contract, cluster); nothing for a cluster that has left."""
        return self.ledger.flow(BUDGET)[:, self.year]

    @property
    def surplus_gbp(self) -> FloatArray:
        """What is left of the year's surplus, shape (contract, cluster)."""
        return np.maximum(self.ledger.balance(Account.CLUSTER), 0.0)

    @property
    def overspend_gbp(self) -> FloatArray:
        """What is not yet paid of the year's overspend, shape (contract, cluster)."""
        short_gbp = -self.ledger.balance(Account.CLUSTER)
        return np.maximum(short_gbp, 0.0, out=short_gbp)

    def so_far_gbp(self, reason: str) -> FloatArray:
        """Return what has moved for `reason` since the start, shape (contract, cluster)."""
        return self.ledger.total(reason)


class Rule(Part):
    """A money rule: a pure function from a position to transfers, asked at four moments.

    A rule is one file and one line in the register. Its money is named by reason and account, and
    every measure, sentence, chart and document reads those; nothing else must know of it.
    """

    changes_overspends: ClassVar[Literal["never", "by_year", "by_history"]] = "by_history"
    """What decides how much of an overspend it pays: nothing, the year's outturn alone, or more than
    that. What reaches the bond behind it follows; the last is always right, and slower."""

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences, the most important first."""
        raise NotImplementedError(f"{type(self).__name__} has no words")

    def open(self, position: Position) -> Iterable[Transfer]:
        """Return the transfers at the start of a contract; those of clusters that begin count."""
        return ()

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return the transfers at the end of each year, when spend is known."""
        return ()

    def review(self, position: Position) -> Iterable[Transfer]:
        """Return the transfers at each annual review, after the year is settled."""
        return ()

    def close(self, position: Position) -> Iterable[Transfer]:
        """Return the transfers at the end of a contract, after its last review; of those that end."""
        return ()

    def leavers(self, position: Position) -> BoolArray | None:
        """Return who leaves at the annual review, shape (contract, cluster); None for nobody."""
        return None
