"""Practice lists: one row a practice, or one row a practice, sex and age, as NHS bodies publish them."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from pathlib import Path

from simulator.errors import shown
from simulator.letters import name_problem
from simulator.population.groups import EVERYONE
from simulator.population.practices import Practice, PracticeTable
from simulator.scenario.csv_tables import Table, is_total, read_table
from simulator.scenario.lists_in_columns import has_every_age, lists_in_columns
from simulator.scenario.lists_in_rows import lists_in_rows

_SYNONYMS = {
    "gp_practice_code": "practice_code",
    "org_code": "practice_code",
    "code": "practice_code",
    "practice": "practice",
    "practice_name": "practice",
    "org_name": "practice",
    "total_all": "list_size",
    "registered_people": "list_size",
    "registered_patients": "list_size",
    "number_of_patients": "list_size",
    "org_type": "org_type",
    "type": "org_type",
    "sex": "sex",
    "gender": "sex",
    "age": "age",
    "age_group": "age",
    "age_group_5": "age",
    "age_band": "age",
    "extract_date": "extract_date",
}
"""Headings of published lists, in our words."""
_WEIGHTED = "weighted_"
"""What columns of need-weighted people start with, in lists without sex and age."""
_LEAVE_OUT = "leave that row out: it counts people twice"


def read_practices(path: Path) -> PracticeTable:
    """Read practices with their lists."""
    table = read_table(path, ("practice_code",), {"list_size": ""} | _SYNONYMS)
    in_rows = "sex" in table.columns
    if "list_size" not in table.columns and (in_rows or not has_every_age(table)):
        table.complain_of_headings("a column list_size", ", ".join(table.columns))
        table.finish()
    if in_rows:
        _keep_practices(table)
    _refuse_totals_by_name(table)
    groups, practices = lists_in_rows(table) if in_rows else lists_in_columns(table)
    totals = _refuse_totals_by_sum(table, practices)
    seen: set[str] = set()
    for line, practice in practices:
        if (not practice.code or practice.code in seen) and line not in totals:
            table.complain(line, "practice_code", "a code, each once", shown(practice.code))
        elif line not in totals and (need := name_problem(practice.code)[0]):
            table.complain(line, "practice_code", need, shown(practice.code))
        seen.add(practice.code)
    weighted = {
        name: [table.number(line, row, name) for line, row in table.rows]
        for name in table.columns
        if name.startswith(_WEIGHTED) and not groups
    }
    table.finish()
    found = PracticeTable(tuple(map(str, groups)) or (EVERYONE,), tuple(one for _, one in practices))
    return found.weighted(weighted) if weighted else found


def _keep_practices(table: Table) -> None:
    """Leave out regions and the like, which published files list among practices; refuse two dates."""
    kind = [row.get("org_type", "").strip().casefold() for _, row in table.rows]
    if "gp" in kind:
        table.rows = [row for row, of in zip(table.rows, kind, strict=True) if of == "gp"]
    elif len(set(kind)) > 1:
        table.complain_of_column("org_type", "GP in the rows of practices", ", ".join(sorted(set(kind))))
    if "extract_date" in table.columns:
        dates = list(dict.fromkeys(row["extract_date"].strip() for _, row in table.rows))
        if len(dates) > 1:
            table.complain_of_column("extract_date", "lists of one date", ", ".join(dates[:5]))
    table.finish()


def _refuse_totals_by_name(table: Table) -> None:
    """Note each row that is named as a total, and go on without."""
    told: set[str] = set()
    kept = []
    for line, row in table.rows:
        names = [row[column].strip() for column in ("practice_code", "practice") if column in row]
        if name := next((name for name in names if is_total(name)), ""):
            if name not in told:
                table.complain(line, "practice_code", "a practice", shown(name), _LEAVE_OUT)
            told.add(name)
        else:
            kept.append((line, row))
    table.rows = kept


def _refuse_totals_by_sum(table: Table, practices: Sequence[tuple[int, Practice]]) -> set[int]:
    """Note each row that is the sum of all others, and return its line."""
    # Of two practices that are as large as each other, each is the sum of the others.
    if len(practices) < 3 or table.problems:
        return set()
    everyone = [sum(column) for column in zip(*(one.people_by_group for _, one in practices), strict=True)]
    found = set()
    for line, practice in practices:
        # Averages are rounded before they are added up.
        pairs = zip(practice.people_by_group, everyone, strict=True)
        if practice.people and all(isclose(2 * people, total, abs_tol=0.5) for people, total in pairs):
            got = f"{practice.code or 'no code'} with {practice.people:,} people, the sum of all others"
            table.complain(line, "practice_code", "a practice", got, _LEAVE_OUT)
            found.add(line)
    return found
