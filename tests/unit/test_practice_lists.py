"""Practice lists in the forms in which NHS bodies publish them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario.practice_lists import read_practices
from tests.builders import checked, cluster_of, line_of, scenario_of
from tests.unit.problems import problems_of, problems_of_call

COLUMNS = "practice_code,list_size,m0_64,f0_64,m65_plus,f65_plus\n"
SIZES = "practice_code,list_size\nA1,100\nB2,250\n"
QUINARY = "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS\n"
SINGLE = "EXTRACT_DATE,CCG_CODE,ONS_CCG_CODE,ORG_CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS\n"
# By sex: below 65, and from then on.
PEOPLE = {"A1": {"MALE": (3, 1), "FEMALE": (4, 2)}, "B2": {"MALE": (30, 10), "FEMALE": (40, 20)}}
Write = Callable[[str], Path]


@pytest.fixture
def table(tmp_path: Path) -> Write:
    def write(content: str) -> Path:
        path = tmp_path / "lists.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return write


def _quinary() -> str:
    rows = ["COMM REGION,Y61,X,,ALL,ALL,110", "CCG,06H,E38,,ALL,ALL,110"]
    for code, by_sex in PEOPLE.items():
        rows.append(f"GP,{code},,CB1 1AA,ALL,ALL,{sum(map(sum, by_sex.values()))}")
        for sex, (young, old) in by_sex.items():
            rows += [
                f"GP,{code},,CB1 1AA,{sex},{age},{people}"
                for age, people in (("ALL", young + old), ("0_64", young), ("65+", old))
            ]
    return QUINARY + "".join(f"GP_PRAC_PAT_LIST,01APR2020,{row}\n" for row in rows)


def _single(sex: str) -> str:
    rows = []
    for code, by_sex in PEOPLE.items():
        young, old = by_sex[sex]
        rows += [f"{code},CB1 1AA,{sex},ALL,{young + old}", f"{code},CB1 1AA,{sex},95+,{old}"]
        rows += [f"{code},CB1 1AA,{sex},{age},{young if age == 7 else 0}" for age in range(95)]
    return SINGLE + "".join(f"01APR2020,06H,E38,{row}\n" for row in rows)


def _people(path: Path) -> dict[str, dict[str, float]]:
    read = read_practices(path)
    return {
        one.code: {
            group: people for group, people in zip(read.groups, one.people_by_group, strict=True) if people
        }
        for one in read.practices
    }


def test_rows_of_quinary_bands_without_regions_and_totals(table: Write) -> None:
    assert _people(table(_quinary())) == {
        "A1": {"M 0-64": 3, "F 0-64": 4, "M 65+": 1, "F 65+": 2},
        "B2": {"M 0-64": 30, "F 0-64": 40, "M 65+": 10, "F 65+": 20},
    }


def test_rows_of_single_years_of_both_files_below_each_other(table: Write) -> None:
    assert _people(table(_single("MALE") + _single("FEMALE"))) == {
        "A1": {"M 7": 3, "F 7": 4, "M 95+": 1, "F 95+": 2},
        "B2": {"M 7": 30, "F 7": 40, "M 95+": 10, "F 95+": 20},
    }


def test_columns_of_single_years_as_published_until_2017(table: Write) -> None:
    ages = ["0_1", "1_2", "2_3", "3_4", "4", "5", "6_7", "7+"]
    heads = ",".join(f"{sex}_{age}" for sex in ("MALE", "FEMALE") for age in ages)
    path = table(
        f"GP_PRACTICE_CODE,POSTCODE,TOTAL_ALL,TOTAL_MALE,{heads}\nA1,CB1 1AA,9,8,{'1,' * 8}{'0,' * 7}1\n"
    )
    read = read_practices(path)
    assert read.groups[:4] == ("M 0", "F 0", "M 1", "F 1")
    assert read.groups[-4:] == ("M 6", "F 6", "M 7+", "F 7+")


@pytest.mark.parametrize(
    "text",
    [
        SIZES,
        SIZES.replace("list_size", "Registered People"),
        "PUBLICATION,EXTRACT_DATE,TYPE,CODE,SEX,AGE,NUMBER_OF_PATIENTS\nX,1,GP,A1,ALL,ALL,100\nX,1,GP,B2,ALL,ALL,250\n",
        "org_code,sex,age,number_of_patients\nA1,male,all,40\nA1,female,all,60\nB2,male,all,0\nB2,female,all,250\n",
    ],
)
def test_lists_without_sex_and_age(table: Write, text: str) -> None:
    read = read_practices(table(text))
    assert not read.by_sex_and_age
    assert [(one.code, one.people) for one in read.practices] == [("A1", 100), ("B2", 250)]


def test_lists_that_are_averages_of_a_year(table: Write) -> None:
    assert read_practices(table(SIZES.replace("100", '"12,600.7"'))).practices[0].people == 12600.7


@pytest.mark.parametrize(
    ("text", "got"),
    [
        (COLUMNS + "A1,10,1,2,3,4\nB2,5,1,1,1,2\nTotal,15,2,3,4,6\n", '"Total"'),
        (COLUMNS + "A1,10,1,2,3,4\nB2,5,1,1,1,2\nGRAND TOTAL,15,,,,\n", '"GRAND TOTAL"'),
        (
            COLUMNS + "A1,10,1,2,3,4\nB2,5,1,1,1,2\n,15,2,3,4,6\n",
            "no code with 15 people, the sum of all others",
        ),
        (
            COLUMNS + "06H,15,2,3,4,6\nA1,10,1,2,3,4\nB2,5,1,1,1,2\n",
            "06H with 15 people, the sum of all others",
        ),
        (SIZES + "PCT,350\n", "PCT with 350 people, the sum of all others"),
        (
            "practice_code,list_size\nA,10.1\nB,20.2\nC,30.3\nPCT,60.7\n",
            "PCT with 60.7 people, the sum of all others",
        ),
    ],
)
def test_a_row_of_totals_is_one_problem(table: Write, text: str, got: str) -> None:
    (problem,) = problems_of_call(lambda: read_practices(table(text)))
    assert (problem.need, problem.got) == ("a practice", got)
    assert problem.hint == "leave that row out: it counts people twice"


@pytest.mark.parametrize(
    ("headings", "got"),
    [("m0_9,m5_plus,f0_plus", '"M 0-9 and M 5+"'), ("m0_plus,male 0+,f0_plus", '"M 0+ and M 0+"')],
)
def test_bands_that_count_people_twice(table: Write, headings: str, got: str) -> None:
    (problem,) = problems_of_call(
        lambda: read_practices(table(f"practice_code,list_size,{headings}\nA1,3,1,1,1\n"))
    )
    assert (problem.need, problem.got) == ("age bands that do not overlap", got)


def test_columns_about_age_beside_bands_of_every_age_are_not_read(table: Write) -> None:
    path = table(COLUMNS.strip() + ",over_65_share,type\nA1,10,1,2,3,4,0.7,GP\nB2,5,1,1,1,2,0.6,branch\n")
    assert [one.people for one in read_practices(path).practices] == [10, 5]


def test_two_practices_of_the_same_size_are_no_totals(table: Write) -> None:
    assert len(read_practices(table(COLUMNS + "A1,10,1,2,3,4\nB2,10,1,2,3,4\n")).practices) == 2


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        ("FEMALE", "MALE", "M 0+ of A1 again, and 5 more like it"),
        ("FEMALE", "UNKNOWN", '"UNKNOWN", and 5 more like it'),
        ("A1,,CB1 1AA,MALE,65+,1", "A1,,CB1 1AA,MALE,65+,7", "10 in its rows and 4 in M ALL"),
        ("CB1 1AA,ALL,ALL,100", "CB1 1AA,ALL,ALL,101", "100 in its rows and 101 in ALL ALL"),
        ("01APR2020,GP,A1", "01MAR2020,GP,A1", '"01MAR2020, 01APR2020"'),
        ("GP,", "PCN,", '"ccg, comm region, pcn"'),
        ("65+", "60+", "M 0-64 and M 60+"),
        ("0_64", "01-Sep", '"01-Sep", and 3 more like it'),
        ("AGE_GROUP_5", "WEIGHT", ""),
    ],
)
def test_rows_that_cannot_be_read(table: Write, old: str, new: str, got: str) -> None:
    text = _quinary()
    assert old in text
    found = problems_of_call(lambda: read_practices(table(text.replace(old, new))))
    assert found[0].got.startswith(got)
    # Bands that overlap do so for men and for women.
    assert len(found) == (2 if new == "60+" else 1)


def test_the_file_of_one_sex_is_half_the_people(table: Write) -> None:
    (problem,) = problems_of_call(lambda: read_practices(table(_single("MALE"))))
    assert (problem.got, problem.hint) == (
        "men and boys only",
        "put the rows of the other sex's file below these",
    )


def test_a_row_that_is_missing_is_nobody_only_where_totals_say_so(table: Write) -> None:
    whole = _single("MALE") + _single("FEMALE")
    # Nobody is 9; a boy of A1 is 7.
    without = "".join(line for line in whole.splitlines(keepends=True) if ",MALE,9," not in line)
    assert _people(table(without)) == _people(table(whole))
    with_a_boy_less = whole.replace("01APR2020,06H,E38,A1,CB1 1AA,MALE,7,3\n", "")
    (problem,) = problems_of_call(lambda: read_practices(table(with_a_boy_less)))
    assert problem.got == "1 in its rows and 4 in M ALL"
    without_totals = "".join(
        line for line in with_a_boy_less.splitlines(keepends=True) if ",ALL," not in line
    )
    (problem,) = problems_of_call(lambda: read_practices(table(without_totals)))
    assert (problem.need, problem.got) == ("a row for each sex and age of A1", "none for M 7")


def test_sizes_alone_do_where_every_line_weighs_people(tmp_path: Path) -> None:
    (tmp_path / "lists.csv").write_text(SIZES)
    (tmp_path / "weights.csv").write_text("sex,age_band,need\nF,0-64,1\nM,0-64,1\n")
    population = {"practices_csv": "lists.csv", "need_weights_csv": "weights.csv"}
    clusters = [cluster_of("North", None, practices=["A1"]), cluster_of("South", None, practices=["B2"])]
    given = scenario_of(population=population, clusters=clusters)
    assert checked(given, folder=tmp_path).practices is not None
    lines = [line_of(need_weights="need"), line_of("tests", need_weights="need")]
    (problem,) = problems_of(given | {"service_lines": lines}, folder=tmp_path)
    assert problem.where == "the scenario, population.practices_csv"
    assert problem.got == "list sizes alone; admissions by need, tests by need"
