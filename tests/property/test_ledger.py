"""Double entry, whatever the scenario: what the ledger's balances and its flows say of each other."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from simulator.budgets.budgets import set_budgets
from simulator.pipeline import draw_block, outturn_of
from simulator.planner import make_plan
from simulator.random_streams import RandomStreams
from simulator.records import Account, Block, Reason
from simulator.rules.ledger import Ledger
from simulator.rules.settlement import settle
from tests.builders import Table, checked
from tests.strategies import scenarios

_DEPOSITOR = "whoever deposits the bond"
_ACCOUNTS = {
    Reason.BUDGET: (Account.PCT, Account.CLUSTER),
    Reason.SPEND: (Account.CLUSTER, Account.PROVIDERS),
    Reason.TOP_SLICE: (Account.PCT, Account.POOL),
    Reason.CORRIDOR_PAYMENT: (Account.PCT, Account.CLUSTER),
    Reason.CORRIDOR_RETURN: (Account.CLUSTER, Account.PCT),
    Reason.SHARE_HELD: (Account.CLUSTER, Account.HELD),
    Reason.SHARE_RELEASED: (Account.HELD, Account.CLUSTER),
    Reason.BOND_POSTED: (_DEPOSITOR, Account.BOND),
    Reason.PRACTICE_SHARE: (Account.CLUSTER, Account.PRACTICES),
    Reason.PCT_RETURN: (Account.CLUSTER, Account.POOL),
    Reason.REINVESTMENT: (Account.CLUSTER, Account.REINVESTMENT),
    Reason.UNSHARED_SURPLUS: (Account.CLUSTER, Account.PCT),
    Reason.DEFICIT_REPAID: (Account.CLUSTER, Account.PCT),
    Reason.BOND_DRAW: (Account.BOND, Account.CLUSTER),
    Reason.POOL_PAYMENT: (Account.POOL, Account.CLUSTER),
    Reason.PCT_PAYMENT: (Account.PCT, Account.CLUSTER),
    Reason.BOND_INTEREST: (Account.PCT, Account.BOND),
    Reason.BOND_TOP_UP: (_DEPOSITOR, Account.BOND),
    Reason.BOND_RELEASE: (Account.BOND, _DEPOSITOR),
}
"""Who pays and who gets, for each reason."""


def _settled(scenario: Table) -> tuple[Ledger, float]:
    """Return the ledger of fifty contracts, and a billionth of the largest amount in it."""
    plan = make_plan(checked(scenario))
    spend = draw_block(plan, RandomStreams(3), Block(0, 50))
    people, sliced = plan.population.people, plan.settings.budgets.top_slice_share
    outturn = outturn_of(plan, spend, set_budgets(spend, plan.budgets, people, sliced, 1))
    ledger = settle(plan.settings.rules, outturn, plan.terms).ledger
    largest = max(float(amounts.max()) for amounts in ledger.flows.values())
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
    by_partner = any(rule.get("deposited_by") == "partner" for rule in scenario["rules"])
    depositor = Account.PARTNER if by_partner else Account.PRACTICES
    expected = {account: np.zeros_like(ledger.balance(account)) for account in Account}
    for reason, amounts in ledger.flows.items():
        payer, payee = (depositor if side == _DEPOSITOR else side for side in _ACCOUNTS[reason])
        expected[payer] -= amounts.sum(axis=1)
        expected[payee] += amounts.sum(axis=1)
    for account, balance in expected.items():
        assert np.abs(ledger.balance(account) - balance).max() <= tolerance


def test_every_reason_has_its_accounts() -> None:
    assert set(_ACCOUNTS) == set(Reason)
