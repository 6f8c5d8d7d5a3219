"""Tables of need weights by sex and age band, and of seasons."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from simulator.errors import Problem, shown
from simulator.population.groups import (
    EXCEL_DATE,
    Group,
    ages_of,
    excel_date,
    group_in_heading,
    overlaps,
    sex_of,
)
from simulator.population.practices import PracticeTable
from simulator.scenario.csv_tables import Table, read_table

Weights = dict[str, tuple[float, ...]]
"""By name, in the order of the groups that they weigh."""


def read_need_weights(path: Path, practices: PracticeTable | None) -> tuple[PracticeTable | None, Weights]:
    """Read sex, age_band and a column for each set of weights; return lists in their bands, and weights."""
    table = read_table(path, ("sex", "age_band"))
    names = [column for column in table.columns if column not in ("sex", "age_band")]
    by_band: dict[Group, dict[str, float]] = {}
    for line, row in table.rows:
        band = _band(table, line, row)
        weights = {name: table.number(line, row, name, pounds=True) for name in names}
        if band in by_band:
            table.complain(line, "age_band", "each sex and age band once", str(band))
        elif band:
            by_band[band] = weights
    for one, other in overlaps(by_band):
        table.problems.append(Problem(table.source, "age bands that do not overlap", f"{one} and {other}"))
    # A band that could not be read is not missing as well.
    table.finish()
    if practices is None or not practices.by_sex_and_age:
        return practices, dict.fromkeys(names, ())
    practices = _in_bands(table, practices, by_band)
    bands = [band for band in sorted(by_band) if str(band) in practices.groups]
    found = {name: tuple(by_band[band][name] for band in bands) for name in names}
    for name, values in found.items():
        if not any(values):
            table.problems.append(Problem(f"{table.source}, {name}", "some weight above zero", "zeros"))
    table.finish()
    return practices, found


def _band(table: Table, line: int, row: dict[str, str]) -> Group | None:
    """Return the sex and age band of a row; note a problem where there is none."""
    sex, ages = sex_of(row["sex"]), ages_of(row["age_band"])
    if sex not in {"M", "F"}:
        table.complain(line, "sex", "M or F", shown(row["sex"].strip()))
    if not ages:
        hint = EXCEL_DATE if excel_date(row["age_band"]) else ""
        table.complain(
            line, "age_band", "an age band such as 5-14 or 75+", shown(row["age_band"].strip()), hint
        )
    return Group(ages[0], sex == "F", ages[1]) if ages and sex in {"M", "F"} else None


def _in_bands(table: Table, practices: PracticeTable, bands: Mapping[Group, object]) -> PracticeTable:
    """Return lists in the bands of the weights; say which bands do not add up to them."""
    groups = {name: group for name in practices.groups if (group := group_in_heading(name))}
    held = {name: next((band for band in bands if band.holds(group)), None) for name, group in groups.items()}
    missing = [name for name, band in held.items() if band is None]
    across = {name: [str(band) for band in bands if band.meets(groups[name])] for name in missing}
    if unknown := [name for name in missing if not across[name]]:
        need = "a row for every sex and age band of the practices"
        table.problems.append(Problem(table.source, need, f"none for {', '.join(unknown)}"))
    if wide := [
        f"{name} of the lists is not within {' or '.join(found)}" for name, found in across.items() if found
    ]:
        need = "bands that the bands of the practices' lists add up to"
        table.problems.append(Problem(table.source, need, "; ".join(wide[:5])))
    table.finish()
    return practices.in_bands({name: band for name, band in held.items() if band})


def read_seasons(path: Path) -> dict[str, tuple[float, ...]]:
    """Read seasons: calendar_month from 1 to 12, and one column of daily indices for each season."""
    table = read_table(path, ("calendar_month",))
    names = [column for column in table.columns if column != "calendar_month"]
    months: dict[int, dict[str, float]] = {}
    for line, row in table.rows:
        month, before = int(table.number(line, row, "calendar_month", whole=True)), len(table.problems)
        months[month] = {name: table.number(line, row, name) for name in names}
        for name in names if len(table.problems) == before else []:
            if months[month][name] == 0:
                table.complain(line, name, "an index above zero", shown(row[name]))
    # A month that could not be read is not missing as well.
    table.finish()
    if sorted(months) != list(range(1, 13)) or len(table.rows) != len(months):
        got = ", ".join(str(month) for month in months)
        table.problems.append(Problem(f"{table.source}, calendar_month", "each month from 1 to 12 once", got))
    table.finish()
    return {name: tuple(months[month][name] for month in range(1, 13)) for name in names}
