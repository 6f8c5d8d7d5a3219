"""The frozen records that stages exchange, and what happened in every simulated contract."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]
Clusters = slice | list[int]
"""Numbers of some clusters; as a slice where they stand together, which copies nothing."""


@dataclass(frozen=True, slots=True)
class FinancialYear:
    """A financial year, April to March, or the part of it that a contract covers."""

    start: int  # calendar year of its April
    first_month: int = 4  # calendar month in which the contract's part starts; 4 for a whole year
    whole_year: ClassVar = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)  # calendar months from April to March

    @property
    def label(self) -> str:
        """Name as the NHS writes it, such as 2010/11."""
        return f"{self.start}/{(self.start + 1) % 100:02d}"

    @property
    def months(self) -> tuple[int, ...]:
        """Calendar months that the contract covers, up to March."""
        return self.whole_year[self.whole_year.index(self.first_month) :]

    def days_in(self, month: int) -> int:
        """Return the days of a calendar month of this financial year."""
        return calendar.monthrange(self.start + (month < self.whole_year[0]), month)[1]


@dataclass(frozen=True, slots=True)
class Axes:
    """Names along the axes of a simulation's arrays, in order."""

    years: tuple[str, ...]  # labels of the financial years, the base year first
    clusters: tuple[str, ...]  # names
    lines: tuple[str, ...]  # names
    pcts: tuple[str, ...] = ()  # name of each cluster's PCT, where there are several

    def clusters_of_pcts(self) -> dict[str, Clusters]:
        """Return the numbers of each PCT's clusters, in the order in which PCTs first stand."""
        found: dict[str, Clusters] = {}
        for pct in dict.fromkeys(self.pcts):
            numbers = [at for at, other in enumerate(self.pcts) if other == pct]
            together = slice(numbers[0], numbers[-1] + 1)
            found[pct] = together if len(numbers) == together.stop - together.start else numbers
        return found


@dataclass(frozen=True, slots=True)
class Block:
    """A block of contracts that are drawn together, from streams of their own."""

    number: int  # from 0; it names the block's random streams
    contracts: int  # how many contracts it holds
    wanted: int | None = None  # of how many of them, the first, spend is asked for: no draw depends on it


