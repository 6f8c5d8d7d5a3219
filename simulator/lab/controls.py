"""What a page lets its reader change: keys of rules, budgets and clusters, made from the format itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from simulator.parts import Part
from simulator.plain_words import capitalised, spaced
from simulator.rules import RULES_IN_USUAL_ORDER
from simulator.scenario.keys import as_toml, readable
from simulator.scenario.scenario import Scenario

_SLIDER_REACHES = 4
"""Times the value as given: what a slider offers; the box takes all that the format does."""
_STEPS = 100
_CHOSEN_BY_CLUSTERS = ("takes_share", "bond_gbp", "proportion", "legal_form", "true_saving_share")


class Kind(StrEnum):
    """What a key takes, which decides how a page asks for it."""

    SHARE = "share"
    GBP = "gbp"
    NUMBER = "number"
    CHOICE = "choice"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Control:
    """A key that can be changed, and its value now."""

    key: str  # as `--set` takes it
    group: str  # what it belongs to: a rule, the budgets, a cluster
    label: str
    meaning: str  # what the format says of it
    kind: Kind
    value: float | str | bool | None  # None where the scenario leaves it out
    low: float = 0.0  # least and most that the format takes
    high: float = math.inf
    choices: tuple[str, ...] = ()
    usual: float | None = None  # what it comes to where the scenario leaves it out

    @property
    def has_slider(self) -> bool:
        """Whether there is a value that a slider can be laid about: of a share there always is."""
        return self.kind is Kind.SHARE or bool(self.value) or bool(self.usual)

    @property
    def reach(self) -> float:
        """How far a slider goes: a round number some times the value, no more than the format takes."""
        value = float(self.value or self.usual or 0.0)
        if self.kind is Kind.SHARE and not value:
            return min(self.high, 0.1)
        return min(self.high, _round_above(_SLIDER_REACHES * abs(value) or 1.0))

    @property
    def step(self) -> float:
        """How far a slider goes at a time."""
        return self.reach / _STEPS


def controls_of(scenario: Scenario) -> tuple[Control, ...]:
    """Return what can be changed of a scenario's rules, of its budgets and by its clusters."""
    return (*_of_rules(scenario), *_of_budgets(scenario), *_of_clusters(scenario))


def rules_to_add(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Return the rules that a scenario has not, each with the settings that add it as its example is."""
    there = {rule.rule for rule in scenario.settings.rules}
    found = {}
    for kind in RULES_IN_USUAL_ORDER:
        example = kind.example()
        name = str(example.rule)
        if name not in there:
            given = example.model_dump(exclude_defaults=True) or {}
            given = given or {key: value for key, value in example.model_dump().items() if value is not None}
            keys = {key: value for key, value in given.items() if key != "rule"} or {"rule": name}
            found[name] = tuple(f"rules.{name}.{key}={as_toml(value)}" for key, value in keys.items())
    return found


def _of_rules(scenario: Scenario) -> Iterator[Control]:
    for rule in scenario.settings.rules:
        yield from _below(type(rule), rule, f"rules.{rule.rule}", capitalised(spaced(str(rule.rule))), "")


def _of_budgets(scenario: Scenario) -> Iterator[Control]:
    budgets = scenario.settings.budgets
    yield from _below(type(budgets), budgets, "budgets", "Budgets", "")
    yield from _below(type(budgets.rule), budgets.rule, "budgets.rule", "Budgets", "")


def _of_clusters(scenario: Scenario) -> Iterator[Control]:
    for at, cluster in enumerate(scenario.settings.clusters):
        start = readable(("clusters", at, "name"), scenario.changed).removesuffix(".name")
        kept = {f"{start}.{name}" for name in _CHOSEN_BY_CLUSTERS}
        found = _below(type(cluster), cluster, start, cluster.name, "")
        yield from (one for one in found if one.key in kept)


def _below(kind: type[Part], part: Part | None, start: str, group: str, within: str) -> Iterator[Control]:
    """Yield the keys of a part that are a number, a choice or a switch, and those of tables in it."""
    schema = _schema(kind)
    for name, written in schema["properties"].items():
        found = _resolved(written, schema)
        value = getattr(part, name, None)
        label = f"{within}{spaced(name)}"
        if "properties" in found:
            field = kind.model_fields[name].annotation
            below = next((one for one in _types_in(field) if issubclass(one, Part)), None)
            if below is not None and not within:
                yield from _below(below, value, f"{start}.{name}", group, f"{label}: ")
            continue
        if (asked := _asked(name, found)) is not None:
            meaning = _in_words(str(written.get("description", "")))
            yield Control(f"{start}.{name}", group, _labelled(label), meaning, value=_plain(value), **asked)


def _asked(name: str, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return how a key is asked for; None for lists, tables and free text."""
    if schema.get("type") == "boolean":
        return {"kind": Kind.SWITCH}
    if "enum" in schema:
        return {"kind": Kind.CHOICE, "choices": tuple(schema["enum"])}
    if schema.get("type") not in {"number", "integer"}:
        return None
    low = schema.get("minimum", schema.get("exclusiveMinimum", -math.inf))
    high = schema.get("maximum", schema.get("exclusiveMaximum", math.inf))
    words = name.split("_")
    kind = Kind.SHARE if "share" in words or name == "proportion" else Kind.NUMBER
    return {"kind": Kind.GBP if "gbp" in words else kind, "low": float(low), "high": float(high)}


@lru_cache
def _schema(kind: type[Part]) -> dict[str, Any]:
    return kind.model_json_schema()


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of a key that is there: what a reference stands for, the number of a doubtful one."""
    if "$ref" in schema:
        return _resolved(root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root)
    if "anyOf" in schema:
        options = [one for one in schema["anyOf"] if one.get("type") != "null"]
        if any(one.get("type") == "array" for one in schema["anyOf"]):
            # A name or a list in its place is no choice that a page can offer.
            return {}
        return _resolved(options[0], root) if options else {}
    return schema


def _types_in(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type):
        yield annotation
    for inside in getattr(annotation, "__args__", ()):
        yield from _types_in(inside)


def _plain(value: Any) -> float | str | bool | None:
    return float(value) if isinstance(value, float) else value


def _in_words(description: str) -> str:
    """Return what the format says of a key, with keys and choices as the page calls them."""
    plain = description.replace("`", "").split()
    return " ".join(spaced(word) if "_" in word else word for word in plain)


def _labelled(words: str) -> str:
    """Return the words of a key without the unit, which stands beside the number."""
    return capitalised(words.removeprefix("gbp ").removesuffix(" gbp"))


def _round_above(value: float) -> float:
    """Return the least of 1, 2, 5, 10, 20... that is no less than a value."""
    size = 10.0 ** math.floor(math.log10(value))
    return next(round(size * one, 12) for one in (1, 2, 5, 10) if size * one >= value * (1 - 1e-9))
