"""Scenarios that validation simulates, and what it reads off them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from simulator.records import FloatArray
from simulator.scenario.scenario import check_scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.result import Result
from simulator.validation.published import read

SEED = 2010
"""The same for all: the report is the same each time."""
COST_CV = 1.47
COST_GBP = 2080.0
"""Cost of an admission: Nuffield Trust; spread from the RAND Health Insurance Experiment. Where one
line stands for all care only the spread matters, as results are shares of the budget."""

FLAGSHIP: Mapping[str, Any] = tomllib.loads(read("consortia_2009.toml"))
"""The flagship's service lines and shocks."""

Table = Mapping[str, Any]


def line_of_spread(spread: float, cost_cv: float = COST_CV) -> Table:
    """Return one service line, with cases as rare as chance alone needs for a given spread."""
    return {
        "name": "all care",
        "rate_per_1000": 1000 * (1 + cost_cv**2) / spread**2,
        "count": {"model": "poisson"},
        "unit_cost_gbp": {"model": "lognormal", "mean": COST_GBP, "cv": cost_cv},
    }


def simulate_years(
    people: Sequence[float],
    lines: Sequence[Table],
    contracts: int,
    shocks: Table | None = None,
    margin_share: float = 0.0,
    rules: Sequence[Table] = (),
    years: int = 1,
) -> Result:
    """Simulate clusters whose budgets are what they expect to spend, or a margin off."""
    scenario = {
        "title": "Validation",
        "pct": {"name": "All clusters"},
        "contract": {"start_year": 2009, "years": years},
        "shocks": dict(shocks or {}),
        "budgets": {"rule": {"rule": "expected_spend", "margin_share": margin_share}},
        "service_lines": [dict(line) for line in lines],
        "clusters": [{"name": f"Cluster {at}", "people": size} for at, size in enumerate(people, start=1)],
        "rules": [dict(rule) for rule in rules],
    }
    return simulate(check_scenario(scenario, Path()), Draws(contracts, SEED))


def overspend_shares(result: Result) -> FloatArray:
    """Return spend over budget less one in the first year, shape (contract, cluster)."""
    # Before any rule: without rules there is nothing to settle.
    return np.asarray(result.outturn.spend_gbp[:, 0] / result.outturn.budget_gbp[:, 0] - 1)
