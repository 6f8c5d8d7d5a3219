"""Expected numbers of cases, before shocks, by year, cluster and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from simulator.records import FinancialYear
from simulator.sums import inner

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineRate:
    """How often a service line is used."""

    rate_per_1000: float  # cases a year for each 1,000 need-weighted people
    rate_year: int  # the calendar year in which the financial year of that rate starts
    growth_share: float  # growth of the rate a year
    season: tuple[float, ...]  # index of demand per day by calendar month, January first

    def annual_rate_per_person(self, year: FinancialYear) -> float:
        """Return the cases in the whole of a financial year for one need-weighted person."""
        years = year.start - self.rate_year
        return float(self.rate_per_1000 / 1000 * (1 + self.growth_share) ** years)

    def month_shares(self, year: FinancialYear) -> FloatArray:
        """Return each month's share of a whole financial year's cases, April first; sums to 1."""
        days = np.array([year.days_in(month) for month in year.whole_year])
        index = np.array([self.season[month - 1] for month in year.whole_year])
        return np.asarray(days * index / inner(days, index))

    def part_year_share(self, year: FinancialYear) -> float:
        """Return the share of the whole financial year's cases in the months of the contract."""
        shares = self.month_shares(year)
        return float(sum(shares[year.whole_year.index(month)] for month in year.months))


def parts_of_years(
    rates: Sequence[LineRate], years_of_clusters: Sequence[Sequence[FinancialYear]]
) -> FloatArray:
    """Return the share of each year's cases in its months, shape (year, cluster, line)."""
    known: dict[FinancialYear, list[float]] = {}
    for year in chain.from_iterable(years_of_clusters):
        if year not in known:
            known[year] = [rate.part_year_share(year) for rate in rates]
    return np.array([[known[year] for year in years] for years in years_of_clusters]).swapaxes(0, 1)


def expected_counts(
    rates: Sequence[LineRate],
    years: Sequence[FinancialYear],
    parts: FloatArray,
    need_weighted_people: FloatArray,
) -> FloatArray:
    """Return expected cases without true savings or shocks.

    Takes ``parts`` of each year, shape (year, cluster, line), and ``need_weighted_people`` of shape (cluster,
    line). Returns shape (year, cluster, line): expected cases in the months of each year.
    """
    per_person = np.array([[rate.annual_rate_per_person(year) for rate in rates] for year in years])
    return np.asarray(per_person[:, None, :] * parts * need_weighted_people)
