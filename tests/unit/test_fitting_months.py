"""What months tell, by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.fitting.months import month_law
from simulator.fitting.observed import Months
from simulator.random_streams import RandomStreams

YEAR = tuple((2010 + (at + 3) // 12, (at + 3) % 12 + 1) for at in range(12))
DAYS = np.array([30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31], dtype=float)


def _months(counts: np.ndarray, spend: np.ndarray | None = None) -> Months:
    counts = np.asarray(counts, dtype=float)[:, None]
    spend = np.full(counts.shape, np.nan) if spend is None else np.asarray(spend, dtype=float)[:, None]
    years = counts.shape[2] // 12
    calendar = tuple((year + at, month) for at in range(years) for year, month in YEAR)
    return Months(tuple(f"unit {at}" for at in range(len(counts))), ("line",), calendar, counts, spend)


def test_two_practices_by_hand() -> None:
    """One practice has ten more in April and the other ten fewer, of a hundred a month each."""
    first = np.full(12, 100.0)
    first[0] += 10
    first[1] -= 10
    law = month_law(_months(np.stack([first, 200 - first])))
    # Every month's share is the same, so 100 are expected in each: four squares of 100/100 on 11 degrees.
    assert law.v == pytest.approx(4 / 11)
    per_day = 200 / DAYS
    mean = 2400 / 365
    assert law.season[0, 3] == pytest.approx(per_day[0] / mean)
    assert law.season[0, 0] == pytest.approx(per_day[9] / mean)
    assert law.season[0] @ np.array([*DAYS[9:], *DAYS[:9]]) / 365 == pytest.approx(1)
    assert not law.outlying
    assert law.cases == pytest.approx(2400)


def test_a_month_that_all_have_is_no_spread() -> None:
    flu = np.full(12, 100.0)
    flu[8] = 300
    law = month_law(_months(np.stack([flu, 2 * flu, 3 * flu])))
    assert law.v == pytest.approx(0, abs=1e-12)
    assert law.season[0].argmax() == 11


def test_a_month_that_is_not_there_changes_nothing_where_all_else_fits() -> None:
    months = np.outer([1.0, 2.0, 5.0], 10 * DAYS * np.linspace(1, 2, 12))
    holed = months.copy()
    holed[1, 4] = np.nan
    whole, part = month_law(_months(months)), month_law(_months(holed))
    assert part.season == pytest.approx(whole.season)
    assert part.v == pytest.approx(0, abs=1e-9)


def test_a_wild_month_is_listed_and_left_out() -> None:
    generator = RandomStreams(1).generator("months")
    counts = generator.poisson(100.0, (12, 36)).astype(float)
    clean = month_law(_months(counts))
    counts[3, 7] = 900
    law = month_law(_months(counts))
    [found] = law.outlying
    assert (found.unit, found.line, found.month, found.count) == ("unit 3", "line", (2010, 11), 900.0)
    assert found.expected == pytest.approx(100, abs=15)
    assert law.v == pytest.approx(clean.v, abs=0.05)


def test_costs_by_hand() -> None:
    """Two practices of 1,200 cases a year; one's mean cost is a tenth up in April and down in May."""
    counts = np.full((2, 12), 100.0)
    spend = 100 * counts
    spend[0, 0], spend[0, 1] = 11_000, 9_000
    spend[1, 0], spend[1, 1] = 9_000, 11_000
    law = month_law(_months(counts, spend))
    # Four squares of 100 * 0.1**2 = 1, on 11 degrees of freedom.
    assert law.cv == pytest.approx(math.sqrt(4 / 11))
    assert law.cv_se > 0
    assert not law.spend_only


def test_few_cases_are_measured_against_the_line() -> None:
    """With a case a month, a practice's own mean would hide most of what costs differ by."""
    generator = RandomStreams(2).generator("rare")
    counts = generator.poisson(0.4, (43, 60)).astype(float)
    spend = 1000 * 1.6**2 * generator.gamma(np.maximum(counts, 1e-9) / 1.6**2)
    law = month_law(_months(counts, np.where(counts > 0, spend, np.nan)))
    assert abs(law.cv[0] - 1.6) < 4 * law.cv_se[0]
    assert law.cv_se[0] < 0.2
    assert abs(law.v[0] - 1) < 4 * law.v_se[0]


def test_spread_by_size_and_its_error() -> None:
    generator = RandomStreams(3).generator("sizes")
    mean = np.repeat([20.0, 100.0, 500.0], 20)[:, None] * np.ones(36)
    factor = np.repeat([1.0, 2.0, 5.0], 20)[:, None]
    counts = generator.poisson(mean / factor).astype(float) * factor
    law = month_law(_months(counts))
    assert (np.abs(law.v_by_size[0] - [1, 2, 5]) < 4 * law.v_by_size_se[0]).all()
    # Chi-squared on 20 * 33 degrees: an error of the square root of 2 over that.
    assert law.v_by_size_se[0] == pytest.approx(np.array([1, 2, 5]) * math.sqrt(2 / 660), rel=0.2)


def test_one_unit_is_measured_against_its_own_season() -> None:
    law = month_law(_months(np.tile(np.linspace(100, 200, 12), 3)[None]))
    assert law.v == pytest.approx(0, abs=0.01)  # February had 29 days in one of three years
    one_year = month_law(_months(np.linspace(100, 200, 12)[None]))
    assert np.isnan(one_year.v).all()  # nothing is left to measure by


def test_pounds_where_there_are_no_counts() -> None:
    counts = np.full((2, 12), 100.0)
    counts[0, 0], counts[0, 1], counts[1, 0], counts[1, 1] = 110, 90, 90, 110
    months = _months(counts)
    law = month_law(replace(months, counts=np.full(months.counts.shape, np.nan), spend_gbp=7 * months.counts))
    assert law.spend_only.all()
    assert law.v == pytest.approx(7 * 4 / 11)
    assert np.isnan(law.cv).all()


def test_a_line_of_which_nothing_is_known_and_one_without_cases() -> None:
    """Neither tells anything, and neither is in the way of the other lines."""
    counts = np.full((3, 3, 24), 100.0)
    counts[:, 1], counts[:, 2] = np.nan, 0.0
    calendar = tuple((year + at, month) for at in range(2) for year, month in YEAR)
    months = Months(
        ("a", "b", "c"), ("seen", "unknown", "none"), calendar, counts, np.where(counts > 0, 5.0, np.nan)
    )
    law = month_law(months)
    assert np.isfinite(law.v[0])
    assert np.isnan(law.v[1:]).all()
    assert np.isnan(law.cv[1:]).all()
    assert law.season[1:].tolist() == np.ones((2, 12)).tolist()
    assert law.cases.tolist() == [7200.0, 0.0, 0.0]


def test_a_history_may_begin_in_any_month_and_units_in_any_order() -> None:
    generator = RandomStreams(4).generator("months")
    season = np.linspace(0.5, 1.5, 12)
    whole = generator.poisson(np.outer([50, 100, 200], np.tile(season, 3) * 2)).astype(float)
    months = _months(whole)
    cut = Months(
        months.units, months.lines, months.months[5:], months.counts[..., 5:], months.spend_gbp[..., 5:]
    )
    shuffled = replace(
        months, units=months.units[::-1], counts=months.counts[::-1], spend_gbp=months.spend_gbp[::-1]
    )
    law = month_law(months)
    assert month_law(shuffled).v == pytest.approx(law.v)
    assert month_law(cut).season[0] == pytest.approx(law.season[0], rel=0.1)
    assert month_law(cut).v == pytest.approx(law.v, rel=0.3)