@dataclass(frozen=True, slots=True)
class Population:
    """People, and people weighted by need."""

    clusters: tuple[str, ...]  # names
    lines: tuple[str, ...]  # names
    people: FloatArray  # shape (cluster,); registered lists
    # shape (cluster, line); scaled so that the PCT's sum over all practices equals its list.
    need_weighted_people: FloatArray
    pct_people: float  # registered list of the whole PCT, clusters and others


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent, in one block of contracts."""

    # shape (contract, year, cluster, line); the base year first, whole: historic budgets come from it; then
    # the months of each contract year.
    gbp: FloatArray
    # Of the same shape: what single cases cost beyond a limit per case, which is not in the other; None where
    # there is no such limit.
    above_limit_gbp: FloatArray | None = None
    # shape (contract, year, cluster, line); whole years before the base year, the latest first, where budgets
    # rest on them.
    earlier_gbp: FloatArray | None = None
    # shape (contract, year, cluster, line); what of `gbp` is withheld from hospitals and goes to schemes;
    # None where nothing does.
    withheld_gbp: FloatArray | None = None
    # shape (contract, year, cluster); of the contract years, of what clusters answer for: care that people
    # would have had, and actions held back. None where there is none.
    held_back_gbp: FloatArray | None = None
    # Each of shape (contract, year, cluster, line), of the contract years: what actions pay others besides.
    elsewhere: tuple[SpendElsewhere, ...] = ()

    def some(self, start: int, stop: int) -> Spend:
        """Return the spend of some contracts."""

        def cut(array: FloatArray | None) -> Any:
            return None if array is None else array[start:stop]

        found = {name: cut(getattr(self, name)) for name in _OF_SPEND}
        of_others = (
            replace(one, gbp=cut(one.gbp), outside_gbp=cut(one.outside_gbp)) for one in self.elsewhere
        )
        return replace(self, **found, elsewhere=tuple(of_others))

    @classmethod
    def joined(cls, parts: Sequence[Spend]) -> Spend:
        """Return the spend of the contracts of several blocks, which are alike."""
        found = {name: [getattr(part, name) for part in parts] for name in _OF_SPEND}
        joined: dict[str, Any] = {name: _joined(some) for name, some in found.items() if some[0] is not None}
        return cls(**joined, elsewhere=tuple(_paid_in_all(parts)))

    @property
    def base_years_gbp(self) -> list[FloatArray]:
        """Spend of the base year, and of the years before it, each of shape (contract, cluster, line)."""
        earlier = [] if self.earlier_gbp is None else list(self.earlier_gbp.swapaxes(0, 1))
        return [self.gbp[:, 0], *earlier]

    @property
    def contract_gbp(self) -> FloatArray:
        """Spend of the contract years, shape (contract, year, cluster, line)."""
        return self.gbp[:, 1:]

    @property
    def bought_gbp(self) -> FloatArray:
        """Spend of the contract years and what others than hospitals were paid for care in their place."""
        return sum((one.gbp for one in self.elsewhere), self.contract_gbp)


@dataclass(frozen=True, slots=True)
class Budgets:
    """What was handed over, in one block of contracts."""

    # shape (contract, year, cluster, line); for the months of each contract year, after the top-slice.
    budget_gbp: FloatArray
    top_slice_gbp: FloatArray  # shape (contract, year, cluster, line); what the PCT held back
    # shape (contract, cluster, line); the budget of its first contract year at the rate of a whole year.
    annual_gbp: FloatArray


@dataclass(frozen=True, slots=True)
class SpendElsewhere:
    """Part of what clusters spend that does not go to providers."""

    reason: str  # why; the flow's name from here to the last table
    payee: Account  # to whom
    gbp: FloatArray  # shape (contract, year, cluster); pounds, zero or more
    # Of the same shape: what the PCT pays them itself, a part of `Outturn.outside_gbp`; None for nothing.
    outside_gbp: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class PaidBesides:
    """What is paid for clusters beside their budgets, and is no part of what they spend."""

    reason: str  # why; the flow's name
    payer: Account  # by whom
    payee: Account  # to whom
    gbp: FloatArray  # shape (contract or 1, year, cluster); pounds, zero or more


@dataclass(frozen=True, slots=True)
class Outturn:
    """Budget and spend for the lines and the proportion that clusters answer for."""

    budget_gbp: FloatArray  # shape (contract, year, cluster); pounds
    spend_gbp: FloatArray  # shape (contract, year, cluster); pounds, whoever they go to
    top_slice_gbp: FloatArray  # shape (contract, year, cluster); pounds
    # shape (contract, cluster); the budget of its first contract year at the rate of a whole year.
    annual_budget_gbp: FloatArray
    # shape (contract, year, cluster); what else the care of the clusters' people costs: lines and proportions
    # that they do not answer for. None where they answer for everything.
    outside_gbp: FloatArray | None = None
    # shape (contract, year, cluster); what a limit per case takes out of `spend_gbp`; None where there is
    # none.
    above_limit_gbp: FloatArray | None = None
    elsewhere: tuple[SpendElsewhere, ...] = ()  # parts of `spend_gbp` that do not go to providers
    held_back_gbp: FloatArray | None = None  # care that actions held back; see `Spend`
    besides: tuple[PaidBesides, ...] = ()  # paid for clusters that take part, and not by their budgets


@dataclass(frozen=True, slots=True)
class LegalTerms:
    """What the law lets each cluster's practices gain, and makes them pay; each of shape (cluster,)."""

    is_liable: BoolArray  # whether practices pay what the bond leaves of an overspend
    distribution_cap_share: FloatArray  # most that they may take out of what the cluster may keep
    interest_cap_share: FloatArray  # most interest a year on the bond that they posted, before that
    partner_share: FloatArray  # of gains, losses and bond that a partner has; nan where its rule says

    def at(self, clusters: Sequence[int]) -> Self:
        """Return that of some clusters, by their numbers."""
        return type(self)(*(getattr(self, one.name)[list(clusters)] for one in fields(self)))


