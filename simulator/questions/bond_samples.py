"""What one cluster's bond, share and overspends come to in each simulated contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.outcomes import Outcomes
from simulator.questions.shared_draws import SharedDraws
from simulator.records import FloatArray, Reason
from simulator.rules.bond import MONTHS_IN_A_YEAR, Bond
from simulator.rules.rule import Rule
from simulator.scenario.scenario import Scenario

_NEVER_RUNS_DRY_GBP = 1e15
"""More than any scenario's budgets: a thousand times the most that an amount of money may be."""


@dataclass(frozen=True, slots=True)
class BondSamples:
    """One cluster's contracts, from simulations that share every draw.

    Parameters
    ----------
    annual_budget_gbp : ndarray of float, shape (contract,)
        The first year's budget at the rate of a whole year.
    claims_gbp : ndarray of float, shape (contract, year)
        What a bond that never runs dry pays.
    posted_gbp : ndarray of float, shape (contract,)
        The scenario's bond, as first posted.
    draws_gbp, unpaid_gbp : ndarray of float, shape (contract, year)
        What that bond pays, and what it leaves of the claims of a cluster that still takes part.
    top_ups_gbp, interest_gbp, practice_share_gbp : ndarray of float, shape (contract, year)
        Paid into the bond at each review, and the practices' share of surpluses.
    financing_gbp : ndarray of float, shape (contract,)
        What the money paid in costs.
    gain_gbp : ndarray of float, shape (contract,)
        What taking the share brings, net of all that the bond costs; see `gain_gbp`.
    """

    annual_budget_gbp: FloatArray
    claims_gbp: FloatArray
    posted_gbp: FloatArray
    draws_gbp: FloatArray
    unpaid_gbp: FloatArray
    top_ups_gbp: FloatArray
    interest_gbp: FloatArray
    practice_share_gbp: FloatArray
    financing_gbp: FloatArray
    gain_gbp: FloatArray


def bond_rule(scenario: Scenario) -> Bond | None:
    """Return the scenario's bond rule, if it has one."""
    return next((rule for rule in scenario.settings.rules if isinstance(rule, Bond)), None)


def bond_samples(draws: SharedDraws, scenario: Scenario, at: int) -> BondSamples:
    """Simulate what a cluster's bond must bear, and what the posted one does.

    What reaches the bond depends on the rules listed before it: a corridor, a limit per case or a
    pool may have paid a part. So no formula is used: a bond that never runs dry is settled with the
    scenario's own rules, and what is drawn from it is what a bond must bear.

    Parameters
    ----------
    draws : SharedDraws
        For every simulation.
    scenario : Scenario
        With a bond rule.
    at : int
        Position of a cluster that takes the share.

    Returns
    -------
    BondSamples
        For each contract.
    """
    endless = draws.simulate(with_cluster(scenario, at, bond_gbp=_NEVER_RUNS_DRY_GBP)).contract_outcomes
    one_budget = draws.simulate(_bond_of_one_budget(scenario, at)).contract_outcomes
    posted = draws.simulate(scenario)
    outcomes, months = posted.contract_outcomes, posted.plan.terms.year_months
    # A copy: the flow of a simulation holds every cluster, and is let go of with it.
    claims = _of(endless, Reason.BOND_DRAW, at).copy()
    paid = _of(outcomes, Reason.BOND_DRAW, at).copy()
    return BondSamples(
        annual_budget_gbp=_of(one_budget, Reason.BOND_POSTED, at)[:, 0].copy(),
        claims_gbp=claims,
        posted_gbp=_of(outcomes, Reason.BOND_POSTED, at)[:, 0].copy(),
        draws_gbp=paid,
        unpaid_gbp=np.maximum(claims * outcomes.takes_part[:, :, at] - paid, 0.0),
        top_ups_gbp=_of(outcomes, Reason.BOND_TOP_UP, at).copy(),
        interest_gbp=_of(outcomes, Reason.BOND_INTEREST, at).copy(),
        practice_share_gbp=_of(outcomes, Reason.PRACTICE_SHARE, at).copy(),
        financing_gbp=_financing_gbp(scenario, outcomes, at, months),
        gain_gbp=gain_gbp(draws, scenario, at),
    )


