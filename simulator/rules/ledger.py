"""Double entry: every pound is in exactly one account, and only transfers move it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from simulator.records import Account, BoolArray, FloatArray, Flow

_REASONS_AT_ONCE = 16
"""Flows that get room together: the system hands out few large arrays more quickly than many small ones."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Pounds that move from one account to another."""

    reason: str  # why; the flow's name from here to the last table, which writes it with spaces
    payer: Account  # from where
    payee: Account  # to where
    amount_gbp: FloatArray  # shape (contract, cluster); zero or more
    # Whether it changes what a surplus or an overspend is, rather than sharing or paying it: a budget, spend,
    # and risk that the PCT takes over.
    moves_outturn: bool = False
    is_spend: bool = False  # whether a budget is spent on what it is for; see `Flow`


def of_clusters(which: BoolArray, transfers: Iterable[Transfer]) -> Iterator[Transfer]:
    """Yield what moves for some clusters, `which` of shape (cluster,)."""
    if which.all():
        yield from transfers
    elif which.any():
        for transfer in transfers:
            yield replace(transfer, amount_gbp=transfer.amount_gbp * which)


@dataclass
class Ledger:
    """Every transfer, by contract, year and cluster, and the accounts' balances that follow from them.

    A balance is worked out when somebody first asks for it, and kept from then on: most accounts
    are never looked at, and keeping them would take most of the time.
    """

    contracts: int
    years: int
    clusters: int
    _flows: dict[str, FloatArray] = field(default_factory=dict, repr=False)
    _room: FloatArray = field(init=False, repr=False)  # of the latest flows, and of some to come
    _ways: dict[str, tuple[Account, Account, bool, bool]] = field(default_factory=dict, repr=False)
    _posted: set[tuple[str, int]] = field(default_factory=set, repr=False)
    _balances: dict[Account, FloatArray] = field(default_factory=dict, repr=False)

    def post(self, year: int, transfers: Iterable[Transfer]) -> None:
        """Book transfers in a contract year: each leaves one account and enters another."""
        for transfer in transfers:
            way = transfer.payer, transfer.payee, transfer.moves_outturn, transfer.is_spend
            if self._ways.setdefault(transfer.reason, way) != way:
                raise ValueError(f"a reason has one payer and one payee (got {transfer.reason} from {way})")
            moved = self._moved(transfer.reason)[:, year]
            if (transfer.reason, year) in self._posted:
                moved += transfer.amount_gbp
            else:
                moved[...] = transfer.amount_gbp
                self._posted.add((transfer.reason, year))
            if transfer.payer in self._balances:
                self._balances[transfer.payer] -= transfer.amount_gbp
            if transfer.payee in self._balances:
                self._balances[transfer.payee] += transfer.amount_gbp

    def balance(self, account: Account) -> FloatArray:
        """Return what is in `account`, shape (contract, cluster), in pounds; not to be written to."""
        if account not in self._balances:
            self._balances[account] = self._worked_out(account)
        view = self._balances[account].view()
        view.flags.writeable = False
        return view

    def flow(self, reason: str) -> FloatArray:
        """Return what has moved for `reason`, shape (contract, year, cluster), in pounds."""
        moved = self._moved(reason)
        for year in range(self.years):
            if (reason, year) not in self._posted:
                moved[:, year] = 0.0
                self._posted.add((reason, year))
        return moved

    def total(self, reason: str) -> FloatArray:
        """Return what has moved for `reason` since the start, shape (contract, cluster), in pounds."""
        if reason not in self._flows:
            return np.zeros((self.contracts, self.clusters), order="F")
        moved = self._flows[reason]
        years = [moved[:, year] for year in range(self.years) if (reason, year) in self._posted]
        # Adding a few years one by one is quicker than numpy's sum over a short axis.
        return sum(years[1:], years[0]) if years else np.zeros((self.contracts, self.clusters), order="F")

    def paid_into(self, account: Account, by: Account | None = None) -> FloatArray:
        """Return all that has come into `account`, from anybody or one payer, shape (contract, cluster)."""
        paid = np.zeros((self.contracts, self.clusters), order="F")
        for reason, (payer, payee, *_) in self._ways.items():
            if payee == account and by in {None, payer}:
                paid += self.total(reason)
        return paid

    def has_way(self, payer: Account, payee: Account) -> bool:
        """Return whether anything ever moved from one account to another, be it nothing."""
        return any(way[:2] == (payer, payee) for way in self._ways.values())

    def in_year(
        self, year: int, payer: Account, payee: Account | None = None, *, reason: str | None = None
    ) -> FloatArray:
        """Return what an account has paid in a year, to all or one, for all reasons or one; no spend.

        Shape (contract, cluster), in pounds.
        """
        paid = np.zeros((self.contracts, self.clusters), order="F")
        for name, (who, whom, _, is_spend) in self._ways.items():
            counts = who == payer and payee in {None, whom} and reason in {None, name} and not is_spend
            if counts and (name, year) in self._posted:
                paid += self._flows[name][:, year]
        return paid

    def outturn(self) -> FloatArray:
        """Return surpluses less overspends so far, corridor settled, shape (contract, cluster), in pounds."""
        return self._worked_out(Account.CLUSTER, outturn_alone=True)

    @property
    def flows(self) -> dict[str, Flow]:
        """Everything that has moved, by reason, in the order in which each first moved."""
        return {
            reason: Flow(payer, payee, self.flow(reason), is_spend)
            for reason, (payer, payee, _, is_spend) in self._ways.items()
        }

    def _moved(self, reason: str) -> FloatArray:
        """Return room for what moves for `reason`; a year that is not posted yet holds anything."""
        if reason not in self._flows:
            at = len(self._flows) % _REASONS_AT_ONCE
            if at == 0:
                shape = (self.contracts, self.years, self.clusters, _REASONS_AT_ONCE)
                self._room = np.empty(shape, order="F")
            self._flows[reason] = self._room[..., at]
        return self._flows[reason]

    def _worked_out(self, account: Account, *, outturn_alone: bool = False) -> FloatArray:
        """Return what has come in less what has left, of all flows or of those that move the outturn."""
        balance = np.zeros((self.contracts, self.clusters), order="F")
        for reason, (payer, payee, moves_outturn, _) in self._ways.items():
            counts = moves_outturn or not outturn_alone
            if counts and account == payee:
                balance += self.total(reason)
            if counts and account == payer:
                balance -= self.total(reason)
        return balance
