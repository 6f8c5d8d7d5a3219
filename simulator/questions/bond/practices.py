"""Splitting a cluster's bond and share between its practices, to the penny."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.population.need import ClusterMembers, weigh_population
from simulator.records import FloatArray
from simulator.risk.estimate import Estimate
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import Plan

_PENCE = 100


@dataclass(frozen=True, slots=True)
class PracticePart:
    """A practice, and its part of what is split."""

    code: str  # as the NHS lists them
    name: str  # as the NHS lists them
    people: int  # registered list
    share: float  # of the cluster, 0 to 1


def practice_parts(scenario: Scenario, plan: Plan, at: int, by: str) -> tuple[PracticePart, ...]:
    """Return a cluster's practices and their shares."""
    codes = scenario.settings.clusters[at].practices
    if not codes or scenario.practices is None:
        return ()
    known = {practice.code: practice for practice in scenario.practices.practices}
    practices = [known[code] for code in codes]
    size = np.array([float(practice.people) for practice in practices])
    if by == "need":
        need = _expected_gbp(scenario, plan, at)
        # A cluster that answers for nothing has nothing to split, however it is split.
        size = need if need.sum() > 0 else size
    shares = size / size.sum()
    return tuple(
        PracticePart(practice.code, practice.name, practice.people, float(share))
        for practice, share in zip(practices, shares, strict=True)
    )


def split_to_the_penny(total: Estimate, shares: FloatArray) -> list[Estimate]:
    """Split an amount so that the parts, in whole pence, add up to it."""
    pence = round(total.value * _PENCE)
    exact = pence * shares
    whole = np.floor(exact)
    left = round(pence - whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    parts = []
    for amount, share in zip(whole / _PENCE, shares, strict=True):
        value = float(amount)
        low, high = min(total.low * share, value), max(total.high * share, value)
        error = None if total.standard_error is None else total.standard_error * share
        parts.append(Estimate(value, float(low), float(high), error))
    return parts


def _expected_gbp(scenario: Scenario, plan: Plan, at: int) -> FloatArray:
    """Return what is expected to be spent on each practice's patients, shape (practice,)."""
    members = [ClusterMembers(code, (code,)) for code in scenario.settings.clusters[at].practices]
    line_weights = {line.name: line.need_weights for line in plan.settings.service_lines}
    weighed = weigh_population(members, line_weights, scenario.practices, scenario.need_weights)
    of_cluster = plan.population.need_weighted_people[at]
    answered_for = plan.expected_spend_gbp[1:, at].sum(axis=0) * plan.responsibility[at]
    per_weighted_person = np.divide(
        answered_for, of_cluster, out=np.zeros_like(answered_for), where=of_cluster > 0
    )
    return np.asarray(weighed.need_weighted_people @ per_weighted_person)
