"""Scenarios of one year that validation simulates, and what it reads off them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from simulator.pipeline import simulate
from simulator.records import BUDGET, SPEND, FloatArray
from simulator.result import Result
from simulator.scenario.scenario import check_scenario

SEED = 2010
"""The same for all: the report is the same each time."""
COST_CV = 1.47
COST_GBP = 2080.0
"""Cost of an admission: Nuffield Trust; spread from the RAND Health Insurance Experiment. Where one
line stands for all care only the spread matters, as results are shares of the budget."""

Table = Mapping[str, Any]


def read_table(name: str) -> dict[str, Any]:
    """Return a TOML file of this folder.

    Parameters
    ----------
    name : str
        Its name.

    Returns
    -------
    dict
        As TOML reads it.
    """
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def line_of_spread(spread: float, cost_cv: float = COST_CV) -> Table:
    """Return one service line, with cases as rare as chance alone needs for a given spread.

    Parameters
    ----------
    spread : float
        SD of one person's spend in a year, over its mean.
    cost_cv : float
        Coefficient of variation of the cost of a case.

    Returns
    -------
    mapping
        Poisson cases at `r` a person have the variance (1 + cv^2) / r over the squared mean.
    """
    return {
        "name": "all care",
        "rate_per_1000": 1000 * (1 + cost_cv**2) / spread**2,
        "count": {"model": "poisson"},
        "unit_cost_gbp": {"model": "lognormal", "mean": COST_GBP, "cv": cost_cv},
    }


def one_year(
    people: Sequence[float],
    lines: Sequence[Table],
    contracts: int,
    shocks: Table | None = None,
    margin_share: float = 0.0,
    rules: Sequence[Table] = (),
) -> Result:
    """Simulate one year of clusters whose budgets are what they expect to spend, or a margin off.

    Parameters
    ----------
    people : sequence of float
        Of each cluster.
    lines : sequence of mapping
        Service lines, as a scenario file has them.
    contracts : int
        Simulated years.
    shocks : mapping, optional
        As a scenario file has them; none is the default.
    margin_share : float
        Added to every budget.
    rules : sequence of mapping
        Money rules.

    Returns
    -------
    Result
        From the simulator, like any other.
    """
    scenario = {
        "title": "Validation",
        "pct": {"name": "All clusters"},
        "contract": {"start_year": 2009, "years": 1},
        "shocks": dict(shocks or {}),
        "budgets": {"rule": {"rule": "expected_spend", "margin_share": margin_share}},
        "service_lines": [dict(line) for line in lines],
        "clusters": [
            {"name": f"Cluster {number}", "people": size} for number, size in enumerate(people, start=1)
        ],
        "rules": [dict(rule) for rule in rules],
    }
    return simulate(check_scenario(scenario, Path()), contracts, SEED)


def overspend_shares(result: Result) -> FloatArray:
    """Return spend over budget less one in the first year, shape (contract, cluster).

    Parameters
    ----------
    result : Result
        Of any scenario.

    Returns
    -------
    ndarray of float
        Negative for a surplus.
    """
    outcomes = result.contract_outcomes
    return np.asarray(outcomes.gbp(SPEND)[:, 0] / outcomes.gbp(BUDGET)[:, 0] - 1)
