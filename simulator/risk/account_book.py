"""One row of the results: a cluster's outcomes, or the sum over all clusters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from simulator.records import BUDGET, Account, BoolArray, Clusters, ClusterTerms, FloatArray, Flow, Outcomes

Accounts = Collection[Account]
ALL_CLUSTERS = "All clusters together"
"""Name of the book of all clusters together."""
PENNY_GBP = 0.005
"""Amounts below half a penny are rounding."""
PCT_ACCOUNTS = (Account.PCT, Account.POOL)
"""The pool is the PCT's own account."""


@dataclass(frozen=True, slots=True)
class AccountBook:
    """What a measure may look at."""

    name: str  # the cluster, or `ALL_CLUSTERS`
    people: float  # registered list
    year_months: tuple[int, ...]  # months of its contract in each contract year
    flows: dict[str, Flow]  # pounds that moved in the year, shape (contract, year), by reason
    # shape (contract, year); false before the cluster joins and after it has left; for all together, where no
    # cluster takes part.
    takes_part: BoolArray
    # shape (contract, year); whether the cluster, or any, leaves at the review that ends the year.
    leaves: BoolArray
    # Whether the cluster, or any, takes the practice share, and so posts a bond where there is one.
    takes_share: bool
    # shape (contract,); see `Outcomes`; for all together, the bond that all would share, nan of several PCTs.
    annual_budget_gbp: FloatArray
    bond_posted_gbp: FloatArray
    bond_needed_gbp: FloatArray
    planned_gbp: FloatArray  # shape (year,); what all care was expected to cost
    held_back_gbp: FloatArray  # shape (contract, year); care that actions held back
    parts: tuple[AccountBook, ...] = ()  # books that this one adds up, their outturns not set off
    _found: dict[object, FloatArray] = field(default_factory=dict, repr=False, compare=False)

    @property
    def years(self) -> float:
        """Length of the contract in years."""
        return sum(self.year_months) / 12

    @property
    def has_bond(self) -> bool:
        """Whether a bond is posted, be it of nothing."""
        return self.takes_share and any(flow.payee == Account.BOND for flow in self.flows.values())

    @property
    def depositor(self) -> Account | None:
        """Who posts the bond, and so owns what is in it: who first pays into it."""
        return next((flow.payer for flow in self.flows.values() if flow.payee == Account.BOND), None)

    def by_year_gbp(self, reason: str) -> FloatArray:
        """Return what moved for a reason in each year, shape (contract, year)."""
        if reason not in self.flows:
            return self._nothing()
        return self.flows[reason].gbp

    def _nothing(self) -> FloatArray:
        return np.zeros(self.takes_part.shape, order="F")

    @property
    def surplus_gbp(self) -> FloatArray:
        """Return what was left of the budget in each year, shape (contract, year)."""
        if self.parts:
            return self.once("surplus", lambda: _sum(one.surplus_gbp for one in self.parts))
        return self.once("surplus", lambda: np.maximum(self._left_by_year_gbp(), 0.0))

    @property
    def overspend_gbp(self) -> FloatArray:
        """Return what was spent beyond the budget in each year, shape (contract, year)."""
        if self.parts:
            return self.once("overspend", lambda: _sum(one.overspend_gbp for one in self.parts))
        return self.once("overspend", lambda: self.surplus_gbp - self._left_by_year_gbp())

    def _left_by_year_gbp(self) -> FloatArray:
        return self.by_year_gbp(BUDGET) - self.spend_by_year_gbp

    @property
    def spend_by_year_gbp(self) -> FloatArray:
        """Return what was spent of the budget in each year, shape (contract, year)."""
        return self.once(
            "spend by year", lambda: _sum(one.gbp for one in self.flows.values() if one.is_spend)
        )

    @property
    def spend_gbp(self) -> FloatArray:
        """Return what was spent of the budget over the contract, shape (contract,)."""
        return self._total("spend", lambda: self.spend_by_year_gbp)

    @property
    def practice_share_by_year_gbp(self) -> FloatArray:
        """Return what practices keep of surpluses in each year, shape (contract, year)."""
        found = [one.gbp for one in self.flows.values() if one.is_practice_share]
        return _sum(found) if found else self._nothing()

    @property
    def practice_share_gbp(self) -> FloatArray:
        """Return what practices keep of surpluses over the contract, shape (contract,)."""
        return self._total("practice share", lambda: self.practice_share_by_year_gbp)

    def total_gbp(self, reason: str) -> FloatArray:
        """Return what moved for a reason over the contract, shape (contract,)."""
        return self._total(reason, lambda: self.by_year_gbp(reason))

    def paid_by_year_gbp(self, payers: Accounts, payees: Accounts, *, besides: str = "") -> FloatArray:
        """Return all that moved from some accounts to others, but for one reason, shape (contract, year)."""
        found = self._moved(payers, payees, besides)
        return _sum(found) if found else self._nothing()

    def _moved(self, payers: Accounts, payees: Accounts, besides: str = "") -> list[FloatArray]:
        return [
            flow.gbp
            for reason, flow in self.flows.items()
            if flow.payer in payers and flow.payee in payees and reason != besides
        ]

    def paid_gbp(self, payers: Accounts, payees: Accounts, *, besides: str = "") -> FloatArray:
        """Return all that moved from some accounts to others over the contract, shape (contract,)."""
        way = (tuple(payers), tuple(payees), besides)
        return self._total(way, lambda: self.paid_by_year_gbp(payers, payees, besides=besides))

    def gained_by_year_gbp(self, accounts: Accounts) -> FloatArray:
        """Return what came into some accounts less what left them, shape (contract, year)."""
        return self.once(("gained by year", *accounts), lambda: self._gained_by_year_gbp(accounts))

    def _gained_by_year_gbp(self, accounts: Accounts) -> FloatArray:
        others = tuple(account for account in Account if account not in accounts)
        came, left = self._moved(others, accounts), self._moved(accounts, others)
        if not left:
            return _sum(came) if came else self._nothing()
        return np.asarray((_sum(came) if came else 0.0) - _sum(left))

    def gained_gbp(self, accounts: Accounts) -> FloatArray:
        """Return what came into some accounts over the contract less what left them, shape (contract,)."""
        return self._total(("gained", *accounts), lambda: self.gained_by_year_gbp(accounts))

    @property
    def total_surplus_gbp(self) -> FloatArray:
        """Sum of the years' surpluses, shape (contract,), in pounds."""
        return self._total("surplus of years", lambda: self.surplus_gbp)

    @property
    def total_overspend_gbp(self) -> FloatArray:
        """Sum of the years' overspends, shape (contract,), in pounds."""
        return self._total("overspend of years", lambda: self.overspend_gbp)

    @property
    def bond_covers(self) -> BoolArray:
        """Whether what is posted pays every claim on it, shape (contract,)."""
        return np.asarray(self.bond_needed_gbp - self.bond_posted_gbp < PENNY_GBP)

    @property
    def own_bonds_cover(self) -> BoolArray:
        """Whether what each of its clusters has posted pays every claim on that, shape (contract,)."""
        own = [one.own_bonds_cover for one in self.parts if one.has_bond]
        return np.asarray(np.logical_and.reduce(own)) if own else self.bond_covers

    @property
    def total_held_back_gbp(self) -> FloatArray:
        """Return care that actions held back over the contract, shape (contract,), in pounds."""
        return self._total("held back", lambda: self.held_back_gbp)

    @property
    def largest_gbp(self) -> float:
        """The largest budget or spend of a whole contract, of which all else is a part."""
        return max(float(one.max()) for one in (self.total_gbp(BUDGET), self.spend_gbp))

    def _total(self, name: object, by_year: Callable[[], FloatArray]) -> FloatArray:
        """Return a sum over years."""
        return self.once(name, lambda: _sum(by_year().T))

    def once(self, name: object, work: Callable[[], FloatArray]) -> FloatArray:
        """Return what `work` does, worked out once, as several measures look at it; not to be written to."""
        if name not in self._found:
            self._found[name] = work()
        return self._found[name]

    def forget(self) -> None:
        """Let go of what was worked out: memory that the next book can use is quicker than new."""
        self._found.clear()


