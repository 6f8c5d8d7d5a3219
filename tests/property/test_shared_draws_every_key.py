"""Whatever key of a scenario changes, shared draws give it what a simulation of its own would.

Shared draws keep spend and outturn by what they depend on. A setting that was left out of that would
give one policy another one's numbers; so here every setting of a scenario changes in turn.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import InputError
from simulator.budgets.budgets import LineBudget
from simulator.budgets.given import GivenBudgets
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws, _Planned
from simulator.spend.pareto import Pareto
from tests.builders import Table, checked, cluster_of, line_of, scenario_of
from tests.property.test_every_choice_matters import (
    BASE,
    CHOICES,
    CONTRACTS,
    GIVEN,
    Setting,
    as_table,
    is_choice,
    options,
    places,
    quick_simulations,
)
from tests.property.test_every_parameter_matters import TOGETHER, _numbers, _other


def arrays_of(result: Result) -> dict[str, np.ndarray[Any, Any]]:
    """Return all that a result says of its contracts, by name."""
    outcomes = result.contract_outcomes
    flows = {str(reason): getattr(flow, "gbp", flow) for reason, flow in outcomes.flows.items()}
    others = {field.name: getattr(outcomes, field.name) for field in fields(outcomes)}
    return flows | {name: value for name, value in others.items() if isinstance(value, np.ndarray)}


def differing(one: Result, other: Result) -> list[str]:
    """Return the names of what differs in any bit."""
    left, right = arrays_of(one), arrays_of(other)
    alike = {name for name in left if name in right and np.array_equal(left[name], right[name])}
    return sorted((left.keys() | right.keys()) - alike)


def at(path: tuple[str | int, ...], value: Any, settings: Table = GIVEN) -> Table:
    """Return the scenario with another value at a path; None leaves it out."""
    changed: Any = copy.deepcopy(settings)
    table = changed
    for step in path[:-1]:
        table = table[step]
    table[path[-1]] = value
    return as_table(changed)


def dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))


def renamed(name: str, value: Any = GIVEN) -> Any:
    """Return the scenario with another name wherever one is used."""
    if isinstance(value, dict):
        return {key: renamed(name, inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [renamed(name, inside) for inside in value]
    return f"{name}, renamed" if value == name else value


def may_be_left_out(setting: Setting) -> bool:
    """Whether a field may be nothing; a table that may is among the choices."""
    model, name = setting
    return None in options(model.model_fields[name].annotation) and not is_choice(setting)


def is_refused(scenario: Table) -> bool:
    try:
        checked(scenario)
    except InputError:
        return True
    return False


def changes() -> Iterator[tuple[str, Table]]:
    """Yield scenarios that differ from the one given in one setting each, with what that is."""
    for path in _numbers(GIVEN):
        value: Any = GIVEN
        for step in path:
            value = value[step]
        if path in TOGETHER:
            yield dotted(path), at(path[:-1], TOGETHER[path])
        else:
            yield dotted(path), at(path, _other(value))
    for label, choice in CHOICES.items():
        yield label, choice.made_in(GIVEN)
    for path, setting, value in places(BASE):
        # Without a limit the tables of a Pareto law take seconds.
        if value is not None and may_be_left_out(setting) and setting != (Pareto, "limit"):
            yield f"{dotted(path)} left out", at(path, None)
    for table in (*GIVEN["clusters"], *GIVEN["service_lines"]):
        yield f"{table['name']} renamed", renamed(table["name"])
    for place in range(len(GIVEN["clusters"])):
        yield f"lines of cluster {place}", at(("clusters", place, "service_lines"), ["admissions", "tests"])
    for place in range(len(GIVEN["service_lines"])):
        yield f"rate year of line {place}", at(("service_lines", place, "rate_year"), 2007)
        # For the tests above the limit per case, so that it changes nothing of what clusters pay.
        yield f"limit of line {place}", at(("service_lines", place, "unit_cost_gbp", "limit"), 18.0)
    # Leap years come round every four: nothing but the years' names changes for most lines.
    yield "start four years later", at(("contract", "start_year"), GIVEN["contract"]["start_year"] + 4)
    yield "start in March", at(("contract", "start_month"), 3)
    yield "clusters in another order", GIVEN | {"clusters": GIVEN["clusters"][::-1]}
    yield "lines in another order", GIVEN | {"service_lines": GIVEN["service_lines"][::-1]}
    yield "a cluster less", GIVEN | {"clusters": GIVEN["clusters"][1:]}
    yield "a line less", GIVEN | {"service_lines": GIVEN["service_lines"][1:]}


CHANGES = {what: scenario for what, scenario in changes() if not is_refused(scenario)}


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with quick_simulations():
        yield


@pytest.fixture(scope="module")
def drawn() -> SharedDraws:
    """Return draws that the scenario given has been simulated on, and no other."""
    return after(checked(GIVEN))


def after(scenario: Scenario) -> SharedDraws:
    shared = SharedDraws(SettledDraws(CONTRACTS, seed=1))
    shared.simulate(scenario)
    return shared


def alone(scenario: Scenario) -> Result:
    return simulate(scenario, Draws(CONTRACTS, seed=1))


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes(drawn: SharedDraws, what: str) -> None:
    scenario = checked(CHANGES[what])
    assert differing(copy.deepcopy(drawn).simulate(scenario), alone(scenario)) == []


def test_the_scenario_itself(drawn: SharedDraws) -> None:
    scenario = checked(GIVEN)
    assert differing(drawn.simulate(scenario), alone(scenario)) == []


def test_the_walk_finds_what_it_should() -> None:
    """Of each sort one: a number, a choice, a kind, what is left out, a name; and few are refused."""
    assert {
        "contract.start_month",
        "service_lines.tests.payment=marginal_rate",
        "service_lines.admissions.pct_shock=normal",
        "clusters.1.bond_gbp left out",
        "North renamed",
    } <= set(CHANGES)
    refused = {what for what, scenario in changes() if is_refused(scenario)}
    assert len(refused) < len(CHANGES) / 10


def test_a_difference_would_be_seen() -> None:
    plain, other = (simulate(checked(GIVEN), Draws(CONTRACTS, seed)) for seed in (1, 2))
    assert differing(plain, plain) == []
    assert {"spend", "budget"} <= set(differing(plain, other))


def one_line(**changes: Any) -> Scenario:
    """Return a scenario of one line and one year, whose rate is the base year's."""
    cost = {"model": "uniform", "low": 500, "high": 1500}
    line = line_of(rate_year=2009, unit_cost_gbp=cost, **changes)
    return checked(scenario_of(contract={"start_year": 2010, "years": 1}, service_lines=[line]))