@dataclass(frozen=True, slots=True)
class ClusterTerms:
    """What each cluster agreed to."""

    names: tuple[str, ...]  # clusters
    people: FloatArray  # shape (cluster,); registered lists
    # shape (cluster,); whether the cluster wants the practice share, and so posts a bond.
    takes_share: BoolArray
    # shape (cluster,); bond agreed with one cluster; nan where the scenario's bond rule says how much.
    bond_gbp: FloatArray
    # shape (year, cluster); months of each contract year in which the cluster's own contract runs: none
    # before a cluster joins or after it leaves as agreed.
    months: IntArray
    # shape (year, cluster); what all care of the clusters' people is expected to cost, before true savings
    # and shocks, whoever pays for it.
    planned_gbp: FloatArray
    legal: LegalTerms | None = None  # None where all is as without a legal form

    @property
    def year_months(self) -> tuple[int, ...]:
        """Months in each contract year, for any cluster."""
        return tuple(self.months.max(axis=1).tolist())

    @property
    def inside(self) -> BoolArray:
        """Whether each cluster takes part by agreement, shape (year, cluster)."""
        return np.asarray(self.months > 0)

    @property
    def first_year(self) -> IntArray:
        """Number of each cluster's first contract year, from 0, shape (cluster,)."""
        return np.asarray(self.inside.argmax(axis=0))

    @property
    def last_year(self) -> IntArray:
        """Number of each cluster's last contract year by agreement, from 0, shape (cluster,)."""
        return np.asarray(len(self.months) - 1 - self.inside[::-1].argmax(axis=0))


