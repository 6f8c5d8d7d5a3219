"""From the validator's errors to problems that a user can act on."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import ErrorDetails

from simulator.errors import Problem, shown
from simulator.rules import RULES_IN_USUAL_ORDER
from simulator.scenario.schema import ScenarioFile
from simulator.scenario.toml_lines import Path

_NEEDS = {
    "missing": "given",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
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


_SHARES = ("proportion", "correlation", "persistence")
_CHANGES = ("growth_", "price_growth_", "uplift_", "margin_", "sd_", "true_saving_")
"""Starts of the names of shares that may be negative, or more than 1."""


def problems_of(
    errors: Sequence[ErrorDetails], given: Mapping[str, Any], place: Callable[[Path], str]
) -> list[Problem]:
    """Return one problem for each of the validator's errors."""
    found: dict[tuple[str, str], Problem] = {}
    for error in errors:
        path = real_path(error["loc"], given, ends_in_missing_key=error["type"] == "missing")
        where, need, got = place(path), _need(error), shown(error["input"])
        if error["type"] == "missing":
            got = "nothing"
        elif error["type"] == "union_tag_invalid":
            where, got = place((*path, _discriminator(error))), shown(error["ctx"]["tag"])
        found.setdefault((where, need), Problem(where, need, got, _hint(error, path, given)))
    return list(found.values())


def real_path(location: Sequence[str | int], given: Any, ends_in_missing_key: bool = True) -> Path:
    """Return an error's path in the file; the validator adds the names of alternatives to it."""
    path: list[str | int] = []
    for number, step in enumerate(location):
        if isinstance(given, Mapping):
            is_missing_key = ends_in_missing_key and number == len(location) - 1
            if step not in given and not is_missing_key:
                continue
            given = given.get(str(step))
            path.append(step)
        elif isinstance(given, (list, tuple)) and isinstance(step, int):
            path.append(step)
            given = given[step] if step < len(given) else None
    return tuple(path)


def _need(error: ErrorDetails) -> str:
    if error["type"] == "extra_forbidden":
        return "a key that scenarios have"
    if error["type"] in ("less_than_equal", "greater_than_equal") and _is_share(error):
        return "a share from 0 to 1"
    if error["type"] not in _NEEDS:
        return error["msg"].removeprefix("Input should be ")
    bounds = error.get("ctx", {})
    return _NEEDS[error["type"]].format(**{key: _readable(value) for key, value in bounds.items()})


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
    named = key in _SHARES or ("share" in key and not key.startswith(_CHANGES))
    return named and (bounds.get("le") == 1 or bounds.get("ge") == 0)


def _hint(error: ErrorDetails, path: Path, given: Mapping[str, Any]) -> str:
    value = error["input"]
    match error["type"]:
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


def known_keys(path: Path, given: Any) -> list[str]:
    """Return the keys that the scenario format knows at `path`."""
    schema: Any = TypeAdapter(ScenarioFile).json_schema()
    definitions = schema["$defs"]
    for step in (*path, None):
        schema = _resolved(schema, definitions, given)
        if step is None:
            break
        if isinstance(step, int):
            schema = schema.get("items", {})
            given = given[step] if isinstance(given, (list, tuple)) and step < len(given) else {}
        else:
            schema = schema.get("properties", {}).get(step, {})
            given = given.get(step, {}) if isinstance(given, Mapping) else {}
    return list(schema.get("properties", {}))


def every_key(given: Mapping[str, Any]) -> list[str]:
    """Return every key that a scenario can have, as ``--set`` takes it, those of its own tables first.

    Of laws it knows those that `given` names; of rules all.
    """
    schema = TypeAdapter(ScenarioFile).json_schema()
    return list(dict.fromkeys(_keys_below(schema, schema["$defs"], given, "")))


def _keys_below(schema: Any, definitions: Mapping[str, Any], given: Any, start: str) -> Iterator[str]:
    """Yield the keys of a table and of the tables in it; of lists of tables with * for each."""
    schema = _resolved(schema, definitions, given)
    given = given if isinstance(given, Mapping) else {}
    for key, part in schema.get("properties", {}).items():
        yield f"{start}{key}"
        if "items" in part:
            tables = given.get(key)
            tables = [one for one in tables if isinstance(one, Mapping)] if isinstance(tables, list) else []
            if key == "rules":
                tables += [{"rule": rule.model_fields["rule"].default} for rule in RULES_IN_USUAL_ORDER]
            for table in tables or [{}]:
                name = table.get("rule") if key == "rules" else "*"
                yield from _keys_below(part["items"], definitions, table, f"{start}{key}.{name}.")
        else:
            yield from _keys_below(part, definitions, given.get(key), f"{start}{key}.")


def _resolved(schema: Any, definitions: Mapping[str, Any], given: Any) -> Any:
    """Follow references and choose among alternatives as `given` does."""
    for _ in range(10):
        if "$ref" in schema:
            schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
        elif "discriminator" in schema:
            tag = given.get(schema["discriminator"]["propertyName"]) if isinstance(given, Mapping) else None
            chosen = schema["discriminator"]["mapping"].get(tag)
            schema = {"$ref": chosen} if chosen else {}
        elif "anyOf" in schema:
            options = [option for option in schema["anyOf"] if option.get("type") != "null"]
            schema = options[0] if options else {}
        else:
            break
    return schema
