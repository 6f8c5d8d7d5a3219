"""Which keys a scenario can have, from its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from simulator.rules import RULES_IN_USUAL_ORDER
from simulator.scenario.files import Given, KeyPath
from simulator.scenario.schema import ScenarioFile

RULE_NAMES = tuple(str(rule.model_fields["rule"].default) for rule in RULES_IN_USUAL_ORDER)


def known_keys(path: KeyPath, given: Any) -> list[str]:
    """Return the keys that the scenario format knows at `path`."""
    schema: Any = TypeAdapter(ScenarioFile).json_schema()
    definitions = schema["$defs"]
    for step in path:
        schema = _resolved(schema, definitions, given)
        is_item = isinstance(step, int)
        schema = schema.get("items", {}) if is_item else schema.get("properties", {}).get(step, {})
        given = below(given, step)
    return list(_resolved(schema, definitions, given).get("properties", {}))


def every_key(given: Given) -> list[str]:
    """Return every key that a scenario can have, as ``--set`` takes it: of laws those that `given` names."""
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
                tables += [{"rule": rule} for rule in RULE_NAMES]
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
            schema = next((option for option in schema["anyOf"] if option.get("type") != "null"), {})
        else:
            break
    return schema


def below(given: Any, step: str | int) -> Any:
    """Return what stands one step below a table or a list; None where nothing does."""
    if isinstance(given, Mapping):
        return given.get(str(step))
    is_item = isinstance(given, (list, tuple)) and isinstance(step, int) and step < len(given)
    return given[step] if is_item else None
