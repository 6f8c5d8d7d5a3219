"""Files to fill in: the scenario as a workbook, and a table for the year's spend so far."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
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
from simulator.simulation.plan import make_plan


def as_workbook(scenario: Scenario) -> bytes:
    """Return a scenario as a workbook, with all its tables; InputError where it cannot be kept as one."""
    if scenario.settings.fit.posterior:
        need = "one without the draws of a fit, which no workbook holds"
        raise InputError([Problem("the scenario", need, scenario.settings.fit.posterior, WITH_A_FIT)])
    with TemporaryDirectory(prefix="cluster-risk-") as folder:
        written = write_scenario(scenario, Path(folder) / "scenario.xlsx")
        return written[0].read_bytes()


def year_table(scenario: Scenario, months: int = 6) -> str:
    """Return a table with a row for each month, cluster and line of the first year, spend left to fill in."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_rows(scenario, months))
    return text.getvalue()


def history_table(scenario: Scenario) -> str:
    """Return a table with a row for each cluster and line of the month before the contract, to go on from."""
    text, plan = io.StringIO(), make_plan(scenario)
    contract = scenario.settings.contract
    before = date(contract.start_year, contract.start_month, 1) - timedelta(days=1)
    cells = product([f"{before:%Y-%m}"], plan.axes.clusters, plan.axes.lines, [""], [""])
    csv.writer(text, lineterminator="\n").writerows([(MONTH, CLUSTER, LINE, COUNT, SPEND), *cells])
    return text.getvalue()


def _rows(scenario: Scenario, months: int) -> Iterator[tuple[str, ...]]:
    plan = make_plan(scenario)
    year = plan.years[1]
    yield MONTH, CLUSTER, LINE, SPEND, COUNT
    for month in year.months[:months]:
        for cluster in plan.axes.clusters:
            for line in plan.axes.lines:
                yield month_label(year, month), cluster, line, "", ""
