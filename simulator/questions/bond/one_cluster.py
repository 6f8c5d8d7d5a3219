"""One cluster settled by itself, where the rules let no other's money reach its practices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from simulator.records import FloatArray, Outturn
from simulator.risk.account_book import AccountBook, account_book
from simulator.rules.bond import Bond
from simulator.rules.deficit_recovery import DeficitRecovery
from simulator.rules.rule import Rule
from simulator.rules.settlement import place_of_the_bond
from simulator.simulation.gathering import arrays_of, outturn_of
from simulator.simulation.part_of_plan import of_clusters
from simulator.simulation.plan import Plan
from simulator.simulation.result import Result


def each_stands_alone(rules: Sequence[Rule]) -> bool:
    """Return whether what practices gain, and their bond pays, depends on no other cluster's money."""
    # A rule that looks back may look at others, as the pool does: what it pays behind the bond reaches the
    # PCT alone, unless that recovers deficits.
    bond_at = place_of_the_bond(rules)
    others = [
        at
        for at, rule in enumerate(rules)
        if rule.changes_overspends == "by_history" and not isinstance(rule, Bond)
    ]
    recovers = any(isinstance(rule, DeficitRecovery) for rule in rules)
    return not others or (min(others) > bond_at and not recovers)


@dataclass(frozen=True, eq=False)
class OneCluster:
    """A cluster to be settled under other bonds, or with other spend; among all where it must be."""

    plan: Plan  # of what is settled
    at: int  # the cluster's position in it
    outturn: Outturn  # of what is settled

    @classmethod
    def of(cls, result: Result, at: int) -> Self:
        """Return a cluster of a result, by position."""
        if not each_stands_alone(result.plan.settings.rules):
            return cls(result.plan, at, result.outturn)
        return cls(of_clusters(result.plan, np.array([at])), 0, of_one(result.outturn, at))

    def book(self, *, bond_gbp: float | None = None, outturn: Outturn | None = None) -> AccountBook:
        """Return what becomes of it with a bond that was agreed with it, or of what else was spent."""
        terms = self.plan.terms
        if bond_gbp is not None:
            agreed: FloatArray = terms.bond_gbp.copy()
            agreed[self.at] = bond_gbp
            terms = replace(terms, bond_gbp=agreed)
        outcomes = replace(self.plan, terms=terms).settle(outturn or self.outturn)
        return account_book(outcomes, terms, self.at)


def of_one(outturn: Outturn, at: int) -> Outturn:
    """Return the budgets and spend of one cluster."""
    return outturn_of({name: gbp[..., at : at + 1] for name, gbp in arrays_of(outturn).items()})


def between(outturns: Sequence[Outturn], weights: Sequence[float]) -> Outturn:
    """Return the weighted sum of budgets and spend of the same contracts."""
    arrays = [arrays_of(one) for one in outturns]
    return outturn_of(
        {
            name: np.asarray(sum(weight * one[name] for weight, one in zip(weights, arrays, strict=True)))
            for name in arrays[0]
        }
    )
