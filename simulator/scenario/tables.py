"""Reading the tables that stand beside a scenario: practices, need weights, seasons."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.errors import Problem, shown
from simulator.population.practices import Practice, PracticeTable
from simulator.scenario.csv_table import read_table

_GROUP = re.compile(r"^(?P<sex>[mf])(?P<from>\d+)_(?P<to>\d+|plus)$")


def read_practices(path: Path) -> PracticeTable:
    """Read practices: practice_code, practice, list_size, and columns such as m0_4 and f75_plus."""
    table = read_table(path, ("practice_code", "practice", "list_size"))
    groups = {column: match for column in table.columns if (match := _GROUP.match(column))}
    if not groups:
        need = "columns of people by sex and age band, such as m0_4 and f75_plus"
        table.problems.append(Problem(f"{path}, line 1", need, shown(", ".join(table.columns))))
    practices: dict[str, Practice] = {}
    for line, row in table.rows:
        code, bands = (
            row["practice_code"].strip(),
            [int(table.number(line, row, column, int)) for column in groups],
        )
        size = int(table.number(line, row, "list_size", int))
        if groups and sum(bands) != size:
            got = f"bands of {sum(bands):,} and a list of {size:,}"
            table.complain(line, "list_size", f"the sum of the bands of {code}", got)
        if not code or code in practices:
            table.complain(line, "practice_code", "a code, each once", code)
        practices[code] = Practice(code, row["practice"].strip(), tuple(bands))
    table.finish()
    names = tuple(_group_name(match) for match in groups.values())
    return PracticeTable(names, tuple(practices.values()))


def read_need_weights(path: Path, groups: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    """Read need weights: sex, age_band, and one column for each set of weights."""
    table = read_table(path, ("sex", "age_band"))
    names = [column for column in table.columns if column not in ("sex", "age_band")]
    by_group: dict[str, dict[str, float]] = {}
    for line, row in table.rows:
        group = f"{row['sex'].strip()} {row['age_band'].strip()}"
        if group in by_group:
            table.complain(line, "age_band", "each sex and age band once", group)
        by_group[group] = {name: table.number(line, row, name, float) for name in names}
    for group in groups:
        if group not in by_group:
            need = "a row for every sex and age band of the practices"
            table.problems.append(Problem(str(path), need, f"none for {group}"))
    table.finish()
    weights = {name: tuple(by_group[group][name] for group in groups) for name in names}
    for name, values in weights.items():
        # Without practices there are no groups, and nothing to weigh.
        if groups and not any(values):
            table.problems.append(Problem(f"{path}, {name}", "some weight above zero", "zeros"))
    table.finish()
    return weights


def read_seasons(path: Path) -> dict[str, tuple[float, ...]]:
    """Read seasons: calendar_month from 1 to 12, and one column of daily indices for each season."""
    table = read_table(path, ("calendar_month",))
    names = [column for column in table.columns if column != "calendar_month"]
    months: dict[int, dict[str, float]] = {}
    for line, row in table.rows:
        month = int(table.number(line, row, "calendar_month", int))
        months[month] = {name: table.number(line, row, name, float) for name in names}
        for name in names:
            if months[month][name] == 0:
                table.complain(line, name, "an index above zero", row[name])
    if sorted(months) != list(range(1, 13)) or len(table.rows) != len(months):
        got = ", ".join(str(month) for month in months)
        table.problems.append(Problem(f"{path}, calendar_month", "each month from 1 to 12 once", got))
    table.finish()
    return {name: tuple(months[month][name] for month in range(1, 13)) for name in names}


def _group_name(match: re.Match[str]) -> str:
    band = f"{match['from']}+" if match["to"] == "plus" else f"{match['from']}-{match['to']}"
    return f"{match['sex'].upper()} {band}"
