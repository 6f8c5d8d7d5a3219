"""Years by cluster: exposure, lists by month, need, levels. Worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.fitting.months import month_law
from simulator.fitting.observed import Months
from simulator.history.calendar_months import days_in, later, span
from simulator.history.need_of_units import NeedOfUnits
from simulator.history.options import options_in
from simulator.history.registered_lists import Lists
from simulator.population.groups import Group
from simulator.population.practices import Practice
from simulator.simulation.plan import make_plan
from tests.unit import histories
from tests.unit.histories import PRACTICES, THREE_YEARS, read, rows_of, scenario_in, usual

Month = tuple[int, int]
LISTS = "month,practice,list_size\n" + "".join(
    f"{month},{code},{size}\n"
    for month in ("2010-04", "2013-03")
    for code, size in (("A1", 1000), ("A2", 3000), ("B1", 500), ("B2", 500))
)


def by_days(unit: str, _: str, month: Month) -> float:
    """Return a history without a season, of which each practice has its size."""
    return {"A1": 10, "A2": 30, "B1": 5, "B2": 5, "C1": 7, "A8": 2}[unit] * days_in(month)


def without_winter(unit: str, line: str, month: Month) -> float | None:
    """Return the same without A1's first October to March."""
    return None if unit == "A1" and (2010, 10) <= month <= (2011, 3) else by_days(unit, line, month)


def test_a_whole_history_is_whole(tmp_path: Path) -> None:
    history = read(tmp_path, rows_of(by_days))
    observed = history.observed
    assert (observed.clusters, observed.lines, observed.years) == (
        ("North", "South"),
        ("admissions",),
        (2010, 2011, 2012),
    )
    assert observed.counts[:, 0].tolist() == [[14600, 14640, 14600], [3650, 3660, 3650]]
    np.testing.assert_allclose(observed.spend_gbp, 100 * observed.counts)
    np.testing.assert_allclose(observed.year_share, 1.0)
    assert (observed.weighted_people == 1).all()
    assert history.whole_years == 3
    assert history.notes[0] == "36 months, 2010-04 to 2013-03."


def test_months_that_are_missing_are_exposure_and_not_zero(tmp_path: Path) -> None:
    observed = read(tmp_path, rows_of(without_winter), lists=LISTS).observed
    # A1 is a quarter of North's people, and has 183 days of 365.
    assert observed.year_share[0, 0].tolist() == pytest.approx([0.75 + 0.25 * 183 / 365, 1, 1])
    assert observed.counts[0, 0, 0] == 30 * 365 + 10 * 183
    assert observed.weighted_people[0, 0].tolist() == pytest.approx([4000] * 3)


def test_without_lists_a_practice_counts_by_its_cases(tmp_path: Path) -> None:
    history = read(tmp_path, rows_of(without_winter))
    share = history.observed.year_share[0, 0, 0]
    # Its typical year has 3,654 cases of 14,614: the year with 366 days is one of two and a half.
    typical = 10 * (183 + 366 + 365) / (183 / 365 + 2)
    expected = (typical * 183 / 365 + 10960) / (typical + 10960)
    assert share == pytest.approx(expected, rel=1e-6)
    assert any("6 cells have no row (4.2%): missing, and not 0" in note for note in history.notes)


def test_a_year_of_fewer_than_six_months_is_missing_and_one_of_six_is_not(tmp_path: Path) -> None:
    for last, is_missing in (((2013, 8), True), ((2013, 9), False)):
        months = [*span((2010, 4), last)]
        history = read(tmp_path, rows_of(by_days, months=months))
        assert np.isnan(history.observed.counts[:, 0, 3]).all() == is_missing
        assert np.isnan(history.observed.year_share[:, 0, 3]).all() == is_missing
        assert any("fewer than 6 months, left out: North" in note for note in history.notes) == is_missing
    assert history.observed.year_share[0, 0, 3] == pytest.approx(183 / 365)
    assert "Financial years from April of 2013 are there in part, and count in part." in history.notes


def test_the_last_month_that_is_final_is_the_last(tmp_path: Path) -> None:
    history = read(tmp_path, rows_of(by_days), options_in("2012-12"))
    assert history.months.months[-1] == (2012, 12)
    assert history.observed.year_share[0, 0, 2] == pytest.approx(275 / 365)


def _lists(people: list[list[float]], months: list[Month]) -> Lists:
    known = np.array(people)
    units = tuple(f"A{at + 1}" for at in range(len(people)))
    return Lists(Path("lists.csv"), units, tuple(months), known, known[:, None], ())


def test_lists_lie_on_lines_between_and_are_carried() -> None:
    lists = _lists([[1000, 1300, 1240]], [(2010, 4), (2010, 7), (2011, 1)])
    months = span((2010, 2), (2011, 4))
    people, weighted = lists.by_month(months, np.ones((1, len(months)), dtype=bool))
    expected = [1000, 1000, 1000, 1100, 1200, 1300, 1290, 1280, 1270, 1260, 1250, 1240, 1240, 1240, 1240]
    assert people[0].tolist() == pytest.approx(expected)
    assert (weighted[:, 0] == people).all()


