"""What a history is refused for: each fault once, all at once, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.history import HistoryFiles, read_history
from simulator.history.options import options_in
from tests.builders import checked, scenario_of
from tests.unit.histories import read, rows_of
from tests.unit.problems import problems_of_call

GOOD = rows_of()
FIRST = "2010-04,A1,admissions,46,4600"
CODES = ("A1", "A2", "B1", "B2")
LISTS = "month,practice,list_size\n" + "".join(
    f"{month},{code},1000\n" for month in ("2010-04", "2011-04", "2012-04") for code in CODES
)


def test_the_first_row_is_what_the_cases_below_change() -> None:
    assert GOOD.splitlines()[1] == FIRST


@pytest.mark.parametrize(
    ("row", "column", "need", "got", "hint"),
    [
        ("Apr-10,A1,admissions,46,4600", "month", "a month as YYYY-MM", '"Apr-10"', "Excel"),
        ("2010-13,A1,admissions,46,4600", "month", "a month as YYYY-MM", '"2010-13"', "YYYY-MM"),
        ("2010-04,A1,admissions,-3,4600", "count", "a whole number from 0", '"-3"', ""),
        ("2010-04,A1,admissions,4.5,4600", "count", "a whole number from 0", '"4.5"', ""),
        ("2010-04,A1,admissions,*,4600", "count", "a number of cases", '"*"', "export by quarter"),
        ("2010-04,A1,admissions,<5,4600", "count", "a number of cases", '"<5"', "export by quarter"),
        ("2010-04,A1,admissions,,4600", "count", "a number of cases", "nothing", "leave the row out"),
        ("2010-04,A1,admissions,46,*", "spend_gbp", "a sum in pounds", '"*"', "export by quarter"),
        ("2010-04,A1,admissions,46,-1", "spend_gbp", "a number from 0", '"-1"', ""),
        ("2010-04,AA1,admissions,46,4600", "practice", "one of A1", '"AA1"', "did you mean"),
        ("2010-04,ZZZ,admissions,46,4600", "practice", "one of A1", '"ZZZ"', "recodes.csv"),
        ("2010-04,Total,admissions,46,4600", "practice", "a practice", '"Total"', "adds up"),
        ("2010-04,,admissions,46,4600", "practice", "a practice", "nothing", ""),
        (
            "2010-04,A1,admission,46,4600",
            "line",
            "one of admissions",
            '"admission"',
            'did you mean "admissions"',
        ),
        ("2010-04,A1,All,46,4600", "line", "a service line", '"All"', "totals"),
    ],
)
def test_a_row_that_cannot_be_used(
    tmp_path: Path, row: str, column: str, need: str, got: str, hint: str
) -> None:
    (problem,) = problems_of_call(lambda: read(tmp_path, GOOD.replace(FIRST, row)))
    assert problem.where == f"{tmp_path}/history.csv, line 2, {column}"
    assert problem.need.startswith(need)
    assert problem.got.startswith(got)
    assert hint in problem.hint


def test_a_duplicate_is_told_with_both_lines(tmp_path: Path) -> None:
    (problem,) = problems_of_call(lambda: read(tmp_path, f"{GOOD}{FIRST}\n"))
    assert problem.got == "2010-04, A1, admissions on lines 2 and 146"
    assert problem.need == "each month, practice and line once"


def test_a_month_pasted_again_is_one_fault_of_each_practice(tmp_path: Path) -> None:
    again = "".join(f"{line}\n" for line in GOOD.splitlines() if ",A2," in line)
    (problem,) = problems_of_call(lambda: read(tmp_path, GOOD + again))
    assert problem.got == "2010-04, A2, admissions on lines 3 and 146, and 35 more like it"


def test_an_unknown_practice_is_one_fault_however_many_rows_it_has(tmp_path: Path) -> None:
    (problem,) = problems_of_call(lambda: read(tmp_path, GOOD.replace(",B2,", ",D81001,")))
    assert problem.got == '"D81001", and 35 more rows of it'


def test_a_history_of_other_practices_says_whose_it_must_be(tmp_path: Path) -> None:
    others = rows_of(units=("X1", "X2", "X3", "X4", "X5", "X6"))
    (problem,) = problems_of_call(lambda: read(tmp_path, others))
    assert problem.got == "6 of 6 are none, such as X1, X2, X3"
    assert "practices of its clusters" in problem.hint


def test_faults_of_every_file_are_told_together(tmp_path: Path) -> None:
    bad = GOOD.replace(FIRST, "01/04/2010,A1,admissions,46,4600").replace(
        "2010-05,A1,admissions,42,4200", "2010-05,A1,admissions,-42,4200"
    )
    bad += "2010-06,A2,admissions,1,1\n"
    with_gap = "".join(f"{line}\n" for line in LISTS.splitlines() if ",B2," not in line)
    tables = {
        "lists": with_gap,
        "costs": "line,cost_gbp\nadmissions,-5\n",
        "recodes": "old,new,from\nA8,A1,2011-04\nA8,A2,2011-04\n",
        "price_index": "year,index\n2010,1.0\n2011,0\n",
    }
    problems = problems_of_call(lambda: read(tmp_path, bad, **tables))
    told = {
        (one.where.removeprefix(f"{tmp_path}/"), one.need.partition(",")[0].partition(":")[0])
        for one in problems
    }
    assert told == {
        ("history.csv, line 2, month", "a month as YYYY-MM"),
        ("history.csv, line 6, count", "a whole number from 0 to 1"),
        ("history.csv, line 146, practice", "each month"),
        ("lists.csv", "a list of B2"),
        ("costs.csv, line 2, cost_gbp", "a number from 0 to 1"),
        (
            "recodes.csv, line 3, new",
            "one new code for each old one",
        ),
        ("price_index.csv, line 3, index", "an index above zero"),
    }


def test_a_row_far_from_any_list(tmp_path: Path) -> None:
    lists = "month,practice,list_size\n" + "".join(f"2010-04,{code},1000\n" for code in CODES)
    problems = problems_of_call(lambda: read(tmp_path, GOOD, lists=lists))
    assert [one.got for one in problems] == ["none for 2011-05 to 2013-03"] * 4
    assert problems[0].need == "a list of A1 within 12 months of each month of its history"


@pytest.mark.parametrize(
    ("lists", "need", "got"),
    [
        ("month,cluster,list_size\n2010-04,North,5\n", "a column practice, as the history has", "cluster"),
        ("practice,list_size\nA1,5\n", "a column month or quarter", "practice"),
        ("quarter,practice,list_size\n2010/11 Q1,A1,5\n", "a quarter of a calendar year", "2010/11 Q1"),
        ("quarter,practice,list_size\n2010-05,A1,5\n", "a quarter of a calendar year", "2010-05"),
        (
            "month,practice,list_size\n2010-04,A1,5\n2010-04,A1,6\n",
            "each month and practice once",
            "lines 2 and 3",
        ),
        ("month,practice\n2010-04,A1\n", "a column list_size, or columns of people", "neither"),
        ("month,practice,list_size,m0_64\n2010-04,A1,5,4\n", "the sum of the bands of A1", "bands of 4"),
        (
            "month,practice,m0_40,f0_40\n2010-04,A1,5,4\n",
            "the age bands of the scenario's lists",
            "others: M 65+",
        ),
    ],
)
def test_lists_that_cannot_be_used(tmp_path: Path, lists: str, need: str, got: str) -> None:
    problem = problems_of_call(lambda: read(tmp_path, GOOD, lists=lists))[0]
    assert problem.need.startswith(need)
    assert got in problem.got


@pytest.mark.parametrize(
    ("recodes", "got"),
    [
        ("old,new,from\nA8,A1,2011-04\nA8,A1,2011-04\n", "A8 on lines 2 and 3"),
        ("old,new,from\nA8,A9,2011-04\nA9,A8,2011-04\n", "A8 becomes A9 becomes A8"),
        ("old,new,from\nA8,A8,2011-04\n", '"A8" that becomes "A8"'),
        ("old,new,from\nA8,A1,April 2011\n", '"April 2011"'),
    ],
)
def test_recodes_that_cannot_be_used(tmp_path: Path, recodes: str, got: str) -> None:
    (problem,) = problems_of_call(lambda: read(tmp_path, GOOD, recodes=recodes))
    assert problem.got == got


def test_less_than_a_year_and_breaks_of_nobody(tmp_path: Path) -> None:
    (short,) = problems_of_call(lambda: read(tmp_path, "\n".join(GOOD.splitlines()[:30])))
    assert (short.need, short.got) == ("at least 12 months", "8, from 2010-04 on")
    options = options_in(None, ("A9:2011-07", "A1:2010-04"))
    unknown, early = problems_of_call(lambda: read(tmp_path, GOOD, options))
    assert unknown.need == "one of A1, A2, B1, B2, North, South"
    assert early.need == "a month after 2010-04 and up to 2013-03"
    final, no_break = problems_of_call(lambda: options_in("2012", ("A1",)))
    assert (final.where, no_break.where) == ("--final-to", "--break")
    (none,) = problems_of_call(lambda: read(tmp_path, GOOD, options_in("2009-01")))
    assert none.got == "none up to the last month that is final"


def test_practices_of_a_scenario_that_lists_none(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text(GOOD)
    files = HistoryFiles(tmp_path / "history.csv")
    (problem,) = problems_of_call(lambda: read_history(files, checked(scenario_of())))
    assert problem.need == "clusters, as no cluster of the scenario lists practices"
    assert problem.got == "4 practices"
    assert "give a column cluster" in problem.hint


@pytest.mark.parametrize(
    ("heading", "need"),
    [
        ("month,surgery,line,count,spend_gbp", "a column practice or cluster"),
        ("when,practice,line,count,spend_gbp", "a column month or quarter"),
        ("month,practice,line,cases,spend_gbp", "a column count"),
    ],
)
def test_columns_that_are_not_there(tmp_path: Path, heading: str, need: str) -> None:
    text = GOOD.replace("month,practice,line,count,spend_gbp", heading)
    (problem,) = problems_of_call(lambda: read(tmp_path, text))
    assert problem.where == f"{tmp_path}/history.csv, line 1"
    assert problem.need == need


def test_practices_in_no_cluster_alone_are_no_history(tmp_path: Path) -> None:
    (problem,) = problems_of_call(lambda: read(tmp_path, rows_of(units=("C1",))))
    assert problem.need == "rows of some cluster of the scenario"
