"""What a user knows of a year that is under way: spend and counts so far, and budgets, from CSV files."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.errors import Problem, shown
from simulator.records import FinancialYear, FloatArray
from simulator.scenario.amounts import BUDGET, SPEND, amounts_in, table_of_amounts
from simulator.scenario.csv_tables import Table, read_table
from simulator.simulation.plan import Plan

MONTH, CLUSTER, LINE, COUNT = "month", "cluster", "line", "count"
Cell = tuple[str, str, str]
"""A month, a cluster and a line."""


@dataclass(frozen=True, slots=True)
class Actuals:
    """The first months of a contract year as they were."""

    at_year: int  # position of the year in the plan, where 0 is the base year
    clusters: tuple[int, ...]  # positions in the plan of the clusters that are told of
    spend_gbp: FloatArray  # shape (month so far, cluster told of, line); nan for lines that are not told of
    counts: FloatArray  # of the same shape; nan where not known

    @property
    def months(self) -> int:
        """How many months are known."""
        return len(self.spend_gbp)


def month_label(year: FinancialYear, month: int) -> str:
    """Return a calendar month of a financial year as files write it, such as 2011-01."""
    return f"{year.start + (month < year.whole_year[0])}-{month:02d}"


def read_actuals(path: Path, plan: Plan) -> Actuals:
    """Read months of spend; InputError with everything that is wrong with them."""
    table = read_table(path, (MONTH, CLUSTER, LINE, SPEND))
    _check_columns(table, (MONTH, CLUSTER, LINE, SPEND, COUNT))
    known = {
        month_label(year, month): at_year
        for at_year, year in enumerate(plan.years[1:], start=1)
        for month in year.months
    }
    usual = Counter(known.get(row[MONTH].strip(), 0) for _, row in table.rows)
    at_year = max(range(1, len(plan.years)), key=lambda year: usual[year])
    months = [month for month, year in known.items() if year == at_year]
    of_year = f"of the contract year {plan.years[at_year].label}, written such as {months[0]}"
    names: dict[str, tuple[str, Iterable[str]]] = {
        MONTH: (f"a month {of_year}", months),
        CLUSTER: (f"one of {', '.join(plan.axes.clusters)}", plan.axes.clusters),
        LINE: (f"one of {', '.join(plan.axes.lines)}", plan.axes.lines),
    }
    found: dict[Cell, tuple[float, float]] = {}
    misplaced: list[tuple[str | None, ...]] = []
    for line, row in table.rows:
        place = tuple(_name(table, line, row, column, *names[column]) for column in names)
        value = _spend_and_count(table, line, row)
        month, cluster, name = place
        if month is None or cluster is None or name is None:
            misplaced.append(place)
        elif (month, cluster, name) in found:
            table.complain(
                line, LINE, "each month, cluster and line once", shown(f"{name} of {cluster} in {month}")
            )
        else:
            found[month, cluster, name] = value
    if not (found or table.problems):
        table.problems.append(Problem(str(path), "a header and at least one row", "no rows"))
    told = [name for name in plan.axes.clusters if any(cluster == name for _, cluster, _ in found)]
    so_far = months[: 1 + max((months.index(month) for month, _, _ in found), default=-1)]
    for name in told:
        at_cluster = plan.axes.clusters.index(name)
        if plan.terms.months[at_year - 1, at_cluster] != len(months):
            need = "clusters that take part in the whole of the contract year"
            table.complain_of_column(CLUSTER, need, f"{name}, which does not")
    _check_complete(table, found, misplaced, so_far, _lines_of(plan, found, told))
    table.finish()
    arrays = np.full((2, len(so_far), len(told), len(plan.axes.lines)), np.nan)
    for (month, cluster, name), value in found.items():
        arrays[:, months.index(month), told.index(cluster), plan.axes.lines.index(name)] = value
    return Actuals(at_year, tuple(map(plan.axes.clusters.index, told)), *arrays)


def read_budgets(path: Path, plan: Plan, clusters: Sequence[str]) -> dict[str, float]:
    """Read the budgets that were handed over for the months of the contract year, in pounds, by cluster.

    They are needed of `clusters`; of the others they may be given.
    """
    table = table_of_amounts(path, BUDGET)
    amounts = amounts_in(table, BUDGET)
    who, *apart = amounts.columns
    told = [one for one in plan.settings.clusters if one.name in clusters]
    for column in filter(None, apart):
        table.complain_of_column(column, "left out: budgets are of the year and of all lines", column)
    if who and not any(apart):
        others = [code for one in plan.settings.clusters if one not in told for code in amounts.members(one)]
        table.problems.extend(amounts.disagreements(str(path), told, others, (), ()))
    table.finish()
    return {one.name: amounts.of(one, "", "") for one in told}


def _check_columns(table: Table, known: tuple[str, ...]) -> None:
    for column in table.columns:
        if column not in known:
            table.complain(1, column, f"one of the columns {', '.join(known)}", shown(column))


def _name(
    table: Table, line: int, row: Mapping[str, str], column: str, need: str, known: Iterable[str]
) -> str | None:
    """Return a name that is known; note a problem and return None for another."""
    name = row[column].strip()
    if name in known:
        return name
    table.complain(line, column, need, shown(name))
    return None


def _spend_and_count(table: Table, line: int, row: dict[str, str]) -> tuple[float, float]:
    """Return what was spent, and on how many cases; nan where that is not known."""
    spend_gbp = table.number(line, row, SPEND, pounds=True)
    if not row.get(COUNT, "").strip():
        return spend_gbp, math.nan
    so_far = len(table.problems)
    count = table.number(line, row, COUNT, whole=True)
    if spend_gbp and not count and len(table.problems) == so_far:
        table.complain(line, COUNT, "above zero where something was spent", shown("0"))
    return spend_gbp, count


def _lines_of(plan: Plan, found: Iterable[Cell], told: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the clusters' lines that must have every month: those paid per case, and others told of."""
    owed = [
        (name, line)
        for name, of_lines in zip(plan.axes.clusters, plan.responsibility, strict=True)
        for line, part, price in zip(plan.axes.lines, of_lines, plan.prices, strict=True)
        if name in told and part > 0 and price.totals is not None
    ]
    return tuple(dict.fromkeys((*owed, *((cluster, line) for _, cluster, line in found))))


