"""Files to fill in: the scenario as a workbook, and a table for the year's spend so far."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.errors import InputError, Problem
from simulator.lab.uploads import WITH_A_FIT
from simulator.questions.forecast.actuals import CLUSTER, COUNT, LINE, MONTH, month_label
from simulator.scenario.amounts import SPEND
from simulator.scenario.conversion import write_scenario
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import Plan, make_plan

_MONTHS = 6
"""Of the year so far, to fill in."""


def as_workbook(scenario: Scenario) -> bytes:
    """Return a scenario as a workbook, with all its tables; InputError where it cannot be kept as one."""
    if scenario.settings.fit.posterior:
        need = "one without the draws of a fit, which no workbook holds"
        raise InputError([Problem("the scenario", need, scenario.settings.fit.posterior, WITH_A_FIT)])
    with TemporaryDirectory(prefix="cluster-risk-") as folder:
        written = write_scenario(scenario, Path(folder) / "scenario.xlsx")
        return written[0].read_bytes()


def year_table(scenario: Scenario) -> str:
    """Return a table with a row for each month, cluster and line of the first half year, spend left blank."""
    plan = make_plan(scenario)
    year = plan.years[1]
    months = [month_label(year, month) for month in year.months[:_MONTHS]]
    return _to_fill_in(plan, months, (MONTH, CLUSTER, LINE, SPEND, COUNT))


def history_table(scenario: Scenario) -> str:
    """Return a table with a row for each cluster and line of the month before the contract, to go on from."""
    contract = scenario.settings.contract
    before = date(contract.start_year, contract.start_month, 1) - timedelta(days=1)
    return _to_fill_in(make_plan(scenario), [f"{before:%Y-%m}"], (MONTH, CLUSTER, LINE, COUNT, SPEND))


def _to_fill_in(plan: Plan, months: Sequence[str], columns: Sequence[str]) -> str:
    text = io.StringIO()
    cells = product(months, plan.axes.clusters, plan.axes.lines, [""], [""])
    csv.writer(text, lineterminator="\n").writerows([columns, *cells])
    return text.getvalue()
