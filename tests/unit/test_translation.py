"""What a user is told of a wrong value: where it is, what must be there, and the likely repair."""

from __future__ import annotations

import pytest

from simulator.scenario.keys import real_path
from simulator.scenario.known_keys import known_keys
from tests.builders import line_of, scenario_of
from tests.unit.problems import problem_with, problems_of

UNIT_COST = "service_lines.admissions.unit_cost_gbp"


@pytest.mark.parametrize(
    ("override", "meant"),
    [
        ("tittle='T'", "title"),
        ("contract.year=3", "years"),
        ("clusters.North.peopel=3", "people"),
        ("service_lines.admissions.rate_per_100=3", "rate_per_1000"),
        # Inside a table that says itself which model it is.
        (f"{UNIT_COST}.limits=3", "limit"),
        ("service_lines.admissions.count.varianc=3", None),
        ("rules.surplus.pct_return=0.3", "pct_return_share"),
        ("rules.bond.topup=true", "top_up"),
        ("budgets.rule.margin=0.1", "margin_share"),
        ("shocks.pct.correlatoin=0.1", "correlation"),
    ],
)
def test_an_unknown_key(override: str, meant: str | None) -> None:
    problem = problem_with(override)
    assert problem.where.startswith(f"--set {override}")
    assert problem.need == "a key that scenarios have"
    assert problem.hint == (f"did you mean {meant}?" if meant else "")


@pytest.mark.parametrize(
    ("override", "hint"),
    [
        ("rules.surplus.practice_share=10", "10% is written 0.1"),
        ("rules.surplus.pct_return_share=40.5", "40.5% is written 0.405"),
        ("budgets.top_slice_share=2", "2% is written 0.02"),
        ("clusters.North.proportion=75", "75% is written 0.75"),
        ("shocks.pct.correlation=50", "50% is written 0.5"),
    ],
)
def test_a_percentage_for_a_share(override: str, hint: str) -> None:
    problem = problem_with(override)
    assert problem.need == "a share from 0 to 1"
    assert hint in problem.hint


def test_a_share_that_is_neither() -> None:
    assert problem_with("rules.surplus.practice_share=-0.1").hint == ""
    assert problem_with("rules.surplus.practice_share=1000").hint == ""


@pytest.mark.parametrize(
    ("override", "need", "given", "hint"),
    [
        ("rules.surplus.practice_share=10%", "a number", '"10%"', "10% is written 0.1"),
        ("clusters.North.people=12,000", "a number", '"12,000"', "without commas"),
        ("clusters.North.people=true", "a number", "true", ""),
        ("clusters.North.people=0", "more than 0", "0", ""),
        ("clusters.North.people=nan", "a finite number", "nan", ""),
        ("clusters.North.people=-inf", "a finite number", "-inf", ""),
        ("contract.years=2.5", "a whole number", "2.5", ""),
        ("contract.years=0", "1 or more", "0", ""),
        ("contract.years=11", "at most 10", "11", ""),
        ("contract.start_month=13", "at most 12", "13", ""),
        ("clusters.North.takes_share=1", "true or false", "1", ""),
        ("clusters.North.name=5", 'text in "quotes"', "5", ""),
        ('title=""', "text that is not empty", '""', ""),
        ("contract=5", "a table", "5", ""),
        ("simulation.contracts=99", "100 or more", "99", ""),
        ("simulation.seed=-1", "0 or more", "-1", ""),
        ("simulation.seed=1.0", "a whole number", "1.0", ""),
    ],
)
def test_a_value_of_the_wrong_kind(override: str, need: str, given: str, hint: str) -> None:
    problem = problem_with(override)
    assert (problem.need, problem.got) == (need, given)
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("override", "options", "meant"),
    [
        ("rules.pool.rule=pol", ("surplus", "bond", "pool", "deficit_recovery"), "pool"),
        (f"{UNIT_COST}.model=logarithmic", ("lognormal", "gamma"), None),
        (f"{UNIT_COST}.model=log_normal", ("lognormal", "gamma"), "lognormal"),
        ("service_lines.admissions.count.model=poison", ("poisson", "negative_binomial"), "poisson"),
        ("budgets.rule.rule=tool_kit", ("toolkit", "expected_spend", "per_head"), "toolkit"),
        ("rules.surplus.practice_share_from=pct_retrun", ("top", "reinvestment", "pct_return"), "pct_return"),
        ("rules.bond.when_exhausted=leave", ("stays", "leaves"), "leaves"),
        ("service_lines.admissions.payment=blocks", ("per_case", "block"), "block"),
    ],
)
def test_a_choice_that_there_is_not(override: str, options: tuple[str, ...], meant: str | None) -> None:
    problem = problem_with(override)
    assert all(option in problem.need for option in options)
    if meant:
        assert problem.hint == f'did you mean "{meant}"?'


def test_a_choice_that_is_left_out() -> None:
    problem = problem_with(f"{UNIT_COST}={{mean=5, cv=1}}")
    assert "which one with" in problem.need
    assert "model" in problem.need


def test_what_is_missing() -> None:
    scenario = scenario_of()
    del scenario["title"]
    del scenario["service_lines"][1]["rate_per_1000"]
    found = {problem.where: (problem.need, problem.got, problem.hint) for problem in problems_of(scenario)}
    assert found == {
        "the scenario, title": ("given", "nothing", "add title = ..."),
        "the scenario, service_lines.prescribing.rate_per_1000": (
            "given",
            "nothing",
            "add rate_per_1000 = ...",
        ),
    }


@pytest.mark.parametrize("section", ["service_lines", "clusters", "rules"])
@pytest.mark.parametrize("value", [5, "x", {"name": "x"}, [5], ["x"], [[]]])
def test_sections_of_the_wrong_kind_are_refused_and_nothing_breaks(section: str, value: object) -> None:
    assert any(section in problem.where for problem in problems_of(scenario_of(**{section: value})))


@pytest.mark.parametrize("section", ["service_lines", "clusters"])
def test_sections_that_may_not_be_empty(section: str) -> None:
    found = problems_of(scenario_of(**{section: []}))
    assert any(problem.need == "at least 1 of them" for problem in found)


def test_what_only_a_part_itself_can_see() -> None:
    assert (
        problem_with(f"{UNIT_COST}={{model='uniform', low=5, high=2}}").need
        == "low below high, by a millionth or more"
    )
    assert "not both" in problem_with("rules.bond.gbp_per_head=5").need
    assert (
        "either practices or people" in problems_of(scenario_of(), "clusters.North.practices=['A']")[0].need
    )
    assert "no `mean` under count" in problem_with("service_lines.admissions.count.mean=5").need


def test_the_keys_known_in_a_place() -> None:
    given = scenario_of(service_lines=[line_of()])
    assert {"title", "contract", "rules"} <= set(known_keys((), given))
    assert set(known_keys(("service_lines", 0, "unit_cost_gbp"), given)) == {
        "model",
        "mean",
        "cv",
        "limit",
        "deductible",
    }
    assert known_keys(("nowhere", 3), given) == []
    assert known_keys(("service_lines", 9, "unit_cost_gbp"), given) == []


def test_names_that_the_validator_adds_are_left_out_of_a_path() -> None:
    given = {"rules": [{"rule": "bond", "top_up": 3}]}
    assert real_path(("rules", 0, "bond", "top_up"), given) == ("rules", 0, "top_up")
    assert real_path(("rules", 0, "bond", "missing"), given) == ("rules", 0, "missing")
    assert real_path(("rules", 5, "bond"), given) == ("rules", 5)