def _check_complete(
    table: Table,
    found: Mapping[Cell, tuple[float, float]],
    misplaced: Iterable[tuple[str | None, ...]],
    so_far: list[str],
    lines: Iterable[tuple[str, str]],
) -> None:
    """Note months that are missing, each once; but for what may stand in a row whose names are wrong."""

    def may_be_misplaced(cell: Cell) -> bool:
        return any(all(one in {None, name} for one, name in zip(row, cell, strict=True)) for row in misplaced)

    def complain(where: str, need: str, missing: list[str]) -> None:
        if missing:
            table.problems.append(Problem(f"{table.source}, {where}", need, f"none for {', '.join(missing)}"))

    told = {month for month, _, _ in found}
    gaps = [month for month in so_far if month not in told]
    span = f"{so_far[0]} to {so_far[-1]}" if so_far else ""
    complain(MONTH, f"every month from {span}, the last one given", gaps)
    for cluster, line in lines:
        cells = [(month, cluster, line) for month in so_far if month in told]
        missing = [cell[0] for cell in cells if cell not in found and not may_be_misplaced(cell)]
        complain(f"{cluster}, {line}", f"a row for every month from {span}", missing)
        uncounted = [cell[0] for cell in cells if cell in found and math.isnan(found[cell][1])]
        if len(uncounted) < sum(cell in found for cell in cells):
            complain(f"{cluster}, {line}, {COUNT}", "in every month, or in none", uncounted)
