"""What `shadow` says, and what it refuses."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from simulator import exact_risk, explain, shadow
from simulator.answers.rule_notes import scheme_notes
from simulator.questions.shadow.answer import MEASURES, NEXT_SD, ShadowAnswer
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import Draws
from simulator.simulation.plan import make_plan
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import checked, cluster_of, line_of, scenario_of, simulated
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


RAMP = [
    cluster_of("North", true_saving_share_by_year=[0.0, 0.02, 0.04]),
    cluster_of("South", 20_000, first_year=2011),
]


@pytest.mark.parametrize("known", [1, 2])
def test_the_key_of_a_scenario_does_what_the_question_says(known: int) -> None:
    given = scenario_of(shocks=SHOCKS, clusters=RAMP, budgets={"rule": {"rule": "expected_spend"}} | SLICED)
    asked = shadow(checked(given), 2, draws=Draws(500, 1))
    for row in simulated(given, f"contract.shadow_years={known}", contracts=500).rows:
        expected = asked.row(known, row.name).estimates
        for measure in set(MEASURES) & set(expected):
            assert row.estimates[measure].value == pytest.approx(expected[measure].value, rel=1e-9), measure
    # A scenario that has the key is asked about as any other.
    again = shadow(checked(given, "contract.shadow_years=1"), 2, draws=Draws(500, 1))
    assert again.rows == asked.rows


SLICED = {"top_slice_share": 0.02}


def test_a_budget_by_hand() -> None:
    # One line of 500 cases a year, known to cost twice a gamma cost's mean squared a case: chance of 2/500.
    shocks = {"cluster": {"law": "lognormal", "sd_share": 0.1}}
    given = scenario_of(shocks=shocks, service_lines=[line_of()], clusters=[cluster_of("Only", 5_000)])
    plan = make_plan(checked(given, "contract.shadow_years=1"))
    spend = plan.draw(RandomStreams(1), Block(0, 50))
    lasting, chance = math.log1p(0.1**2), math.log1p(2 / 500)
    credibility = lasting / (lasting + chance)
    seen = np.log(spend.gbp[:, 0][:, 0, 0] / 500_000) + (lasting + chance) / 2
    expected = 500_000 * np.exp(credibility * seen - credibility * lasting / 2)
    assert plan.set_budgets(spend).budget_gbp[:, 1, 0, 0] == pytest.approx(expected)
    assert 0.7 < credibility < 0.75


def test_draws_that_policies_share_know_of_shadow_years() -> None:
    given = checked(scenario_of(shocks=SHOCKS))
    shared = SharedDraws(Draws(200, 1).of(given))
    for known in (0, 2, 1):
        varied = given.vary(f"contract.shadow_years={known}")
        found = shared.simulate(varied).contract_outcomes.gbp("budget")
        alone = simulated(scenario_of(shocks=SHOCKS), f"contract.shadow_years={known}", contracts=200)
        assert np.array_equal(found, alone.contract_outcomes.gbp("budget"))


def test_what_cannot_stand_beside_shadow_years(tmp_path: Path) -> None:
    fitted = fitted_scenario(tmp_path)
    (problem,) = problems_of_call(lambda: checked(fitted, "contract.shadow_years=1", folder=tmp_path))
    assert (problem.got, "contract.shadow_years" in problem.where) == ("fit.posterior", True)
    lines = [line_of(payment="marginal_rate")]
    (problem,) = problems_of_call(
        lambda: checked(scenario_of(service_lines=lines), "contract.shadow_years=1")
    )
    assert problem.got == 'another payment for "admissions"'
    (problem,) = problems_of_call(lambda: checked(scenario_of(), "contract.shadow_years=6"))
    assert problem.need == "at most 5"


def test_what_is_said_where_budgets_rest_on_shadow_years() -> None:
    given = checked(scenario_of(), "contract.shadow_years=1")
    assert any(note.startswith("budgets.rule does nothing here") for note in scheme_notes(given))
    (problem,) = problems_of_call(lambda: explain(given, draws=Draws(100)))
    assert "shadow years" in problem.need
    assert all("contract.shadow_years" in row.not_given for row in exact_risk(given).rows)


def test_control_reacts_to_the_budgets_that_rest_on_shadow_years() -> None:
    control = {"name": "control", "action": "in_year_control", "service_lines": ["admissions"]}
    # By the rule all years would be far over budget.
    given = scenario_of(
        shocks=SHOCKS, actions=[control], budgets={"rule": {"rule": "per_head", "gbp_per_head": 90}}
    )
    answer = shadow(checked(given), 2, draws=Draws(300, 1))
    for years in (1, 2):
        given["contract"] = {"start_year": 2010, "years": 2, "shadow_years": years}
        own = simulated(given, contracts=300).rows[0].estimates["expected_overspend_gbp"]
        assert answer.row(years, "North").estimates["expected_overspend_gbp"].value == pytest.approx(
            own.value
        )
