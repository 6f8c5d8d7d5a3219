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
    """A financial year, April to March, or the part of it that a contract covers."""

    start: int  # calendar year of its April
    first_month: int = 4  # calendar month in which the contract's part starts; 4 for a whole year

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
    """Names along the axes of a simulation's arrays, in order."""

    years: tuple[str, ...]  # labels of the financial years, the base year first
    clusters: tuple[str, ...]  # names
    lines: tuple[str, ...]  # names


@dataclass(frozen=True, slots=True)
class Block:
    """A block of contracts that are drawn together, from streams of their own."""

    number: int  # from 0; it names the block's random streams
    contracts: int  # how many contracts it holds


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

    @property
    def base_year_gbp(self) -> FloatArray:
        """Spend of the base year, shape (contract, cluster, line)."""
        return self.gbp[:, 0]

    @property
    def contract_gbp(self) -> FloatArray:
        """Spend of the contract years, shape (contract, year, cluster, line)."""
        return self.gbp[:, 1:]


@dataclass(frozen=True, slots=True)
class Budgets:
    """What was handed over, in one block of contracts."""

    # shape (contract, year, cluster, line); for the months of each contract year, after the top-slice.
    budget_gbp: FloatArray
    top_slice_gbp: FloatArray  # shape (contract, year, cluster, line); what the PCT held back
    # shape (contract, cluster, line); the first contract year's budget at the rate of a whole year.
    annual_gbp: FloatArray


@dataclass(frozen=True, slots=True)
class Outturn:
    """Budget and spend for the lines and the proportion that clusters answer for."""

    budget_gbp: FloatArray  # shape (contract, year, cluster); pounds
    spend_gbp: FloatArray  # shape (contract, year, cluster); pounds
    top_slice_gbp: FloatArray  # shape (contract, year, cluster); pounds
    # shape (contract, cluster); the first contract year's budget at the rate of a whole year.
    annual_budget_gbp: FloatArray
    # shape (contract, year, cluster); what else the care of the clusters' people costs: lines and proportions
    # that they do not answer for. None where they answer for everything.
    outside_gbp: FloatArray | None = None
    # shape (contract, year, cluster); what a limit per case takes out of `spend_gbp`; None where there is
    # none.
    above_limit_gbp: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class ClusterTerms:
    """What each cluster agreed to."""

    names: tuple[str, ...]  # clusters
    people: FloatArray  # shape (cluster,); registered lists
    # shape (cluster,); whether the cluster wants the practice share, and so posts a bond.
    takes_share: BoolArray
    # shape (cluster,); bond agreed with one cluster; nan where the scenario's bond rule says how much.
    bond_gbp: FloatArray
    year_months: tuple[int, ...]  # months in each contract year
    # shape (year, cluster); what all care of the clusters' people is expected to cost, before true savings
    # and shocks, whoever pays for it.
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
    """What moved for one reason: from where, to where, and how much."""

    payer: Account  # from where, and to where
    payee: Account  # from where, and to where
    gbp: FloatArray  # shape (contract, year, cluster); pounds that moved in each contract year, zero or more


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