def gain_gbp(draws: SharedDraws, scenario: Scenario, at: int) -> FloatArray:
    """Return by how much a cluster is better off for taking the share, in each contract.

    Practices and an external partner who posts the bond count together. The same contracts without
    the share, and so without a bond, are simulated too and taken off.

    Parameters
    ----------
    draws : SharedDraws
        For both simulations.
    scenario : Scenario
        With a bond rule.
    at : int
        Position of the cluster.

    Returns
    -------
    ndarray of float, shape (contract,)
        Practice share and interest, less draws and the cost of financing, in pounds.
    """
    taking, not_taking = (
        _left_gbp(draws, with_cluster(scenario, at, takes_share=takes), at) for takes in (True, False)
    )
    return taking - not_taking


def with_cluster(scenario: Scenario, at: int, **changes: Any) -> Scenario:
    """Return the scenario with some keys of one cluster changed.

    Parameters
    ----------
    scenario : Scenario
        Stays as it is.
    at : int
        Position of the cluster; by its name a key cannot hold every cluster that may be.
    **changes
        Keys and values, not checked.

    Returns
    -------
    Scenario
        To simulate, not to show.
    """
    clusters = list(scenario.settings.clusters)
    clusters[at] = clusters[at].model_copy(update=changes)
    return replace(scenario, settings=scenario.settings.model_copy(update={"clusters": tuple(clusters)}))


def _bond_of_one_budget(scenario: Scenario, at: int) -> Scenario:
    """Return the scenario with bonds of one annual budget: what is posted then says how large that is."""
    size = {"share_of_annual_budget": 1.0, "gbp_per_head": None}

    def resized(rule: Rule) -> Rule:
        return rule.model_copy(update=size) if isinstance(rule, Bond) else rule

    rules = tuple(resized(rule) for rule in scenario.settings.rules)
    settings = scenario.settings.model_copy(update={"rules": rules})
    return with_cluster(replace(scenario, settings=settings), at, bond_gbp=None)


def _left_gbp(draws: SharedDraws, scenario: Scenario, at: int) -> FloatArray:
    """Return what the share and the bond leave the cluster with, shape (contract,)."""
    result = draws.simulate(scenario)
    outcomes = result.contract_outcomes
    share, interest, draw = (
        _of(outcomes, reason, at)
        for reason in (Reason.PRACTICE_SHARE, Reason.BOND_INTEREST, Reason.BOND_DRAW)
    )
    financing = _financing_gbp(scenario, outcomes, at, result.plan.terms.year_months)
    return np.asarray((share + interest - draw).sum(axis=1) - financing)


def _financing_gbp(
    scenario: Scenario, outcomes: Outcomes, at: int, year_months: tuple[int, ...]
) -> FloatArray:
    """Return what all that was paid in costs until the contract ends, shape (contract,).

    Money that was drawn costs on: who lent it wants interest until it is paid back. A top-up is paid
    in at the review that ends its year.
    """
    rule = bond_rule(scenario)
    share_per_year = rule.financing_share_per_year if rule else 0.0
    years_left = np.cumsum(year_months[::-1])[::-1] / MONTHS_IN_A_YEAR
    posted, top_ups = _of(outcomes, Reason.BOND_POSTED, at), _of(outcomes, Reason.BOND_TOP_UP, at)
    pound_years = posted @ years_left + top_ups @ np.append(years_left[1:], 0.0)
    return np.asarray(share_per_year * pound_years)


def _of(outcomes: Outcomes, reason: Reason, at: int) -> FloatArray:
    """Return what moved for one cluster, shape (contract, year)."""
    return outcomes.gbp(reason)[:, :, at]
