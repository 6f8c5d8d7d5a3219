"""Double entry, whatever the scenario: what the ledger's balances and its flows say of each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from simulator.budgets.budgets import set_budgets
from simulator.random_streams import RandomStreams
from simulator.records import Account, Block
from simulator.rules.ledger import Ledger, Transfer
from simulator.rules.settlement import settle
from simulator.simulation.plan import make_plan
from tests.builders import Table, checked
from tests.references.money_by_notation import depositor_of
from tests.strategies import scenarios

_DEPOSITOR, _WHO_PAYS = "whoever deposits the bond", "that one, or the practices of a lender's bond"
_ACCOUNTS = {
    "budget": (Account.PCT, Account.CLUSTER),
    "spend": (Account.CLUSTER, Account.PROVIDERS),
    "top_slice": (Account.PCT, Account.POOL),
    "corridor_payment": (Account.PCT, Account.CLUSTER),
    "corridor_return": (Account.CLUSTER, Account.PCT),
    "overspend_share_payment": (Account.PCT, Account.CLUSTER),
    "share_held": (Account.CLUSTER, Account.HELD),
    "share_released": (Account.HELD, Account.CLUSTER),
    "bond_posted": (_DEPOSITOR, Account.BOND),
    "practice_share": (Account.CLUSTER, Account.PRACTICES),
    "pct_return": (Account.CLUSTER, Account.POOL),
    "reinvestment": (Account.CLUSTER, Account.REINVESTMENT),
    "unshared_surplus": (Account.CLUSTER, Account.PCT),
    "deficit_repaid": (Account.CLUSTER, Account.PCT),
    "bond_draw": (Account.BOND, Account.CLUSTER),
    "pool_payment": (Account.POOL, Account.CLUSTER),
    "uncovered_overspend": (Account.PCT, Account.CLUSTER),
    "bond_interest": (Account.PCT, Account.BOND),
    "bond_top_up": (_DEPOSITOR, Account.BOND),
    "bond_release": (Account.BOND, _DEPOSITOR),
    "bond_financing": (_WHO_PAYS, Account.LENDER),
    "bond_paid_back": (Account.PRACTICES, _DEPOSITOR),
    "liability_payment": (Account.PRACTICES, Account.CLUSTER),
    "locked_in": (Account.CLUSTER, Account.REINVESTMENT),
    "partner_gains": (Account.PRACTICES, Account.PARTNER),
    "partner_losses": (Account.PARTNER, Account.PRACTICES),
    "partner_bond_cost": (Account.PARTNER, Account.PRACTICES),
    "partner_bond_interest": (Account.PRACTICES, Account.PARTNER),
    "partner_fee": (Account.PRACTICES, Account.PARTNER),
    "care_outside_budgets": (Account.PCT, Account.PROVIDERS),
    "care_handed_back": (Account.PCT, Account.PROVIDERS),
    "care_above_case_limit": (Account.PCT, Account.PROVIDERS),
} | {
    f"{part}{rest}": (payer, payee)
    for part, payee in {"core_income": Account.CORE, "withheld_for_schemes": Account.REINVESTMENT}.items()
    for rest, payer in {
        "": Account.CLUSTER,
        "_outside_budgets": Account.PCT,
        "_handed_back": Account.PCT,
    }.items()
}
"""Who pays and who gets, for each reason."""


def _settled(scenario: Table) -> tuple[Ledger, float]:
    """Return the ledger of fifty contracts, and a billionth of the largest amount in it."""
    plan = make_plan(checked(scenario))
    spend = plan.draw(RandomStreams(3), Block(0, 50))
    sliced = plan.settings.budgets.top_slice_share
    outturn = plan.outturn(spend, set_budgets(spend, plan.budgets, plan.terms, sliced, 1))
    ledger = settle(plan.settings.rules, outturn, plan.terms).ledger
    largest = max(float(flow.gbp.max()) for flow in ledger.flows.values())
    return ledger, 1e-9 * largest + 1e-9


@given(scenario=scenarios())
def test_all_accounts_add_up_to_nothing(scenario: Table) -> None:
    ledger, tolerance = _settled(scenario)
    total = np.sum([ledger.balance(account) for account in Account], axis=0)
    assert np.abs(total).max() <= tolerance


@given(scenario=scenarios())
def test_clusters_and_bonds_end_with_nothing(scenario: Table) -> None:
    ledger, tolerance = _settled(scenario)
    for account in (Account.BOND, Account.HELD):
        assert not ledger.balance(account).any()
    assert np.abs(ledger.balance(Account.CLUSTER)).max() <= tolerance
    for account in (Account.PROVIDERS, Account.REINVESTMENT):
        assert (ledger.balance(account) >= 0).all()


@given(scenario=scenarios())
def test_balances_are_what_the_flows_say(scenario: Table) -> None:
    ledger, tolerance = _settled(scenario)
    bond = next((rule for rule in scenario["rules"] if rule["rule"] == "bond"), {})
    depositor = {
        "practices": Account.PRACTICES,
        "partner": Account.PARTNER,
        "lender": Account.LENDER,
    }[depositor_of(bond)]
    pays = Account.PRACTICES if depositor == Account.LENDER else depositor
    parties = {_DEPOSITOR: depositor, _WHO_PAYS: pays}
    expected = {account: np.zeros_like(ledger.balance(account)) for account in Account}
    for reason, flow in ledger.flows.items():
        # Of actions any party may be paid: as each says.
        sides = (
            (flow.payer, flow.payee)
            if reason.startswith(("cost_of_", "care_by_", "income_from_"))
            else _ACCOUNTS[reason]
        )
        payer, payee = (parties.get(side, side) for side in sides)
        assert (flow.payer, flow.payee) == (payer, payee), reason
        expected[payer] -= flow.gbp.sum(axis=1)
        expected[payee] += flow.gbp.sum(axis=1)
    for account, balance in expected.items():
        assert np.abs(ledger.balance(account) - balance).max() <= tolerance


def test_what_moves_twice_for_one_reason_in_one_year_adds_up() -> None:
    ledger, amount = Ledger(1, 2, 1), np.array([[3.0]])
    for year, times in ((0, 2), (1, 1)):
        for _ in range(times):
            ledger.post(year, [Transfer("gift", Account.PCT, Account.POOL, amount)])
            assert ledger.balance(Account.POOL).tolist() == [[ledger.flow("gift").sum()]]
    assert ledger.flow("gift")[0, :, 0].tolist() == [6, 3]
    assert ledger.balance(Account.PCT).tolist() == [[-9]]
    assert ledger.paid_into(Account.POOL).tolist() == [[9]]
    with pytest.raises(ValueError, match="one payer and one payee"):
        ledger.post(1, [Transfer("gift", Account.POOL, Account.PCT, amount)])
