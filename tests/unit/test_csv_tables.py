"""CSV tables as people have them, and the one problem for each fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import Problem
from simulator.population.practices import PracticeTable
from simulator.scenario.practice_lists import read_practices
from simulator.scenario.weights_and_seasons import read_need_weights, read_seasons
from tests.unit.problems import problems_of_call

LISTS = "practice_code,practice,list_size,f0_64,m65_plus\nA1,Abbey,1230,1000,230\nB2,Bridge,5,5,0\n"
Write = Callable[[str | bytes], Path]


@pytest.fixture
def table(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "lists.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def _only(path: Path) -> Problem:
    (problem,) = problems_of_call(lambda: read_practices(path))
    return problem


@pytest.mark.parametrize(
    "text",
    [
        LISTS.replace("\n", "\r\n"),
        "\ufeff" + LISTS,
        LISTS.replace(",", ";"),
        "sep=;\n" + LISTS.replace(",", ";"),
        LISTS.replace(",", "\t"),
        LISTS.replace("\n", ",,\n") + ",,,,,,\n,,,,,,\n",
        "\n,,,\n" + LISTS,
        "# Lists of 2010, by hand\n\n# again\n" + LISTS,
        '"# Lists of 2010, by hand",,,,\n' + LISTS,
        "#," + LISTS.replace("\n", "\n1,", 2),
        LISTS.replace("practice_code,practice,list_size", " Practice Code ,PRACTICE NAME,List-Size"),
        LISTS.replace("f0_64,m65_plus", "Female 0-64,Males 65 and over"),
        LISTS.replace("f0_64,m65_plus", "0 to 64 F,65+ M"),
        LISTS.replace("1230,1000,230", '"1,230","1,000.0", 230.0 '),
        LISTS + LISTS.partition("\n")[0] + "\n",
        LISTS.replace("Abbey", '"Abbey"'),
        "\n".join(f"{at or ''},{line}" for at, line in enumerate(LISTS.splitlines())),
    ],
)
def test_the_same_table_in_other_clothes(table: Write, text: str) -> None:
    assert read_practices(table(text)) == read_practices(table(LISTS))


@pytest.mark.parametrize(
    ("content", "need", "got", "hint"),
    [
        (
            b"PK\x03\x04...xl/workbook.xml",
            "a CSV table",
            "an Excel workbook",
            "save the sheet as CSV (in Excel: CSV UTF-8)",
        ),
        (b"PK\x03\x04...lists.csv", "a CSV table", "a zip file", "take the CSV file out of it"),
        (
            b"\xd0\xcf\x11\xe0",
            "a CSV table",
            "an Excel workbook",
            "save the sheet as CSV (in Excel: CSV UTF-8)",
        ),
        (
            LISTS.encode("utf-16")[:-1],
            "a CSV table",
            "text in UTF-16",
            "save it as UTF-8 (in Excel: CSV UTF-8)",
        ),
        (
            LISTS.encode("utf-16-le"),
            "text in UTF-8",
            "a zero byte, as in UTF-16",
            "save it as UTF-8 (in Excel: CSV UTF-8)",
        ),
        (b",,,\n,,,\n", "a CSV table", "blank rows only", ""),
        (b"<!DOCTYPE html>", "a CSV table", "a web page", "save the file that the page links to"),
        (
            ("Our lists,,,,\n\n" + LISTS).encode(),
            "the headings of the table",
            '"Our lists"',
            "delete what stands above the headings on line 3",
        ),
    ],
)
def test_what_is_no_table(table: Write, content: bytes, need: str, got: str, hint: str) -> None:
    problem = _only(table(content))
    assert (problem.need, problem.got, problem.hint) == (need, got, hint)


@pytest.mark.parametrize(
    ("text", "where", "got"),
    [
        # In each a single fault of the whole table.
        (
            LISTS.replace("1230,1000", "1,230,1,000") + "C3,Castle,1,000,1,000,0\n",
            "line 2, row",
            "7, and 1 more like it",
        ),
        (
            LISTS.replace(",", ";").replace("1230;1000", "1,230;1,000"),
            "line 2, list_size",
            '"1,230", and 1 more like it',
        ),
        (
            LISTS.replace("1230", "x").replace(",5,5", ",y,5") + "C3,C,z,1,1\n",
            "line 2, list_size",
            '"x", and 2 more like it',
        ),
        (
            LISTS.replace("1230", "£1230").replace(",5,5", ",£5,5"),
            "line 2, list_size",
            '"£1230", and 1 more like it',
        ),
        (LISTS.replace("f0_64,m65_plus", "f0_64,"), "line 1, column 5", 'nothing above "230" on line 2'),
        (LISTS.replace("f0_64", "f 01-May"), "line 1", '"f 01-May"'),
    ],
)
def test_one_problem_for_one_fault(table: Write, text: str, where: str, got: str) -> None:
    path = table(text)
    problem = _only(path)
    assert (problem.where, problem.got) == (f"{path}, {where}", got)


def test_faults_of_single_rows_are_told_one_by_one(table: Write) -> None:
    text = LISTS.replace("1230", "1231").replace(",5,5", ",x,5") + "C3,Castle,1,1,0\n"
    found = problems_of_call(lambda: read_practices(table(text)))
    assert [problem.got for problem in found] == ["bands of 1,230 and a list of 1,231", '"x"']


def test_money_is_a_weight_and_no_number_of_people(table: Write) -> None:
    path = table("Sex;Age Band;need\nFemale;0 to 64;£1\nMales;65 and over;2,5\n")
    lists = PracticeTable(("F 0-64", "M 65+"), ())
    assert read_need_weights(path, lists)[1] == {"need": (1.0, 2.5)}


def test_seasons_of_a_month_that_cannot_be_read_are_one_problem(table: Write) -> None:
    path = table("Calendar Month;winter\n" + "".join(f"{month};1,5\n" for month in range(1, 13)))
    assert read_seasons(path)["winter"] == (1.5,) * 12
    path.write_text(path.read_text().replace("\n1;", "\nJan;"))
    (problem,) = problems_of_call(lambda: read_seasons(path))
    assert problem.got == '"Jan"'


@pytest.mark.parametrize(
    ("weights", "problems"),
    [
        (
            "F,0-64,1\nM,May-14,2\n",
            [('"May-14"', "Excel has made a date of an age band: write it as 5 to 14")],
        ),
        ("F,0-64,1\nF,60+,2\n", [("F 0-64 and F 60+", "")]),
        ("all,0-64,1\nM,65+,2\n", [('"all"', "")]),
        ("F,0-40,1\nF,41-64,1\nM,65+,2\n", [("F 0-64 of the lists is not within F 0-40 or F 41-64", "")]),
        ("F,0-64,1\n", [("none for M 65+", "")]),
    ],
)
def test_bands_that_cannot_be_weighed(table: Write, weights: str, problems: list[tuple[str, str]]) -> None:
    path = table("sex,age_band,need\n" + weights)
    lists = PracticeTable(("F 0-64", "M 65+"), ())
    found = problems_of_call(lambda: read_need_weights(path, lists))
    assert [(problem.got, problem.hint) for problem in found] == problems
