"""Keys of a scenario: settings laid over them, and what the validator says of them."""

from __future__ import annotations

import copy
import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from pydantic_core import ErrorDetails

from simulator.errors import InputError, Problem, Problems, shown
from simulator.letters import oddity
from simulator.scenario.files import BACKSLASHES, DEEPEST, Given, KeyPath, Place
from simulator.scenario.known_keys import RULE_NAMES, below, every_key, known_keys
from simulator.scenario.schema import ScenarioFile
from simulator.uncertain import set_over

_NEEDS = {
    "missing": "given",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "date_type": "a date without quotes, such as 2010-07-01",
    "string_type": 'text in "quotes"',
    "tuple_type": "a list in [brackets]",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
    "finite_number": "a finite number",
    "union_tag_not_found": "a table that says which one with {discriminator}",
    "union_tag_invalid": "one of {expected_tags}",
    "literal_error": "{expected}",
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "string_too_short": "text that is not empty",
    "string_pattern_mismatch": "text on one line, without control characters",
    "string_too_long": "at most {max_length} characters",
    "too_short": "at least {min_length} of them",
}
_NEEDS_IN_CELLS = _NEEDS | {
    "bool_type": "yes or no",
    "string_type": "text",
    "tuple_type": "a list",
    "union_tag_not_found": "filled in: which one it is, in the row {discriminator}",
}
"""What differs where a figure stands in the cell of a workbook."""
_HINTS_IN_CELLS = {
    "missing": "fill in that cell",
    "float_type": "a cell holds the number alone, without words or units",
    "int_type": "a cell holds the number alone, without words or units",
}
_STEP = r"\"[^\"]+\"|[^.\"\s][^.\"]*"
_KEY = re.compile(rf"(?:{_STEP})(?:\.(?:{_STEP}))*")
_ESCAPED = re.compile("[\b\t\n\f\r]")
"""What is left of a backslash and the first letter of a name in "tables\\new.csv"."""
_NAMED = ("clusters", "service_lines", "actions")
"""Lists of tables with names that people choose."""
_NEEDS_QUOTES = re.compile(r'[.="]|^\s|\s$')
"""Marks by which a key would end or part."""
EVERY = "*"
_SHARES = ("proportion", "proportion_by_line", "correlation", "persistence")
_CHANGES = ("growth_", "price_growth_", "uplift_", "margin_", "sd_", "true_saving_", "avoided_")
"""Starts of the names of shares that may be negative, or more than 1."""


def problems_of(
    errors: Sequence[ErrorDetails], given: Given, place: Place, *, in_cells: bool = False
) -> list[Problem]:
    """Return one problem for each of the validator's errors, in words for a file or a workbook's cells."""
    found: dict[tuple[str, str], Problem] = {}
    for error in errors:
        path = real_path(error["loc"], given, ends_in_missing_key=error["type"] == "missing")
        where, need, got = place(path), _need(error, in_cells=in_cells), shown(error["input"])
        if error["type"] == "missing":
            got = "nothing"
        elif error["type"] == "union_tag_invalid":
            where, got = place((*path, _discriminator(error))), shown(error["ctx"]["tag"])
        hint = _hint(error, path, given)
        if in_cells and hint and "%" not in hint:
            hint = _HINTS_IN_CELLS.get(error["type"], hint)
        found.setdefault((where, need), Problem(where, need, got, hint))
    return list(found.values())


def real_path(location: Sequence[str | int], given: Any, ends_in_missing_key: bool = True) -> KeyPath:
    """Return an error's path in the file; the validator adds the names of alternatives to it."""
    path: list[str | int] = []
    for number, step in enumerate(location):
        is_missing_key = ends_in_missing_key and number == len(location) - 1
        if isinstance(given, Mapping):
            is_step = step in given or is_missing_key
        else:
            is_step = isinstance(given, (list, tuple)) and isinstance(step, int)
        if is_step:
            path.append(step)
            given = below(given, step)
    return tuple(path)


def _need(error: ErrorDetails, *, in_cells: bool = False) -> str:
    if error["type"] == "extra_forbidden":
        return "a key that scenarios have"
    if error["type"] in ("less_than_equal", "greater_than_equal") and _is_share(error):
        return "a share from 0 to 1"
    if error["type"] not in _NEEDS:
        return error["msg"].removeprefix("Input should be ")
    bounds = error.get("ctx", {})
    needs = _NEEDS_IN_CELLS if in_cells else _NEEDS
    return needs[error["type"]].format(**{key: _readable(value) for key, value in bounds.items()})


