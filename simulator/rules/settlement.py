"""Settling a contract: the rules applied year by year, in the order that the scenario lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.records import Account, BoolArray, ClusterTerms, FloatArray, Outturn, Reason
from simulator.rules.ledger import Ledger, Transfer
from simulator.rules.rule import Position, Rule


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settled block of contracts.

    Parameters
    ----------
    ledger : Ledger
        Every transfer.
    takes_part : ndarray of bool, shape (contract, year, cluster)
        False in the years after a cluster has left.
    """

    ledger: Ledger
    takes_part: BoolArray


def settle(rules: Sequence[Rule], outturn: Outturn, terms: ClusterTerms) -> Settlement:
    """Apply the money rules to a block of contracts.

    Parameters
    ----------
    rules : sequence of Rule
        In the order in which they apply within a year.
    outturn : Outturn
        Budget and spend.
    terms : ClusterTerms
        What each cluster agreed to.

    Returns
    -------
    Settlement
        At the end of each year every cluster's budget account is empty: what rules leave of a
        surplus goes to the PCT, and what they leave of an overspend falls on it.
    """
    contracts, years, clusters = outturn.budget_gbp.shape
    ledger = Ledger(contracts, years, clusters)
    takes_part = np.ones((contracts, years, clusters), dtype=bool, order="F")
    for year in range(years):
        inside = takes_part[:, year]
        position = Position(
            ledger, terms, year, outturn.annual_budget_gbp, _of_those(outturn.top_slice_gbp[:, year], inside)
        )
        if year == 0:
            ledger.post(year, _all(rule.open(position) for rule in rules))
        ledger.post(year, _outturn(outturn, year, inside))
        for rule in rules:
            ledger.post(year, rule.settle(position))
        ledger.post(year, _left_to_the_pct(position))
        ledger.post(year, _all(rule.review(position) for rule in rules))
        for rule in rules:
            leavers = rule.leavers(position)
            if leavers is not None:
                takes_part[:, year + 1 :] &= ~leavers[:, None, :]
        if year == years - 1:
            ledger.post(year, _all(rule.close(position) for rule in rules))
    return Settlement(ledger, takes_part)


def _outturn(outturn: Outturn, year: int, inside: BoolArray) -> Iterable[Transfer]:
    """Hand over the budgets and pay the providers, for clusters that take part."""
    budget, spend = (
        _of_those(outturn.budget_gbp[:, year], inside),
        _of_those(outturn.spend_gbp[:, year], inside),
    )
    yield Transfer(Reason.BUDGET, Account.PCT, Account.CLUSTER, budget)
    yield Transfer(Reason.SPEND, Account.CLUSTER, Account.PROVIDERS, spend)


def _of_those(amounts_gbp: FloatArray, inside: BoolArray) -> FloatArray:
    """Return amounts of clusters that take part, and nothing for others."""
    return amounts_gbp if inside.all() else amounts_gbp * inside


def _left_to_the_pct(position: Position) -> Iterable[Transfer]:
    """Close the clusters' accounts for the year."""
    unpaid, unshared = position.overspend_gbp, position.surplus_gbp
    yield Transfer(Reason.PCT_PAYMENT, Account.PCT, Account.CLUSTER, unpaid)
    yield Transfer(Reason.UNSHARED_SURPLUS, Account.CLUSTER, Account.PCT, unshared)


def _all(groups: Iterable[Iterable[Transfer]]) -> Iterable[Transfer]:
    return (transfer for group in groups for transfer in group)