class Account(StrEnum):
    """Where a pound can be."""

    PCT = "PCT"
    CLUSTER = "cluster's budget"
    PROVIDERS = "providers"
    PRACTICES = "practices"
    REINVESTMENT = "reinvestment"
    BOND = "bond"
    POOL = "pool"
    PARTNER = "external partner"
    HELD = "held for practices"
    LENDER = "lender"
    CORE = "practices' core income"
    SUPPLIERS = "staff and suppliers"


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved for one reason: from where, to where, and how much."""

    payer: Account  # from where
    payee: Account  # to where
    gbp: FloatArray  # shape (contract, year, cluster); pounds that moved in each contract year, zero or more
    is_spend: bool = False  # whether it is care, or what else a budget is for, and no sharing of risk

    @property
    def is_practice_share(self) -> bool:
        """Whether it is what practices keep of a surplus, rather than what they are paid for."""
        return (self.payer, self.payee) == (Account.CLUSTER, Account.PRACTICES) and not self.is_spend


BUDGET = "budget"
"""What the PCT hands over; the name of a flow is the reason why a pound moves."""
SPEND = "spend"
"""What clusters pay providers for the care that they answer for; see `Outcomes.spend_gbp` for all spend."""
OUTSIDE_BUDGETS = "_outside_budgets"
"""Ends the names of flows in which the PCT pays for what a cluster does not answer for."""
CARE_OUTSIDE = f"care{OUTSIDE_BUDGETS}"
"""What the PCT pays providers itself: lines and proportions that a cluster does not answer for."""
CARE_HANDED_BACK = "care_handed_back"
"""What the PCT pays providers in years in which a cluster takes no part, for what that would answer for."""
WITHHELD = "withheld_for_schemes"
"""What care is worth at the tariff and hospitals are not paid, where that is spent on schemes."""
CORE_INCOME = "core_income"
"""What practices are paid for core services: income that they have with budgets or without, no gain."""
UNCOVERED = "uncovered_overspend"
"""What rules leave of an overspend: it falls on the PCT."""
LIABILITY = "liability_payment"
"""What practices pay of an overspend that the bond leaves, where their liability has no limit."""
UNSHARED = "unshared_surplus"
"""What rules leave of a surplus: the PCT keeps it."""
DIMENSIONS = ("contract", "year", "cluster")
"""Of the arrays of outcomes."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes by contract, contract year and cluster."""

    axes: Axes  # names of years (the base year first, which is not in the arrays), clusters and lines
    flows: dict[str, Flow]  # pounds that moved in the year, by reason, in the order in which each first moved
    # shape (contract, year, cluster); false before a cluster joins and in the years after it has left.
    takes_part: BoolArray
    # shape (contract, cluster); the budget of each cluster's first year at the rate of a whole year.
    annual_budget_gbp: FloatArray
    bond_posted_gbp: FloatArray  # shape (contract, cluster); what each cluster's bond starts with
    # shape (contract, year, cluster); what reaches each cluster's bond, had it never run dry.
    bond_claims_gbp: FloatArray
    bond_needed_gbp: FloatArray  # shape (contract, cluster); the smallest bond that pays all of that
    # shape (contract, PCT); the smallest that pays it for a PCT's clusters that take the share, sharing one.
    shared_bond_needed_gbp: FloatArray
    # shape (contract, year, cluster); care that people would have had, and actions held back.
    held_back_gbp: FloatArray

    @classmethod
    def empty(cls, contracts: int, axes: Axes) -> Self:
        """Return outcomes with room for a number of contracts."""
        by_year = (contracts, len(axes.years) - 1, len(axes.clusters))
        return cls(
            axes=axes,
            flows={},
            takes_part=np.ones(by_year, dtype=bool, order="F"),
            annual_budget_gbp=np.empty(by_year[::2], order="F"),
            bond_posted_gbp=np.empty(by_year[::2], order="F"),
            bond_claims_gbp=np.empty(by_year, order="F"),
            bond_needed_gbp=np.empty(by_year[::2], order="F"),
            shared_bond_needed_gbp=np.empty((contracts, len(set(axes.pcts)) or 1), order="F"),
            held_back_gbp=np.zeros(by_year, order="F"),
        )

    def fill(self, start: int, block: Outcomes) -> int:
        """Copy a block's outcomes in from contract `start` on; return how many contracts fitted."""
        size = min(len(block.takes_part), len(self.takes_part) - start)
        some = slice(start, start + size)
        for name in _ARRAYS:
            getattr(self, name)[some] = getattr(block, name)[:size]
        for reason, flow in block.flows.items():
            if reason not in self.flows:
                self.flows[reason] = replace(flow, gbp=np.zeros(self.takes_part.shape, order="F"))
            self.flows[reason].gbp[some] = flow.gbp[:size]
        return size

    def gbp(self, reason: str) -> FloatArray:
        """Return what moved for a reason, shape (contract, year, cluster), in pounds."""
        return self.flows[reason].gbp if reason in self.flows else np.zeros(self.takes_part.shape, order="F")

    def paid_gbp(self, payers: Collection[Account], payees: Collection[Account]) -> FloatArray:
        """Return all that moved from some accounts to others, shape (contract, year, cluster)."""
        return self._sum(one for one in self.flows.values() if one.payer in payers and one.payee in payees)

    @property
    def practice_share_gbp(self) -> FloatArray:
        """What practices keep of surpluses, shape (contract, year, cluster): not what they are paid for."""
        return self._sum(flow for flow in self.flows.values() if flow.is_practice_share)

    @property
    def spend_gbp(self) -> FloatArray:
        """What clusters spent of their budgets, shape (contract, year, cluster), in pounds."""
        return self._sum(flow for flow in self.flows.values() if flow.is_spend)

    def _sum(self, flows: Iterable[Flow]) -> FloatArray:
        found = [flow.gbp for flow in flows]
        return sum(found[1:], found[0]) if found else np.zeros(self.takes_part.shape, order="F")

    @property
    def surplus_gbp(self) -> FloatArray:
        """Surplus of each year, shape (contract, year, cluster), in pounds."""
        return np.maximum(self.gbp(BUDGET) - self.spend_gbp, 0.0)

    @property
    def overspend_gbp(self) -> FloatArray:
        """Overspend of each year, shape (contract, year, cluster), in pounds."""
        return np.maximum(self.spend_gbp - self.gbp(BUDGET), 0.0)


def _paid_in_all(parts: Sequence[Spend]) -> Iterator[SpendElsewhere]:
    """Yield what is paid elsewhere in the contracts of several blocks, some of which may have none of it."""
    every = {one.reason: one for part in parts for one in part.elsewhere}
    for reason, paid in every.items():
        found = [{one.reason: one.gbp for one in part.elsewhere}.get(reason) for part in parts]
        sizes = [np.zeros_like(part.contract_gbp) for part in parts]
        gbp = [nothing if one is None else one for one, nothing in zip(found, sizes, strict=True)]
        yield replace(paid, gbp=_joined(gbp))


def _joined(arrays: Sequence[FloatArray]) -> FloatArray:
    """Return arrays one after the other, in the order of memory that sums over contracts take."""
    joined = np.empty((sum(map(len, arrays)), *arrays[0].shape[1:]), order="F")
    return np.concatenate(arrays, out=joined)


_ARRAYS = tuple(one.name for one in fields(Outcomes) if one.name not in {"axes", "flows"})
_OF_SPEND = ("gbp", "above_limit_gbp", "earlier_gbp", "withheld_gbp", "held_back_gbp")
