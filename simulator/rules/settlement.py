"""Settling a contract: the rules applied year by year, in the order that the scenario lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np

from simulator.records import (
    BUDGET,
    CARE_HANDED_BACK,
    CARE_OUTSIDE,
    LIABILITY,
    OUTSIDE_BUDGETS,
    SPEND,
    UNCOVERED,
    UNSHARED,
    Account,
    Axes,
    BoolArray,
    ClusterTerms,
    FloatArray,
    Outcomes,
    Outturn,
)
from simulator.rules.bond import Bond
from simulator.rules.by_pct import settled_by_pct
from simulator.rules.ledger import Ledger, Transfer, of_clusters
from simulator.rules.rule import Position, Rule

NEVER_RUNS_DRY_GBP = 1e15
"""More than any scenario's budgets: a thousand times the most that an amount of money may be."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settled block of contracts."""

    ledger: Ledger  # every transfer
    # shape (contract, year, cluster); false before a cluster joins and in the years after it has left.
    takes_part: BoolArray
    posted_gbp: FloatArray  # shape (contract, cluster); what is in each bond at the start
    # shape (contract, year, cluster); what reaches the bond: the overspend that is unpaid where the bond
    # stands among the rules. Where there is no bond, it would stand before the rules that pay by history,
    # such as the pool.
    claims_gbp: FloatArray


def settle(rules: Sequence[Rule], outturn: Outturn, terms: ClusterTerms) -> Settlement:
    """Apply the money rules to a block of contracts."""
    contracts, years, clusters = outturn.budget_gbp.shape
    ledger = Ledger(contracts, years, clusters)
    takes_part = np.ones((contracts, years, clusters), dtype=bool, order="F")
    takes_part &= terms.inside
    claims = np.empty((contracts, years, clusters), order="F")
    posted = np.zeros((contracts, clusters), order="F")
    bond_at = place_of_the_bond(rules)
    nothing = np.zeros((contracts, clusters))
    for year in range(years):
        inside = takes_part[:, year]
        above_limit = nothing if outturn.above_limit_gbp is None else outturn.above_limit_gbp[:, year]
        position = Position(
            ledger,
            terms,
            year,
            outturn.annual_budget_gbp,
            _of_those(outturn.top_slice_gbp[:, year], inside),
            _of_those(above_limit, inside),
        )
        if (begins := position.is_first_year).any():
            opened = chain.from_iterable(rule.open(position) for rule in rules)
            ledger.post(year, of_clusters(begins, opened))
            posted[:, begins] = ledger.balance(Account.BOND)[:, begins]
        ledger.post(year, _outturn(outturn, year, inside))
        claims[:, year] = _settled_by_rules(rules, position, bond_at)
        ledger.post(year, _left_to_the_pct(position))
        ledger.post(year, chain.from_iterable(rule.review(position) for rule in rules))
        for rule in rules:
            leavers = rule.leavers(position)
            if leavers is not None:
                takes_part[:, year + 1 :] &= ~leavers[:, None, :]
        if (ends := position.is_last_year).any():
            ledger.post(year, of_clusters(ends, chain.from_iterable(rule.close(position) for rule in rules)))
    return Settlement(ledger, takes_part, posted, claims)


def settled_outcomes(
    rules: Sequence[Rule], outturn: Outturn, terms: ClusterTerms, axes: Axes, *, bonds_needed: bool = True
) -> Outcomes:
    """Apply the money rules, each PCT's to its own clusters, and say what bonds would have had to be.

    Where `bonds_needed` is false that is not a number, and claims are those that reach the bonds there are.
    """
    if axes.pcts:
        return settled_by_pct(
            partial(settled_outcomes, rules, bonds_needed=bonds_needed), outturn, terms, axes
        )
    settlement = settle(rules, outturn, terms)
    claims = settlement.claims_gbp
    needed_gbp, shared_gbp = (np.broadcast_to(np.nan, (len(claims), many)) for many in (claims.shape[2], 1))
    if bonds_needed:
        claims = claims_on_a_bond_that_lasts(rules, outturn, terms, settlement)
        needed_gbp, shared_gbp = _bonds_needed(bond_of(rules), claims, terms)
    return Outcomes(
        axes=axes,
        flows=settlement.ledger.flows,
        takes_part=settlement.takes_part,
        annual_budget_gbp=outturn.annual_budget_gbp,
        bond_posted_gbp=settlement.posted_gbp,
        bond_claims_gbp=claims,
        bond_needed_gbp=needed_gbp,
        shared_bond_needed_gbp=shared_gbp,
        held_back_gbp=_held_back(outturn, settlement.takes_part),
    )


def _bonds_needed(bond: Bond, claims_gbp: FloatArray, terms: ClusterTerms) -> tuple[FloatArray, FloatArray]:
    """Return the smallest bonds that pay claims: of each cluster, and one that those who post share."""
    needed_gbp = np.empty(claims_gbp.shape[::2], order="F")
    for at, months in enumerate(terms.months.T):
        needed_gbp[:, at] = bond.needed_gbp(claims_gbp[:, :, at], months)
    takes = terms.takes_share
    sharing = claims_gbp[:, :, takes] if takes.any() and not takes.all() else claims_gbp
    return needed_gbp, bond.needed_gbp(sharing.sum(axis=2), np.array(terms.year_months))[:, None]


def _held_back(outturn: Outturn, takes_part: BoolArray) -> FloatArray:
    """Return care that actions held back, of clusters that take part; nothing takes no memory."""
    if outturn.held_back_gbp is None:
        return np.broadcast_to(0.0, takes_part.shape)
    return np.where(takes_part, outturn.held_back_gbp, 0.0)