def _readable(value: object) -> object:
    """Return a bound as a person writes it."""
    if not isinstance(value, float):
        return value
    if abs(value) >= 1e6:
        return f"{value:,.0f}"
    return f"{value:.6f}" if 0 < abs(value) < 1e-3 else f"{value:g}"


def _is_share(error: ErrorDetails) -> bool:
    """Whether the bound that was crossed is that of a share, told by the key's name."""
    key = next((step for step in reversed(error["loc"]) if isinstance(step, str)), "")
    bounds = error.get("ctx", {})
    named = any(step in _SHARES for step in error["loc"]) or ("share" in key and not key.startswith(_CHANGES))
    return named and (bounds.get("le") == 1 or bounds.get("ge") == 0)


def _hint(error: ErrorDetails, path: KeyPath, given: Given) -> str:
    value = error["input"]
    match error["type"]:
        case "odd_name":
            return str(error["ctx"]["hint"])
        case "string_pattern_mismatch":
            return BACKSLASHES if _ESCAPED.search(value) and "csv" in str(path[-1]) else oddity(value)
        case "extra_forbidden":
            near = difflib.get_close_matches(str(path[-1]), known_keys(path[:-1], given), n=1)
            return f"did you mean {near[0]}?" if near else ""
        case "less_than_equal" if "share" in str(path) + _need(error) and 1 < value <= 100:
            return f"a share, not a percentage: {value:g}% is written {value / 100:g}"
        case "float_type" | "int_type" if isinstance(value, str):
            if value.strip().endswith("%"):
                return "a share, not a percentage: 10% is written 0.1"
            return "numbers stand without quotes, without commas and without £"
        case "union_tag_invalid" | "literal_error" if isinstance(value, (str, Mapping)):
            tag = value.get(_discriminator(error)) if isinstance(value, Mapping) else value
            allowed = str(error.get("ctx", {}).get("expected_tags") or error["ctx"].get("expected"))
            options = [option.strip(" '") for option in allowed.replace(" or ", ",").split(",")]
            near = difflib.get_close_matches(str(tag), options, n=1)
            return f'did you mean "{near[0]}"?' if near else ""
        case "missing":
            return f"add {path[-1]} = ..." if path else ""
    return ""


def _discriminator(error: ErrorDetails) -> str:
    return str(error.get("ctx", {}).get("discriminator", "")).strip("'")


def setting(key: str, value: object) -> str:
    """Return a setting of a Python value as it is written on the command line: KEY=VALUE."""
    if value is None:
        raise InputError([Problem(key, "a value: what is set cannot be left out", "None")])
    # A text that would be read as something else, such as "2010", stands in quotes.
    is_plain = isinstance(value, str) and _value(value.strip()) == value
    try:
        return f"{key}={as_toml(value, inside=not is_plain)}"
    except (ValueError, RecursionError):
        raise InputError([Problem(key, "a value that can be written down", shown(value))]) from None


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
            texts = {as_toml(str(key), inside=True): as_toml(one, inside=True) for key, one in value.items()}
            return f"{{ {', '.join(f'{key} = {one}' for key, one in texts.items())} }}"
        case list() | tuple() | np.ndarray():
            return f"[{', '.join(as_toml(one, inside=True) for one in value)}]"
        case _:
            return str(value)


def apply_overrides(given: Given, overrides: Iterable[str]) -> tuple[dict[str, Any], dict[KeyPath, str]]:
    """Lay ``KEY=VALUE`` settings over a scenario; sections that no key names stay the same objects."""
    changed = dict(given)
    sources: dict[KeyPath, str] = {}
    problems = Problems()
    for override in overrides:
        where = f"--set {override}"
        if (parts := _parts_of(override, changed)) is None:
            example, quoted = "rules.surplus.practice_share=0.2", 'clusters."St. Neots".takes_share=false'
            hint = f"a name with marks in it stands in quotes: {quoted}" if "=" in override else ""
            problems.append(Problem(where, f"KEY=VALUE, such as {example}", override, hint))
            continue
        key, steps, text = parts
        if len(steps) > DEEPEST:
            problems.append(
                Problem(f"--set {shown(override)}", f"a key of at most {DEEPEST} steps", str(len(steps)))
            )
            continue
        is_known = steps[0] in changed or steps[0] in ScenarioFile.model_fields
        if not is_known and (meant := _meant(steps, changed)):
            need = f"a key: one of {', '.join(ScenarioFile.model_fields)}, or what stands below them"
            problems.append(Problem(where, need, key.strip(), f"did you mean {' or '.join(meant)}?"))
            continue
        if changed.get(steps[0]) is given.get(steps[0]):
            changed |= {
                section: copy.deepcopy(changed[section]) for section in steps[:1] if section in changed
            }
        if steps[0] == "rules" and len(steps) > 1:
            sources |= dict.fromkeys(add_rule(changed, steps[1]), where)
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