def account_books(outcomes: Outcomes, terms: ClusterTerms) -> list[AccountBook]:
    """Return the book of each cluster, and then that of all together."""
    books = tuple(account_book(outcomes, terms, at) for at in range(len(terms.names)))
    return [*books, _together(outcomes, terms, books)]


def pct_books(outcomes: Outcomes, terms: ClusterTerms, books: Sequence[AccountBook]) -> list[AccountBook]:
    """Return the book of each PCT's clusters together, where there are several, from all clusters' books."""
    numbers = np.arange(len(terms.names))
    return [
        _together(outcomes, terms, tuple(books[one] for one in numbers[clusters]), clusters, at)
        for at, clusters in enumerate(outcomes.axes.clusters_of_pcts().values())
    ]


def account_book(outcomes: Outcomes, terms: ClusterTerms, at: int) -> AccountBook:
    """Return the book of one cluster."""
    inside = outcomes.takes_part[:, :, at]
    leaves = np.zeros_like(inside)
    # Leaving as agreed is no event.
    leaves[:, :-1] = inside[:, :-1] & ~inside[:, 1:] & terms.inside[1:, at]
    return AccountBook(
        terms.names[at],
        float(terms.people[at]),
        tuple(terms.months[:, at].tolist()),
        {reason: replace(flow, gbp=flow.gbp[:, :, at]) for reason, flow in outcomes.flows.items()},
        inside,
        leaves,
        bool(terms.takes_share[at]),
        outcomes.annual_budget_gbp[:, at],
        outcomes.bond_posted_gbp[:, at],
        outcomes.bond_needed_gbp[:, at],
        terms.planned_gbp[:, at],
        outcomes.held_back_gbp[:, :, at],
    )


