"""Small valid scenarios as mappings, with arguments to change parts of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.demand.doubt import ClusterDoubt, Doubts, LineDoubt
from simulator.demand.shock_laws import AnyShockLaw
from simulator.demand.shocks import ShockPlan, Shocks
from simulator.records import Axes
from simulator.scenario.scenario import Scenario, check_scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.result import Result

SURPLUS = {
    "rule": "surplus",
    "practice_share": 0.1,
    "practice_share_from": "top",
    "pct_return_share": 0.4,
}
BOND = {"rule": "bond", "share_of_annual_budget": 0.03}
POOL = {"rule": "pool"}
DEFICIT_RECOVERY = {"rule": "deficit_recovery"}
CORRIDOR = {"rule": "corridor", "width_share": 0.05, "cluster_share_beyond": 0.5}
PER_CASE_LIMIT = {"rule": "per_case_limit", "limit_gbp": 5_000}

Table = dict[str, Any]


def line_of(name: str = "admissions", **changes: Any) -> Table:
    """Return a service line: 100 cases of about GBP 1,000 a year for each 1,000 people."""
    line = {
        "name": name,
        "rate_per_1000": 100,
        "count": {"model": "poisson"},
        "unit_cost_gbp": {"model": "gamma", "mean": 1000, "cv": 1},
    }
    return line | changes


def cluster_of(name: str, people: float | None = 5000, **changes: Any) -> Table:
    """Return a cluster by its number of people; None leaves them out, for one with practices."""
    size = {} if people is None else {"people": people}
    return {"name": name} | size | changes


def scenario_of(**changes: Any) -> Table:
    """Return a scenario of two clusters and two lines; arguments replace whole sections."""
    scenario = {
        "title": "Test",
        "pct": {"name": "Test PCT"},
        "contract": {"start_year": 2010, "years": 2},
        "budgets": {"rule": {"rule": "expected_spend"}},
        "service_lines": [
            line_of(),
            line_of(
                "prescribing", rate_per_1000=2000, unit_cost_gbp={"model": "gamma", "mean": 9, "cv": 1.2}
            ),
        ],
        "clusters": [cluster_of("North"), cluster_of("South", 20_000)],
        "rules": [SURPLUS, BOND, POOL],
    }
    return scenario | changes


def shock_plan(shocks: Shocks, axes: Axes, sizes: tuple[AnyShockLaw, ...] | None = None) -> ShockPlan:
    """Return shocks of clusters without practices, where lines have the usual law or those of `sizes`."""
    usual, prices = ((size,) * len(axes.lines) for size in (shocks.pct.size, shocks.price.size))
    known_lines, known_clusters = (LineDoubt(0, 0, 0, 0),) * len(axes.lines), (ClusterDoubt(0, 0, 0),)
    doubts = Doubts(0.0, known_lines, known_clusters * len(axes.clusters))
    return ShockPlan(shocks, sizes or usual, prices, ({},) * len(axes.clusters), doubts)


def checked(mapping: Table, *overrides: str, folder: Path = Path()) -> Scenario:
    """Return the scenario that a mapping makes; raises InputError where it makes none."""
    return check_scenario(mapping, folder, overrides=overrides)


def simulated(
    mapping: Table, *overrides: str, contracts: int = 100, seed: int = 1, workers: int = 1
) -> Result:
    """Return what the simulator makes of a mapping."""
    return simulate(checked(mapping, *overrides), Draws(contracts, seed, workers))
