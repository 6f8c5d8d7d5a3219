"""What must hold of a running position, whatever the scenario."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings

from simulator import simulate
from simulator.questions.months.ask import LEVELS, Months, running_position
from simulator.simulation.draws import Draws
from simulator.simulation.plan import make_plan
from tests.builders import Table, checked, cluster_of, line_of, scenario_of
from tests.strategies import scenarios
from tests.unit.problems import problems_of_call


@settings(max_examples=10)
@given(scenarios())
def test_months_share_the_year_out(mapping: Table) -> None:
    plan = make_plan(checked(mapping))
    for at_year in range(1, len(plan.years)):
        months = Months(plan, at_year)
        assert months.shares.shape == (plan.terms.year_months[at_year - 1], len(plan.axes.lines))
        assert months.shares.sum(axis=0) == pytest.approx(1)
        assert (months.shares > 0).all()


@settings(max_examples=10)
@given(scenarios())
def test_the_fan_is_in_order_and_the_pct_is_the_sum(mapping: Table) -> None:
    found = running_position(checked(mapping), draws=Draws(100))
    assert found.of() == pytest.approx(sum(found.of(name) for name in found.clusters), abs=0.01)
    for name in found.clusters:
        fan = np.array([[one.value for one in found.fan(name)[level]] for level in LEVELS])
        assert (np.diff(fan, axis=0) >= 0).all()


def test_blocks_of_contracts_and_workers_change_nothing() -> None:
    scenario = checked(scenario_of())
    one, two = (running_position(scenario, draws=Draws(6000, 3, workers=workers)) for workers in (1, 2))
    fewer = running_position(scenario, draws=Draws(5100, 3))
    assert np.array_equal(one.position_gbp, two.position_gbp)
    assert np.array_equal(one.budget_gbp, two.budget_gbp)
    assert np.array_equal(one.position_gbp[:5100], fewer.position_gbp)
    assert one.every_number().equals(two.every_number())


@pytest.mark.parametrize("year", ["2010/11", "2011/12"])
def test_the_budget_is_that_of_simulate(year: str) -> None:
    # A budget rests on years before it, whose draws are those of `simulate`.
    toolkit = {"rule": "toolkit", "fair_share_weight_by_year": [0.25], "historic_year": "latest"}
    scenario = checked(scenario_of(budgets={"rule": toolkit, "top_slice_share": 0.1}, rules=[]))
    found = running_position(scenario, year, draws=Draws(300))
    result = simulate(scenario, Draws(300))
    expected = result.contract_outcomes.gbp("budget")[:, result.years.index(year)].mean(axis=0)
    assert found.budget_gbp == pytest.approx(expected)


@pytest.mark.parametrize("proportion", [1.0, 0.5])
def test_block_contracts_are_paid_as_they_are_budgeted(proportion: float) -> None:
    # Spend is known and the budget is it, for whatever the cluster answers for: nothing is over or left.
    lines = [line_of(payment="block"), line_of("prescribing", payment="block")]
    clusters = [cluster_of("Only", proportion=proportion, service_lines=["prescribing"])]
    found = running_position(checked(scenario_of(service_lines=lines, clusters=clusters)), draws=Draws(100))
    assert found.position_gbp == pytest.approx(0, abs=1e-6)
    # 500 cases at GBP 1,000 on average.
    assert found.budget_of("Only") == pytest.approx(500_000 * proportion)


def test_a_part_year_has_its_months() -> None:
    contract = {"start_year": 2010, "start_month": 11, "years": 2}
    scenario = checked(scenario_of(contract=contract))
    assert running_position(scenario, draws=Draws(100)).months == (11, 12, 1, 2, 3)
    assert len(running_position(scenario, "2011/12", draws=Draws(100)).months) == 12


def test_bad_input() -> None:
    scenario = checked(scenario_of())
    assert problems_of_call(lambda: running_position("scenario.toml"))  # type: ignore[arg-type]
    assert len(problems_of_call(lambda: running_position(scenario, None, draws=Draws(5, -1, workers=0)))) == 3
    (problem,) = problems_of_call(lambda: running_position(scenario, "2012/13"))
    assert "2010/11, 2011/12" in problem.need
    found = running_position(scenario, draws=Draws(100))
    for asked in (found.of, found.budget_of, found.fan, found.overspent):
        (problem,) = problems_of_call(partial(asked, "Nort"))
        assert problem.hint == 'did you mean "North"?'
