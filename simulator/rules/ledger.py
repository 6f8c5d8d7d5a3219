"""Double entry: every pound is in exactly one account, and only transfers move it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from simulator.records import Account, FloatArray, Reason


@dataclass(frozen=True, slots=True)
class Transfer:
    """Pounds that move from one account to another.

    Parameters
    ----------
    reason : Reason
        Why.
    payer, payee : Account
        From where, and to where.
    amount_gbp : ndarray of float, shape (contract, cluster)
        Zero or more.
    """

    reason: Reason
    payer: Account
    payee: Account
    amount_gbp: FloatArray


@dataclass
class Ledger:
    """Balances of all accounts, by contract and cluster, and every transfer that made them.

    Parameters
    ----------
    contracts, years, clusters : int
        Sizes.
    """

    contracts: int
    years: int
    clusters: int
    _balances: dict[Account, FloatArray] = field(default_factory=dict, repr=False)
    _flows: dict[Reason, FloatArray] = field(default_factory=dict, repr=False)

    def post(self, year: int, transfers: Iterable[Transfer]) -> None:
        """Book transfers in a contract year: each leaves one account and enters another."""
        for transfer in transfers:
            self._balance(transfer.payer)[...] -= transfer.amount_gbp
            self._balance(transfer.payee)[...] += transfer.amount_gbp
            self.flow(transfer.reason)[:, year] += transfer.amount_gbp

    def balance(self, account: Account) -> FloatArray:
        """Return what is in `account`, shape (contract, cluster), in pounds; not to be written to."""
        view = self._balance(account).view()
        view.flags.writeable = False
        return view

    def flow(self, reason: Reason) -> FloatArray:
        """Return what has moved for `reason`, shape (contract, year, cluster), in pounds."""
        if reason not in self._flows:
            self._flows[reason] = np.zeros((self.contracts, self.years, self.clusters), order="F")
        return self._flows[reason]

    @property
    def flows(self) -> dict[Reason, FloatArray]:
        """Everything that has moved, by reason; see `flow`."""
        return dict(self._flows)

    def _balance(self, account: Account) -> FloatArray:
        if account not in self._balances:
            self._balances[account] = np.zeros((self.contracts, self.clusters), order="F")
        return self._balances[account]
