"""Regimes: policy in small files, each laid over a scenario key by key."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter, ValidationError

from simulator.errors import InputError, Problem, Problems, printable
from simulator.parts import Name, Part, without_control
from simulator.scenario.files import (
    DEEPEST,
    Given,
    KeyPath,
    depth_of,
    lines_by_path,
    nearest,
    read_text,
    read_toml,
)
from simulator.scenario.keys import add_actions, add_rule, places_named, problems_of
from simulator.scenario.schema import ScenarioFile
from simulator.uncertain import FORM_KEYS, set_over

LARGEST_REGIME_BYTES = 100_000


class _Opening(Part):
    """What a regime says of itself; all other keys are the scenario's."""

    title: Name
    """What the regime is, in a few words."""
    question: Annotated[str, AfterValidator(without_control)] = ""
    """What it is meant to answer."""


@dataclass(frozen=True, slots=True)
class Regime:
    """Policy to lay over a scenario."""

    source: str  # its file
    title: str
    question: str
    text: str = field(repr=False)  # of the file
    given: Given = field(repr=False)  # keys of a scenario, as TOML reads them

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that it names, each as ``--set`` takes it."""
        return tuple(_keys(self.given))

    @property
    def replaces_rules(self) -> bool:
        """Whether it names rules of its own in place of the scenario's."""
        return isinstance(self.given.get("rules"), list)


def as_regimes(regimes: Iterable[str | Path | Regime]) -> tuple[Regime, ...]:
    """Return regimes; those that are files are read, and every problem is told at once."""
    problems, found = Problems(), []
    for one in (regimes,) if isinstance(regimes, (str, Path, Regime)) else regimes:
        with problems.noted():
            found.append(one if isinstance(one, Regime) else read_regime(one))
    problems.report()
    return tuple(found)


def expanded(regimes: Iterable[str | Path | Regime]) -> list[str | Path | Regime]:
    """Return regimes with the files that a name with ``*`` in it stands for in its place, by their names."""
    problems = Problems()
    found: list[str | Path | Regime] = []
    for one in (regimes,) if isinstance(regimes, (str, Path, Regime)) else regimes:
        if isinstance(one, Regime) or "*" not in Path(one).name:
            found.append(one)
        elif files := sorted(Path(one).parent.glob(Path(one).name)):
            found += files
        else:
            need = "the name of a file, or one with * that some file has"
            problems.append(Problem(f"--with {printable(Path(one))}", need, "no such file"))
    problems.report()
    return found


def read_regime(path: str | Path) -> Regime:
    """Read a file of policy."""
    file = Path(path)
    return regime_of(printable(file), read_text(file, "a regime's file", LARGEST_REGIME_BYTES))


def regime_of(source: str, text: str) -> Regime:
    """Return the regime that a text describes; whether its keys fit is checked with the scenario."""
    given = read_toml(text, source)
    if depth_of(given) > DEEPEST:
        raise InputError([Problem(source, f"tables and lists nested at most {DEEPEST} deep", "deeper ones")])
    said = {key: given.pop(key) for key in _Opening.model_fields if key in given}
    lines = lines_by_path(text)

    def place(path: KeyPath) -> str:
        line = nearest(lines, path)
        return ", ".join([source, *([f"line {line}"] if line else []), *map(str, path)])

    try:
        opening = _Opening.model_validate(said)
    except ValidationError as error:
        raise InputError(problems_of(error.errors(include_url=False), said, place)) from None
    return Regime(source, opening.title, opening.question, text, given)


