"""What one cluster's bond, share and overspends come to, what repays the bond, and how practices split it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from simulator.population.need import ClusterMembers, weigh_population
from simulator.records import Account, BoolArray, FloatArray
from simulator.risk.account_book import PENNY_GBP, account_book
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import mean
from simulator.risk.positions import gain_gbp
from simulator.rules.bond import FINANCING
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import Plan
from simulator.simulation.result import Result
from simulator.sums import inner
from simulator.uncertain import at_mean

Simulate = Callable[[Scenario], Result]
Gain = Callable[[float], Estimate]
LARGEST_SAVING = 0.5
"""Share of demand; no saving that was ever measured comes near (assumption)."""
MOST_SIMULATIONS = 20
"""For a root with 12 steps, and the points around it; most need 5 of them."""
_CLOSE_ENOUGH = 1e-5
_USUAL_SAVING = 0.05
"""About what repays a usual bond: where the search begins."""
_SLOPE_STEP = 0.005
"""Half a per cent of demand: the slope hardly bends over it, and sampling hardly shows."""


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


def with_cluster(scenario: Scenario, at: int, **changes: Any) -> Scenario:
    """Return the scenario with some keys of one cluster changed."""
    clusters = list(scenario.settings.clusters)
    clusters[at] = clusters[at].model_copy(update=changes)
    return replace(scenario, settings=scenario.settings.model_copy(update={"clusters": tuple(clusters)}))


def where_all_is_known(scenario: Scenario) -> Scenario:
    """Return the scenario with its figures at their means."""
    known = scenario.settings.doubt.model_copy(update={"carried": False})
    return replace(scenario, settings=scenario.settings.model_copy(update={"doubt": known}))


@dataclass(frozen=True, slots=True)
class SavingNeeded:
    """The true saving from which on practices gain on average, net of all that the bond costs them."""

    share_of_demand: Estimate | None  # in every contract year; None where it lies outside what was searched
    words: str = ""  # what there is to say where there is none

    def of_all_care(self, per_case_share: float) -> Estimate | str:
        """Return it as a share of all care, of which a part is paid per case; words where there is none."""
        found = self.share_of_demand
        if found is None:
            return self.words
        error = per_case_share * (found.standard_error or 0.0)
        return Estimate.with_error(per_case_share * found.value, error)


def saving_needed(simulate: Simulate, given: Result, at: int) -> SavingNeeded:
    """Solve for the true saving at which practices neither gain nor lose on average.

    Takes the result of the scenario as given.
    """
    cluster = given.scenario.settings.clusters[at]

    @cache
    def gain(saving: float) -> Estimate:
        moved = at_mean(cluster.true_saving_share, saving)
        savings = {"true_saving_share": moved, "true_saving_share_by_year": ()}
        is_given = all(getattr(cluster, key) == value for key, value in savings.items())
        result = given if is_given else simulate(with_cluster(given.scenario, at, **savings))
        book = account_book(result.contract_outcomes, result.plan.terms, at)
        return mean(gain_gbp(book, Account.PRACTICES))

    none = gain(0.0).value
    if none == 0 and gain(LARGEST_SAVING).value == 0:
        return SavingNeeded(None, "neither gained nor lost on: there is nothing to repay")
    if none >= 0:
        return SavingNeeded(None, "already repaid without any true saving")
    low, high = _near_the_root(gain)
    # Nothing gained where nothing is lost repays nothing.
    if high == LARGEST_SAVING and gain(high).value <= 0:
        return SavingNeeded(None, f"not repaid by a true saving of {LARGEST_SAVING:.0%}")
    root, slope = _root_and_slope(gain, low, high)
    if not slope > 0:
        return SavingNeeded(None, "repaid by no one saving, as the gain does not rise with it")
    error = (gain(root).standard_error or 0.0) / slope
    half = CONFIDENCE_Z * error
    return SavingNeeded(Estimate(root, root - half, root + half, error))


def _near_the_root(gain: Gain) -> tuple[float, float]:
    """Return the ends for the slope; all that is searched where the largest saving repays nothing."""
    # The gain bends little: a line through two points comes close to the root.
    none, usual = gain(0.0).value, gain(_USUAL_SAVING).value
    ends = _around(_USUAL_SAVING * none / (none - usual) if usual > none else LARGEST_SAVING)
    if gain(ends[0]).value < 0 < gain(ends[1]).value:
        return ends
    if gain(LARGEST_SAVING).value <= 0:
        return 0.0, LARGEST_SAVING
    return _around(_searched(gain, 0.0, LARGEST_SAVING))


def _root_and_slope(gain: Gain, low: float, high: float) -> tuple[float, float]:
    """Return where a gain is nothing, and how it rises there; no slope where it does not rise."""

    def rise(low: float, high: float) -> float:
        return (gain(high).value - gain(low).value) / (high - low)

    if not gain(low).value < 0 < gain(high).value:
        return low, 0.0
    root = _crossing([(one, gain(one).value) for one in (low, high, _USUAL_SAVING)])
    if not low < root < high or abs(gain(root).value) * (high - low) > _CLOSE_ENOUGH * gain(high).value:
        root = _searched(gain, low, high)
    if not low < root < high:
        return root, rise(low, high)
    # Of the parabola through three points.
    return root, rise(low, root) + rise(root, high) - rise(low, high)


def _crossing(points: Sequence[tuple[float, float]]) -> float:
    """Return where a parabola through three points says that nothing is gained; nan if two gain the same."""
    if len({gain for _, gain in points}) < len(points):
        return math.nan
    return sum(
        saving * math.prod(other / (other - gain) for _, other in points if other != gain)
        for saving, gain in points
    )


def _around(saving: float) -> tuple[float, float]:
    """Return the ends between which the slope is taken."""
    middle = min(saving, LARGEST_SAVING)
    return max(middle - _SLOPE_STEP, 0.0), min(middle + _SLOPE_STEP, LARGEST_SAVING)


def _searched(gain: Gain, low: float, high: float) -> float:
    """Return the saving at which a gain is nothing, between two with gains of either sign."""
    from scipy.optimize import brentq

    steps = {"xtol": _CLOSE_ENOUGH, "maxiter": MOST_SIMULATIONS - 8, "disp": False}
    return float(brentq(lambda saving: gain(float(saving)).value, low, high, **steps))


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
