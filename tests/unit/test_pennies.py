"""Spend that equals the budget but for rounding is no overspend."""

from __future__ import annotations

from simulator import simulate
from simulator.simulation.draws import Draws
from tests.builders import checked, scenario_of


def test_certain_spend_at_its_budget_is_never_an_overspend():
    scenario = scenario_of()
    scenario["budgets"] = {"rule": {"rule": "expected_spend"}}
    for line in scenario["service_lines"]:
        line |= {"payment": "block", "growth_share": 0.0317}
    rows = simulate(checked(scenario), Draws(100)).rows
    for row in rows:
        chances = {name: estimate.value for name, estimate in row.estimates.items() if "overspend_" in name}
        chances = {name: value for name, value in chances.items() if name.startswith(("overspend", "large"))}
        assert len(chances) >= 4
        assert set(chances.values()) == {0.0}