def _together(
    outcomes: Outcomes,
    terms: ClusterTerms,
    books: tuple[AccountBook, ...],
    clusters: Clusters = slice(None),
    at_pct: int | None = None,
) -> AccountBook:
    """Return the book of clusters together: of all, or of those of a PCT."""
    shared = outcomes.shared_bond_needed_gbp
    if at_pct is None and shared.shape[1] == 1:
        at_pct = 0
    return AccountBook(
        ALL_CLUSTERS,
        float(terms.people[clusters].sum()),
        tuple(terms.months[:, clusters].max(axis=1).tolist()),
        {
            reason: replace(flow, gbp=_sum(flow.gbp[..., clusters].transpose(2, 0, 1)))
            for reason, flow in outcomes.flows.items()
        },
        np.asarray(outcomes.takes_part[..., clusters].any(axis=2)),
        np.logical_or.reduce([book.leaves for book in books]),
        bool(terms.takes_share[clusters].any()),
        _sum(outcomes.annual_budget_gbp[..., clusters].T),
        _sum(outcomes.bond_posted_gbp[..., clusters].T),
        np.full(len(shared), np.nan) if at_pct is None else shared[:, at_pct],
        terms.planned_gbp[:, clusters].sum(axis=1),
        _sum(outcomes.held_back_gbp[..., clusters].transpose(2, 0, 1)),
        books,
    )


def _sum(arrays: Iterable[FloatArray]) -> FloatArray:
    """Return the sum of a few arrays of one shape; quicker than numpy's over a short axis."""
    first, *others = arrays
    if not others:
        return first
    total = first + others[0]
    for other in others[1:]:
        total += other
    return total
