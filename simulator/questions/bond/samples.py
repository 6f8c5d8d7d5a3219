"""What one cluster's bond, share and overspends come to, and the true saving that repays the bond."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.records import Account, FloatArray
from simulator.risk.account_book import AccountBook, account_books
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import mean
from simulator.risk.positions import gain_gbp
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


LARGEST_SAVING = 0.5
"""Share of demand; no saving that was ever measured comes near (assumption)."""
MOST_SIMULATIONS = 16
"""For a root with 12 steps, the ends of the bracket and the slope; most need half of them."""
_CLOSE_ENOUGH = 1e-5
_SLOPE_STEP = 0.005
"""Half a per cent of demand: the slope hardly bends over it, and sampling hardly shows."""


@dataclass(frozen=True, slots=True)
class SavingNeeded:
    """The true saving from which on practices gain on average, net of all that the bond costs them."""

    # Of demand, in every contract year; None where it lies outside what was searched.
    share_of_demand: Estimate | None
    words: str = ""  # what there is to say where there is none


def saving_needed(
    draws: SharedDraws, scenario: Scenario, at: int, progress: Callable[[], None] = lambda: None
) -> SavingNeeded:
    """Solve for the true saving at which practices neither gain nor lose on average."""
    from scipy.optimize import brentq

    found: dict[float, Estimate] = {}

    def gain(saving: float) -> Estimate:
        if saving not in found:
            found[saving] = mean(
                net_gain_gbp(draws, with_cluster(scenario, at, true_saving_share=saving), at)
            )
            progress()
        return found[saving]

    if gain(0.0).value == gain(LARGEST_SAVING).value == 0:
        return SavingNeeded(None, "neither gained nor lost on: there is nothing to repay")
    if gain(0.0).value >= 0:
        return SavingNeeded(None, "already repaid without any true saving")
    # Nothing gained where nothing is lost repays nothing.
    if gain(LARGEST_SAVING).value <= 0:
        return SavingNeeded(None, f"not repaid by a true saving of {LARGEST_SAVING:.0%}")
    root = float(
        brentq(
            lambda saving: gain(float(saving)).value,
            0.0,
            LARGEST_SAVING,
            xtol=_CLOSE_ENOUGH,
            maxiter=MOST_SIMULATIONS - 4,
            disp=False,
        )
    )
    low, high = max(root - _SLOPE_STEP, 0.0), min(root + _SLOPE_STEP, LARGEST_SAVING)
    slope = (gain(high).value - gain(low).value) / (high - low)
    if not slope > 0:
        return SavingNeeded(None, "repaid by no one saving, as the gain does not rise with it")
    error = (gain(root).standard_error or 0.0) / slope
    half = CONFIDENCE_Z * error
    return SavingNeeded(Estimate(root, root - half, root + half, error))
