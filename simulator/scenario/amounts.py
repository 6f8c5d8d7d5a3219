"""Tables of pounds beside a scenario, by cluster or practice: budgets, and last year's spend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from simulator.budgets.given import GivenBudgets
from simulator.errors import Problem, Problems, shown, unknown
from simulator.records import FloatArray
from simulator.scenario.csv_tables import Table, is_total, read_table
from simulator.scenario.files import Given
from simulator.scenario.pcts import NAMES_OF_ALL
from simulator.scenario.schema import Cluster, ScenarioFile

Row = tuple[str, str, str]
"""Cluster or practice, year and line; nothing for what a table does not tell apart."""
Named = tuple[str, str]
"""A table's file, and its column of pounds."""
BUDGET, SPEND = "budget_gbp", "spend_gbp"
_WHO, _APART = ("practice_code", "practice", "cluster"), ("year", "line")
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Amounts:
    """Pounds by cluster or practice, and by year and line where the table tells them apart."""

    columns: tuple[str, str, str]  # of who, year and line; nothing for one that the table has not
    gbp: Mapping[Row, float]  # the amounts
    places: Mapping[Row, str]  # file and line, for messages
    source: str = ""  # file, or sheet, for messages

    @property
    def by_year(self) -> bool:
        """Whether years have amounts of their own."""
        return bool(self.columns[1])

    @property
    def by_line(self) -> bool:
        """Whether lines have amounts of their own."""
        return bool(self.columns[2])

    def of(self, cluster: Cluster, year: str, line: str) -> float:
        """Return a cluster's amount, in pounds; that of its practices added up."""
        return sum(self.gbp[row] for row in self._rows(cluster, year, line))

    def array(self, clusters: Sequence[Cluster], years: Sequence[str], lines: Sequence[str]) -> FloatArray:
        """Return amounts of shape (year, cluster, line), in pounds."""
        each = [[[self.of(cluster, year, line) for line in lines] for cluster in clusters] for year in years]
        return np.array(each, dtype=float)

    def as_one(self, clusters: Iterable[Cluster], name: str, part: float) -> Amounts:
        """Return a part of what all clusters together have, as that of one."""
        members = {one for cluster in clusters for one in self.members(cluster)}
        gbp: dict[Row, float] = defaultdict(float)
        for (who, *rest), amount in self.gbp.items():
            if who in members:
                gbp[name, rest[0], rest[1]] += part * amount
        return Amounts(("cluster", *self.columns[1:]), gbp, {})

    def disagreements(
        self,
        where: str,
        clusters: Sequence[Cluster],
        others: Iterable[str],
        years: Sequence[str],
        lines: Sequence[str],
    ) -> Iterator[Problem]:
        """Yield rows of nobody, and rows that are missing; those of `others` are not needed."""
        known = [
            [*(one for cluster in clusters for one in self.members(cluster)), *others],
            years if self.by_year else ("",),
            lines if self.by_line else ("",),
        ]
        misnamed = [
            problem
            for row, place in self.places.items()
            for column, part, names in zip(self.columns, row, known, strict=True)
            for problem in unknown(f"{place}, {column}", part, names, most=8)
        ]
        yield from misnamed
        wanted = [row for one in product(clusters, known[1], known[2]) for row in self._rows(*one)]
        for cluster in clusters:
            if not self.members(cluster):
                got = f"{cluster.name}, which lists no practices"
                yield Problem(where, "a column cluster where clusters are given as people", got)
        missing = [row for row in wanted if row not in self.gbp]
        # Rows whose names are wrong may be those that are missing: one fault is told once.
        if len(missing) > len(misnamed):
            first = "; ".join(", ".join(filter(None, row)) for row in missing[:_MOST_SHOWN])
            more = "; ..." if len(missing) > _MOST_SHOWN else ""
            need = f"a row for each {', '.join(filter(None, self.columns))}"
            yield Problem(where, need, f"{len(missing)} missing: {first}{more}")

    def members(self, cluster: Cluster) -> Sequence[str]:
        """Return whose amounts add up to a cluster's: its own name, or its practices."""
        return (cluster.name,) if self.columns[0] == "cluster" else cluster.practices

    def _rows(self, cluster: Cluster, year: str, line: str) -> list[Row]:
        when, what = year if self.by_year else "", line if self.by_line else ""
        return [(one, when, what) for one in self.members(cluster)]


