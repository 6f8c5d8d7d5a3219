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
    """

    base_year_gbp: FloatArray
    contract_gbp: FloatArray


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
    """

    budget_gbp: FloatArray
    spend_gbp: FloatArray
    top_slice_gbp: FloatArray
    annual_budget_gbp: FloatArray


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
    """

    names: tuple[str, ...]
    people: FloatArray
    takes_share: BoolArray
    bond_gbp: FloatArray
    year_months: tuple[int, ...]


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


class Reason(StrEnum):
    """Why a pound moves; also the name of the outcome, with ``_gbp`` behind it."""

    BUDGET = "budget"
    SPEND = "spend"
    TOP_SLICE = "top_slice"
    CORRIDOR_PAYMENT = "corridor_payment"
    CORRIDOR_RETURN = "corridor_return"
    BOND_POSTED = "bond_posted"
    SHARE_HELD = "share_held"
    SHARE_RELEASED = "share_released"
    PRACTICE_SHARE = "practice_share"
    PCT_RETURN = "pct_return"
    REINVESTMENT = "reinvestment"
    UNSHARED_SURPLUS = "unshared_surplus"
    DEFICIT_REPAID = "deficit_repaid"
    BOND_DRAW = "bond_draw"
    POOL_PAYMENT = "pool_payment"
    PCT_PAYMENT = "pct_payment"
    BOND_INTEREST = "bond_interest"
    BOND_TOP_UP = "bond_top_up"
    BOND_RELEASE = "bond_release"
