"""Pounds are only a unit: dearer cases make everything dearer in proportion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Table, simulated
from tests.strategies import scenarios

_IN_POUNDS = ("mean", "scale", "low", "high", "limit", "deductible", "values")


def _scaled(unit_cost: Table, factor: float) -> Table:
    def times(value: Any) -> Any:
        return [factor * item for item in value] if isinstance(value, list) else factor * value

    return {key: times(value) if key in _IN_POUNDS else value for key, value in unit_cost.items()}


def _dearer(scenario: Table, factor: float) -> Table:
    """Return the scenario with every amount in pounds multiplied."""
    lines = [
        line | {"unit_cost_gbp": _scaled(line["unit_cost_gbp"], factor)} for line in scenario["service_lines"]
    ]
    clusters = [
        cluster | {key: factor * cluster[key] for key in cluster.keys() & {"bond_gbp"}}
        for cluster in scenario["clusters"]
    ]
    rules = [
        rule | {key: factor * rule[key] for key in rule.keys() & {"gbp_per_head", "limit_gbp"}}
        for rule in scenario["rules"]
    ]
    return scenario | {"service_lines": lines, "clusters": clusters, "rules": rules}


@settings(max_examples=20)
@given(scenario=scenarios(), factor=st.sampled_from([0.01, 0.5, 1.7, 1000.0]))
def test_scaling_every_unit_cost_scales_every_pound(scenario: Table, factor: float) -> None:
    scenario["budgets"] = {"rule": {"rule": "expected_spend"}}
    for line in scenario["service_lines"]:
        line.pop("budget_rule", None)
    # What actions cost is no unit cost.
    scenario["actions"] = []
    plain, dear = (simulated(one).contract_outcomes for one in (scenario, _dearer(scenario, factor)))
    # Totals come from tables that agree to 1e-7 whatever the unit, and flows are differences of totals.
    largest = float(plain.spend_gbp.max())
    assert np.array_equal(plain.takes_part, dear.takes_part)
    for reason in {**plain.flows, **dear.flows}:
        expected = factor * plain.gbp(reason)
        assert dear.gbp(reason) == pytest.approx(expected, rel=1e-7, abs=1e-7 * factor * largest), reason
