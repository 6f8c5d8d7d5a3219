"""Practice lists as spreadsheets and NHS bodies write them: one meaning, or a refusal in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.scenario.files import read_practices
from simulator.scenario.scenario import load_scenario
from simulator.simulation.plan import make_plan
from tests.builders import checked, cluster_of, line_of, scenario_of

PLAIN = """practice_code,practice,list_size,m0_4,f0_4
A,Abbey,1248,648,600
B,Bridge,3000,1500,1500
C,Castle,900,400,500
"""
FORMS = {
    "as it is": PLAIN,
    "BOM and CRLF": "\ufeff" + PLAIN.replace("\n", "\r\n"),
    "semicolons": PLAIN.replace(",", ";"),
    "thousands": PLAIN.replace("1248", '"1,248"').replace("3000", '"3,000"'),
    "pounds and points": PLAIN.replace("1248", "1248.0").replace("3000", "£3000"),
    "blank rows and columns": PLAIN.replace("\n", ",,\n") + ",,,,,,\n\n",
    "headings": PLAIN.replace("practice_code,practice,list_size", " Practice Code ,PRACTICE,List size"),
}


def read(folder: Path, text: str | bytes) -> list[tuple[str, tuple[int, ...]]]:
    path = folder / "practices.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [(one.code, one.people_by_group) for one in read_practices(path).practices]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_says_the_same(form: str, tmp_path: Path) -> None:
    assert read(tmp_path, FORMS[form]) == [("A", (648, 600)), ("B", (1500, 1500)), ("C", (400, 500))]


@pytest.mark.parametrize(
    ("text", "got", "hint"),
    [
        (b"PK\x03\x04 and more", "an Excel workbook", "save the sheet as CSV UTF-8"),
        (PLAIN.encode("utf-16"), "text in UTF-16", "save the sheet as CSV UTF-8"),
    ],
)
def test_what_is_no_csv_is_named(text: bytes, got: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    (problem,) = refused.value.problems
    assert (problem.got, problem.hint) == (got, hint)


@pytest.mark.parametrize(
    ("text", "where", "got"),
    [
        # With semicolons a comma may be the decimal sign.
        (PLAIN.replace(",", ";").replace("1248", "1,248"), "list_size", '"1,248"'),
        (PLAIN.replace("1248", "1248.5"), "list_size", '"1248.5"'),
        (PLAIN + "T,Total,5148,2548,2600\n", "list_size", '"Total, as large as all others together"'),
    ],
)
def test_what_is_not_certain_is_one_problem(text: str, where: str, got: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    problem = refused.value.problems[0]
    assert problem.where.endswith(where)
    assert problem.got == got


def lists(folder: Path, text: str, **line: str) -> np.ndarray:
    (folder / "practices.csv").write_text(text, encoding="utf-8")
    clusters = [cluster_of("North", None, practices=["A"]), cluster_of("South", None, practices=["B", "C"])]
    mapping = scenario_of(
        population={"practices_csv": "practices.csv"}, service_lines=[line_of(**line)], clusters=clusters
    )
    return make_plan(checked(mapping, folder=folder)).population.need_weighted_people[:, 0]


def test_lists_without_age_and_sex_are_enough_for_lines_that_weigh_by_people(tmp_path: Path) -> None:
    text = "practice_code,practice,list_size\nA,Abbey,1248\nB,Bridge,3000\nC,Castle,900\n"
    assert lists(tmp_path, text) == pytest.approx([1248, 3900])
    with pytest.raises(InputError, match="carr_hill"):
        lists(tmp_path, text, need_weights="carr_hill")


def test_lists_may_give_weighted_people_by_service(tmp_path: Path) -> None:
    text = (
        "practice_code,practice,list_size,weighted_acute\n"
        "A,Abbey,1000,1500\nB,Bridge,3000,2000\nC,Castle,1000,500.5\n"
    )
    scale = 5000 / 4000.5
    assert lists(tmp_path, text, need_weights="weighted_acute") == pytest.approx(
        [1500 * scale, 2500.5 * scale]
    )
    assert lists(tmp_path, text) == pytest.approx([1000, 4000])


def test_weights_by_age_need_lists_by_age(tmp_path: Path) -> None:
    (tmp_path / "weights.csv").write_text("sex,age_band,carr_hill\nM,0-4,1\n", encoding="utf-8")
    (tmp_path / "practices.csv").write_text(
        "practice_code,practice,list_size\nA,Abbey,1248\nB,Bridge,3000\n", encoding="utf-8"
    )
    mapping = scenario_of(
        population={"practices_csv": "practices.csv", "need_weights_csv": "weights.csv"},
        clusters=[cluster_of("North", None, practices=["A", "B"])],
    )
    with pytest.raises(InputError) as refused:
        checked(mapping, folder=tmp_path)
    (problem,) = refused.value.problems
    assert problem.where == "population.need_weights_csv"


def test_a_scenario_of_today_weighs_88_practices_by_service() -> None:
    population = make_plan(load_scenario(Path("scenarios/cambridgeshire-2024.toml"))).population
    assert population.people.sum() == 1_022_472
    assert population.need_weighted_people.sum(axis=0) == pytest.approx(np.full(5, 1_022_472.0))
