"""Scenarios that are drawn at a time are each what a simulation of its own would be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from simulator.random_streams import RandomStreams
from simulator.records import Spend
from simulator.scenario.scenario import Scenario, load_scenario
from simulator.simulation import draws as of_draws
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import Plan
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import Table, checked, line_of, scenario_of
from tests.property.test_shared_draws import CHANGES, TWO_CLUSTERS, base, same, varied
from tests.strategies import scenarios

SAVINGS = (0.0, 0.01, 0.05)


def saving(scenario: Scenario, *changes: str) -> list[Scenario]:
    return [scenario.vary(f"clusters.*.true_saving_share={share}", *changes) for share in SAVINGS]


def streams_of(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return a list to which each stream of costs that is made from now on adds its name."""
    made: list[tuple[str, ...]] = []
    generator = RandomStreams.generator

    def spy(self: RandomStreams, *names: str, block: int = 0) -> object:
        if names[0] == "cost":
            made.append(names)
        return generator(self, *names, block=block)

    monkeypatch.setattr(RandomStreams, "generator", spy)
    return made


def test_whatever_differs() -> None:
    # Budgets of the last two rest on what is saved.
    of_savings = (
        (),
        ("rules.per_case_limit.limit_gbp=5000",),
        ("budgets.rule.historic_year=latest",),
        ("budgets.rebased_share=0.3",),
    )
    asked = [*map(varied, CHANGES), *(one for changes in of_savings for one in saving(base(), *changes))]
    shares: list[float] = []
    shared = SharedDraws(SettledDraws(contracts=6_000, seed=3))
    for scenario, found in zip(asked, shared.simulate_together(asked, shares.append), strict=True):
        assert same(found, simulate(scenario, Draws(6_000, 3)))
    assert shares == sorted(shares)
    assert shares[-1] == 1


@settings(deadline=None, max_examples=15)
@given(scenarios(), scenarios())
def test_any_scenarios(one: Table, other: Table) -> None:
    # Some know last year's spend, act on what is drawn, or expect so few cases that each is drawn alone.
    asked = [scenario for mapping in (one, other) for scenario in saving(checked(mapping))]
    shared = SharedDraws(SettledDraws(contracts=100, seed=1))
    for scenario, found in zip(asked, shared.simulate_together(asked), strict=True):
        assert same(found, simulate(scenario, Draws(100, 1)))


def test_what_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = saving(base())
    made = streams_of(monkeypatch)
    list(SharedDraws(SettledDraws(contracts=100, seed=1)).simulate_together(asked[:1]))
    alone = made.copy()
    made.clear()
    together = SharedDraws(SettledDraws(contracts=100, seed=1))
    list(together.simulate_together(asked))
    assert len(set(alone)) > 10
    # Of few cases each law begins the stream anew.
    assert set(made) == set(alone)
    assert len(made) < 2 * len(alone)
    made.clear()
    list(together.simulate_together(asked))
    assert made == []


def test_many_cases_begin_each_stream_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = checked(scenario_of(service_lines=[line_of(), line_of("community", payment="block")]))
    made = streams_of(monkeypatch)
    limited = saving(scenario, "rules.per_case_limit.limit_gbp=5000")
    list(SharedDraws(SettledDraws(100, 1)).simulate_together([*saving(scenario), *limited]))
    assert made
    assert len(made) == len(set(made))


def test_budgets_that_rest_on_the_base_year_are_set_once(monkeypatch: pytest.MonkeyPatch) -> None:
    set_budgets, asked = Plan.set_budgets, list[float]()

    def spy(plan: Plan, spend: Spend) -> object:
        asked.append(float(plan.expected_counts.sum()))
        return set_budgets(plan, spend)

    monkeypatch.setattr(Plan, "set_budgets", spy)
    limited = saving(base(), "rules.per_case_limit.limit_gbp=5000")
    list(SharedDraws(SettledDraws(100, 1)).simulate_together([*saving(base()), *limited]))
    assert len(asked) == 2


def test_any_number_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_draws, "_WORTH_PROCESSES", 6_000)
    asked = saving(load_scenario(TWO_CLUSTERS))
    of_two = SharedDraws(SettledDraws(contracts=10_100, seed=3, workers=2))
    of_one = SharedDraws(SettledDraws(contracts=10_100, seed=3))
    for two, one in zip(of_two.simulate_together(asked), of_one.simulate_together(asked), strict=True):
        assert same(two, one)


def test_what_is_at_hand_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    shared, asked = SharedDraws(SettledDraws(contracts=100, seed=1)), saving(base())
    shared.simulate(asked[0])
    drawn: list[int] = []
    draws_of = Plan.draw_shocks

    def spy(plan: Plan, *rest: object) -> object:
        drawn.append(1)
        return draws_of(plan, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Plan, "draw_shocks", spy)
    made = streams_of(monkeypatch)
    once = [one.contracts for one in shared.simulate_together(asked[:1])]
    assert (once, made) == ([100], [])
    # The shocks are those of the one before.
    list(shared.simulate_together(asked))
    assert made
    assert drawn == []


def test_shocks_at_hand_are_not_those_of_others() -> None:
    shared = SharedDraws(SettledDraws(contracts=100, seed=1))
    shared.simulate(base())
    asked = saving(base(), "shocks.cluster_year.sd_share=0.03")
    for scenario, found in zip(asked, shared.simulate_together(asked), strict=True):
        assert same(found, simulate(scenario, Draws(100, 1)))
