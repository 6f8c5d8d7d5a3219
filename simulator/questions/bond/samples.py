"""What one cluster's bond, share and overspends come to in each simulated contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.records import Account, FloatArray
from simulator.risk.account_book import AccountBook, account_books
from simulator.risk.measures.positions import gain_gbp
from simulator.scenario.scenario import Scenario
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws


@dataclass(frozen=True, slots=True)
class BondSamples:
    """One cluster's contracts under the scenario's bond."""

    # shape (contract, year); what reaches the bond under the scenario's rules, had it never run dry.
    claims_gbp: FloatArray
    # shape (contract, year); what the posted bond pays, and what it leaves of the claims of a cluster that
    # still takes part.
    draws_gbp: FloatArray
    unpaid_gbp: FloatArray
    # shape (contract, year); paid into the bond at each review, earned by it, paid to who lends its money,
    # and the practices' share of surpluses.
    top_ups_gbp: FloatArray
    interest_gbp: FloatArray
    financing_gbp: FloatArray
    practice_share_gbp: FloatArray
    # shape (contract,); what practices gain over the contract, all that the bond costs them taken off.
    gain_gbp: FloatArray


def bond_samples(result: Result, at: int) -> BondSamples:
    """Return what a cluster's bond must bear, and what the posted one does."""
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
    """Return the scenario with some keys of one cluster changed."""
    clusters = list(scenario.settings.clusters)
    clusters[at] = clusters[at].model_copy(update=changes)
    return replace(scenario, settings=scenario.settings.model_copy(update={"clusters": tuple(clusters)}))


def _book(result: Result, at: int) -> AccountBook:
    return account_books(result.contract_outcomes, result.plan.terms)[at]
