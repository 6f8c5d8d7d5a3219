"""Years of history by cluster and line, with how much of each year is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.fitting.observed import Months, Observed
from simulator.history.calendar_months import Month, days_in, financial_year_of, span
from simulator.history.cells import counted, measured
from simulator.history.levels import Level, levels_of
from simulator.records import FloatArray

_FEWEST_MONTHS = 6
"""Of a year that is used: an assumption."""
_ENOUGH_PAID = 0.5
"""Share of a year's cases with spend, from which the others are taken to cost the same."""


def year_span(months: Sequence[Month]) -> tuple[Month, ...]:
    """Return every month of the financial years in which the months are."""
    first, last = financial_year_of(months[0]), financial_year_of(months[-1])
    return span((first, 4), (last + 1, 3))


def month_shares(season: FloatArray, months: Sequence[Month]) -> FloatArray:
    """Return each month's share of its financial year's cases, shape (line, month).

    Takes ``season`` of shape (line, 12), the index per day, January first, and whole financial years.
    """
    days = np.array([days_in(month) for month in months])
    index = season[:, [month - 1 for _, month in months]] * days
    by_year = index.reshape(len(season), -1, 12)
    return np.asarray((by_year / by_year.sum(axis=2, keepdims=True)).reshape(index.shape))


@dataclass(frozen=True, slots=True)
class Exposure:
    """How many need-weighted people there are, and each month's share of a year."""

    months: tuple[Month, ...]  # whole financial years
    shares: FloatArray  # shape (line, month)
    people: FloatArray  # shape (unit, line, month); need-weighted, or typical cases where there are no lists
    from_lists: bool


def typical_cases(counts: FloatArray, shares: FloatArray) -> FloatArray:
    """Return cases of a whole typical year by unit and line; what stands for people where there are no lists.

    Takes ``counts`` of shape (unit, line, month), nan where missing, and ``shares`` of shape (line, month).
    """
    there = ~np.isnan(counts)
    exposure = (there * shares).sum(axis=2)
    return np.asarray(np.nansum(counts, axis=2) / np.where(exposure > 0, exposure, 1.0))


def observed_years(
    months: Months,
    exposure: Exposure,
    cluster_of: Mapping[str, str],
    starts: Mapping[str, Sequence[Month]],
) -> Observed:
    """Return years by cluster and line; those of fewer than six months of the cluster's people are missing.

    Takes months by unit, the cluster of each unit that has one, and the months in which clusters start a new
    level. The year's share is that of its need-weighted people and season in the months there; where a few
    cases have no spend they are taken to cost what the others did.
    """
    clusters = tuple(starts)
    years = tuple(sorted({financial_year_of(month) for month in exposure.months}))
    levels = [level for name in clusters for level in levels_of(name, starts[name], exposure.months)]
    shape = (len(levels), len(months.lines), len(years))
    counts, spend, people, share = (np.full(shape, np.nan) for _ in range(4))
    wide = _over(months, exposure.months)
    for at, level in enumerate(levels):
        members = [row for row, unit in enumerate(months.units) if cluster_of.get(unit) == level.of]
        of_year = _of_level(wide, exposure, members, level)
        counts[at], spend[at], people[at], share[at] = of_year
    return Observed(tuple(level.name for level in levels), months.lines, years, counts, spend, people, share)


def _of_level(
    wide: Months, exposure: Exposure, members: list[int], level: Level
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return counts, spend, people and the share of the year that is there, each of shape (line, year)."""

    def by_year(values: FloatArray) -> FloatArray:
        return np.asarray(values.reshape(len(values), -1, 12).sum(axis=2))

    cases, paid = wide.counts[members], wide.spend_gbp[members]
    there = ~np.isnan(measured(wide)[members]) & level.months
    has_counts = counted(wide)
    people = exposure.people[members]
    everyone = people.sum(axis=0)
    whole = by_year(exposure.shares * everyone)
    seen = by_year(exposure.shares * (people * there).sum(axis=0))
    # The months there, of the cluster's people: half of them for a year are six.
    part = (people * there).sum(axis=0) / np.where(everyone > 0, everyone, 1.0)
    missing = (by_year(part) < _FEWEST_MONTHS - 1e-9) | (whole <= 0)
    counts = by_year(np.where(there & has_counts, cases, 0.0).sum(axis=0))
    with_spend = there & ~np.isnan(paid)
    spend = by_year(np.where(with_spend, paid, 0.0).sum(axis=0))
    priced = by_year(np.where(with_spend & has_counts, cases, 0.0).sum(axis=0))
    any_spend = by_year(with_spend.any(axis=0).astype(float)) > 0
    enough = any_spend & (priced >= _ENOUGH_PAID * counts)
    spend = spend * np.where(priced > 0, counts / np.where(priced > 0, priced, 1.0), 1.0)
    share = np.where(missing, np.nan, seen / np.where(whole > 0, whole, 1.0))
    return (
        np.where(missing | ~has_counts, np.nan, counts),
        np.where(missing | ~enough, np.nan, spend),
        whole if exposure.from_lists else np.ones(whole.shape),
        share,
    )


def _over(months: Months, wider: Sequence[Month]) -> Months:
    """Return the same over more months, missing in those that are new."""
    before = wider.index(months.months[0])
    pad = ((0, 0), (0, 0), (before, len(wider) - before - len(months.months)))
    counts, spend = (
        np.pad(values, pad, constant_values=np.nan) for values in (months.counts, months.spend_gbp)
    )
    return Months(months.units, months.lines, tuple(wider), counts, spend)
