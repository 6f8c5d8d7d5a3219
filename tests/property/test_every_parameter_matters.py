"""Nothing in a scenario is read and then forgotten: each setting changes some outcome."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.simulation.result import Result
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.property.comparing import differences

_SHOCK = {"law": "lognormal", "sd_share": 0.02}

SCENARIO = scenario_of(
    contract={"start_year": 2010, "start_month": 7, "years": 3},
    shocks={
        "pct": {
            "size": _SHOCK,
            "correlation": 0.5,
            "persistence": 0.5,
            "correlation_between_pcts": 0.5,
            "growth_drift_sd_share": 0.01,
        },
        "cluster": _SHOCK,
        # So that 5% more people make a practice less.
        "practice": {"size": _SHOCK, "people": 1_980},
        "cluster_year": {"law": "normal", "sd_share": 0.02, "persistence": 0.5},
        "cluster_line": _SHOCK,
        "cluster_line_year": _SHOCK | {"persistence": 0.5},
        "price": {"size": _SHOCK, "correlation": 0.5, "persistence": 0.5, "correlation_between_pcts": 0.5},
    },
    doubt={"correlation": 0.5},
    budgets={
        "rule": {
            "rule": "toolkit",
            "fair_share_weight_by_year": [0.2, 0.4, 0.6],
            "uplift_share": 0.02,
            "base_year_weights": [0.3, 0.7],
        },
        "top_slice_share": 0.02,
        "rebased_share": 0.3,
    },
    service_lines=[
        line_of(
            rate_year=2009,
            unit_cost_gbp={
                "model": "lognormal",
                "mean": {"mean": 1000, "sd": 50},
                "cv": 1.5,
                "deductible": 10,
                "limit": 9000,
            },
            count={"model": "negative_binomial", "variance_to_mean": 1.5},
            growth_share={"mean": 0.02, "sd": 0.01},
            price_growth_share={"mean": 0.01, "sd": 0.01},
        ),
        line_of(
            "costly referrals",
            rate_per_1000={"mean": 3, "sd": 0.3},
            unit_cost_gbp={"model": "pareto", "shape": 2.5, "scale": 3000, "limit": 50_000},
            budget_rule={"rule": "per_head", "gbp_per_head": 6, "uplift_share": 0.01},
            pct_shock={"law": "normal", "sd_share": 0.1},
            price_shock={"law": "normal", "sd_share": 0.05},
            payment={"plan_gbp_per_head": 12, "rate_above_plan": 0.9},
        ),
        line_of(
            "tests",
            planned_growth_share=0.01,
            unit_cost_gbp={"model": "uniform", "low": 5, "high": 20},
            budget_rule={"rule": "expected_spend", "margin_share": 0.01},
        ),
        line_of(
            "checks",
            unit_cost_gbp={"model": "empirical", "values": [5, 10], "probabilities": [0.5, 0.5]},
            payment={
                "form": "aligned_2022",
                "fixed_share": 0.8,
                "rate_above_plan": 0.5,
                "rate_below_plan": 0.7,
                "plan_share": 0.99,
                "band_share": 0.002,
                "cap_share": 1.02,
                "collar_share": 0.95,
                "quality_share": 0.015,
                "tariff_change_share_by_year": [0.01, -0.01],
            },
        ),
        line_of("community care", payment="block"),
    ],
    clusters=[
        cluster_of(
            "North",
            pct="Home",
            proportion=0.9,
            true_saving_share={"mean": 0.01, "sd": 0.01},
            distribution_cap_share=0.4,
            interest_cap_share=0.02,
            partner_share=0.2,
        ),
        cluster_of(
            "South",
            20_000,
            pct="Home",
            proportion=0.8,
            bond_gbp=50_000,
            need={"mean": 1.02, "sd": 0.02},
            last_year=2011,
        ),
        cluster_of(
            "East",
            3_000,
            pct="Away",
            proportion=0.7,
            proportion_by_line={"tests": 0.6},
            bond_gbp=0,
            true_saving_share_by_year=[0.0, 0.02, 0.01],
            first_year=2011,
            first_month=8,
        ),
    ],
    actions=[
        {
            "name": "referral management",
            "action": "reduce_demand",
            "gbp_per_year": 100,
            "service_lines": ["admissions"],
            "avoided_share": {"mean": 0.02, "sd": 0.02},
            "probability_of_working": 0.5,
            "common_to_clusters": False,
            "ramp_share_by_year": [0.3, 0.6, 0.9],
            "first_month": 9,
            "set_up_gbp": 100,
            "gbp_per_head": 0.1,
            "gbp_per_case": 0.1,
        },
        {
            "name": "clinic",
            "action": "shift_service",
            "gbp_per_year": 100,
            "service_line": "admissions",
            "moved_share": {"mean": 0.1, "sd": 0.02},
            "probability_of_working": 0.8,
            "ramp_share_by_year": [0.4, 0.7, 0.9],
            "knock_on": [{"service_line": "tests", "cases_per_case": 0.5}],
        },
        {
            "name": "bills",
            "action": "check_bills",
            "gbp_per_year": 100,
            "service_lines": ["tests"],
            "probability_of_working": 0.8,
            "ramp_share_by_year": [0.9],
        },
        {
            "name": "outliers",
            "action": "outlier_practices",
            "gbp_per_year": 100,
            "service_lines": ["costly referrals"],
            "levels": [
                {"practice": "A", "cluster": "North", "people_share": 0.4, "level": 1.5},
                {"practice": "B", "cluster": "North", "people_share": 0.2, "level": 0.6},
            ],
            "brought_in_share": {"mean": 0.5, "sd": 0.1},
            "probability_of_working": 0.8,
            "ramp_share_by_year": [0.4, 0.7, 0.9],
        },
        {
            "name": "control",
            "action": "in_year_control",
            "gbp_per_year": 100,
            "service_lines": ["admissions"],
            "trigger_share": 0.01,
            "lag_months": 1,
            "most_of_month_share": 0.05,
            "most_of_year_share": 0.04,
            "comes_back_share": 0.3,
            "probability_of_working": 0.8,
            "ramp_share_by_year": [0.8, 0.9],
        },
        {
            "name": "early",
            "action": "early_spending",
            "gbp_per_year": 100,
            "service_lines": ["admissions"],
            "more_share": {"mean": 0.05, "sd": 0.01},
            "got_back_share": 0.4,
            "probability_of_working": 0.8,
            "ramp_share_by_year": [0.8, 0.9],
        },
        {
            "name": "management",
            "action": "management_cost",
            "gbp_per_year": 100,
            "gbp_per_head": 0.05,
            "first_year": 2011,
            "first_month": 8,
        },
    ],
    rules=[
        {"rule": "per_case_limit", "limit_gbp": 15, "service_lines": ["tests"]},
        {"rule": "corridor", "width_share": 0.04, "cluster_share_beyond": 0.5},
        {
            "rule": "overspend_share",
            "cluster_share": 0.8,
            "minimum_loss_rate": {"share_of_budget": 0.004, "once_met": "excess"},
            "cap_share_of_budget": 0.02,
        },
        {"rule": "deficit_recovery"},
        {
            "rule": "surplus",
            "practice_share": 0.1,
            "practice_share_from": "top",
            "pct_return_share": 0.4,
            "minimum_savings_rate": {"share_of_budget": 0.01},
            "cap_share_of_budget": 0.003,
        },
        {"rule": "bond", "share_of_annual_budget": 0.01, "top_up": True, "interest_share_per_year": 0.01},
        {"rule": "pool"},
        {
            "rule": "partner",
            "gains_share": 0.3,
            "losses_share": 0.4,
            "bond_share": 0.25,
            "fee_share_of_budget": 0.001,
        },
    ],
)

Path = tuple[str | int, ...]

WITHOUT_EFFECT = {
    ("actions", 0, "holds_back_care"): "the same is spent; see `test_actions`",
    ("actions", 3, "holds_back_care"): "the same is spent; see `test_actions`",
    ("simulation", "contracts"): "the run is asked for a number of its own",
    ("simulation", "seed"): "the run is asked for a seed of its own",
    ("fit", "carry_uncertainty"): "there are no draws of a history, which is said",
    ("service_lines", 4, "unit_cost_gbp", "cv"): "a block contract has no volume risk",
}
REFUSED = {("contract", "shadow_years"), ("clusters", 2, "true_saving_share")}
"""Settings that another, which is given, takes the place of."""
TOGETHER = {
    # Probabilities add up to one, so one cannot change alone.
    ("budgets", "rule", "base_year_weights", 0): [0.4, 0.6],
    ("budgets", "rule", "base_year_weights", 1): [0.2, 0.8],
    ("service_lines", 3, "unit_cost_gbp", "probabilities", 0): [0.4, 0.6],
    ("service_lines", 3, "unit_cost_gbp", "probabilities", 1): [0.6, 0.4],
}


def _numbers(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where the numbers and switches of a scenario are, defaults among them."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _numbers(inside, (*path, key))
    elif isinstance(value, (list, tuple)):
        for at, inside in enumerate(value):
            yield from _numbers(inside, (*path, at))
    elif isinstance(value, (bool, int, float)):
        yield path


def _other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case _:
            return value * 1.05 if value else 0.05


def _changed(path: Path) -> Table:
    """Return the scenario, defaults written out, with the value at `path` changed."""
    settings = checked(SCENARIO).settings.model_dump(exclude_none=True)
    scenario = copy.deepcopy(_as_lists(settings))
    table: Any = scenario
    for step in path[:-1]:
        last, table = table, table[step]
    if path in TOGETHER:
        last[path[-2]] = TOGETHER[path]
    else:
        table[path[-1]] = _other(table[path[-1]])
    return scenario


def _as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_lists(inside) for key, inside in value.items()}
    return [_as_lists(inside) for inside in value] if isinstance(value, (list, tuple)) else value


SETTINGS = checked(SCENARIO).settings.model_dump(exclude_none=True)
PATHS = [path for path in _numbers(SETTINGS) if path not in REFUSED]


@pytest.fixture(scope="module")
def plain() -> Result:
    return simulated(SCENARIO)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_changing_it_changes_some_outcome(path: Path, plain: Result) -> None:
    changed = simulated(_changed(path))
    # A longer contract is another result however its first years compare.
    differs = len(changed.years) != len(plain.years) or bool(differences(plain, changed))
    assert differs is (path not in WITHOUT_EFFECT), WITHOUT_EFFECT.get(path, "no outcome changed")


def test_the_exceptions_are_settings_of_the_scenario() -> None:
    assert set(WITHOUT_EFFECT) <= set(PATHS)