def read_amounts(path: Path, column: str) -> Amounts:
    """Read amounts: cluster or practice, year and line where they differ by them, and a column of pounds."""
    table = table_of_amounts(path, column)
    amounts = amounts_in(table, column)
    table.finish()
    return amounts


def table_of_amounts(path: Path, column: str) -> Table:
    """Read the cells of a table of pounds."""
    return read_table(path, (column,), dict.fromkeys((*_WHO, *_APART), ""))


def amounts_in(table: Table, column: str) -> Amounts:
    """Return the amounts in a table; what is wrong with them is noted in it."""
    who = next((one for one in _WHO if one in table.columns), "")
    if not who:
        table.complain_of_headings("a column cluster, or practice with codes", ", ".join(table.columns))
    year, line = (one if one in table.columns else "" for one in _APART)
    gbp: dict[Row, float] = {}
    places: dict[Row, str] = {}
    for number, cells in table.rows:
        row = cells.get(who, "").strip(), cells.get(year, "").strip(), cells.get(line, "").strip()
        amount = table.number(number, cells, column, pounds=True)
        totals = [
            (name, part)
            for name, part in zip((who, year, line), row, strict=True)
            if is_total(part) or part.casefold() in NAMES_OF_ALL
        ]
        for name, part in totals:
            table.complain(number, name, "no row of totals, which are added up here", shown(part))
        if who and row in gbp:
            table.complain(number, who, "each row once", shown(", ".join(filter(None, row))))
        elif not totals:
            gbp[row], places[row] = amount, table.at(number)
    return Amounts((who, year, line), gbp, places, table.source)


def read_all_amounts(
    given: Given, folder: Path, problems: Problems, at_hand: Mapping[Named, Amounts]
) -> dict[Named, Amounts]:
    """Read the tables of pounds that a scenario names, but for those at hand."""
    found: dict[Named, Amounts] = {}
    for name, column in dict.fromkeys(_named(given)):
        with problems.noted():
            known = at_hand.get((name, column))
            found[name, column] = read_amounts(folder / name, column) if known is None else known
    return found


def amounts_problems(
    settings: ScenarioFile, codes: Iterable[str], amounts: Mapping[Named, Amounts]
) -> Iterator[Problem]:
    """Yield what does not agree between a scenario and its tables of pounds."""
    clusters, years = settings.clusters, [year.label for year in settings.contract.financial_years]
    inside = {code for cluster in clusters for code in cluster.practices}
    others = [code for code in codes if code not in inside]
    for (name, column), table in amounts.items():
        where = table.source
        if column == BUDGET:
            usual, own = _lines_of(settings, name)
            if not table.by_line and len(own) + bool(usual) > 1:
                got = f"budgets in total for {', '.join((*usual, *own))}"
                yield Problem(where, "a column line, as several budgets come from this table", got)
            if usual or own:
                yield from table.disagreements(where, clusters, others, years[1:], (*usual, *own))
        elif not table.by_line:
            yield Problem(
                where, "a column line: what was spent on each", ", ".join(filter(None, table.columns))
            )
        else:
            lines = [line.name for line in settings.service_lines]
            yield from table.disagreements(where, clusters, others, years[:1], lines)


def _lines_of(settings: ScenarioFile, csv: str) -> tuple[list[str], list[str]]:
    """Return the lines whose budgets are a table's: by the rule of all, and by rules of their own."""
    usual = isinstance(settings.budgets.rule, GivenBudgets) and settings.budgets.rule.csv == csv
    lines = settings.service_lines
    own = [
        line for line in lines if isinstance(line.budget_rule, GivenBudgets) and line.budget_rule.csv == csv
    ]
    return [line.name for line in lines if usual and not line.budget_rule], [line.name for line in own]


def _named(given: Given) -> Iterator[Named]:
    """Yield the tables that a scenario names; it may be wrong in any way."""
    budgets, lines = given.get("budgets"), given.get("service_lines")
    budgets = budgets if isinstance(budgets, Mapping) else {}
    lines = [one for one in lines if isinstance(one, Mapping)] if isinstance(lines, list) else []
    for rule in (budgets.get("rule"), *(line.get("budget_rule") for line in lines)):
        name = rule.get("csv") if isinstance(rule, Mapping) and rule.get("rule") == "given" else None
        if isinstance(name, str) and name:
            yield name, BUDGET
    historic = budgets.get("historic")
    name = historic.get("csv") if isinstance(historic, Mapping) else None
    if isinstance(name, str) and name:
        yield name, SPEND
