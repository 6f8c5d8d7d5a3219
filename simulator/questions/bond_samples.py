"""What one cluster's bond, share and overspends come to in each simulated contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.questions.shared_draws import SharedDraws
from simulator.records import Account, FloatArray
from simulator.result import Result
from simulator.risk.account_book import AccountBook, account_books
from simulator.risk.measures.positions import gain_gbp
from simulator.rules.bond import Bond
from simulator.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class BondSamples:
    """One cluster's contracts under the scenario's bond.

    Parameters
    ----------
    claims_gbp : ndarray of float, shape (contract, year)
        What reaches the bond under the scenario's rules, had it never run dry.
    draws_gbp, unpaid_gbp : ndarray of float, shape (contract, year)
        What the posted bond pays, and what it leaves of the claims of a cluster that still takes part.
    top_ups_gbp, interest_gbp, financing_gbp, practice_share_gbp : ndarray of float, shape (contract, year)
        Paid into the bond at each review, earned by it, paid to who lends its money, and the practices'
        share of surpluses.
    gain_gbp : ndarray of float, shape (contract,)
        What practices gain over the contract, all that the bond costs them taken off.
    """

    claims_gbp: FloatArray
    draws_gbp: FloatArray
    unpaid_gbp: FloatArray
    top_ups_gbp: FloatArray
    interest_gbp: FloatArray
    financing_gbp: FloatArray
    practice_share_gbp: FloatArray
    gain_gbp: FloatArray


def bond_rule(scenario: Scenario) -> Bond | None:
    """Return the scenario's bond rule, if it has one."""
    return next((rule for rule in scenario.settings.rules if isinstance(rule, Bond)), None)


def bond_samples(result: Result, at: int) -> BondSamples:
    """Return what a cluster's bond must bear, and what the posted one does.

    Parameters
    ----------
    result : Result
        Of a scenario with a bond rule.
    at : int
        Position of a cluster that takes the share.

    Returns
    -------
    BondSamples
        For each contract.
    """
    outcomes, book = result.contract_outcomes, _book(result, at)
    claims = outcomes.bond_claims_gbp[:, :, at]
    paid = book.paid_by_year_gbp((Account.BOND,), (Account.CLUSTER,))
    depositors = (book.depositor or Account.PRACTICES,)
    top_ups = book.paid_by_year_gbp(depositors, (Account.BOND,)).copy()
    top_ups[:, 0] -= book.bond_posted_gbp
    return BondSamples(
        claims_gbp=claims,
        draws_gbp=paid,
        unpaid_gbp=np.maximum(claims * book.takes_part - paid, 0.0),
        top_ups_gbp=top_ups,
        interest_gbp=book.paid_by_year_gbp((Account.PCT,), (Account.BOND,)),
        financing_gbp=book.paid_by_year_gbp(depositors, (Account.LENDER,)),
        practice_share_gbp=book.paid_by_year_gbp((Account.CLUSTER,), (Account.PRACTICES,)),
        gain_gbp=gain_gbp(book, Account.PRACTICES),
    )


def net_gain_gbp(draws: SharedDraws, scenario: Scenario, at: int) -> FloatArray:
    """Return what a cluster's practices gain over the contract, shape (contract,), in pounds."""
    return gain_gbp(_book(draws.simulate(scenario), at), Account.PRACTICES)


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


def _book(result: Result, at: int) -> AccountBook:
    return account_books(result.contract_outcomes, result.plan.terms)[at]
