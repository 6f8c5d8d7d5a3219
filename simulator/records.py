"""The frozen records that stages exchange."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FinancialYear:
    """A financial year, April to March, or the part of it that a contract covers.

    Parameters
    ----------
    start : int
        Calendar year of its April.
    first_month : int
        Calendar month in which the contract's part starts; 4 for a whole year.
    """

    start: int
    first_month: int = 4

    @property
    def label(self) -> str:
        """Name as the NHS writes it, such as 2010/11."""
        return f"{self.start}/{(self.start + 1) % 100:02d}"

    @property
    def whole_year(self) -> tuple[int, ...]:
        """Calendar months from April to March."""
        return (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)

    @property
    def months(self) -> tuple[int, ...]:
        """Calendar months that the contract covers, up to March."""
        return self.whole_year[self.whole_year.index(self.first_month) :]

    def days_in(self, month: int) -> int:
        """Return the days of a calendar month of this financial year."""
        return calendar.monthrange(self.start + (month < self.whole_year[0]), month)[1]


@dataclass(frozen=True, slots=True)
class Axes:
    """Names along the axes of a simulation's arrays, in order.

    Parameters
    ----------
    years : tuple of str
        Labels of the financial years, the base year first.
    clusters, lines : tuple of str
        Names.
    """

    years: tuple[str, ...]
    clusters: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A block of contracts that are drawn together, from streams of their own.

    Parameters
    ----------
    number : int
        From 0; it names the block's random streams.
    contracts : int
        How many contracts it holds.
    """

    number: int
    contracts: int


@dataclass(frozen=True, slots=True)
class Population:
    """People, and people weighted by need.

    Parameters
    ----------
    clusters, lines : tuple of str
        Names.
    people : ndarray of float, shape (cluster,)
        Registered lists.
    need_weighted_people : ndarray of float, shape (cluster, line)
        Scaled so that the PCT's sum over all practices equals its list.
    pct_people : float
        Registered list of the whole PCT, clusters and others.
    """

    clusters: tuple[str, ...]
    lines: tuple[str, ...]
    people: FloatArray
    need_weighted_people: FloatArray
    pct_people: float


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent, in one block of contracts.

    Parameters
    ----------
    base_year_gbp : ndarray of float, shape (contract, cluster, line)
        In the whole financial year before the contract, from which historic budgets come.
    contract_gbp : ndarray of float, shape (contract, year, cluster, line)
        In the months of each contract year.
    above_limit_gbp : ndarray of float, shape (contract, year, cluster, line), or None
        What single cases cost beyond a limit per case, which is in neither of the others; None
        where there is no such limit.
    """

    base_year_gbp: FloatArray
    contract_gbp: FloatArray
    above_limit_gbp: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Budgets:
    """What was handed over, in one block of contracts.

    Parameters
    ----------
    budget_gbp : ndarray of float, shape (contract, year, cluster, line)
        For the months of each contract year, after the top-slice.
    top_slice_gbp : ndarray of float, shape (contract, year, cluster, line)
        What the PCT held back.
    annual_gbp : ndarray of float, shape (contract, cluster, line)
        The first contract year's budget at the rate of a whole year.
    """

    budget_gbp: FloatArray
    top_slice_gbp: FloatArray
    annual_gbp: FloatArray


@dataclass(frozen=True, slots=True)
class Outturn:
    """Budget and spend for the lines and the proportion that clusters answer for.

    Parameters
    ----------
    budget_gbp, spend_gbp, top_slice_gbp : ndarray of float, shape (contract, year, cluster)
        Pounds.
    annual_budget_gbp : ndarray of float, shape (contract, cluster)
        The first contract year's budget at the rate of a whole year.
    outside_gbp : ndarray of float, shape (contract, year, cluster), or None
        What else the care of the clusters' people costs: lines and proportions that they do not
        answer for. None where they answer for everything.
    above_limit_gbp : ndarray of float, shape (contract, year, cluster), or None
        What a limit per case takes out of `spend_gbp`; None where there is none.
    """

    budget_gbp: FloatArray
    spend_gbp: FloatArray
    top_slice_gbp: FloatArray
    annual_budget_gbp: FloatArray
    outside_gbp: FloatArray | None = None
    above_limit_gbp: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class ClusterTerms:
    """What each cluster agreed to.

    Parameters
    ----------
    names : tuple of str
        Clusters.
    people : ndarray of float, shape (cluster,)
        Registered lists.
    takes_share : ndarray of bool, shape (cluster,)
        Whether the cluster wants the practice share, and so posts a bond.
    bond_gbp : ndarray of float, shape (cluster,)
        Bond agreed with one cluster; nan where the scenario's bond rule says how much.
    year_months : tuple of int
        Months in each contract year.
    planned_gbp : ndarray of float, shape (year, cluster)
        What all care of the clusters' people is expected to cost, before true savings and shocks,
        whoever pays for it.
    """

    names: tuple[str, ...]
    people: FloatArray
    takes_share: BoolArray
    bond_gbp: FloatArray
    year_months: tuple[int, ...]
    planned_gbp: FloatArray


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


@dataclass(frozen=True, slots=True)
class Flow:
    """What moved for one reason: from where, to where, and how much.

    Parameters
    ----------
    payer, payee : Account
        From where, and to where.
    gbp : ndarray of float, shape (contract, year, cluster)
        Pounds that moved in each contract year, zero or more.
    """

    payer: Account
    payee: Account
    gbp: FloatArray


BUDGET = "budget"
"""What the PCT hands over; the name of a flow is the reason why a pound moves."""
SPEND = "spend"
"""What clusters pay providers for the care that they answer for."""
CARE_OUTSIDE = "care_outside_budgets"
"""What the PCT pays providers itself: lines and proportions that a cluster does not answer for."""
CARE_HANDED_BACK = "care_handed_back"
"""What the PCT pays providers in the years after a cluster has left, for what that answered for."""
UNCOVERED = "uncovered_overspend"
"""What rules leave of an overspend: it falls on the PCT."""
UNSHARED = "unshared_surplus"
"""What rules leave of a surplus: the PCT keeps it."""
