"""What a scenario can say, figure by figure, from the schema: a key that is added there is here by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Any

from simulator.rules import RULES_IN_USUAL_ORDER
from simulator.scenario.schema import ScenarioFile
from simulator.scenario.units import SHARE, unit_of

POSITION, ANY_NAME = "#", "*"
"""Steps of a path: one of a list, and a name that people choose."""
Path = tuple[str | int, ...]
_LEFT_OUT = {("service_lines", "count", "mean")}
"""Keys that no scenario may have, though the law behind them does."""


class Kind(Enum):
    """What a figure may be."""

    NUMBER = "number"
    WHOLE = "whole number"
    YES_OR_NO = "yes or no"
    DATE = "date, such as 2010-07-01"
    TEXT = "text"
    TEXTS = "names, with commas between"


@dataclass(frozen=True, slots=True)
class Figure:
    """A key of a scenario that holds one value, or a list of texts."""

    path: Path  # below its section, or below one table of a list
    kind: Kind
    words: str = ""  # what it is
    unit: str = ""
    choices: tuple[str, ...] = ()  # the texts that it may be; none where any will do
    low: float | None = None  # the least it may be
    high: float | None = None  # the most it may be
    default: Any = None  # what it is when left out; None where nothing is said
    is_required: bool = False
    may_be_uncertain: bool = False
    # Of which kinds of table it is a key: where the kind is written, and the kinds; nothing where of all.
    only_with: tuple[tuple[Path, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a scenario, or the tables of a list."""

    key: str  # empty for what stands above all tables
    words: str
    figures: tuple[Figure, ...]
    is_list: bool = False
    kinds: tuple[str, ...] = ()  # of tables in a list, where each stands once and goes by its kind
    tag: str = ""  # the key that says the kind of such a table


@lru_cache
def sections() -> tuple[Section, ...]:
    """Return all that a scenario can say, in the order of the schema."""
    schema = ScenarioFile.model_json_schema()
    definitions = schema["$defs"]
    top, found = list[Figure](), list[Section]()
    for key, part in schema["properties"].items():
        whole = _resolved(part, definitions)
        words = whole.get("description", "")
        if "items" in whole:
            found.append(_list_section(key, words, _resolved(whole["items"], definitions), definitions))
        elif "properties" in whole:
            figures = tuple(_walk(whole, (), definitions))
            found.append(Section(key, words, figures))
        else:
            required = key in schema["required"]
            top += (replace(one, is_required=required) for one in _walk(part, (key,), definitions))
    return (Section("", "", tuple(top)), *found)


def _list_section(key: str, words: str, item: Any, definitions: Any) -> Section:
    """Return a list of tables; those without names go by their kind, which starts their figures' paths."""
    if "discriminator" in item and key == "rules":
        mapping = item["discriminator"]["mapping"]
        kinds = tuple(str(rule.model_fields["rule"].default) for rule in RULES_IN_USUAL_ORDER)
        figures: list[Figure] = []
        for kind in kinds:
            table = _resolved({"$ref": mapping[kind]}, definitions)
            figures.append(Figure((kind,), Kind.TEXT, _first_line(table)))
            figures += _walk(table, (kind,), definitions)
        return Section(key, words, tuple(figures), True, kinds, item["discriminator"]["propertyName"])
    found = (one for one in _walk(item, (), definitions) if (key, *one.path) not in _LEFT_OUT)
    # What a table is called comes first.
    figures = sorted(found, key=lambda one: one.path != ("name",))
    return Section(key, words, tuple(figures), is_list=True)


def _first_line(table: Any) -> str:
    return str(table.get("description", "")).partition("\n")[0]


def _walk(schema: Any, path: Path, definitions: Any) -> Iterator[Figure]:
    """Yield the figures at or below a path."""
    schema = _resolved(schema, definitions)
    if "discriminator" in schema:
        yield from _of_kinds(schema, path, definitions)
        return
    about = {key: schema[key] for key in ("description", "default") if key in schema}
    options = [_resolved(one, definitions) for one in schema.get("anyOf", schema.get("oneOf", [schema]))]
    options = [one for one in options if one.get("type") != "null"]
    if lists := [one for one in options if one.get("items", {}).get("type") == "string"]:
        words = [one["const"] for one in options if "const" in one]
        options, about = lists, about | {"words": words}
    if numbers := [one for one in options if one.get("type") in {"number", "integer"}]:
        # Beside it stands the table of a figure that is not known exactly.
        yield replace(_figure(path, numbers[0], about), may_be_uncertain=len(options) > 1)
        return
    for option in options:
        yield from _of_option(option, path, about, definitions)


