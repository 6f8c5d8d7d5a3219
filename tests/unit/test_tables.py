"""The CSV tables beside a scenario: what they give, and every way in which they can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import Problem
from simulator.population.practices import Practice, PracticeTable
from simulator.scenario import files
from simulator.scenario.practice_lists import read_practices
from simulator.scenario.weights_and_seasons import read_need_weights, read_seasons
from tests.unit.problems import problems_of_call

PRACTICES = "practice_code,practice,list_size,f0_64,m75_plus\nA1,Abbey,30,10,20\nB2,Bridge,5,5,0\n"
WEIGHTS = "sex,age_band,need,cost\nF,0-64,1,0.5\nM,75+,4,0\n"
SEASONS = "calendar_month,winter\n" + "".join(f"{month},{1 + month / 100}\n" for month in range(1, 13))
GROUPS = ("F 0-64", "M 75+")

Read = Callable[[Path], Any]


def _weights(path: Path) -> Any:
    return read_need_weights(path, PracticeTable(GROUPS, (Practice("A1", "Abbey", (10, 20)),)))


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def _problems(read: Read, path: Path) -> list[Problem]:
    return problems_of_call(lambda: read(path))


def test_practices(table: Callable[[str], Path]) -> None:
    practices = read_practices(table(PRACTICES))
    assert practices.groups == GROUPS
    assert [(one.code, one.name, one.people_by_group) for one in practices.practices] == [
        ("A1", "Abbey", (10, 20)),
        ("B2", "Bridge", (5, 0)),
    ]


def test_blank_lines_quotes_other_columns_and_windows_line_ends(table: Callable[[str | bytes], Path]) -> None:
    text = 'practice_code , practice,area,list_size,f0_4\r\n\r\n A1 ,"Abbey, The",x, 30 , 30\r\n,,,,\r\n'
    (practice,) = read_practices(table(b"\xef\xbb\xbf" + text.encode())).practices
    assert (practice.code, practice.name, practice.people) == ("A1", "Abbey, The", 30)


def test_weights_are_in_the_order_of_the_groups(table: Callable[[str], Path]) -> None:
    practices, weights = _weights(table(WEIGHTS))
    assert (practices.groups, weights) == (GROUPS, {"need": (1, 4), "cost": (0.5, 0)})
    swapped = PracticeTable(GROUPS[::-1], (Practice("A1", "Abbey", (20, 10)),))
    assert read_need_weights(table(WEIGHTS), swapped) == (practices, weights)


def test_seasons_from_january(table: Callable[[str], Path]) -> None:
    lines = SEASONS.splitlines()
    shuffled = "\n".join([lines[0], *lines[:0:-1]])
    seasons = read_seasons(table(shuffled))
    assert seasons["winter"] == pytest.approx([1 + month / 100 for month in range(1, 13)])


@pytest.mark.parametrize(
    ("old", "new", "place", "need"),
    [
        ("practice_code,", "id,", "line 1", "a column practice_code"),
        ("list_size", "size", "line 1", "a column list_size"),
        ("f0_64", "practice", "line 1, practice", "each column once"),
        ("A1,Abbey,30", "A1,Abbey,31", "line 2, list_size", "the sum of the bands of A1"),
        ("B2,", "A1,", "line 3, practice_code", "a code, each once"),
        ("B2,", ",", "line 3, practice_code", "a code, each once"),
        ("B2,Bridge,5,5,0", "B2,Bridge,0,5,-5", "line 3, m75_plus", "a whole number from 0 to 1,000"),
        ("A1,Abbey,30,10,20", "A1,Abbey,20,x,20", "line 2, f0_64", "a whole number from 0 to 1,000"),
        ("A1,Abbey,30,10,20", "A1,Abbey,20,,20", "line 2, f0_64", "a whole number from 0 to 1,000"),
        (
            "A1,Abbey,30,10,20",
            "A1,Abbey,20,0.5,20",
            "line 2, f0_64",
            "a whole number from 0 to 1,000",
        ),
        (
            "A1,Abbey,30,10,20",
            "A1,Abbey,20,nan,20",
            "line 2, f0_64",
            "a whole number from 0 to 1,000",
        ),
        (",5,5,0", ",5,5", "line 3, row", "5 cells as in the header"),
        (",5,5,0", ",5,5,0,7", "line 3, row", "5 cells as in the header"),
        ("f0_64,m75_plus", "under 65,over 75", "line 1", "columns of people by sex and age band"),
    ],
)
def test_wrong_practices(table: Callable[[str], Path], old: str, new: str, place: str, need: str) -> None:
    assert old in PRACTICES
    path = table(PRACTICES.replace(old, new))
    problem = _problems(read_practices, path)[0]
    assert problem.where == f"{path}, {place}"
    assert problem.need.startswith(need)


@pytest.mark.parametrize(
    ("old", "new", "need"),
    [
        ("age_band", "band", "a column age_band"),
        ("M,75+,4,0\n", "", "a row for every sex and age band"),
        ("M,75+", "F,0-64", "each sex and age band once"),
        ("0.5", "-0.5", "a number from 0 to 1,000,000,000"),
        ("0.5", "nan", "a number from 0 to 1,000,000,000"),
        ("0.5", "inf", "a number from 0 to 1,000,000,000"),
        ("0.5", "1e999", "a number from 0 to 1,000,000,000"),
        ("0.5", "50%", "a number from 0 to 1,000,000,000"),
        ("0.5", "0", "some weight above zero"),
    ],
)
def test_wrong_weights(table: Callable[[str], Path], old: str, new: str, need: str) -> None:
    assert _problems(_weights, table(WEIGHTS.replace(old, new)))[0].need.startswith(need)


@pytest.mark.parametrize(
    ("old", "new", "need"),
    [
        ("calendar_month", "month", "a column calendar_month"),
        ("12,1.12\n", "", "each month from 1 to 12 once"),
        ("12,1.12", "11,1.12", "each month from 1 to 12 once"),
        ("12,1.12", "13,1.12", "each month from 1 to 12 once"),
        ("12,1.12", "12,0", "an index above zero"),
        ("12,1.12", "12,-1", "a number from 0 to 1,000,000,000"),
        ("12,1.12", "12,NaN", "a number from 0 to 1,000,000,000"),
        ("12,1.12", "December,1.12", "a whole number from 0 to 1,000"),
    ],
)
def test_wrong_seasons(table: Callable[[str], Path], old: str, new: str, need: str) -> None:
    assert _problems(read_seasons, table(SEASONS.replace(old, new)))[0].need.startswith(need)


@pytest.mark.parametrize("read", [read_practices, _weights, read_seasons])
def test_files_that_cannot_be_read(table: Callable[[str | bytes], Path], tmp_path: Path, read: Read) -> None:
    assert _problems(read, tmp_path / "none.csv")[0].got == "no such file"
    assert _problems(read, tmp_path)[0].got == "a directory"
    assert _problems(read, table(""))[0].got == "an empty file"
    assert _problems(read, table(b"a,b\n1,\xa3\n"))[0].got == "byte 0xa3 on line 2"
    assert _problems(read, table("a\x00b"))[0].where.endswith("line 1")


@pytest.mark.parametrize(
    ("read", "text"), [(read_practices, PRACTICES), (_weights, WEIGHTS), (read_seasons, SEASONS)]
)
def test_a_header_alone(table: Callable[[str], Path], read: Read, text: str) -> None:
    (problem,) = _problems(read, table(text.splitlines()[0]))
    assert problem.need == "a header and at least one row"


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(PRACTICES)
    (problem,) = problems_of_call(lambda: files.read_text(path, "a CSV table", largest_bytes=20))
    assert problem.need == "a CSV table of at most 2e-05 MB"
    assert files.read_text(path, "a CSV table", largest_bytes=len(PRACTICES)) == PRACTICES


def test_every_problem_of_a_file_at_once_but_not_hundreds(table: Callable[[str], Path]) -> None:
    rows = "".join(f"C{number},x,1,1,-1\n" for number in range(30))
    path = table(PRACTICES + rows)
    found = _problems(read_practices, path)
    # Each row has a negative band; the sum is then right.
    assert len(found) == 21
    assert found[-1].got == "10 more problems"
    assert all("m75_plus" in problem.where for problem in found[:-1])
