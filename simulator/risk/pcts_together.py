"""The book of several PCTs together, added up from those of each: outcomes of one are held at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.records import Account, BoolArray, ClusterTerms, FloatArray, Flow
from simulator.risk.account_book import ALL_CLUSTERS, AccountBook

Key = str | tuple[str, Account, Account, bool]
"""An amount of a book; of a flow its reason, payer, payee, and whether it is spend."""
Named = tuple[Key, int]
"""An amount, and the position of its year."""
_TAKES_PART, _LEAVES, _UNCOVERED = "takes part", "leaves", "bonds do not cover"
_SURPLUS, _OVERSPEND, _HELD_BACK = "surplus", "overspend", "held back"
_ANNUAL_BUDGET, _POSTED = "annual budget", "bond posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SummedBook(AccountBook):
    """A book of clusters whose own books are gone: surpluses and overspends are not set off, as ever."""

    summed_surplus_gbp: FloatArray  # shape (contract, year)
    summed_overspend_gbp: FloatArray  # shape (contract, year)
    all_bonds_cover: BoolArray  # shape (contract,)

    @property
    def surplus_gbp(self) -> FloatArray:
        """Return what was left of clusters' budgets in each year, shape (contract, year)."""
        return self.summed_surplus_gbp

    @property
    def overspend_gbp(self) -> FloatArray:
        """Return what clusters spent beyond their budgets in each year, shape (contract, year)."""
        return self.summed_overspend_gbp

    @property
    def own_bonds_cover(self) -> BoolArray:
        """Whether each bond pays every claim on it, shape (contract,)."""
        return self.all_bonds_cover


def sums_of(book: AccountBook) -> Iterator[tuple[Named, FloatArray]]:
    """Yield what books are added up by, each of shape (contract,); what happens in one is counted."""
    by_year: dict[Key, FloatArray] = {
        (reason, flow.payer, flow.payee, flow.is_spend): flow.gbp for reason, flow in book.flows.items()
    }
    by_year |= {
        _TAKES_PART: book.takes_part.astype(float),
        _LEAVES: book.leaves.astype(float),
        _SURPLUS: book.surplus_gbp,
        _OVERSPEND: book.overspend_gbp,
        _HELD_BACK: book.held_back_gbp,
    }
    for key, amounts in by_year.items():
        for year, of_year in enumerate(amounts.T):
            yield (key, year), of_year
    yield (_ANNUAL_BUDGET, 0), book.annual_budget_gbp
    yield (_POSTED, 0), book.bond_posted_gbp
    # A cluster without a bond leaves none uncovered.
    uncovered = ~book.own_bonds_cover if book.has_bond else np.zeros(len(book.takes_part))
    yield (_UNCOVERED, 0), uncovered.astype(float)


def book_of_sums(sums: Mapping[Named, FloatArray], terms: ClusterTerms) -> SummedBook:
    """Return the book of all clusters together, from the sums of what `sums_of` yields."""
    years, keys = range(len(terms.year_months)), dict.fromkeys(key for key, _ in sums)

    def by_year(key: Key) -> FloatArray:
        return np.asfortranarray(np.stack([sums[key, year] for year in years], axis=-1))

    flows = {
        reason: Flow(payer, payee, by_year((reason, payer, payee, is_spend)), is_spend)
        for reason, payer, payee, is_spend in (key for key in keys if isinstance(key, tuple))
    }
    contracts = len(sums[_POSTED, 0])
    return SummedBook(
        name=ALL_CLUSTERS,
        people=float(terms.people.sum()),
        year_months=terms.year_months,
        flows=flows,
        takes_part=by_year(_TAKES_PART) > 0,
        leaves=by_year(_LEAVES) > 0,
        takes_share=bool(terms.takes_share.any()),
        annual_budget_gbp=sums[_ANNUAL_BUDGET, 0],
        bond_posted_gbp=sums[_POSTED, 0],
        bond_needed_gbp=np.full(contracts, np.nan),
        planned_gbp=terms.planned_gbp.sum(axis=1),
        held_back_gbp=by_year(_HELD_BACK),
        summed_surplus_gbp=by_year(_SURPLUS),
        summed_overspend_gbp=by_year(_OVERSPEND),
        all_bonds_cover=sums[_UNCOVERED, 0] == 0,
    )