def lay_over(
    given: Given, places: Mapping[KeyPath, str], regimes: Iterable[Regime]
) -> tuple[dict[str, Any], dict[KeyPath, str]]:
    """Lay regimes over a scenario; return it changed, and where each of its keys stands in a file.

    Tables are merged key by key. A table over a list is merged into those items of the list that its
    keys name (``*`` names all); a rule or an action that the scenario has not is added. All else replaces
    what stands there: a list of rules replaces all rules, and so does a table of another kind.
    """
    if not regimes:
        return dict(given), dict(places)
    changed, where = copy.deepcopy(dict(given)), dict(places)
    problems = Problems()
    for regime in regimes:
        lines = lines_by_path(regime.text)
        for key, value in regime.given.items():
            added = value if key == "rules" and isinstance(value, Mapping) else ()
            if [rule for rule in added if add_rule(changed, rule)]:
                # Rules stand elsewhere now than in the file.
                where = {path: said for path, said in where.items() if path[0] != "rules"}
            if key == "actions" and isinstance(value, Mapping):
                add_actions(changed, value)
            laid: list[tuple[KeyPath, KeyPath]] = []
            try:
                changed[key] = _merged(changed.get(key), value, (key,), (key,), laid)
            except KeyError as error:
                problems.append(_unknown_name(regime, lines, *error.args))
            for path, at in laid:
                where = {old: said for old, said in where.items() if old[: len(path)] != path}
                inside = {at, *(one for one in lines if one[: len(at)] == at)}
                where |= {(*path, *one[len(at) :]): _place(regime, lines, one) for one in inside}
    problems.report()
    return changed, where


def _place(regime: Regime, lines: Mapping[KeyPath, int], at: KeyPath) -> str:
    """Return where a key of a regime stands."""
    line = nearest(lines, at)
    return f"{regime.source}, line {line}" if line else regime.source


def _unknown_name(
    regime: Regime, lines: Mapping[KeyPath, int], at: KeyPath, missing: str, known: list[str]
) -> Problem:
    """Return the problem of a name that no cluster, line or rule has."""
    near = difflib.get_close_matches(missing, known, n=1)
    place = f"{_place(regime, lines, at)}, {'.'.join(map(str, at))}"
    need = f"a name: one of {', '.join(known) or 'none'}"
    return Problem(place, need, missing, f"did you mean {near[0]}?" if near else "")


def _merged(below: Any, laid: Any, path: KeyPath, at: KeyPath, found: list[tuple[KeyPath, KeyPath]]) -> Any:
    """Return what a regime's value makes of a scenario's.

    `path` is where it stands in the scenario, `at` where in the regime; both are added to `found`
    for every value that replaces another.
    """
    if isinstance(laid, Mapping) and isinstance(below, list):
        merged: Any = list(below)
        for step, value in laid.items():
            try:
                places = places_named(below, step)
            except KeyError as error:
                raise KeyError((*at, step), *error.args) from None
            for place in places:
                merged[place] = _merged(merged[place], value, (*path, place), (*at, step), found)
        return merged
    if isinstance(laid, Mapping) and isinstance(below, Mapping) and not replaces(laid, below):
        merged = dict(below)
        for key, value in laid.items():
            merged[key] = _merged(below.get(key), value, (*path, key), (*at, key), found)
        return merged
    found.append((path, at))
    return set_over(below, copy.deepcopy(laid))


def replaces(laid: Mapping[str, Any], below: Mapping[str, Any]) -> bool:
    """Whether a table is of another kind than that which it is laid over: nothing of it stays then."""
    figures = set(laid) | set(below) <= FORM_KEYS
    # A budget's `rule` is a table, and says nothing of a kind.
    said = {key: laid[key] for key in _kinds() & laid.keys() if isinstance(laid[key], str)}
    return figures or any(kind != below.get(key) for key, kind in said.items())


@lru_cache
def _kinds() -> frozenset[str]:
    """Return the keys that say of which kind a table is, such as ``rule`` and ``law``."""

    def found(schema: Any) -> Iterator[str]:
        if isinstance(schema, Mapping):
            if isinstance(discriminator := schema.get("discriminator"), Mapping):
                yield discriminator["propertyName"]
            for inside in schema.values():
                yield from found(inside)
        elif isinstance(schema, list):
            for inside in schema:
                yield from found(inside)

    return frozenset(found(TypeAdapter(ScenarioFile).json_schema()))


def _keys(given: Any, start: str = "") -> Iterator[str]:
    """Yield the key of each value, lists of tables by their items' names."""
    if isinstance(given, Mapping) and given:
        for key, inside in given.items():
            yield from _keys(inside, f"{start}.{key}" if start else key)
    elif isinstance(given, list) and given and all(isinstance(one, Mapping) for one in given):
        for at, one in enumerate(given):
            named = (str(one[key]) for key in ("name", "rule") if key in one)
            yield from _keys(one, f"{start}.{next(named, at)}")
    else:
        yield start