def _of_option(option: Any, path: Path, about: dict[str, Any], definitions: Any) -> Iterator[Figure]:
    """Yield the figures of one of the forms that a key may have."""
    if "discriminator" in option:
        yield from _of_kinds(option, path, definitions)
    elif "properties" in option:
        required = option.get("required", ())
        # What kind a table is, its alternatives say.
        for key, part in ((key, part) for key, part in option["properties"].items() if "const" not in part):
            for one in _walk(part, (*path, key), definitions):
                yield replace(one, is_required=one.is_required or (one.path == (key,) and key in required))
    elif isinstance(inside := option.get("additionalProperties"), dict):
        yield from _walk(inside | about, (*path, ANY_NAME), definitions)
    elif "words" not in about and "items" in option:
        inside = _resolved(option["items"], definitions)
        own = {} if "properties" in inside else about | {"default": None}
        yield from _walk(inside | own, (*path, POSITION), definitions)
    else:
        yield _figure(path, option, about)


def _of_kinds(schema: Any, path: Path, definitions: Any) -> Iterator[Figure]:
    """Yield the figures of a table that may be of several kinds: first which, then the keys of any."""
    tag = schema["discriminator"]["propertyName"]
    kinds = {
        kind: _resolved({"$ref": at}, definitions) for kind, at in schema["discriminator"]["mapping"].items()
    }
    words = "; ".join(f"{kind}: {_first_line(table).rstrip('.')}" for kind, table in kinds.items())
    said = f"{schema['description']} " if "description" in schema else ""
    default = (schema.get("default") or {}).get(tag)
    yield Figure((*path, tag), Kind.TEXT, f"{said}{words}.", "choose", tuple(kinds), default=default)
    found: dict[Path, dict[str, Figure]] = {}
    for kind, table in kinds.items():
        for one in _walk(table, path, definitions):
            found.setdefault(one.path, {})[kind] = one
    for by_kind in found.values():
        own, one = tuple(by_kind), _of_all(by_kind)
        here = () if len(own) == len(kinds) else (((*path, tag), own),)
        yield replace(one, only_with=(*here, *one.only_with), is_required=one.is_required and not here)


def _of_all(by_kind: dict[str, Figure]) -> Figure:
    """Return a figure of several kinds of table: what is said of it alike, or of each."""
    first, *others = by_kind.values()
    if any(one.words != first.words for one in others):
        first = replace(first, words=" ".join(f"{kind}: {one.words}" for kind, one in by_kind.items()))
    if any(one.default != first.default for one in others):
        first = replace(first, default=None)
    # One kind may bound it more narrowly; the validator says so.
    lows, highs = ([getattr(one, end) for one in by_kind.values()] for end in ("low", "high"))
    low, high = None if None in lows else min(lows), None if None in highs else max(highs)
    return replace(first, low=low, high=high)


def _figure(path: Path, option: Any, about: Any) -> Figure:
    """Return the figure of a plain value."""
    words = " ".join(str(about.get("description", "")).split())
    key = next(
        (step for step in path[::-1] if isinstance(step, str) and step not in (POSITION, ANY_NAME)), ""
    )
    default = about.get("default")
    match option:
        case {"type": "array"}:
            return Figure(path, Kind.TEXTS, words, Kind.TEXTS.value, tuple(about["words"]), default=default)
        case {"type": "boolean"}:
            return Figure(path, Kind.YES_OR_NO, words, Kind.YES_OR_NO.value, ("yes", "no"), default=default)
        case {"type": "number"} | {"type": "integer"}:
            kind = Kind.WHOLE if option["type"] == "integer" else Kind.NUMBER
            low, high = (
                option.get(end, option.get(f"exclusive{end.title()}")) for end in ("minimum", "maximum")
            )
            return Figure(path, kind, words, unit_of(key, words, kind.value), (), low, high, default)
        case {"type": "string", "format": "date"}:
            return Figure(path, Kind.DATE, words, Kind.DATE.value, default=default)
        case _:
            choices = tuple(option.get("enum", [option["const"]] if "const" in option else []))
            unit = "choose" if choices else unit_of(key, "", "text") if key.endswith("csv") else "text"
            return Figure(path, Kind.TEXT, words, unit, choices, default=default)


def is_share(figure: Figure) -> bool:
    """Whether a figure is a share, which a spreadsheet shows in per cent."""
    return figure.unit == SHARE


def _resolved(schema: Any, definitions: Any) -> Any:
    """Return what a reference stands for, with what is said beside it."""
    if "$ref" not in schema:
        return schema
    own = {key: value for key, value in schema.items() if key != "$ref"}
    return definitions[schema["$ref"].rsplit("/", 1)[-1]] | own
