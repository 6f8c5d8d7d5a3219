"""Lists with one row a practice: its size, and columns such as m0_4, Male 5-9 or FEMALE_95+."""

from __future__ import annotations

from simulator.population.groups import (
    EXCEL_DATE,
    Group,
    excel_date,
    gaps,
    group_in_heading,
    looks_like_ages,
    overlaps,
    settled,
)
from simulator.population.practices import Practice
from simulator.scenario.csv_tables import Table


def lists_in_columns(table: Table) -> tuple[list[Group], list[tuple[int, Practice]]]:
    """Return practices of which each has a row."""
    columns = _group_columns(table)
    # With a band left out no list would add up.
    table.finish()
    practices = []
    for line, row in table.rows:
        code, before = row["practice_code"].strip(), len(table.problems)
        # A list without bands may be an average over a year.
        sized = "list_size" in row
        size = table.number(line, row, "list_size", whole=bool(columns)) if sized else 0
        people = [table.number(line, row, column, whole=True) for column in columns]
        size = size if sized else sum(people)
        size = int(size) if size % 1 == 0 else size
        if columns and sum(people) != size and len(table.problems) == before:
            got, need = f"bands of {sum(people):,} and a list of {size:,}", f"the sum of the bands of {code}"
            table.complain(line, "list_size", need, got, alike="the sum of its bands")
        name = row.get("practice", "").strip() or code
        practices.append((line, Practice(code, name, tuple(people) if columns else (size,))))
    return list(columns.values()), practices


def has_every_age(table: Table) -> bool:
    """Whether columns hold people of either sex and every age, so that they add up to lists."""
    found = [group for column in table.columns if (group := group_in_heading(column))]
    return not gaps(list(settled(found).values()))


def _group_columns(table: Table) -> dict[str, Group]:
    """Return the columns of people by sex and age band, in the order of ages."""
    found = {column: group for column in table.columns if (group := group_in_heading(column))}
    means = settled(found.values())
    groups = [means[group] for group in found.values()]
    strange = [column for column in table.columns if column not in found and looks_like_ages(column)]
    # Beside bands of every age, columns such as over_65_share are no bands.
    if strange and gaps(groups):
        need = "columns of people by sex and age band, such as m0_4 and f75_plus"
        hint = EXCEL_DATE if any(map(excel_date, strange)) else "name them so, or leave them out"
        table.complain_of_headings(need, ", ".join(strange), hint)
    for one, other in overlaps(groups):
        table.complain_of_headings("age bands that do not overlap", f"{one} and {other}")
    return {column: means[found[column]] for column in sorted(found, key=lambda column: means[found[column]])}
