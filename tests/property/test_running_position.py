"""What must hold of a running position, whatever the scenario."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import load_scenario, simulate
from simulator.questions.months.ask import LEVELS, Months, RunningPosition, running_position
from simulator.questions.months.given_year import spent_so_far_share
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.plan import make_plan
from simulator.simulation.result import Result
from tests.builders import Table, checked, cluster_of, line_of, scenario_of
from tests.strategies import scenarios
from tests.unit.problems import problems_of_call

SCENARIOS = Path(__file__).parents[2] / "scenarios"


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


def ends(scenario: Scenario, draws: Draws, year: str | None = None) -> tuple[RunningPosition, Result, int]:
    """Return a running position, the result of `simulate`, and where its year stands there."""
    found, result = running_position(scenario, year, draws=draws), simulate(scenario, draws)
    return found, result, result.years.index(found.year)


@settings(max_examples=10)
@given(scenarios(), st.booleans())
def test_the_year_ends_as_that_of_simulate(mapping: Table, last: bool) -> None:
    scenario = checked(mapping)
    year = make_plan(scenario).axes.years[-1] if last else None
    found, result, at = ends(scenario, Draws(100), year)
    outcomes = result.contract_outcomes
    spend, budget = outcomes.spend_gbp[:, at], outcomes.gbp("budget")[:, at]
    # `simulate` has none of either in the years after a cluster has left.
    inside = outcomes.takes_part[:, at]
    np.testing.assert_allclose(
        found.position_gbp[:, -1][inside], (spend - budget)[inside], rtol=1e-9, atol=1e-6
    )
    if inside.all():
        assert found.budget_gbp == pytest.approx(budget.mean(axis=0))


@pytest.mark.parametrize("name", ["cambridgeshire-2010", "two-clusters"])
def test_the_chance_at_the_end_is_that_of_the_table(name: str) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.toml")
    found, result, _ = ends(scenario, Draws(1000))
    for row in result.rows:
        assert found.overspent(row.name)[-1] == row.estimates["overspend_probability_year_1"]


@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.integers(0, 40))
def test_shares_rise_to_one_where_there_is_spend(seed: int, years: int, others: int) -> None:
    generator = np.random.default_rng(seed)
    months_gbp = generator.gamma(0.5, size=(40, 6)) * (np.arange(40) < others)[:, None]
    years_gbp = generator.gamma(3.0, size=40) * (np.arange(40) < years)
    share = spent_so_far_share(years_gbp, months_gbp, generator.gamma(9.0, size=40), 1.0)
    has_spend = (years_gbp > 0) & (others > 0)
    assert np.array_equal(np.isnan(share).any(axis=1), ~has_spend)
    assert (share[has_spend, -1] == 1).all()
    assert (np.diff(share[has_spend], axis=1, prepend=0.0) >= 0).all()


def test_a_year_takes_the_months_of_one_like_it() -> None:
    # In SDs above what was expected: 0, 1 and 2 of the years; 1, 2 and 0 of the months.
    means = np.array([4.0, 4.0, 16.0])
    months_gbp = np.array([[3.0, 3.0], [1.0, 7.0], [12.0, 4.0]])
    share = spent_so_far_share(np.array([4.0, 6.0, 24.0]), months_gbp, means, 1.0)
    assert share[:, 0] == pytest.approx([12 / 16, 3 / 6, 1 / 8])


def test_few_years_with_spend_and_fewer_with_months() -> None:
    # A case in a thousand years: years and months with any hardly ever fall together.
    rare = line_of(rate_per_1000=0.001, count={"model": "poisson"})
    scenario = checked(scenario_of(service_lines=[rare], clusters=[cluster_of("Only", 1000)], rules=[]))
    found, result, at = ends(scenario, Draws(5000))
    spend = result.contract_outcomes.gbp("spend")[:, at, 0]
    assert 0 < np.count_nonzero(spend) < 50
    assert np.isfinite(found.position_gbp).all()
    # Each case falls in one month: the position leaps once by all of it.
    leaps = np.diff(found.of("Only"), axis=1, prepend=0.0)[spend > 0]
    assert leaps.max(axis=1) == pytest.approx(spend[spend > 0], rel=0.01)


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
