"""Settings given on the command line or in code, laid over those of the file."""

from __future__ import annotations

import copy
import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from simulator.errors import Problem, Problems, shown
from simulator.rules import RULES_IN_USUAL_ORDER
from simulator.scenario.toml_lines import Path

_STEP = r"\"[^\"]+\"|[^.\"\s][^.\"]*"
_KEY = re.compile(rf"(?:{_STEP})(?:\.(?:{_STEP}))*")
_NAME_KEYS = ("name", "rule")
EVERY = "*"


def setting(key: str, value: object) -> str:
    """Return a setting of a Python value as it is written on the command line: KEY=VALUE."""
    return f"{key}={value.strip() if isinstance(value, str) else as_toml(value)}"


def as_toml(value: object, inside: bool = False) -> str:
    """Return a Python value as TOML writes it."""
    match value:
        case np.generic():
            return as_toml(value.item(), inside)
        case bool():
            return str(value).lower()
        case str() if inside:
            return json.dumps(value)
        case Mapping():
            pairs = (f"{json.dumps(str(key))} = {as_toml(one, inside=True)}" for key, one in value.items())
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
        if len(steps) == 1 and steps[0] not in changed and (longer := _ending_in(steps[0], changed)):
            need = f"a key: one of {', '.join(changed)}, or what stands below them"
            problems.append(Problem(where, need, steps[0], f"did you mean {' or '.join(longer)}?"))
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


def _ending_in(name: str, given: Mapping[str, Any]) -> list[str]:
    """Return the keys of a scenario whose last part is a name, as they are written; at most three."""
    settings = {str(rule.model_fields["rule"].default): rule.model_fields for rule in RULES_IN_USUAL_ORDER}
    of_rules = (
        f"rules.{_name_of(rule)}.{key}"
        for rule in given.get("rules", ())
        for key in settings.get(_name_of(rule), ())
    )
    known = dict.fromkeys([*_keys_below(given, ""), *of_rules])
    return [key for key in known if key.rpartition(".")[2] == name][:3]


def _keys_below(given: Any, start: str) -> Iterator[str]:
    """Yield every key of a table and of the tables in it; of lists of tables with * for each."""
    for key, value in given.items():
        yield f"{start}{key}"
        if isinstance(value, Mapping):
            yield from _keys_below(value, f"{start}{key}.")
        elif isinstance(value, list) and key != "rules":
            for table in value:
                if isinstance(table, Mapping):
                    yield from _keys_below(table, f"{start}{key}.{EVERY}.")


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
