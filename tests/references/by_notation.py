"""What a scenario expects and budgets as docs/notation.md has it: written from that paper alone.

Takes a scenario as TOML reads it. Knows nothing of the simulator's code.
"""

from __future__ import annotations

import calendar
import csv
import math
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.references.mean_costs import mean_cost

FloatArray = NDArray[np.float64]
Table = Mapping[str, Any]

YEAR = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)


def at_means(value: Any) -> Any:
    """Return a scenario with every figure that is not known at its mean."""
    if isinstance(value, dict):
        return (
            value["mean"]
            if set(value) == {"mean", "sd"}
            else {key: at_means(one) for key, one in value.items()}
        )
    return [at_means(one) for one in value] if isinstance(value, list) else value


class ByNotation:
    """A scenario, read; arrays have the axes (year, cluster, line), the base year first."""

    def __init__(self, scenario: Table, folder: Path = Path()) -> None:
        scenario = at_means(scenario)
        self.scenario, self.folder = scenario, folder
        contract = scenario["contract"]
        month, years = contract.get("start_month", 4), contract.get("years", 3)
        first = contract["start_year"] - (month < 4)
        self.starts = [first - 1 + year for year in range(years + 1)]
        self.months = [YEAR, YEAR[YEAR.index(month) :], *[YEAR] * (years - 1)]
        self.year_months = [len(months) for months in self.months[1:]]
        self.lines, self.clusters = scenario["service_lines"], scenario["clusters"]
        self.rules = scenario.get("rules", [])
        self.limit = next((rule for rule in self.rules if rule["rule"] == "per_case_limit"), None)
        self._read_people()
        shape = (years + 1, len(self.clusters), len(self.lines))
        self.part_of_year, self.cases, self.prices = np.ones(shape), np.ones(shape), np.ones(shape)
        self.planned_cases = np.ones(shape)
        for at, line in enumerate(self.lines):
            rate_year = line.get("rate_year", first)
            season = self._season(line.get("season", "flat"))
            for year, start in enumerate(self.starts):
                weights = {
                    month: calendar.monthrange(start + (month < 4), month)[1] * season[month - 1]
                    for month in YEAR
                }
                inside = sum(weights[month] for month in self.months[year])
                self.part_of_year[year, :, at] = inside / sum(weights.values())
                growth, of_first = (
                    line.get("growth_share", 0.0),
                    self.need[:, at] * line["rate_per_1000"] / 1000,
                )
                planned = line.get("planned_growth_share", growth)
                self.planned_cases[year, :, at] = of_first * (1 + planned) ** (start - rate_year)
                grown = 1 + (planned if is_block(line) else growth)
                self.cases[year, :, at] = of_first * grown ** (start - rate_year)
                self.prices[year, :, at] = (1 + line.get("price_growth_share", 0.0)) ** (start - rate_year)
        self.whole_mean = np.array([mean_cost(line["unit_cost_gbp"]) for line in self.lines])
        self.mean = np.array([self._limited_mean(line) for line in self.lines])
        # Planned spend of the whole of each year.
        self.whole_year = self.planned_cases * self.mean * self.prices
        self.answers_for = np.array(
            [
                [
                    cluster.get("proportion_by_line", {}).get(line["name"], cluster.get("proportion", 1.0))
                    * (line["name"] in cluster.get("service_lines", [line["name"]]))
                    for line in self.lines
                ]
                for cluster in self.clusters
            ]
        )

    def _read_people(self) -> None:
        """Find registered people, and people weighted by need for each line."""
        population = self.scenario.get("population", {})
        lists: dict[str, dict[str, float]] = {}
        if "practices_csv" in population:
            for row in _rows(self.folder / population["practices_csv"]):
                groups = {_group(name): float(row[name]) for name in row if name[1:2].isdigit()}
                lists[row["practice_code"]] = groups
        weights: dict[str, dict[str, float]] = {}
        if "need_weights_csv" in population:
            for row in _rows(self.folder / population["need_weights_csv"]):
                weights[f"{row['sex']} {row['age_band']}"] = {
                    name: float(row[name]) for name in row if name not in {"sex", "age_band"}
                }
        everyone: dict[str, float] = defaultdict(float)
        for groups in lists.values():
            for group, people in groups.items():
                everyone[group] += people
        self.people = np.zeros(len(self.clusters))
        self.need = np.zeros((len(self.clusters), len(self.lines)))
        for at, cluster in enumerate(self.clusters):
            members = [lists[code] for code in cluster.get("practices", [])]
            self.people[at] = cluster.get("people", 0) + sum(sum(one.values()) for one in members)
            for at_line, line in enumerate(self.lines):
                name = line.get("need_weights", "people")
                if name == "people" or not members:
                    self.need[at, at_line] = self.people[at]
                    continue
                weighted = sum(weights[group][name] * one[group] for one in members for group in one)
                of_all = sum(weights[group][name] * everyone[group] for group in everyone)
                self.need[at, at_line] = weighted * sum(everyone.values()) / of_all

    def _season(self, name: str) -> list[float]:
        if name == "flat":
            return [1.0] * 12
        rows = _rows(self.folder / self.scenario["seasons"]["csv"])
        return [float(row[name]) for row in sorted(rows, key=lambda row: int(row["calendar_month"]))]

    def _limited_mean(self, line: Table) -> float:
        cost, rule = line["unit_cost_gbp"], self.limit
        if line.get("paid_to") == "practices":
            return mean_cost(cost)
        if rule and not is_block(line) and line["name"] in rule.get("service_lines", [line["name"]]):
            cost = cost | {"limit": min(cost.get("limit", math.inf), rule["limit_gbp"])}
        return mean_cost(cost)

    def expected_counts(self) -> FloatArray:
        """Return expected cases after true savings, before shocks; of block contracts before both."""
        saving = np.array([cluster.get("true_saving_share", 0.0) for cluster in self.clusters])
        kept = np.ones(self.cases.shape)
        kept[1:] -= saving[:, None] * np.array([not is_block(line) for line in self.lines])
        return np.asarray(self.cases * self.part_of_year * kept)

    def expected_spend(self) -> FloatArray:
        """Return expected spend after true savings, before shocks."""
        return self.expected_counts() * self.mean * self.prices

    def planned(self) -> FloatArray:
        """Return what the PCT plans for all care, shape (contract year, cluster)."""
        cases = self.planned_cases * self.part_of_year
        return np.asarray((cases * self.whole_mean * self.prices).sum(axis=2)[1:])

    def budget_of_whole_year(self, spend: FloatArray, year: int, at: int) -> FloatArray:
        """Return the budget of one line for a whole year, shape (contract, cluster)."""
        by_rule = self._by_rule(spend, year, at)
        share = self.scenario["budgets"].get("rebased_share", 0.0) if year > 1 else 0.0
        line = self.lines[at]
        rule = line.get("budget_rule", self.scenario["budgets"]["rule"])
        planned = line.get("planned_growth_share", line.get("growth_share", 0.0))
        uplift = (1 + planned) * (1 + line.get("price_growth_share", 0.0))
        if rule["rule"] in {"toolkit", "per_head"}:
            usual = 1.0 if rule["rule"] == "per_head" else uplift
            uplift = 1 + rule["uplift_share"] if "uplift_share" in rule else usual
        year_before = spend[:, year - 1, :, at] / self.part_of_year[year - 1, 0, at]
        return np.asarray((1 - share) * by_rule + share * uplift * year_before)

    def _by_rule(self, spend: FloatArray, year: int, at: int) -> FloatArray:
        """Return what the rule of one line gives for a whole year, shape (contract, cluster)."""
        line, usual = self.lines[at], self.scenario["budgets"]["rule"]
        rule = line.get("budget_rule", usual)
        planned = self.whole_year[year, :, at]
        if rule["rule"] == "expected_spend":
            return np.broadcast_to((1 + rule.get("margin_share", 0.0)) * planned, spend[:, 0, :, at].shape)
        if rule["rule"] == "given":
            return np.broadcast_to(self._given(rule["csv"], year, at), spend[:, 0, :, at].shape)
        if rule["rule"] == "per_head":
            uplift = (1 + rule.get("uplift_share", 0.0)) ** year
            whole = self.people * rule["gbp_per_head"] * uplift * self._part(year, at)
            return np.broadcast_to(whole, spend[:, 0, :, at].shape)
        planned_growth = line.get("planned_growth_share", line.get("growth_share", 0.0))
        growth = (1 + planned_growth) * (1 + line.get("price_growth_share", 0.0))
        uplift = 1 + rule["uplift_share"] if "uplift_share" in rule else growth
        weights = rule["fair_share_weight_by_year"]
        weight = weights[min(year, len(weights)) - 1]
        historic = spend[:, 0, :, at] * uplift**year
        if rule.get("historic_year", "base") == "latest" and year > 1:
            historic = spend[:, year - 1, :, at] * uplift / self.part_of_year[year - 1, 0, at]
        return np.asarray((1 - weight) * historic + weight * self.whole_year[0, :, at] * uplift**year)

    def _part(self, year: int, at: int) -> FloatArray:
        """Return a line's part of a budget for all lines, shape (cluster,)."""
        shared = [i for i, one in enumerate(self.lines) if "budget_rule" not in one]
        planned = self.whole_year[year]
        return (
            planned[:, at] / planned[:, shared].sum(axis=1) if at in shared else np.ones(len(self.clusters))
        )

    def _given(self, name: str, year: int, at: int) -> FloatArray:
        """Return what a table gives of one line for a whole year, shape (cluster,)."""
        label = f"{self.starts[year]}/{(self.starts[year] + 1) % 100:02d}"
        rows = _rows(self.folder / name)
        found = np.zeros(len(self.clusters))
        for place, cluster in enumerate(self.clusters):
            for row in rows:
                here = row.get("cluster") == cluster["name"] or row.get("practice") in cluster.get(
                    "practices", []
                )
                wanted = row.get("line", self.lines[at]["name"]) == self.lines[at]["name"]
                found[place] += float(row["budget_gbp"]) * (
                    here and wanted and row.get("year", label) == label
                )
        if "line" not in rows[0]:
            found *= self._part(year, at)
        return found / self.part_of_year[year, :, at] if "year" in rows[0] else found


def is_block(line: Table) -> bool:
    """Return whether a line is a block contract."""
    return line.get("payment", "per_case") == "block"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _group(column: str) -> str:
    """Return sex and age band as the weights write them: ``F 75+`` for ``f75_plus``."""
    return f"{column[0].upper()} {column[1:].replace('_plus', '+').replace('_', '-')}"
