"""Published practice lists in our own layout, in the bands of need weights where these are given."""

from __future__ import annotations

import csv
from pathlib import Path

from simulator.errors import InputError, Problem, printable
from simulator.execution.new_files import CSV_ENCODING, check_new_file, new_file
from simulator.letters import starts_a_formula, substituted
from simulator.population.groups import group_in_heading
from simulator.population.practices import PracticeTable
from simulator.scenario.practice_lists import read_practices
from simulator.scenario.weights_and_seasons import read_need_weights


def import_lists(
    file: Path, out: Path, weights: Path | None = None, *, replace: bool = False
) -> PracticeTable:
    """Read lists in any layout that a scenario takes, write them in ours, and return them.

    Bands are those of the need weights in `weights`, where that is given.

    Raises
    ------
    InputError
        For lists that cannot be read or folded into those bands, and an `out` that cannot be made.
    """
    check_new_file(out, replace=replace)
    practices = read_practices(file)
    if practices.need_weights:
        need, got = "lists by sex and age, or sizes alone", "people weighted by need"
        raise InputError([Problem(printable(file), need, got, "a scenario takes this table as it is")])
    if weights is not None:
        if not practices.by_sex_and_age:
            got = "sizes alone, which have no bands"
            raise InputError([Problem(printable(file), "lists by sex and age beside --weights", got)])
        practices = read_need_weights(weights, practices)[0] or practices
    bands = [_heading(group) for group in practices.groups if practices.by_sex_and_age]
    head = ["practice_code", "practice", "list_size", *bands]
    rows = [
        [one.code, _tame(one.name) or one.code, one.people, *one.people_by_group[: len(bands)]]
        for one in practices.practices
    ]
    with (
        new_file(out, replace=replace) as partial,
        partial.open("w", encoding=CSV_ENCODING, newline="") as made,
    ):
        csv.writer(made, lineterminator="\n").writerows([head, *rows])
    return practices


def _tame(name: str) -> str:
    """Return a name without what would act on a spreadsheet or terminal."""
    name = substituted(name).strip()
    while starts_a_formula(name):
        name = name[1:].strip()
    return name


def _heading(name: str) -> str:
    """Return a group as our tables head its column, such as ``f75_plus`` for ``F 75+``."""
    group = group_in_heading(name)
    if group is None:
        raise ValueError(name)
    sex, _, ages = str(group).partition(" ")
    return f"{sex.lower()}{ages.replace('-', '_').replace('+', '_plus')}"