OFFSETTING = {
    # Twice the demand at half the price costs as planned; half of it avoided, as many cases are expected.
    "the index of prices": (
        one_line(),
        ("*.growth_share=1.0", "*.price_growth_share=-0.5"),
        "clusters.*.true_saving_share=0.5",
    ),
    # A block contract pays for the plan, twice as much, whatever is saved.
    "what a block contract pays": (
        one_line(payment="block"),
        ("*.growth_share=1.0",),
        "clusters.*.true_saving_share=0.5",
    ),
    "the spread of costs": (one_line(), ("*.unit_cost_gbp={model='uniform',low=600,high=1400}",), ""),
}


@pytest.mark.parametrize("what", OFFSETTING)
def test_what_alone_tells_two_scenarios_apart(what: str) -> None:
    """Several settings that change together so that all else on which spend depends stays as it is."""
    before, of_lines, saving = OFFSETTING[what]
    scenario = before.vary(*(f"service_lines.{one}" for one in of_lines), *filter(None, [saving]))
    assert differing(after(before).simulate(scenario), alone(scenario)) == []
    assert differing(alone(before), alone(scenario)) != []


def plan_of_every_rule() -> Plan:
    rules: dict[str, Table] = {
        "blended": {"rule": "toolkit", "fair_share_weight_by_year": [0.5]},
        "expected": {"rule": "expected_spend"},
        "by head": {"rule": "per_head", "gbp_per_head": 100, "uplift_share": 0.05},
        "given": {"rule": "expected_spend"},
    }
    lines = [line_of(name, budget_rule=rule) for name, rule in rules.items()]
    plan = make_plan(checked(scenario_of(service_lines=lines)))
    # A table that gives budgets would be read from a file.
    given = replace(plan.budgets[-1], rule=GivenBudgets.example(), given_gbp=plan.budgets[-1].expected_gbp)
    return replace(plan, budgets=(*plan.budgets[:-1], given))