def test_a_practice_in_no_later_list_is_closed() -> None:
    lists = _lists([[1000, 1000, 1000], [500, 500, np.nan]], [(2010, 4), (2010, 7), (2010, 10)])
    months = span((2010, 4), (2010, 12))
    there = np.ones((2, 9), dtype=bool)
    there[1, 5:] = False
    people, _ = lists.by_month(months, there)
    assert people[1].tolist() == [500] * 5 + [0] * 4
    assert people[0].tolist() == [1000] * 9


def test_quarters_start_in_their_first_month(tmp_path: Path) -> None:
    quarters = LISTS.replace("month,", "quarter,").replace("2010-04", "2010-Q2").replace("2013-03", "2013 Q1")
    by_quarter = read(
        tmp_path, rows_of(by_days), lists=quarters.replace("2013 Q1,A1,1000", "2013 Q1,A1,1330")
    )
    by_month = read(
        tmp_path,
        rows_of(by_days),
        lists=LISTS.replace("2013-03", "2013-01").replace("01,A1,1000", "01,A1,1330"),
    )
    np.testing.assert_array_equal(by_quarter.observed.weighted_people, by_month.observed.weighted_people)
    # 33 months from April 2010 to January 2013: ten people a month in A1, and then none.
    assert by_quarter.list_growth_share["North"] == pytest.approx((4330 / 4000) ** (12 / 35) - 1)
    assert by_quarter.list_growth_share["South"] == 0
    assert "Lists grew by 2.2% a year, all units of the history together." in by_quarter.notes


def test_need_is_weighed_as_the_scenario_weighs_it(tmp_path: Path) -> None:
    # Each practice has 300 people of five times the need: 25,000 people have a need of 31,000.
    per_head = (5200 / 4000, 7200 / 6000)
    observed = read(tmp_path, rows_of(by_days), need_weights="old", lists=LISTS).observed
    expected = (1000 * per_head[0] + 3000 * per_head[1]) * 25 / 31
    assert observed.weighted_people[0, 0].tolist() == pytest.approx([expected] * 3)


def test_lists_by_sex_and_age_keep_the_scenarios_scale(tmp_path: Path) -> None:
    need = NeedOfUnits.of(scenario_in(tmp_path, "old"), "practice", ("admissions",))
    groups = [Group(0, False, 64), Group(65, False, 999), Group(0, True, 64), Group(65, True, 999)]
    same = Practice("A1", "A1", (1900, 100, 1800, 200))
    assert need.weighed(Path(), groups, (same,))["A1"][0] == pytest.approx(5200 * 25 / 31)
    # All of them older by as much: the PCT's sum still equals its list, A2's need is a half more.
    pair = (same, Practice("A2", "A2", (2900, 100, 2800, 200)))
    older = (Practice("A1", "A1", (1900, 100, 1800, 200)), Practice("A2", "A2", (2400, 600, 2400, 600)))
    before, after = (need.weighed(Path(), groups, lists) for lists in (pair, older))
    sums = [sum(values[0] for values in one.values()) for one in (before, after)]
    assert sums[0] == pytest.approx(sums[1])
    assert after["A2"][0] / after["A1"][0] == pytest.approx((4800 + 6000) / 5200)


def test_a_break_starts_a_level_of_the_cluster_and_of_the_practice(tmp_path: Path) -> None:
    history = read(tmp_path, rows_of(by_days), options_in(None, ("B2:2011-10",)))
    observed = history.observed
    assert observed.clusters == ("North", "South until 2011-09", "South")
    assert observed.year_share[1, 0].tolist()[:2] == pytest.approx([1, 183 / 366])
    assert observed.year_share[2, 0].tolist()[1:] == pytest.approx([183 / 366, 1])
    assert np.isnan(observed.counts[1, 0, 2])
    assert np.isnan(observed.counts[2, 0, 0])
    assert history.months.units == ("A1", "A2", "B1", "B2 until 2011-09", "B2")
    assert np.nansum(history.months.counts[3:]) == 5 * sum(map(days_in, THREE_YEARS))


def test_practices_of_no_cluster_tell_seasons_alone(tmp_path: Path) -> None:
    history = read(tmp_path, rows_of(by_days, units=("A1", "B1", "C1")))
    assert history.months.units == ("A1", "B1", "C1")
    assert history.observed.counts[:, 0, 0].tolist() == [3650, 1825]
    assert "C1 belongs to no cluster: used for seasons and for how counts and costs scatter." in history.notes
    assert "No rows of A2 and B2, of the scenario's clusters: missing from their years." in history.notes


def test_rows_of_clusters(tmp_path: Path) -> None:
    history = read(tmp_path, rows_of(units=("South", "North"), by="cluster"))
    assert history.by == "cluster"
    assert history.months.units == history.observed.clusters == ("North", "South")
    one = read(tmp_path, rows_of(units=("South",), by="cluster"))
    assert one.observed.clusters == ("South",)
    assert "No history of North." in one.notes


