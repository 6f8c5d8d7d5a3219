"""The tables beside a scenario, and whether all that was given agrees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem
from simulator.population.need import need_per_head
from simulator.population.practices import PracticeTable
from simulator.scenario import consistency, membership
from simulator.scenario.lenient import Place
from simulator.scenario.tables import read_need_weights, read_practices, read_seasons


def read_tables(
    given: Mapping[str, Any], folder: Path, problems: list[Problem]
) -> tuple[PracticeTable | None, dict[str, tuple[float, ...]] | None, dict[str, tuple[float, ...]] | None]:
    """Read the tables that a scenario names.

    Returns practices, need weights and seasons; None for a table that is not named or cannot be read.
    """

    def read(section: str, key: str, reader: Any) -> Any:
        table = given.get(section)
        name = table.get(key) if isinstance(table, Mapping) else None
        if not isinstance(name, str) or not name:
            return None
        try:
            return reader(folder / name)
        except InputError as error:
            problems.extend(error.problems)
            return None

    practices = read("population", "practices_csv", read_practices)
    groups = practices.groups if practices else ()
    weights = read("population", "need_weights_csv", lambda path: read_need_weights(path, groups))
    return practices, weights, read("seasons", "csv", read_seasons)


def disagreements(
    given: Mapping[str, Any],
    practices: PracticeTable | None,
    need_weights: Mapping[str, tuple[float, ...]] | None,
    seasons: Mapping[str, object] | None,
    place: Place,
) -> Iterable[Problem]:
    """Yield what does not agree within a scenario, or between it and its tables."""

    def known(section: str, key: str, table: Mapping[str, object] | None) -> list[str] | None:
        """Names in a table; none at all where no table is named, unknown where it is unreadable."""
        settings = given.get(section)
        named = isinstance(settings, Mapping) and key in settings
        return None if named and table is None else list(table or ())

    yield from consistency.name_problems(given, place)
    yield from consistency.reference_problems(
        given,
        known("population", "need_weights_csv", need_weights),
        known("seasons", "csv", seasons),
        place,
    )
    codes = [practice.code for practice in practices.practices] if practices else None
    yield from membership.membership_problems(given, codes, place)
    yield from consistency.year_problems(given, place)
    if practices:
        people = {practice.code: practice.people for practice in practices.practices}
        weighted = need_per_head(practices, need_weights or {}) if sum(people.values()) else {}
        yield from membership.people_problems(given, people, weighted, place)
    yield from consistency.rule_problems(given, place)
