"""What months tell: season, how counts and costs spread, and which practice-months do not belong.

A month's share is taken over all practices, so that a flu month which all have is not taken for spread.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.fitting.observed import Months
from simulator.records import BoolArray, FloatArray

OUTLYING_SDS = 6.0
"""Pearson SDs beyond which a practice-month is listed and left out of `v` and `k`: an assumption."""
POOLED_BELOW = 30.0
"""Cases in a unit's year below which its own mean cost is too unsure to measure months against."""
_ROUNDS = 6
"""Most rounds of leaving out what lies far away."""


@dataclass(frozen=True, slots=True)
class OutlyingMonth:
    """A month of a unit's line far from what its year and all units' month make of it."""

    unit: str
    line: str
    month: tuple[int, int]  # year and month
    count: float  # cases; pounds where there are no counts
    expected: float


@dataclass(frozen=True, slots=True)
class MonthLaw:
    """Season, variance and costs by line. nan where months cannot tell."""

    lines: tuple[str, ...]
    season: FloatArray  # shape (line, 12); January first, per day, mean one
    v: FloatArray  # shape (line,); variance of a count over its mean (of pounds where there are no counts)
    v_se: FloatArray  # shape (line,)
    v_by_size: FloatArray  # shape (line, 3); of the smallest third of units, the middle, the largest
    v_by_size_se: FloatArray  # shape (line, 3)
    cv: FloatArray  # shape (line,); coefficient of variation k of one case's cost
    cv_se: FloatArray  # shape (line,)
    cases: FloatArray  # shape (line,); cases seen: under 1,000, `cv` is rough
    spend_only: BoolArray  # shape (line,); whether there are no counts
    outlying: tuple[OutlyingMonth, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """One line's months, of shape (unit, month); nan where nothing is known."""

    counts: FloatArray
    expected: FloatArray
    freedom: FloatArray  # of each cell's squared residual, out of one


def month_law(months: Months) -> MonthLaw:
    """Estimate season, variance-to-mean and CV of a cost by moments, with standard errors.

    Parameters
    ----------
    months : Months
        The history; a line without any count is taken in pounds.

    Returns
    -------
    MonthLaw
        `v` is Pearson's chi-squared over its degrees of freedom, 11 (U - 1) Y when all months are there;
        with one unit, against its own season. `k` is the spread of months' mean costs about the unit's
        year, or about the line's year where a unit has few cases: about the unit's own mean of some five
        cases, a heavy-tailed cost came out 15% too low. SEs come from the scatter of the cells.
    """
    spend_only = np.array([not np.isfinite(one).any() for one in months.counts.swapaxes(0, 1)])
    known = np.where(spend_only[None, :, None], months.spend_gbp, months.counts)
    found = [_of_line(months, known[:, at], at) for at in range(len(months.lines))]
    seasons, spreads, thirds, costs, outlying = zip(*found, strict=True)
    v, v_se = np.array(spreads).T
    by_size = np.array(thirds)
    cv, cv_se = np.array(costs).T
    return MonthLaw(
        months.lines,
        np.array(seasons),
        v,
        v_se,
        by_size[..., 0],
        by_size[..., 1],
        cv,
        cv_se,
        np.nansum(months.counts, axis=(0, 2)),
        spend_only,
        tuple(month for of_line in outlying for month in of_line),
    )


def _of_line(
    months: Months, counts: FloatArray, at_line: int
) -> tuple[
    FloatArray, tuple[float, float], list[tuple[float, float]], tuple[float, float], list[OutlyingMonth]
]:
    """Return one line's season, v, v by size, k and outlying months."""
    season = _season(months, counts)
    years = _financial_years(months)
    kept, outlying = counts, np.zeros(counts.shape, dtype=bool)
    for _ in range(_ROUNDS):
        table = _expected(months, kept)
        v = _robust_spread(table)
        with np.errstate(invalid="ignore"):
            # About a mean under one case, a few cases are no wonder.
            far = np.abs(table.counts - table.expected) > OUTLYING_SDS * np.sqrt(
                v * np.maximum(table.expected, 1.0)
            )
        if not far.any():
            break
        outlying |= far
        kept = np.where(outlying, np.nan, counts)
    listed = [
        OutlyingMonth(
            months.units[unit],
            months.lines[at_line],
            months.months[month],
            float(counts[unit, month]),
            expected,
        )
        for (unit, month), expected in _expected_of(months, kept, outlying)
    ]
    size = np.nansum(table.counts, axis=1)
    thirds = np.array_split(np.argsort(size, kind="stable"), 3)
    by_size = [_spread(table, rows) if len(rows) else (np.nan, np.nan) for rows in thirds]
    cost = _cost_spread(
        np.where(outlying, np.nan, months.counts[:, at_line]), months.spend_gbp[:, at_line], years
    )
    return season, _spread(table, np.arange(len(counts))), by_size, cost, listed


def _financial_years(months: Months) -> FloatArray:
    """Return the place of each month's financial year, shape (month,)."""
    starts = np.array([year - (month < 4) for year, month in months.months])
    return np.asarray(starts - starts.min())


def _days(months: Months) -> FloatArray:
    return np.array([float(calendar.monthrange(year, month)[1]) for year, month in months.months])


def _season(months: Months, counts: FloatArray) -> FloatArray:
    """Return cases per day by calendar month over the mean of the year's, January first, shape (12,)."""
    days, places = _days(months), np.array([month - 1 for _, month in months.months])
    _, of_month = _two_ways(counts, _financial_years(months), places, days)
    per_day = np.array([of_month[places == at][0] if (places == at).any() else np.nan for at in range(12)])
    usual = np.array([calendar.monthrange(2011, at + 1)[1] for at in range(12)])
    seen = np.isfinite(per_day)
    mean = (per_day[seen] * usual[seen]).sum() / usual[seen].sum() if seen.any() else 1.0
    return np.where(seen, per_day / mean, 1.0) if mean > 0 else np.ones(12)


def _expected(months: Months, counts: FloatArray) -> _Table:
    """Return what each unit's year and all units' month make of each month; with one unit, its season."""
    places, whole = _of_all(months, counts)
    present = np.isfinite(counts)
    expected = np.where(present, whole, np.nan)
    usable = present & (expected > 0)
    expected = np.where(usable, expected, np.nan)
    filled = np.nan_to_num(expected)
    in_row = _sums(filled, _financial_years(months))
    in_column = _sums(filled.sum(0)[None], places)
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = (1 - expected / in_row) * (1 - expected / in_column)
    return _Table(np.where(usable, counts, np.nan), expected, freedom)


def _of_all(months: Months, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each month's place among those that share a season, and what is expected of every unit in it."""
    years, days = _financial_years(months), _days(months)
    alone = np.isfinite(counts).any(1).sum() < 2
    places = np.array([month - 1 if alone else at for at, (_, month) in enumerate(months.months)])
    of_unit, of_month = _two_ways(counts, years, places, days)
    return places, of_unit * of_month * days


def _sums(values: FloatArray, places: FloatArray) -> FloatArray:
    """Return, at each column, the sum over columns of the same place."""
    same = (places[:, None] == places[None, :]).astype(float)
    return np.asarray(values @ same)


def _two_ways(
    counts: FloatArray, years: FloatArray, places: FloatArray, days: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Fit counts as a unit's year times a month times its days, by the likelihood of Poisson counts.

    Iterated proportional fitting: exact in one step where nothing is missing. Returns shapes (unit, month)
    and (month,).
    """
    present = np.isfinite(counts).astype(float)
    filled = np.nan_to_num(counts) * present
    of_month = np.ones(len(days))
    row_counts = _sums(filled, years)
    column_counts = _sums(filled.sum(0)[None], places)[0]
    of_unit = np.ones(counts.shape)
    for _ in range(200):
        before = of_month
        exposed = _sums(present * of_month * days, years)
        of_unit = row_counts / np.where(exposed > 0, exposed, np.nan)
        exposed = _sums((np.nan_to_num(of_unit) * present * days).sum(0)[None], places)[0]
        of_month = np.where(exposed > 0, column_counts / np.where(exposed > 0, exposed, 1.0), np.nan)
        of_month = of_month / np.nanmean(of_month) if np.nansum(of_month) > 0 else np.ones(len(days))
        unseen = ~np.isfinite(of_month)
        if np.allclose(np.nan_to_num(of_month), np.nan_to_num(before), rtol=1e-10, atol=0):
            break
        of_month = np.where(unseen, 1.0, of_month)
    exposed = _sums(present * np.nan_to_num(of_month) * days, years)
    return row_counts / np.where(exposed > 0, exposed, np.nan), of_month


def _robust_spread(table: _Table) -> float:
    """Return a variance-to-mean that a few wild months cannot move; one at least."""
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = (table.counts - table.expected) ** 2 / table.expected / table.freedom
    usable = np.isfinite(squares) & (table.freedom > 0)
    # The median of a squared standard normal is 0.4549.
    return max(1.0, float(np.median(squares[usable])) / 0.4549) if usable.any() else 1.0


def _spread(table: _Table, rows: NDArray[np.intp]) -> tuple[float, float]:
    """Return the variance-to-mean of some units, and its standard error."""
    expected, freedom = table.expected[rows], table.freedom[rows]
    squares = (table.counts[rows] - expected) ** 2 / expected
    return _ratio(squares, freedom)


def _ratio(squares: FloatArray, freedom: FloatArray) -> tuple[float, float]:
    """Return the sum of squares over that of their freedom, and its standard error by their scatter."""
    usable = np.isfinite(squares) & np.isfinite(freedom) & (freedom > 1e-9)
    total = freedom[usable].sum()
    if total < 1:
        return np.nan, np.nan
    ratio = float(squares[usable].sum() / total)
    scatter = ((squares[usable] - ratio * freedom[usable]) ** 2).sum()
    return ratio, float(np.sqrt(scatter) / total)


def _cost_spread(counts: FloatArray, spend: FloatArray, years: FloatArray) -> tuple[float, float]:
    """Return the coefficient of variation of a case's cost, and its standard error."""
    known = np.asarray((counts > 0) & np.isfinite(spend) & (spend > 0))
    if not known.any():
        return np.nan, np.nan
    cases, pounds = np.where(known, counts, 0.0), np.where(known, spend, 0.0)
    in_year = _sums(cases, years)
    in_column = np.full(years.size, np.inf)
    units_years = np.isfinite(counts).sum() / 12
    if cases.sum() < POOLED_BELOW * units_years:
        in_year, of_all = _sums(cases.sum(0)[None], years), _sums(pounds.sum(0)[None], years)
        mean = of_all / np.maximum(in_year, 1)
    else:
        mean = _sums(pounds, years) / np.maximum(in_year, 1)
        if known.any(axis=1).sum() > 1:
            # A month in which costs moved for all is no spread.
            at_mean = (cases * mean).sum(0)
            mean = mean * pounds.sum(0) / np.where(at_mean > 0, at_mean, 1.0)
            in_column = cases.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = np.where(known, cases * (pounds / cases / mean - 1) ** 2, np.nan)
        freedom = np.where(known, (1 - cases / in_year) * (1 - cases / in_column), np.nan)
    square, error = _ratio(squares, freedom)
    k = float(np.sqrt(square))
    return k, error / (2 * k) if k > 0 else np.nan


def _expected_of(
    months: Months, kept: FloatArray, outlying: BoolArray
) -> list[tuple[tuple[int, int], float]]:
    """Return each outlying month's place and what the others make of it."""
    if not outlying.any():
        return []
    _, whole = _of_all(months, kept)
    return [((int(u), int(m)), float(whole[u, m])) for u, m in np.argwhere(outlying)]