def _parts_of(override: str, given: Given) -> tuple[str, list[str], str] | None:
    """Return the key, its steps and the text of its value; None for what is no setting.

    A name that stands in the scenario is one step whatever marks are in it, in quotes or without.
    """
    override = override.strip()
    for section in _NAMED:
        tables = given.get(section)
        names = {_name_of(table) for table in tables} if isinstance(tables, list) else set()
        for name in sorted(filter(_NEEDS_QUOTES.search, names), key=len, reverse=True):
            for start in (f'{section}."{name}".', f"{section}.{name}."):
                rest, equals, text = override.removeprefix(start).partition("=")
                if override.startswith(start) and equals and _KEY.fullmatch(rest.strip()):
                    return f"{start}{rest}".strip(), [section, name, *_steps(rest)], text
    key, equals, text = override.partition("=")
    return (key.strip(), _steps(key), text) if equals and _KEY.fullmatch(key.strip()) else None


def _steps(key: str) -> list[str]:
    """Return the steps of a key; those in quotes without them."""
    return [step.strip('"') for step in re.findall(_STEP, key.strip())]


def add_rule(given: dict[str, Any], name: str) -> list[KeyPath]:
    """Add a rule that the file has not, without settings, in its usual place; return where it was added."""
    rules = given.setdefault("rules", [])
    names = [_name_of(rule) for rule in rules] if isinstance(rules, list) else [name]
    if name in names or name not in RULE_NAMES:
        return []
    later = RULE_NAMES[RULE_NAMES.index(name) + 1 :]
    place = next((at for at, other in enumerate(names) if other in later), len(rules))
    rules.insert(place, {"rule": name})
    return [("rules", place)]


def add_actions(given: dict[str, Any], named: Given) -> None:
    """Add the actions, by name, that the file has not and that say what they are, behind all others."""
    actions = given.setdefault("actions", [])
    if isinstance(actions, list):
        there = [_name_of(one) for one in actions]
        kinds = {name: table.get("action") for name, table in named.items() if isinstance(table, Mapping)}
        actions += [
            {"name": name, "action": kind} for name, kind in kinds.items() if kind and name not in there
        ]


def _meant(steps: list[str], given: Given) -> list[str]:
    """Return the whole keys that end as a key does, or else nearly so; at most three."""
    known = every_key(given)
    parts = {key: key.rpartition(".")[2] for key in known}
    found = [key for key in known if key.endswith(f".{'.'.join(steps)}")]
    found = found or [key for key in known if parts[key] == steps[-1]]
    if not found and len(steps) == 1:
        near = difflib.get_close_matches(steps[0], list(dict.fromkeys(parts.values())), n=1)
        # What is nearly the name of a section is left to the validator, which says so too.
        found = [key for key in known if parts[key] in near and parts[key] not in ScenarioFile.model_fields]
    return found[:3]


def _set(table: Any, steps: list[str], value: Any, path: KeyPath) -> Iterable[KeyPath]:
    """Set a value some steps below `table`; yield the path of each place that was set."""
    step, *rest = steps
    places: list[Any] = [step]
    if isinstance(table, list):
        places = places_named(table, step)
    elif not isinstance(table, dict):
        raise KeyError(step, [])
    elif rest:
        table.setdefault(step, {})
    for place in places:
        if rest:
            yield from _set(table[place], rest, value, (*path, place))
        else:
            table[place] = set_over(below(table, place), value)
            yield (*path, place)


def places_named(tables: list[Any], step: str) -> list[int]:
    """Return where the tables of a list are that a step of a key names; KeyError where there are none."""
    names = [_name_of(table) for table in tables]
    found = [place for place, name in enumerate(names) if step in (name, EVERY)]
    if not found and step.isdecimal() and int(step) < len(tables):
        found = [int(step)]
    if not found:
        raise KeyError(step, [*names, EVERY])
    return found


def _name_of(table: Any) -> str:
    keys = ("name", "rule") if isinstance(table, dict) else ()
    named = (table[key] for key in keys if key in table)
    return next((name if isinstance(name, str) else shown(name) for name in named), "")


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def readable(path: KeyPath, given: Any) -> str:
    """Return a path as `apply_overrides` reads it: tables in lists by their names."""
    steps: list[str] = []
    for step in path:
        is_item = isinstance(given, list)
        given = below(given, step)
        name = (_name_of(given) if is_item else "") or str(step)
        steps.append(f'"{name}"' if _NEEDS_QUOTES.search(name) else name)
    return shown(".".join(steps), 200).strip('"') if steps else "the scenario"
