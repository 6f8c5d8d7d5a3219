"""Settings given on the command line or in code, laid over those of the file."""

from __future__ import annotations

import copy
import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from simulator.errors import InputError, Problem, Problems, shown
from simulator.rules import RULES_IN_USUAL_ORDER
from simulator.scenario.schema import ScenarioFile
from simulator.scenario.toml_lines import Path
from simulator.scenario.translation import every_key

_STEP = r"\"[^\"]+\"|[^.\"\s][^.\"]*"
_KEY = re.compile(rf"(?:{_STEP})(?:\.(?:{_STEP}))*")
_NAME_KEYS = ("name", "rule")
EVERY = "*"


def setting(key: str, value: object) -> str:
    """Return a setting of a Python value as it is written on the command line: KEY=VALUE."""
    if value is None:
        raise InputError([Problem(key, "a value: what is set cannot be left out", "None")])
    # A text that would be read as something else, such as "2010", stands in quotes.
    is_plain = isinstance(value, str) and _value(value.strip()) == value
    return f"{key}={as_toml(value, inside=not is_plain)}"


def as_toml(value: object, inside: bool = False) -> str:
    """Return a Python value as TOML writes it."""
    match value:
        case np.generic():
            return as_toml(value.item(), inside)
        case bool():
            return str(value).lower()
        case str() if inside:
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            pairs = (
                f"{json.dumps(str(key), ensure_ascii=False)} = {as_toml(one, inside=True)}"
                for key, one in value.items()
            )
            return f"{{ {', '.join(pairs)} }}"
        case list() | tuple() | np.ndarray():
            return f"[{', '.join(as_toml(one, inside=True) for one in value)}]"
        case _:
            return str(value)


def apply_overrides(
    given: Mapping[str, Any], overrides: Iterable[str]
) -> tuple[dict[str, Any], dict[Path, str]]:
    """Lay ``KEY=VALUE`` settings over a scenario."""
    changed = copy.deepcopy(dict(given))
    sources: dict[Path, str] = {}
    problems = Problems()
    for override in overrides:
        where = f"--set {override}"
        key, equals, text = override.partition("=")
        if not equals or not _KEY.fullmatch(key.strip()):
            problems.append(Problem(where, "KEY=VALUE, such as rules.surplus.practice_share=0.2", override))
            continue
        steps = [step.strip('"') for step in re.findall(_STEP, key.strip())]
        is_known = steps[0] in changed or steps[0] in ScenarioFile.model_fields
        if not is_known and (meant := _meant(steps, changed)):
            need = f"a key: one of {', '.join(ScenarioFile.model_fields)}, or what stands below them"
            problems.append(Problem(where, need, key.strip(), f"did you mean {' or '.join(meant)}?"))
            continue
        if steps[0] == "rules" and len(steps) > 1:
            sources |= dict.fromkeys(_add_rule(changed, steps[1]), where)
        try:
            for path in _set(changed, steps, _value(text.strip()), ()):
                sources[path] = where
        except KeyError as error:
            missing, known = error.args
            near = difflib.get_close_matches(missing, known, n=1)
            hint = f"did you mean {near[0]}?" if near else ""
            problems.append(Problem(where, f"a key: one of {', '.join(known) or 'none'}", missing, hint))
    problems.report()
    return changed, sources


def _add_rule(given: dict[str, Any], name: str) -> list[Path]:
    """Add a rule that the file has not, without settings, in its usual place; return where it was added."""
    rules = given.setdefault("rules", [])
    usual = [str(rule.model_fields["rule"].default) for rule in RULES_IN_USUAL_ORDER]
    names = [_name_of(rule) for rule in rules] if isinstance(rules, list) else [name]
    if name in names or name not in usual:
        return []
    behind = [
        at for at, other in enumerate(names) if other in usual and usual.index(other) > usual.index(name)
    ]
    place = min(behind, default=len(rules))
    rules.insert(place, {"rule": name})
    return [("rules", place)]


def _meant(steps: list[str], given: Mapping[str, Any]) -> list[str]:
    """Return the whole keys that end as a key does, or else nearly so; at most three.

    What is nearly the name of a section is left to the validator, which says so too.
    """
    known = every_key(given)
    parts = {key: key.rpartition(".")[2] for key in known}
    found = [key for key in known if key.endswith(f".{'.'.join(steps)}")]
    found = found or [key for key in known if parts[key] == steps[-1]]
    if not found and len(steps) == 1:
        near = difflib.get_close_matches(steps[0], list(dict.fromkeys(parts.values())), n=1)
        found = [key for key in known if parts[key] in near and parts[key] not in ScenarioFile.model_fields]
    return found[:3]


def _set(table: Any, steps: list[str], value: Any, path: Path) -> Iterable[Path]:
    """Set a value some steps below `table`; yield the path of each place that was set."""
    step, rest = steps[0], steps[1:]
    if isinstance(table, list):
        for place in _places(table, step):
            if rest:
                yield from _set(table[place], rest, value, (*path, place))
            else:
                table[place] = value
                yield (*path, place)
    elif not isinstance(table, dict):
        raise KeyError(step, [])
    elif rest:
        yield from _set(table.setdefault(step, {}), rest, value, (*path, step))
    else:
        table[step] = value
        yield (*path, step)


def _places(tables: list[Any], step: str) -> list[int]:
    names = [_name_of(table) for table in tables]
    if step == EVERY and tables:
        return list(range(len(tables)))
    if step in names:
        return [place for place, name in enumerate(names) if name == step]
    if step.isdecimal() and int(step) < len(tables):
        return [int(step)]
    raise KeyError(step, [*names, EVERY])


def _name_of(table: Any) -> str:
    if isinstance(table, dict):
        return next((str(table[key]) for key in _NAME_KEYS if key in table), "")
    return ""


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def readable(path: Path, given: Any) -> str:
    """Return a path as `apply_overrides` reads it: tables in lists by their names."""
    steps: list[str] = []
    for step in path:
        inside = (
            given[step] if isinstance(given, list) and isinstance(step, int) and step < len(given) else None
        )
        if inside is not None:
            name = _name_of(inside) or str(step)
        else:
            name = str(step)
            inside = given.get(step) if isinstance(given, Mapping) else None
        steps.append(f'"{name}"' if "." in name else name)
        given = inside
    return shown(".".join(steps), 200).strip('"') if steps else "the scenario"
