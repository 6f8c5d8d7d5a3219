"""Which settings of scenarios differ, by keys that a reader can find in their files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.scenario.scenario import Scenario

_NONE = "none"
_NAMES = ("name", "rule")
_WITHOUT_EFFECT = ("title", "question", "pct", "simulation")
"""Sections that say what a scenario is, or what a comparison decides for all."""
_LEAST_WITH_COMMAS = 10_000
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
            values = (
                "a table",
                *("the same table" if other == first else "another table" for other in others),
            )
            found.append(SettingDifference(f"figures of {table.replace('_', ' ')}", values))
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
        case int() if value < _LEAST_WITH_COMMAS:
            # A year has no comma in it.
            return str(value)
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.12g}"
        case list() | tuple():
            return f"[{', '.join(map(_text, value))}]"
        case Mapping():
            return json.dumps(value, default=str)
        case _:
            return str(value)
