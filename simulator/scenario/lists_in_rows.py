"""Lists with one row a practice, sex and age, as NHS Digital publishes them; rows of ALL are their totals."""

from __future__ import annotations

from simulator.errors import Problem, shown
from simulator.population.groups import (
    ALL,
    EXCEL_DATE,
    OPEN,
    Group,
    ages_of,
    band_name,
    excel_date,
    gaps,
    overlaps,
    sex_of,
)
from simulator.population.practices import Practice
from simulator.scenario.csv_tables import Table

Cell = tuple[str, tuple[int, int]]
"""Sex, or ALL, and first and last age."""
_ALL_AGES = (0, OPEN)


def lists_in_rows(table: Table) -> tuple[list[Group], list[tuple[int, Practice]]]:
    """Return practices of which each has a row for each sex and age band."""
    if "age" not in table.columns:
        table.complain_of_headings("a column age beside sex", ", ".join(table.columns))
        table.finish()
    people, lines = _people(table)
    table.finish()
    cells = {cell for of_practice in people.values() for cell in of_practice}
    groups = sorted(
        Group(ages[0], sex == "F", ages[1]) for sex, ages in cells if sex != ALL and ages != _ALL_AGES
    )
    if groups:
        _check_groups(table, groups, with_totals=all(map(_has_totals, people.values())))
    practices = []
    for code, of_practice in people.items():
        name, line = lines[code]
        if groups:
            counts = _by_group(table, line, code, of_practice, groups)
        else:
            counts = (_everyone(table, line, code, of_practice),)
        practices.append((line, Practice(code, name, counts)))
    return groups, practices


def _people(table: Table) -> tuple[dict[str, dict[Cell, float]], dict[str, tuple[str, int]]]:
    """Return people by practice and cell, and each practice's name and first line."""
    people: dict[str, dict[Cell, float]] = {}
    lines: dict[str, tuple[str, int]] = {}
    for line, row in table.rows:
        code, before = row["practice_code"].strip(), len(table.problems)
        sex, ages = sex_of(row["sex"]), ages_of(row["age"])
        count = table.number(line, row, "list_size", whole=True)
        if not sex and count:
            table.complain(line, "sex", "male, female or all", shown(row["sex"].strip()), once=True)
        if not ages:
            hint = EXCEL_DATE if excel_date(row["age"]) else ""
            need, got = "an age, a band such as 5-9 or 95+, or all", shown(row["age"].strip())
            table.complain(line, "age", need, got, hint, once=bool(hint))
        if not (sex and ages) or len(table.problems) > before:
            continue
        of_practice = people.setdefault(code, {})
        lines.setdefault(code, (row.get("practice", "").strip() or code, line))
        if (sex, ages) in of_practice:
            got = f"{sex} {band_name(*ages)} of {code} again"
            table.complain(line, "age", "each practice, sex and age once", got, once=True)
        of_practice[sex, ages] = count
    return people, lines


def _has_totals(people: dict[Cell, float]) -> bool:
    """Whether a practice's rows can be checked with rows of ALL; then a row that is not there is nobody."""
    return (ALL, _ALL_AGES) in people or {("M", _ALL_AGES), ("F", _ALL_AGES)} <= people.keys()


def _check_groups(table: Table, groups: list[Group], *, with_totals: bool) -> None:
    """Note groups that count people twice, or that leave people out."""
    for one, other in overlaps(groups):
        table.problems.append(Problem(table.source, "age bands that do not overlap", f"{one} and {other}"))
    if len({group.women for group in groups}) == 1:
        got = "women and girls only" if groups[0].women else "men and boys only"
        hint = "put the rows of the other sex's file below these"
        table.problems.append(Problem(table.source, "people of both sexes", got, hint))
    elif not with_totals and (missing := gaps(groups)):
        table.problems.append(Problem(table.source, "rows for every age", f"none for {', '.join(missing)}"))
    table.finish()


def _by_group(
    table: Table, line: int, code: str, people: dict[Cell, float], groups: list[Group]
) -> tuple[float, ...]:
    """Return a practice's people in each group, checked with its rows of ALL."""
    counts = {group: people.get(("F" if group.women else "M", (group.first, group.last))) for group in groups}
    totals = {cell: total for cell, total in people.items() if cell[0] == ALL or cell[1] == _ALL_AGES}
    wrong = False
    # Where the rows of a sex do not add up, those of all people do not either.
    for (sex, ages), total in sorted(totals.items(), key=lambda item: item[0][0] == ALL):
        within = sum(
            count or 0
            for group, count in counts.items()
            if sex in {ALL, "F" if group.women else "M"} and ages[0] <= group.first and group.last <= ages[1]
        )
        if within != total and not (wrong and sex == ALL):
            what = f"{sex} {'ALL' if ages == _ALL_AGES else band_name(*ages)}"
            got, wrong = f"{within:,} in its rows and {total:,} in {what}", True
            table.complain(line, "list_size", f"rows of {code} that add up to its {what}", got)
    missing = [] if _has_totals(people) else [str(group) for group, count in counts.items() if count is None]
    if missing:
        got = f"none for {', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}"
        table.complain(line, "age", f"a row for each sex and age of {code}", got)
    return tuple(count or 0 for count in counts.values())


def _everyone(table: Table, line: int, code: str, people: dict[Cell, float]) -> float:
    """Return a practice's list where its people are not given by sex."""
    if (ALL, _ALL_AGES) in people:
        return people[ALL, _ALL_AGES]
    by_sex = [people.get((sex, _ALL_AGES)) for sex in ("M", "F")]
    if None in by_sex:
        need, got = f"a row of {code} for both sexes and all ages", "none"
        table.complain(line, "age", need, got, alike="all ages", once=True)
    return sum(count or 0 for count in by_sex)