def claims_on_a_bond_that_lasts(
    rules: Sequence[Rule], outturn: Outturn, terms: ClusterTerms, settlement: Settlement
) -> FloatArray:
    """Return what each bond would have to pay if it never ran dry, shape (contract, year, cluster)."""
    # What reaches the posted bond is that already, unless running dry changes what follows: the cluster
    # leaves, or a rule listed before the bond pays by what has happened. Then the contracts are settled
    # again with bonds that last: of one cluster at a time where rules look back, so that the others' bonds
    # stay what they are.
    bond_at = place_of_the_bond(rules)
    looks_back = any(rule.changes_overspends == "by_history" for rule in rules[:bond_at])
    if (settlement.takes_part == terms.inside).all() and not looks_back:
        return settlement.claims_gbp
    claims = settlement.claims_gbp.copy()
    posting = np.flatnonzero(terms.takes_share)
    for some in posting[:, None] if looks_back else [posting]:
        agreed = terms.bond_gbp.copy()
        agreed[some] = NEVER_RUNS_DRY_GBP
        lasting = settle(rules, outturn, replace(terms, bond_gbp=agreed))
        claims[:, :, some] = lasting.claims_gbp[:, :, some]
    return claims


def bond_of(rules: Sequence[Rule]) -> Bond:
    """Return the bond among the rules; where there is none, one of nothing, without interest or top-up."""
    return next((rule for rule in rules if isinstance(rule, Bond)), Bond(share_of_annual_budget=0.0))


def place_of_the_bond(rules: Sequence[Rule]) -> int:
    """Return where the bond stands among the rules, or where it would stand."""
    bond = next((at for at, rule in enumerate(rules) if isinstance(rule, Bond)), None)
    if bond is not None:
        return bond
    return next((at for at, rule in enumerate(rules) if rule.changes_overspends == "by_history"), len(rules))


def _outturn(outturn: Outturn, year: int, inside: BoolArray) -> Iterable[Transfer]:
    """Hand over the budgets and pay the providers: for all care, whoever answers for it."""
    budget = _of_those(outturn.budget_gbp[:, year], inside)
    yield Transfer(BUDGET, Account.PCT, Account.CLUSTER, budget, moves_outturn=True)
    to_providers = outturn.spend_gbp[:, year]
    for part in outturn.elsewhere:
        # No less than nothing: what is left of no care is rounding.
        to_providers = np.maximum(to_providers - part.gbp[:, year], 0.0)
    spent = [(SPEND, Account.PROVIDERS, to_providers)]
    spent += [(part.reason, part.payee, part.gbp[:, year]) for part in outturn.elsewhere]
    for reason, payee, amount in spent:
        within = _of_those(amount, inside)
        yield Transfer(reason, Account.CLUSTER, payee, within, moves_outturn=True, is_spend=True)
    for paid in outturn.besides:
        amount = _of_those(np.broadcast_to(paid.gbp[:, year], to_providers.shape), inside)
        yield Transfer(paid.reason, paid.payer, paid.payee, amount)
    if outturn.outside_gbp is not None:
        outside = outturn.outside_gbp[:, year]
        for part in outturn.elsewhere:
            if part.outside_gbp is not None:
                outside = outside - part.outside_gbp[:, year]
                reason, amount = f"{part.reason}{OUTSIDE_BUDGETS}", part.outside_gbp[:, year]
                yield Transfer(reason, Account.PCT, part.payee, amount)
        yield Transfer(CARE_OUTSIDE, Account.PCT, Account.PROVIDERS, outside)
    if not inside.all():
        above_limit = 0.0 if outturn.above_limit_gbp is None else outturn.above_limit_gbp[:, year]
        handed_back = (to_providers + above_limit) * ~inside
        yield Transfer(CARE_HANDED_BACK, Account.PCT, Account.PROVIDERS, handed_back)
        for part in outturn.elsewhere:
            went_on = part.gbp[:, year] * ~inside
            if part.payee != Account.PCT:
                yield Transfer(f"{part.reason}_handed_back", Account.PCT, part.payee, went_on)


def _of_those(amounts_gbp: FloatArray, inside: BoolArray) -> FloatArray:
    """Return amounts of clusters that take part, and nothing for others."""
    return amounts_gbp if inside.all() else amounts_gbp * inside


def _settled_by_rules(rules: Sequence[Rule], position: Position, bond_at: int) -> FloatArray:
    """Let the rules settle a year; return what reaches the bond, shape (contract, cluster)."""
    # Practices that are liable beyond the bond come next to it.
    behind = bond_at + any(isinstance(rule, Bond) for rule in rules)
    for rule in rules[:bond_at]:
        position.ledger.post(position.year, rule.settle(position))
    claims = position.overspend_gbp
    for rule in rules[bond_at:behind]:
        position.ledger.post(position.year, rule.settle(position))
    position.ledger.post(position.year, _liability(position))
    for rule in rules[behind:]:
        position.ledger.post(position.year, rule.settle(position))
    return claims


def _liability(position: Position) -> Iterable[Transfer]:
    """Return what practices pay of overspends that the bond leaves: all, where they are liable."""
    legal = position.terms.legal
    if legal is not None and (liable := legal.is_liable & position.terms.takes_share).any():
        yield Transfer(LIABILITY, Account.PRACTICES, Account.CLUSTER, position.overspend_gbp * liable)


def _left_to_the_pct(position: Position) -> Iterable[Transfer]:
    """Close the clusters' accounts for the year."""
    unpaid, unshared = position.overspend_gbp, position.surplus_gbp
    yield Transfer(UNCOVERED, Account.PCT, Account.CLUSTER, unpaid)
    yield Transfer(UNSHARED, Account.CLUSTER, Account.PCT, unshared)
