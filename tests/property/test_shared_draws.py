"""Draws that policies share give each policy what a simulation of its own would."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings

from simulator.scenario.scenario import Scenario, load_scenario
from simulator.simulation import shared_draws
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import Plan
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import Table, checked, line_of, scenario_of
from tests.property.comparing import differences
from tests.strategies import scenarios

TWO_CLUSTERS = Path("scenarios/two-clusters.toml")
CHANGES = (
    "rules.surplus.practice_share=0.2",
    "rules.bond.top_up=true",
    "rules.per_case_limit.limit_gbp=5000",
    "clusters.Small.takes_share=false",
    "clusters.Small.proportion=0.5",
    "clusters.Small.people=15000",
    "clusters.Small.true_saving_share=0.03",
    "budgets.top_slice_share=0.01",
    "budgets.rebased_share=0.3",
    "budgets.rule.fair_share_weight_by_year=[0.9]",
    "budgets.rule.historic_year=latest",
    "service_lines.prescribing.unit_cost_gbp.mean=12",
    "service_lines.prescribing.price_growth_share=0.05",
    "service_lines.prescribing.payment=block",
    "service_lines.rare costly referrals.count.model=negative_binomial",
    "shocks.cluster_year.sd_share=0.03",
    "shocks.pct.size={law='lognormal',sd_share=0.03}",
    "contract.start_month=7",
    "contract.years=2",
)


def same(one: Result, other: Result) -> bool:
    return differences(one, other) == []


@cache
def base() -> Scenario:
    """Return what policies change: they share with it what they leave as it is, as in a sweep."""
    return load_scenario(TWO_CLUSTERS)


def varied(change: str) -> Scenario:
    extra = ("service_lines.rare costly referrals.count.variance_to_mean=1.5",) if "count" in change else ()
    return base().vary(change, *extra)


@pytest.fixture(scope="module")
def draws() -> SharedDraws:
    shared = SharedDraws(SettledDraws(contracts=6_000, seed=3))
    shared.simulate(base())
    return shared


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_a_policy_changes(draws: SharedDraws, change: str) -> None:
    scenario = varied(change)
    assert same(draws.simulate(scenario), simulate(scenario, Draws(6_000, 3)))


@pytest.mark.parametrize("change", ["title=The same", *CHANGES])
def test_the_first_contracts_are_those_of_fewer(draws: SharedDraws, change: str) -> None:
    scenario = varied(change)
    assert same(draws.of_first(700).simulate(scenario), simulate(scenario, Draws(700, 3)))


def test_what_is_at_hand_of_many_contracts_is_not_drawn_for_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    shared, scenario = SharedDraws(SettledDraws(contracts=6_000, seed=3)), base()
    shared.simulate(scenario)
    for name in ("draw_given", "draw_shocks"):
        monkeypatch.delattr(Plan, name)
    assert shared.of_first(700).simulate(scenario).contracts == 700


def test_the_changes_do_change_something(draws: SharedDraws) -> None:
    base = draws.simulate(load_scenario(TWO_CLUSTERS))
    assert not any(same(draws.simulate(varied(change)), base) for change in CHANGES)


@settings(deadline=None, max_examples=15)
@given(scenarios(), scenarios())
def test_any_two_scenarios_in_turn(one: Table, other: Table) -> None:
    shared = SharedDraws(SettledDraws(contracts=100, seed=1))
    for mapping in (one, other, one):
        scenario = checked(mapping)
        assert same(shared.simulate(scenario), simulate(scenario, Draws(100, 1)))


def test_a_block_contract_is_paid_as_planned_whatever_is_saved() -> None:
    # A growth of 25% and a true saving of 20% leave as many cases as neither does, 1.25 x 0.8 = 1; the
    # block contract pays for the plan, a quarter more.
    block = line_of("community", payment="block", rate_year=2009)
    one_year = {"contract": {"start_year": 2010, "years": 1}}
    steady = checked(scenario_of(service_lines=[line_of(), block], **one_year))
    growing = steady.vary("service_lines.community.growth_share=0.25", "clusters.*.true_saving_share=0.2")
    shared = SharedDraws(SettledDraws(contracts=100, seed=1))
    shared.simulate(steady)
    assert same(shared.simulate(growing), simulate(growing, Draws(100, 1)))


def test_only_what_changed_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    draw = Plan.draw_given

    def spy(plan: Plan, *rest: object) -> object:
        drawn.append((plan.axes.clusters, plan.axes.lines))
        return draw(plan, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Plan, "draw_given", spy)
    shared = SharedDraws(SettledDraws(contracts=100, seed=1))
    scenario = checked(scenario_of())
    shared.simulate(scenario)
    shared.simulate(scenario.vary("rules.surplus.practice_share=0.3"))
    shared.simulate(scenario.vary("budgets.rule.margin_share=0.1"))
    shared.simulate(scenario.vary("clusters.South.true_saving_share=0.1"))
    shared.simulate(scenario.vary("service_lines.prescribing.unit_cost_gbp.cv=1"))
    both = ("North", "South"), ("admissions", "prescribing")
    assert drawn == [both, (("South",), both[1]), (both[0], ("prescribing",))]


def test_shocks_are_drawn_once_for_all_parts_of_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[str, ...]] = []
    draw = Plan.draw_shocks

    def spy(plan: Plan, *rest: object) -> object:
        drawn.append(plan.axes.clusters)
        return draw(plan, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Plan, "draw_shocks", spy)
    shared = SharedDraws(SettledDraws(contracts=100, seed=1))
    scenario = checked(scenario_of())
    for saving in (0.0, 0.1, 0.2):
        shared.simulate(scenario.vary(f"clusters.South.true_saving_share={saving}"))
    shared.simulate(scenario.vary("clusters.North.true_saving_share=0.1"))
    assert drawn == [("North", "South")]


@pytest.mark.parametrize(("kept_bytes", "outturns"), [(1_000, 4), (100_000_000, 16)])
def test_old_draws_are_let_go_of(monkeypatch: pytest.MonkeyPatch, kept_bytes: int, outturns: int) -> None:
    monkeypatch.setattr(shared_draws, "_KEPT_BYTES", kept_bytes)
    shared = SharedDraws(SettledDraws(contracts=100, seed=1))
    scenario = checked(scenario_of())
    for saving in range(30):
        changed = scenario.vary(f"clusters.*.true_saving_share={saving / 100}")
        assert same(shared.simulate(changed), simulate(changed, Draws(100, 1)))
    assert len(shared._spends) <= 16
    assert len(shared._outturns) == outturns


def test_making_room_throws_out_nothing_that_is_needed() -> None:
    # Four policies fill the room; the fifth shares a part with the fourth, and the last wants the first's.
    shock = "shocks.cluster_year.sd_share="
    changes = [(), (f"{shock}0.021",), (f"{shock}0.022",), (f"{shock}0.023",)]
    changes += [(f"{shock}0.023", "service_lines.prescribing.unit_cost_gbp.mean=12")]
    changes += [("budgets.top_slice_share=0.01",)]
    scenario, draws = load_scenario(TWO_CLUSTERS), SharedDraws(SettledDraws(100, seed=1))
    for change in changes:
        varied = scenario.vary(*change)
        assert same(draws.simulate(varied), simulate(varied, Draws(100, 1))), change
