"""Exports, codes that change, breaks, low ends, outliers, costs and indices. Worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.history.calendar_months import span
from simulator.history.options import options_in
from simulator.history.reporting_lag import Development
from tests.unit.histories import THREE_YEARS, read, rows_of, usual
from tests.unit.problems import problems_of_call

Month = tuple[int, int]
OLD = "old,new,from\nA8,A1,2011-04\n"


def exports(young: dict[tuple[str, Month, Month], int], last: tuple[Month, ...]) -> str:
    """Return exports, each up to its own month, of which all cells but the young ones agree."""
    rows = ["month,practice,line,count,spend_gbp,extract"]
    for extract in last:
        for month in span((2011, 4), extract):
            for unit in ("A1", "A2"):
                count = young.get((unit, month, extract), 50)
                when, exported = (f"{one[0]}-{one[1]:02d}" for one in (month, extract))
                rows.append(f"{when},{unit},admissions,{count},{10 * count},{exported}")
    return "\n".join(rows) + "\n"


MARCH, APRIL = (2013, 3), (2013, 4)
YOUNG = {
    ("A1", MARCH, MARCH): 40,
    ("A2", MARCH, MARCH): 60,
    ("A1", MARCH, APRIL): 44,
    ("A2", MARCH, APRIL): 61,
    ("A2", (2013, 2), APRIL): 51,
}


def test_young_months_are_raised_by_what_earlier_ones_grew(tmp_path: Path) -> None:
    history = read(tmp_path, exports(YOUNG, (MARCH, APRIL)))
    by_age = {one.age: one for one in history.lag}
    # March grew from 100 to 105 when its age was 0, February from 100 to 101 when it was 1.
    assert by_age[1].factor == pytest.approx(1.01)
    assert by_age[0].factor == pytest.approx(1.05 * 1.01)
    assert by_age[2].factor == 1
    # Mack: 40 (1.1 - 1.05)^2 + 60 (61/60 - 1.05)^2 over one degree of freedom, over 100 cases; and 50 twice.
    of_zero = 40 * 0.05**2 + 60 * (61 / 60 - 1.05) ** 2
    of_one = 2 * 50 * 0.01**2
    relative = of_zero / 100 / 1.05**2 + of_one / 100 / 1.01**2
    assert by_age[0].standard_error == pytest.approx(1.05 * 1.01 * relative**0.5)
    assert history.months.counts[:, 0, -3:].tolist() == [
        pytest.approx([50, 44 * 1.01, 50 * 1.05 * 1.01]),
        pytest.approx([51, 61 * 1.01, 50 * 1.05 * 1.01]),
    ]
    np.testing.assert_allclose(history.months.spend_gbp, 10 * history.months.counts)
    assert any(
        note.startswith("Young months still grow") and "admissions of 2013-04 by 6.0%" in note
        for note in history.notes
    )


def test_months_that_would_grow_by_a_tenth_are_left_out(tmp_path: Path) -> None:
    history = read(tmp_path, exports(YOUNG | {("A1", MARCH, APRIL): 60}, (MARCH, APRIL)))
    assert history.months.months[-1] == MARCH
    assert any("left out: admissions of 2013-04 (it grows by 22%)" in note for note in history.notes)
    assert history.months.counts[0, 0, -1] == pytest.approx(60 * 1.01)


def test_a_last_month_that_is_final_needs_no_factors(tmp_path: Path) -> None:
    history = read(tmp_path, exports(YOUNG, (MARCH, APRIL)), options_in("2013-03"))
    assert history.lag == ()
    assert history.months.counts[:, 0, -1].tolist() == [44, 61]


def test_factors_of_exports_a_quarter_apart(tmp_path: Path) -> None:
    december = (2012, 12)
    young = {("A1", december, december): 48, ("A2", december, december): 48}
    history = read(tmp_path, exports(young, (december, MARCH)))
    by_age = {one.age: one for one in history.lag}
    assert by_age[0].factor == pytest.approx(100 / 96)
    assert {by_age[age].factor for age in range(1, 12)} == {1}
    assert history.months.counts[0, 0, -1] == pytest.approx(50 * 100 / 96)


def test_an_export_before_its_month(tmp_path: Path) -> None:
    early = exports(YOUNG, (MARCH,)).replace(
        "2011-04,A1,admissions,50,500,2013-03", "2013-04,A1,admissions,1,1,2013-03"
    )
    (problem,) = problems_of_call(lambda: read(tmp_path, early))
    assert problem.got == "2013-04 in an extract of 2013-03"


@pytest.mark.parametrize(
    ("factor", "usable"), [(1.0999, True), (1.1, False), (0.92, True), (0.9, False), (float("nan"), False)]
)
def test_how_much_growth_is_made_good(factor: float, usable: bool) -> None:
    assert Development("admissions", 0, factor, 0.01).usable == usable


def _lower_end(unit: str, line: str, month: Month) -> int:
    return int(usual(unit, line, month) * (0.6 if month >= (2013, 1) else 1))


def test_a_low_end_is_warned_of_unless_it_is_known(tmp_path: Path) -> None:
    (found,) = read(tmp_path, rows_of(_lower_end)).low_ends
    assert found.line == "admissions"
    assert found.share == pytest.approx(0.6, abs=0.06)
    assert found.share < found.low_share < 1
    assert read(tmp_path, rows_of()).low_ends == ()
    assert read(tmp_path, rows_of(_lower_end), options_in("2013-03")).low_ends == ()


def _with_old_code(unit: str, line: str, month: Month) -> int | None:
    if unit == "A8" and month >= (2011, 4):
        return None
    return usual(unit, line, month)


def test_an_old_code_joins_the_new_one_for_the_whole_history(tmp_path: Path) -> None:
    rows = rows_of(_with_old_code, units=("A1", "A2", "A8"))
    history = read(tmp_path, rows, recodes=OLD)
    assert history.months.units == ("A1", "A2")
    expected = [
        usual("A1", "admissions", one) + (_with_old_code("A8", "admissions", one) or 0) for one in THREE_YEARS
    ]
    assert history.months.counts[0, 0].tolist() == expected
    # By way of a third code it is the same.
    chain = read(tmp_path, rows, recodes="old,new,from\nA7,A1,2011-04\nA8,A7,2010-04\n")
    np.testing.assert_array_equal(chain.months.counts, history.months.counts)
    (problem,) = problems_of_call(lambda: read(tmp_path, rows))
    assert problem.got == '"A8", and 11 more rows of it'


def test_a_gap_of_one_code_is_a_gap_of_both(tmp_path: Path) -> None:
    rows = rows_of(_with_old_code, units=("A1", "A2", "A8"))
    gap = "".join(f"{row}\n" for row in rows.splitlines() if not row.startswith("2010-06,A8"))
    counts = read(tmp_path, gap, recodes=OLD).months.counts[0, 0]
    assert np.flatnonzero(np.isnan(counts)).tolist() == [2]


def test_lists_of_an_old_code_join_too(tmp_path: Path) -> None:
    rows = rows_of(_with_old_code, units=("A1", "A2", "A8"))
    lists = "month,practice,list_size\n2010-04,A1,1000\n2010-04,A8,200\n2010-04,A2,500\n"
    lists += "2012-04,A1,1200\n2012-04,A2,500\n2012-04,Z9,1\n"
    history = read(tmp_path, rows, recodes=OLD, lists=lists)
    assert history.observed.weighted_people[0, 0].tolist() == pytest.approx([1700] * 3)
    assert "Lists of Z9, unknown to the scenario, are left out." in history.notes


def test_a_practice_that_ends_is_told(tmp_path: Path) -> None:
    def ended(unit: str, line: str, month: Month) -> int | None:
        return None if unit == "B2" and month >= (2012, 7) else usual(unit, line, month)

    history = read(tmp_path, rows_of(ended))
    assert any(
        note.startswith("B2 has no rows after 2012-06: closed, or missing; recodes.csv")
        for note in history.notes
    )


def _moved(unit: str, line: str, month: Month) -> int:
    return 10 * usual(unit, line, month) * (2 if unit == "B2" and month >= (2011, 9) else 1)


def test_a_break_is_found_with_its_month_and_goes_with_a_new_level(tmp_path: Path) -> None:
    (found,) = (one for one in read(tmp_path, rows_of(_moved)).breaks if abs(one.change) > 0.2)
    assert (found.unit, found.line, found.month) == ("B2", "admissions", (2011, 9))
    assert found.change == pytest.approx(0.8, abs=0.1)
    assert read(tmp_path, rows_of(_moved), options_in(None, ("B2:2011-09",))).breaks == ()
    assert read(tmp_path, rows_of()).breaks == ()


def test_an_outlier_is_listed_and_stays_in_totals(tmp_path: Path) -> None:
    wild = rows_of().replace("2011-06,A1,admissions,", "2011-06,A1,admissions,9")
    history = read(tmp_path, wild)
    assert ("A1", (2011, 6)) in {(one.unit, one.month) for one in history.month_law.outlying}
    assert history.month_law.v[0] < 1
    usual_cases = read(tmp_path, rows_of()).observed.counts[0, 0, 1]
    assert history.observed.counts[0, 0, 1] == usual_cases + 900
    assert any(
        "beyond 6 SDs of chance" in note and "A1, admissions, 2011-06" in note for note in history.notes
    )


def test_costs_of_cases(tmp_path: Path) -> None:
    costs = "line,cost_gbp,year\nadmissions,£20.50,2010\nadmissions,3,2011\n"
    history = read(tmp_path, rows_of(), costs=costs)
    assert {line: found.tolist() for line, found in history.costs_gbp.items()} == {"admissions": [3, 20.5]}
    (problem,) = problems_of_call(lambda: read(tmp_path, rows_of(), costs=costs.replace("admissions", "x")))
    assert problem.got == '"x", and 1 more rows of it'


def test_price_indices(tmp_path: Path) -> None:
    rows = rows_of(lines=("admissions", "prescribing"))
    by_year = read(
        tmp_path, rows, price_index="year,index\n2010,1\n2011,1.02\n2012,1.03\n2013,1\n"
    ).price_index
    assert by_year is not None
    assert by_year.tolist() == [[1, 1.02, 1.03]] * 2
    own = "month,line,index\n" + "".join(
        f"{year}-{month:02d},{line},{1 + (line != '') * (month / 100)}\n"
        for year, month in THREE_YEARS
        for line in ("", "prescribing")
    )
    by_month = read(tmp_path, rows, price_index=own).price_index
    assert by_month is not None
    assert by_month[0].tolist() == [1, 1, 1]
    assert by_month[1].tolist() == pytest.approx([1.065] * 3)
    (problem,) = problems_of_call(lambda: read(tmp_path, rows, price_index="year,index\n2010,1\n2012,1\n"))
    assert problem.got == "none for admissions in 2011, prescribing in 2011"


def test_a_table_in_other_clothes(tmp_path: Path) -> None:
    plain = rows_of()
    clothed = "\ufeff# Exported by hand, see notes\n# again\n\n" + plain.replace(",", ";").replace(
        "month;practice;line;count;spend_gbp", "Month;Practice Code;Service Line;Count;Spend GBP"
    ).replace("4600", "£4.600,00")
    np.testing.assert_array_equal(
        read(tmp_path, clothed).observed.spend_gbp, read(tmp_path, plain).observed.spend_gbp
    )
