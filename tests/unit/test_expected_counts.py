"""Financial years and expected cases, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.demand.expected_counts import LineRate, expected_counts, parts_of_years
from simulator.records import FinancialYear

FLAT = (1.0,) * 12
YEAR, PART = FinancialYear(2010), FinancialYear(2010, 7)


def _rate(**changes: object) -> LineRate:
    return LineRate(
        **({"rate_per_1000": 100.0, "rate_year": 2010, "growth_share": 0.0, "season": FLAT} | changes)
    )


@pytest.mark.parametrize(
    ("start", "label"), [(2010, "2010/11"), (1999, "1999/00"), (2008, "2008/09"), (2099, "2099/00")]
)
def test_labels(start: int, label: str) -> None:
    assert FinancialYear(start).label == label


def test_months_from_the_first_of_the_contract_to_march() -> None:
    assert YEAR.months == (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)
    assert PART.months == (7, 8, 9, 10, 11, 12, 1, 2, 3)
    assert FinancialYear(2010, 1).months == (1, 2, 3)
    assert FinancialYear(2010, 3).months == (3,)


@pytest.mark.parametrize(
    ("start", "month", "days"), [(2010, 4, 30), (2010, 2, 28), (2011, 2, 29), (2012, 2, 28), (2010, 12, 31)]
)
def test_january_to_march_are_of_the_next_calendar_year(start: int, month: int, days: int) -> None:
    # February 2012 is in 2011/12, and has a 29th.
    assert FinancialYear(start).days_in(month) == days


def test_a_july_start_has_nine_months_by_their_days() -> None:
    # April to June have 30 + 31 + 30 = 91 days of 365, or of 366 in the year of a leap February.
    assert _rate().part_year_share(PART) == pytest.approx(274 / 365)
    assert _rate().part_year_share(FinancialYear(2011, 7)) == pytest.approx(275 / 366)
    assert _rate().part_year_share(YEAR) == pytest.approx(1)


def test_seasons_are_of_demand_a_day() -> None:
    # January at double: 31 days count as 62, so 62 of 365 + 31 = 396.
    shares = _rate(season=(2.0, *FLAT[1:])).month_shares(YEAR)
    assert shares[9] == pytest.approx(62 / 396)
    assert shares[0] == pytest.approx(30 / 396)
    assert shares.sum() == pytest.approx(1)


def test_a_season_moves_cases_within_the_year_only() -> None:
    winter = _rate(season=(2.0, *FLAT[1:]))
    assert winter.annual_rate_per_person(YEAR) == _rate().annual_rate_per_person(YEAR)
    # April to June have 91 of 396.
    assert winter.part_year_share(PART) == pytest.approx(305 / 396)


def test_growth_counts_from_the_year_of_the_rate() -> None:
    rate = _rate(growth_share=0.1)
    # 0.1 cases a person in 2010/11.
    assert rate.annual_rate_per_person(FinancialYear(2009)) == pytest.approx(0.1 / 1.1)
    assert rate.annual_rate_per_person(YEAR) == pytest.approx(0.1)
    assert rate.annual_rate_per_person(FinancialYear(2012)) == pytest.approx(0.121)


def test_expected_counts_by_year_cluster_and_line() -> None:
    rates = [_rate(), _rate(rate_per_1000=2_000.0, growth_share=0.5)]
    people = np.array([[1_000.0, 500.0], [3_000.0, 3_000.0]])
    years = [FinancialYear(2009), PART, FinancialYear(2011)]
    counts = expected_counts(rates, years, parts_of_years(rates, [years, years]), people)
    # 100 for each 1,000; 2,000 in 2010/11, before 2,000 / 1.5, afterwards 3,000; nine months of 2010/11.
    part = 274 / 365
    expected = [
        [[100, 2_000 / 3], [300, 4_000]],
        [[100 * part, 1_000 * part], [300 * part, 6_000 * part]],
        [[100, 1_500], [300, 9_000]],
    ]
    assert counts == pytest.approx(np.array(expected))
