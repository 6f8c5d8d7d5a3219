"""Settings given on the command line or in code, laid over those of the file."""

from __future__ import annotations

import copy
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from simulator.errors import InputError, Problem, shown
from simulator.scenario.toml_lines import Path

_STEP = r"\"[^\"]+\"|[^.\"\s][^.\"]*"
_KEY = re.compile(rf"(?:{_STEP})(?:\.(?:{_STEP}))*")
_NAME_KEYS = ("name", "rule")
EVERY = "*"


def apply_overrides(
    given: Mapping[str, Any], overrides: Iterable[str]
) -> tuple[dict[str, Any], dict[Path, str]]:
    """Lay ``KEY=VALUE`` settings over a scenario."""
    changed = copy.deepcopy(dict(given))
    sources: dict[Path, str] = {}
    problems: list[Problem] = []
    for override in overrides:
        where = f"--set {override}"
        key, equals, text = override.partition("=")
        if not equals or not _KEY.fullmatch(key.strip()):
            problems.append(Problem(where, "KEY=VALUE, such as rules.surplus.practice_share=0.2", override))
            continue
        steps = [step.strip('"') for step in re.findall(_STEP, key.strip())]
        try:
            for path in _set(changed, steps, _value(text.strip()), ()):
                sources[path] = where
        except KeyError as error:
            missing, known = error.args
            near = difflib.get_close_matches(missing, known, n=1)
            hint = f"did you mean {near[0]}?" if near else ""
            problems.append(Problem(where, f"a key: one of {', '.join(known) or 'none'}", missing, hint))
    if problems:
        raise InputError(problems)
    return changed, sources


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
