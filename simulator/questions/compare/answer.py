"""Scenarios side by side: what differs between them, and what that does beyond chance."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.answers.answer import Answer
from simulator.answers.rule_notes import policy_notes
from simulator.answers.table import SAME_DRAWS, Column, Table, heading_of, mark_means, text, unit_of
from simulator.questions.sweep.ask import MAIN_MEASURES
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import in_sentence, phrase
from simulator.risk.paired import NUMBERS, PairedEstimate, Place, numbers_of
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import make_plan
from simulator.simulation.shared_draws import same_demand

if TYPE_CHECKING:
    import pandas as pd


_NONE = "none"
_NAMES = ("name", "rule")
_WITHOUT_EFFECT = ("title", "question", "pct", "simulation")
"""Sections that say what a scenario is, or what a comparison decides for all."""
_LEAST_WITH_COMMAS = 10_000
_MOST_SETTINGS = 30
_TABLES = ("practices", "need_weights", "seasons")


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """A setting that is not the same in all scenarios."""

    key: str  # such as ``clusters.Granta.bond_gbp``
    in_each: tuple[str, ...]  # its value in each scenario

    def in_words(self, names: Sequence[str]) -> str:
        """Return the values, and which scenarios have them: ``key: 0.1 in A and C, 0.2 in B``."""
        holders: dict[str, list[str]] = {}
        for name, value in zip(names, self.in_each, strict=True):
            holders.setdefault(value, []).append(name)
        return f"{self.key}: " + ", ".join(f"{value} in {' and '.join(of)}" for value, of in holders.items())


def setting_differences(scenarios: Sequence[Scenario]) -> tuple[SettingDifference, ...]:
    """Return which settings and tables differ."""
    dumps = [scenario.settings.model_dump(exclude=set(_WITHOUT_EFFECT)) for scenario in scenarios]
    found: list[SettingDifference] = []
    _compare("", dumps, found)
    for table in _TABLES:
        first, *others = (getattr(scenario, table) for scenario in scenarios)
        if any(other != first for other in others):
            beside = ("the same table" if other == first else "another table" for other in others)
            found.append(SettingDifference(f"figures of {table.replace('_', ' ')}", ("a table", *beside)))
    return tuple(found)


def _compare(key: str, values: Sequence[Any], found: list[SettingDifference]) -> None:
    """Add what differs at or below a key."""
    if all(value == values[0] for value in values):
        return
    if all(isinstance(value, Mapping) for value in values):
        for step in dict.fromkeys(step for value in values for step in value):
            _compare(_joined(key, step), [value.get(step) for value in values], found)
    elif all(_is_named(value) for value in values):
        _compare_named(key, [{_name(item): item for item in value} for value in values], found)
    else:
        found.append(SettingDifference(key, tuple(map(_text, values))))


def _compare_named(key: str, tables: Sequence[Mapping[str, Any]], found: list[SettingDifference]) -> None:
    """Compare lists of clusters, lines or rules by their items' names."""
    everywhere = [name for name in tables[0] if all(name in table for table in tables)]
    orders = [[name for name in table if name in everywhere] for table in tables]
    # Only rules act in the order in which they stand.
    if key == "rules" and any(order != orders[0] for order in orders):
        found.append(SettingDifference(f"order of {key}", tuple(", ".join(order) for order in orders)))
    for name in dict.fromkeys(name for table in tables for name in table):
        if name in everywhere:
            _compare(_joined(key, name), [table[name] for table in tables], found)
        else:
            values = tuple("there" if name in table else _NONE for table in tables)
            found.append(SettingDifference(_joined(key, name), values))


