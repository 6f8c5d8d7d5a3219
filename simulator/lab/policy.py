"""A policy of the lab: what is laid over the scenario as given, as a link, a command line and a TOML file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from subprocess import list2cmdline
from typing import Any, Self, TypeGuard
from urllib.parse import urlencode

import tomlkit

from simulator.errors import InputError, Problem, Problems, shown, unknown
from simulator.scenario.regimes import Regime, lay_over, regime_of, replaces
from simulator.scenario.scenario import Scenario

MOST_SETTINGS, LONGEST_SETTING = 200, 1_000
"""Of a policy: each cluster of a large scenario can have a few."""
SET, WITH = "set", "with"
"""Names of what a link holds; as the options of the command."""
_NAMES = ("name", "rule")


@dataclass(frozen=True, slots=True)
class Policy:
    """Regimes by name, and settings over them in the order in which they were made."""

    settings: tuple[tuple[str, str], ...] = ()  # each a key as `--set` takes it, and its value in TOML
    regimes: tuple[str, ...] = ()  # names of regimes, laid over the scenario in this order

    def having(self, key: str, value: str | None) -> Self:
        """Return the policy with a key set to a value; None for a key that is as it was given."""
        others = tuple(pair for pair in self.settings if pair[0] != key)
        return type(self)(others if value is None else (*others, (key, value)), self.regimes)

    @property
    def overrides(self) -> tuple[str, ...]:
        """The settings as ``KEY=VALUE``."""
        return tuple(f"{key}={value}" for key, value in self.settings)

    def over(self, scenario: Scenario, regimes: Mapping[str, Regime]) -> Scenario:
        """Return a scenario with the policy laid over it; InputError with every problem."""
        problems = Problems(
            one for name in self.regimes for one in unknown("regime", name, tuple(regimes) or ("none",))
        )
        problems.report()
        if not self.settings and not self.regimes:
            return scenario
        return scenario.vary(*self.overrides, regimes=[regimes[name] for name in self.regimes])

    def options(self, regimes: Mapping[str, Regime]) -> str:
        """Return the policy as the command takes it: ``--with FILE --set KEY=VALUE``."""
        laid = (f"--with {as_word(regimes[name].source)}" for name in self.regimes)
        return " ".join([*laid, *(f"--set {as_word(one)}" for one in self.overrides)])

    def query(self, start: str = "") -> str:
        """Return the policy as the part of a link that holds it; `start` tells several policies apart."""
        pairs = [(WITH, name) for name in self.regimes] + [(SET, one) for one in self.overrides]
        return urlencode([(f"{start}{name}", value) for name, value in pairs])

    @classmethod
    def of(cls, settings: Sequence[str] = (), regimes: Sequence[str] = ()) -> Self:
        """Return the policy of what a link or a request holds; what is wrong in a setting is told later."""
        problems = Problems()
        if len(settings) + len(regimes) > MOST_SETTINGS:
            need = f"at most {MOST_SETTINGS} settings and regimes"
            problems.append(Problem("policy", need, f"{len(settings) + len(regimes):,}"))
        problems += [
            Problem(f"--set {shown(one)}", f"at most {LONGEST_SETTING:,} characters", f"{len(one):,}")
            for one in settings
            if len(one) > LONGEST_SETTING
        ]
        problems += [
            Problem(f"--set {shown(one)}", "KEY=VALUE", shown(one)) for one in settings if "=" not in one
        ]
        problems.report()
        made = cls(regimes=tuple(regimes))
        for one in settings:
            key, _, value = one.partition("=")
            made = made.having(key.strip(), value.strip())
        return made


def as_word(text: str, system: str = os.name) -> str:
    """Return a word as the machine's own command line takes it: Windows knows no single quotes."""
    if system != "nt":
        return quote(text)
    word = list2cmdline([text])
    return f'"{word}"' if word == text and re.search(r"[&|<>^()%!*]", text) else word


def as_regime(scenario: Scenario, title: str) -> str:
    """Return what is laid over a scenario's file as one regime, for `--with`.

    InputError where nothing is, and for what a regime cannot say: that a key is taken away.
    """
    if not scenario.laid_over:
        raise InputError([Problem("policy", "something that differs from the scenario", "nothing")])
    document = tomlkit.document()
    document.add(tomlkit.comment(f"Lay it over the scenario: cluster-risk run {scenario.source} --with FILE"))
    document.add(tomlkit.comment(f"Made of: {', '.join(scenario.laid_over)}"))
    document["title"] = title
    for key, value in _differing(scenario.given, scenario.changed):
        document[key] = tomlkit.item(value)
    text = tomlkit.dumps(document)
    laid, _ = lay_over(scenario.given, {}, [regime_of("policy", text)])
    if laid != scenario.changed:
        need, hint = "one that takes no key away, for a file", "the line for the command can say it"
        raise InputError([Problem("policy", need, ", ".join(scenario.laid_over), hint)])
    return text


def _differing(given: Mapping[str, Any], changed: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield keys whose value is another, with what differs in it: of clusters and lines by their names."""
    for key, value in changed.items():
        before = given.get(key)
        if before == value and key in given:
            continue
        if key != "rules" and _are_named(before) and _are_named(value):
            named = {_name(one): one for one in before}
            found = {_name(one): dict(_differing(named[_name(one)], one)) for one in value}
            yield key, {name: inside for name, inside in found.items() if inside}
        elif isinstance(value, Mapping) and isinstance(before, Mapping) and not replaces(value, before):
            yield key, dict(_differing(before, value))
        else:
            yield key, value


def _are_named(tables: object) -> TypeGuard[list[Any]]:
    return isinstance(tables, list) and bool(tables) and all(_name(one) for one in tables)


def _name(table: object) -> str:
    found: Iterable[str] = (str(table[key]) for key in _NAMES if isinstance(table, Mapping) and key in table)
    return next(iter(found), "")
