"""What `shadow` says, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import shadow
from simulator.questions.shadow.answer import NEXT_SD, ShadowAnswer
from simulator.simulation.draws import Draws
from tests.builders import checked, scenario_of
from tests.histories import fitted_scenario
from tests.unit.problems import problems_of_call

SHOCKS = {
    "cluster": {"law": "lognormal", "sd_share": 0.05},
    "cluster_year": {"law": "lognormal", "sd_share": 0.02, "persistence": 0.5},
}


@pytest.fixture(scope="module")
def answer() -> ShadowAnswer:
    return shadow(checked(scenario_of(shocks=SHOCKS)), 2, draws=Draws(500, 1))


def test_every_number_of_years_and_cluster_has_a_row(answer: ShadowAnswer) -> None:
    assert [(row.known, row.cluster) for row in answer.rows] == [
        (known, name) for known in (0, 1, 2) for name in ("North", "South", answer.names[-1])
    ]
    assert answer.row(0).changes == {}
    first, none = answer.row(1, "North"), answer.row(0, "North")
    moved = first.changes["expected_overspend_gbp"].value
    overspends = (one.estimates["expected_overspend_gbp"].value for one in (first, none))
    assert moved == pytest.approx(next(overspends) - next(overspends))


def test_a_cluster_is_ready_when_a_further_year_says_little(answer: ShadowAnswer) -> None:
    for name in ("North", "South"):
        sds = [answer.row(known, name).estimates[NEXT_SD].value for known in (0, 1, 2)]
        expected = 0 if sds[1] > 0.95 * sds[0] else 1 if sds[2] > 0.95 * sds[1] else None
        assert answer.ready_after(name) == expected
    said = " ".join(answer.sentences())
    assert "ready after one" in said


def test_tables_have_every_number(answer: ShadowAnswer) -> None:
    outturns, bonds, together, everything = answer.tables()
    assert [column.heading for column in outturns.columns[2:]] == [
        "after none",
        "after one",
        "after two",
        "ready after",
    ]
    assert bonds.columns[3].cells[0] == answer.row(1, "North").estimates["bond_needed_gbp"]
    assert together.columns[0].cells == (0, 1, 2)
    assert len(everything.columns[0].cells) == len(answer.rows)


def test_the_same_for_any_number_of_processes() -> None:
    given = checked(scenario_of(shocks=SHOCKS))
    one, two = (shadow(given, 1, draws=Draws(6_000, 1, workers)) for workers in (1, 2))
    assert one.rows == two.rows


@pytest.mark.parametrize("years", [0, 6, True, 1.5])
def test_numbers_of_years_that_cannot_be(years: object) -> None:
    (problem,) = problems_of_call(lambda: shadow(checked(scenario_of()), years))
    assert problem.need == "a whole number from 1 to 5"


def test_a_scenario_that_knows_its_past_is_refused(tmp_path: Path) -> None:
    given = checked(fitted_scenario(tmp_path), folder=tmp_path)
    (problem,) = problems_of_call(lambda: shadow(given))
    assert problem.got == "fit.posterior"