def _is_named(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(
        isinstance(item, Mapping) and any(key in item for key in _NAMES) for item in value
    )


def _name(item: Mapping[str, Any]) -> str:
    return next(str(item[key]) for key in _NAMES if key in item)


def _joined(key: str, step: str) -> str:
    step = f'"{step}"' if "." in step else step
    return f"{key}.{step}" if key else step


def _text(value: Any) -> str:
    match value:
        case None | () | []:
            return _NONE
        case bool():
            return str(value).lower()
        case int():
            # A year has no comma in it.
            return f"{value:,}" if value >= _LEAST_WITH_COMMAS else str(value)
        case float():
            return f"{value:,.12g}"
        case list() | tuple():
            return f"[{', '.join(map(_text, value))}]"
        case Mapping():
            return json.dumps(value, default=str)
        case _:
            return str(value)


@dataclass(frozen=True)
class Comparison(Answer):
    """What `compare` returns."""

    scenarios: tuple[Scenario, ...]  # as given; differences are from the first
    contracts: int  # as is the seed, of the draws that all share where clusters and lines have the same names
    seed: int
    names: tuple[str, ...]  # of the scenarios, each another
    estimates: tuple[Mapping[Place, PairedEstimate], ...]  # for each scenario, by row and measure
    asked: tuple[str, ...] = ()  # measures that a page shows; the main ones where empty
    rows: tuple[str, ...] = (ALL_CLUSTERS,)  # rows that a page shows

    @property
    def scenario(self) -> Scenario:
        """The first, from which differences are."""
        return self.scenarios[0]

    @property
    def settings(self) -> tuple[SettingDifference, ...]:
        """Settings that are not the same in all scenarios."""
        return setting_differences(self.scenarios)

    @property
    def same_demand(self) -> bool:
        """Whether all scenarios have the same demand: they differ only in how money follows it."""
        first, *others = map(make_plan, self.scenarios)
        return all(same_demand(first, other) for other in others)

    def opening(self) -> tuple[str, ...]:
        """Return what was asked, and the settings that differ."""
        draws = f"on the same {self.contracts:,} simulated contracts, seed {self.seed}"
        lines = [f"{' and '.join(self.names)}, {draws}", ""]
        settings = self.settings
        if not settings:
            return (*lines, "The scenarios do not differ in any setting that matters.")
        shown = (f"  {one.in_words(self.names)}" for one in settings[:_MOST_SETTINGS])
        lines += ["Settings that differ:", *shown]
        if len(settings) > _MOST_SETTINGS:
            lines.append(f"  and {len(settings) - _MOST_SETTINGS:,} more, which --out FILE.xlsx lists.")
        return tuple(lines)

    def origin(self) -> dict[str, str]:
        """Return the fingerprints of the other scenarios."""
        others = zip(self.names[1:], self.scenarios[1:], strict=True)
        return {f"fingerprint of {name}": scenario.fingerprint for name, scenario in others}

    def tables(self) -> tuple[Table, ...]:
        """Return the measures side by side for each row asked for, and the settings that differ."""
        return (*(self._table(row) for row in self.rows), *([self._settings()] if self.settings else []))

    def _measures(self, row: str) -> list[str]:
        asked = self.asked or MAIN_MEASURES
        return [measure for measure in asked if any((row, measure) in found for found in self.estimates)]

    def _table(self, row: str) -> Table:
        asked = self._measures(row)
        units = tuple(unit_of(measure) for measure in asked)
        made = [text("measure", list(map(heading_of, asked)))]
        for number, name in enumerate(self.names):
            found = [self.estimates[number].get((row, measure)) for measure in asked]
            made.append(Column(name, name, units, tuple(one.estimate if one else None for one in found)))
            if number:
                heading = f"less {self.names[0]}"
                differences = tuple(one.difference if one else None for one in found)
                made.append(Column(f"{name} {heading}", heading, units, differences, is_change=True))
        return Table(row, row, tuple(made))

    def _settings(self) -> Table:
        each = (text(name, [one.in_each[at] for one in self.settings]) for at, name in enumerate(self.names))
        keys = text("setting", [one.key for one in self.settings])
        return Table("settings", "Settings that differ", (keys, *each), in_files_only=True)

    def sentences(self) -> tuple[str, ...]:
        """Return which measures differ from the first scenario's beyond chance."""
        others = range(1, len(self.names))
        return tuple(self._beyond_chance(number, row) for row in self.rows for number in others)

    def _beyond_chance(self, number: int, row: str) -> str:
        differing, alike = [], []
        for measure in self._measures(row):
            paired = self.estimates[number].get((row, measure))
            if paired is None or paired.difference is None:
                continue
            if beyond_chance(paired.difference):
                unit = unit_of(measure)
                differing.append(f"{heading_of(measure)} ({phrase(paired.difference, unit, signed=True)})")
            else:
                alike.append(heading_of(measure))
        first, other = self.names[0], self.names[number]
        whose = in_sentence(row)
        if not differing and not alike:
            return f"{other} and {first} cannot be compared for {whose}: only one of them has it."
        if not differing:
            return f"For {whose}, {other} differs from {first} in none of these measures beyond chance."
        rest = f"; not in {', '.join(alike)}" if alike else ""
        return f"Beyond chance, {other} differs from {first} for {whose} in {', '.join(differing)}{rest}."

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        names_alone = "Clusters and lines of the same name share their chances"
        sharing = f"All scenarios {SAME_DRAWS}" if self.same_demand else names_alone
        keys = [one.key for one in self.settings]
        return (*policy_notes(self.scenario, keys), mark_means(sharing), self.errors_note)

    def every_number(self) -> pd.DataFrame:
        """Return every estimate, a row each, and its difference from the first scenario where that has it."""
        import pandas as pd

        rows = [
            (name, *place, str(unit_of(place[1])), *numbers_of(found, [place])[0])
            for name, found in zip(self.names, self.estimates, strict=True)
            for place in found
        ]
        return pd.DataFrame(rows, columns=["scenario", "cluster", "measure", "unit", *NUMBERS])