def with_another(plan: Plan, what: str) -> Plan:
    """Return a plan with all lines' budgets set otherwise in one way."""
    if what == "years_from_base":
        base, *contract = plan.years
        return replace(plan, years=(replace(base, start=base.start - 1), *contract))
    other = [{what: getattr(line, what) * 1.5 + 0.01} for line in plan.budgets]
    budgets = tuple(replace(line, **change) for line, change in zip(plan.budgets, other, strict=True))
    return replace(plan, budgets=budgets)


@pytest.mark.parametrize(
    "what", ["years_from_base", *(field.name for field in fields(LineBudget) if field.name != "rule")]
)
def test_budgets_of_plans_that_differ_in_one_thing(what: str) -> None:
    """In which no two scenarios differ alone: outturn is kept by each of them all the same."""
    before = plan_of_every_rule()
    plan = with_another(before, what)
    shared = SharedDraws(SettledDraws(CONTRACTS, seed=1))
    planned_before, planned = (_Planned(checked(scenario_of()), one) for one in (before, plan))
    was_gbp = shared._outturn(planned_before).budget_gbp
    found, own = (one._outturn(planned) for one in (shared, SharedDraws(SettledDraws(CONTRACTS, seed=1))))
    for field in fields(own):
        assert np.array_equal(getattr(found, field.name), getattr(own, field.name)), field.name
    assert not np.array_equal(was_gbp, own.budget_gbp)


PRACTICES = "practice_code,practice,list_size,m0_74,f75_plus\nA,Ash,2000,2000,0\nB,Beech,1000,0,1000\n"
WEIGHTS = "sex,age_band,need\nM,0-74,1\nF,75+,2\n"
SEASONS = "calendar_month,winter\n" + "".join(f"{month},{1 + (month < 4)}\n" for month in range(1, 13))


def with_tables(folder: Path, **changes: Any) -> Scenario:
    """Return a scenario with tables beside it, and the first practice in its only cluster."""
    for name, text in {"practices": PRACTICES, "weights": WEIGHTS, "seasons": SEASONS}.items():
        (folder / f"{name}.csv").write_text(text)
    settings: Table = {
        "contract": {"start_year": 2010, "start_month": 7, "years": 2},
        "population": {
            "practices_csv": "practices.csv",
            "need_weights_csv": "weights.csv",
            "outside_clusters": "the rest",
        },
        "seasons": {"csv": "seasons.csv"},
        "budgets": {"rule": {"rule": "per_head", "gbp_per_head": 100}},
        "service_lines": [line_of(need_weights="need")],
        "clusters": [cluster_of("North", None, practices=["A"])],
    }
    return checked(scenario_of(**(settings | changes)), folder=folder)


TABLE_CHANGES: dict[str, Table] = {
    # A practice of half the people with twice the need: as many cases are expected, for other budgets.
    "people of the same need": {"clusters": [cluster_of("North", None, practices=["B"])]},
    "need": {"service_lines": [line_of()]},
    "season": {"service_lines": [line_of(need_weights="need", season="winter")]},
}


@pytest.mark.parametrize("what", TABLE_CHANGES)
def test_what_tables_say(tmp_path: Path, what: str) -> None:
    before, scenario = with_tables(tmp_path), with_tables(tmp_path, **TABLE_CHANGES[what])
    assert differing(after(before).simulate(scenario), alone(scenario)) == []
    assert differing(alone(before), alone(scenario)) != []


def test_a_table_that_is_written_anew(tmp_path: Path) -> None:
    before = with_tables(tmp_path)
    (tmp_path / "weights.csv").write_text(WEIGHTS.replace("75+,2", "75+,3"))
    scenario = checked(before.given, folder=tmp_path)
    assert differing(after(before).simulate(scenario), alone(scenario)) == []
    assert differing(alone(before), alone(scenario)) != []