def test_spend_that_is_not_known(tmp_path: Path) -> None:
    whole = rows_of(by_days)
    blank = "\n".join(line.rpartition(",")[0] + "," for line in whole.splitlines())
    volume = read(tmp_path, blank.replace("count,", "count,spend_gbp"))
    assert np.isnan(volume.observed.spend_gbp).all()
    assert "admissions has no spend: only its volume can be fitted." in volume.notes
    # One blank cell of a year: the others' mean cost stands for it.
    some = read(tmp_path, whole.replace("2010-04,A1,admissions,300,30000", "2010-04,A1,admissions,300,"))
    assert some.observed.spend_gbp[0, 0, 0] == pytest.approx(1_460_000)
    assert (
        "admissions has no spend in 1 cell: taken to cost as much a case as the others of the year."
    ) in some.notes
    parts = [line.split(",") for line in whole.splitlines()[1:]]
    alone = "month,practice,line,count,spend_gbp\n" + "".join(
        f"{month},{unit},{line},,{spend}\n" for month, unit, line, _, spend in parts
    )
    spend = read(tmp_path, alone).observed
    assert np.isnan(spend.counts).all()
    np.testing.assert_allclose(spend.spend_gbp[0, 0], [1_460_000, 1_464_000, 1_460_000])
    np.testing.assert_allclose(spend.year_share, 1.0)


@pytest.mark.parametrize(
    ("years", "words"),
    [(1, "One year tells rates, seasons"), (2, "Only 2 whole years"), (3, "36 months, 2010-04 to 2013-03.")],
)
def test_short_histories_say_what_they_cannot_tell(tmp_path: Path, years: int, words: str) -> None:
    history = read(tmp_path, rows_of(months=THREE_YEARS[: 12 * years]))
    assert history.whole_years == years
    assert words in history.notes[0]


def test_rows_of_quarters_are_parts_of_months_and_scatter_as_quarters_do(tmp_path: Path) -> None:
    def of_quarter(unit: str, line: str, month: Month) -> int | None:
        return sum(usual(unit, line, later(month, at)) for at in range(3)) if month[1] % 3 == 1 else None

    rows = rows_of(of_quarter).replace("month,", "quarter,")
    history = read(tmp_path, rows)
    first = sum(usual("A1", "admissions", (2010, month)) for month in (4, 5, 6))
    assert history.months.counts[0, 0, :3] == pytest.approx(first * np.array([30, 31, 30]) / 91)
    by_month = read(tmp_path, rows_of())
    np.testing.assert_allclose(history.observed.counts, by_month.observed.counts)
    assert history.months.months == by_month.months.months
    assert any(note.startswith("Rows are of quarters") for note in history.notes)
    # What a sum of three scatters, by hand: the law of the quarters themselves.
    quarters = Months(
        by_month.months.units,
        by_month.months.lines,
        by_month.months.months[::3],
        *(
            values.reshape(4, 1, 12, 3).sum(axis=3)
            for values in (by_month.months.counts, by_month.months.spend_gbp)
        ),
    )
    assert history.month_law.v == pytest.approx(month_law(quarters).v)
    cut = read(tmp_path, rows, options_in("2013-02"))
    assert len(cut.months.months) == 35
    assert cut.month_law.v == pytest.approx(history.month_law.v, rel=0.2)


def test_rows_and_lists_of_clusters(tmp_path: Path) -> None:
    lists = "month,cluster,list_size\n" + "".join(
        f"{month},North,{size}\n{month},South,500\n" for month, size in (("2010-04", 1000), ("2012-04", 1200))
    )
    history = read(tmp_path, rows_of(units=("North", "South"), by="cluster"), lists=lists, need_weights="old")
    # Both clusters have 10,000 people of a need of 12,400 of the PCT's 31,000 for 25,000: one a head.
    assert history.observed.weighted_people[1, 0].tolist() == pytest.approx([500] * 3)
    assert history.observed.weighted_people[0, 0, 2] == pytest.approx(1200)
    assert history.list_growth_share["South"] == 0


@pytest.mark.parametrize("with_bands", [True, False])
def test_people_are_on_the_scale_of_the_simulator(
    tmp_path: Path, with_bands: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = PRACTICES.replace("B1,8000,3900,100,3800,200", "B1,8000,3500,500,3600,400")
    assert older != PRACTICES
    monkeypatch.setattr(histories, "PRACTICES", older)
    heading, *rows = older.splitlines()
    lists = [f"month,practice,{heading.partition(',')[2]}", *(f"2011-10,{row}" for row in rows)]
    if not with_bands:
        lists = [",".join(line.split(",")[:3]) for line in lists]
    months = [month for month in THREE_YEARS if (2010, 10) <= month <= (2012, 9)]
    history = read(tmp_path, rows_of(months=months), need_weights="old", lists="\n".join(lists))
    simulated = make_plan(scenario_in(tmp_path, "old")).population.need_weighted_people[:, 0]
    assert simulated[1] > 1.1 * simulated[0]
    for year in range(3):
        np.testing.assert_allclose(history.observed.weighted_people[:, 0, year], simulated)
