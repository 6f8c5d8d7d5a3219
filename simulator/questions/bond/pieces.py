"""What one cluster's bond, share and overspends come to, and how practices split it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from simulator.population.need import ClusterMembers, weigh_population
from simulator.records import Account, BoolArray, FloatArray
from simulator.risk.account_book import PENNY_GBP, account_book
from simulator.risk.estimate import Estimate
from simulator.risk.positions import gain_gbp
from simulator.rules.bond import FINANCING
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import Plan
from simulator.simulation.result import Result
from simulator.sums import inner


@dataclass(frozen=True, slots=True)
class BondSamples:
    """One cluster's contracts under the scenario's bond, shape (contract, year) unless said."""

    claims_gbp: FloatArray  # what reaches the bond under the scenario's rules, had it never run dry
    draws_gbp: FloatArray  # what the posted bond pays
    unpaid_gbp: FloatArray  # what it leaves of the claims of a cluster that still takes part
    top_ups_gbp: FloatArray  # paid into the bond at each review
    interest_gbp: FloatArray  # earned by the bond
    financing_gbp: FloatArray  # paid to who lends its money
    practice_share_gbp: FloatArray  # of surpluses
    # Shape (contract,); what practices gain over the contract, all that the bond costs them taken off.
    gain_gbp: FloatArray

    @property
    def runs_out(self) -> BoolArray:
        """Whether the posted bond leaves a part of a claim unpaid, shape (contract, year)."""
        return np.asarray(self.unpaid_gbp > PENNY_GBP)

    @property
    def losses_gbp(self) -> FloatArray:
        """What whoever bears its draws and its cost loses on it, shape (contract, year)."""
        return self.draws_gbp + self.financing_gbp - self.interest_gbp


def samples_of(result: Result, at: int) -> BondSamples:
    """Return what a cluster's bond must bear, and what the posted one does."""
    book = account_book(result.contract_outcomes, result.plan.terms, at)
    # The years of its own contract.
    years = np.flatnonzero(result.plan.terms.inside[:, at])
    claims = result.contract_outcomes.bond_claims_gbp[:, years, at]
    depositors = (book.depositor or Account.PRACTICES,)

    def moved(payers: Collection[Account], payees: Collection[Account]) -> FloatArray:
        return book.paid_by_year_gbp(payers, payees)[:, years]

    paid = moved((Account.BOND,), (Account.CLUSTER,))
    top_ups = moved(depositors, (Account.BOND,))
    top_ups[:, 0] -= book.bond_posted_gbp
    return BondSamples(
        claims_gbp=claims,
        draws_gbp=paid,
        unpaid_gbp=np.maximum(claims * book.takes_part[:, years] - paid, 0.0),
        top_ups_gbp=top_ups,
        interest_gbp=moved((Account.PCT,), (Account.BOND,)),
        financing_gbp=book.by_year_gbp(FINANCING)[:, years],
        practice_share_gbp=book.practice_share_by_year_gbp[:, years],
        gain_gbp=gain_gbp(book, Account.PRACTICES),
    )


def where_all_is_known(scenario: Scenario) -> Scenario:
    """Return the scenario with its figures at their means."""
    return scenario.with_settings(doubt=scenario.settings.doubt.model_copy(update={"carried": False}))


@dataclass(frozen=True, slots=True)
class PracticePart:
    """A practice, and its part of what is split."""

    code: str  # as the NHS lists them
    name: str  # as the NHS lists them
    people: float  # registered list
    share: float  # of the cluster, 0 to 1


def practice_parts(scenario: Scenario, plan: Plan, at: int, by: str) -> tuple[PracticePart, ...]:
    """Return a cluster's practices and their shares."""
    known = {one.code: one for one in scenario.practices.practices} if scenario.practices else {}
    practices = [known[code] for code in scenario.settings.clusters[at].practices]
    size = np.array([float(practice.people) for practice in practices])
    if by == "need":
        need = _expected_gbp(scenario, plan, at)
        # A cluster that answers for nothing has nothing to split, however it is split.
        size = need if need.sum() > 0 else size
    each = zip(practices, (size / size.sum()).tolist(), strict=True)
    return tuple(PracticePart(one.code, one.name, one.people, share) for one, share in each)


def split_to_the_penny(total: Estimate, shares: FloatArray) -> list[Estimate]:
    """Split an amount so that the parts, in whole pence, add up to it."""
    pence = round(total.value * 100)
    exact = pence * shares
    whole = np.floor(exact)
    left = round(pence - whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    parts = []
    for value, share in zip((whole / 100).tolist(), shares.tolist(), strict=True):
        low, high = min(total.low * share, value), max(total.high * share, value)
        error = None if total.standard_error is None else total.standard_error * share
        parts.append(Estimate(value, low, high, error))
    return parts


def _expected_gbp(scenario: Scenario, plan: Plan, at: int) -> FloatArray:
    """Return what is expected to be spent on each practice's patients, shape (practice,)."""
    members = [ClusterMembers(code, (code,)) for code in scenario.settings.clusters[at].practices]
    line_weights = {line.name: line.need_weights for line in plan.settings.service_lines}
    weighed = weigh_population(members, line_weights, scenario.practices, scenario.need_weights)
    of_cluster = plan.population.need_weighted_people[at]
    answered_for = (plan.expected_spend_gbp[1:, at] * plan.answered_for[:, at]).sum(axis=0)
    each = np.divide(answered_for, of_cluster, out=np.zeros_like(answered_for), where=of_cluster > 0)
    return np.asarray(inner(weighed.need_weighted_people, each))
