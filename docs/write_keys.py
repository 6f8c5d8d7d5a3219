"""Write docs/scenario-keys.md: every key of a scenario file, from the code. `make docs` runs it."""

from __future__ import annotations

import tomllib
import types
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.actions import AnyAction
from simulator.budgets import AnyBudgetRule
from simulator.demand import AnyCountLaw
from simulator.demand.shock_laws import AnyShockLaw, AnyYearShockLaw
from simulator.parts import meanings
from simulator.payments.forms import FORMS, SOURCES
from simulator.rules import RULES_IN_USUAL_ORDER
from simulator.scenario.keys import as_toml
from simulator.scenario.schema import ScenarioFile
from simulator.scenario.units import unit_of
from simulator.spend import AnyUnitCost
from simulator.uncertain import MAY_BE_UNCERTAIN

PAGE = Path(__file__).with_name("scenario-keys.md")
SECTIONS = (
    "title",
    "question",
    "pct",
    "contract",
    "population",
    "seasons",
    "shocks",
    "doubt",
    "fit",
    "budgets",
    "simulation",
    "document",
)
LISTS = {"service_lines": "[[service_lines]]", "clusters": "[[clusters]]"}
FLAGSHIP = PAGE.parents[1] / "scenarios" / "cambridgeshire-2010.toml"
"""Where examples come from; of rules and laws from the code, which tests them."""

REGISTERS = (
    (AnyBudgetRule, "a budget rule"),
    (AnyCountLaw, "a law of the number of cases"),
    (AnyUnitCost, "a law of the cost of a case"),
    (AnyShockLaw, "a law of shocks"),
    (AnyYearShockLaw, "a law of shocks of each year"),
)


def page() -> str:
    """Return the page."""
    parts = [
        "# Keys of a scenario file",
        "",
        "Every key that a scenario may have, made from the code by `make docs`. `--set` and `--vary` take",
        "any of them: `--set rules.bond.top_up=true`, `--vary clusters.South.people=5000,9000`. A key",
        "without a default must be given. Examples are of the Cambridgeshire scenario; those of laws show",
        "their form. `cluster-risk init` writes a scenario to start from.",
        "",
    ]
    fields, given = _fields(ScenarioFile), tomllib.loads(FLAGSHIP.read_text(encoding="utf-8"))
    top = {name: fields[name] for name in SECTIONS if _model(fields[name]) is None}
    parts += ["## The file", "", *_table(top, "", given), ""]
    for name in (*SECTIONS, *LISTS):
        model, start, examples = _model(fields[name]), f"{name}.", given.get(name)
        if name in LISTS:
            (model,), start = _models(fields[name].annotation), f"{name}.*."
            examples = _first_of_each(given[name])
        if model is not None:
            heading = LISTS.get(name, f"[{name}]")
            parts += [f"## {heading}", "", *_about(model), *_table(_fields(model), start, examples), ""]
    parts += ["## [[rules]]", "", "Each once, in the order in which they apply within a year.", ""]
    for rule in RULES_IN_USUAL_ORDER:
        name = rule.model_fields["rule"].default
        parts += [f'### rule = "{name}"', "", *_about(rule)]
        in_file = [one for one in given["rules"] if one["rule"] == name]
        parts += [*_table(_fields(rule), f"rules.{name}.", _example(rule) | _first_of_each(in_file)), ""]
    about = "Any number of them, each with a name of its own, in the order in which they act."
    parts += ["## [[actions]]", "", about, ""]
    for action in _models(AnyAction):
        (value,) = get_args(action.model_fields["action"].annotation)
        table = _table(_fields(action), "actions.*.", _example(action))
        parts += [f'### action = "{value}"', "", *_about(action), *table, ""]
    parts += ["## Forms of payment", "", *_forms(), ""]
    for heading, register, tag in (
        ("Budget rules", AnyBudgetRule, "rule"),
        ("Laws of the number of cases", AnyCountLaw, "model"),
        ("Laws of the cost of a case", AnyUnitCost, "model"),
        ("Laws of shocks", AnyShockLaw, "law"),
    ):
        parts += [f"## {heading}", ""]
        for part in _models(register):
            (value,) = get_args(part.model_fields[tag].annotation)
            about = [*_about(part), *_table(_fields(part), "", _example(part))]
            parts += [f'### {tag} = "{value}"', "", *about, ""]
    return "\n".join(parts)


def _forms() -> Iterator[str]:
    """Yield the forms of payment, with the keys in which each differs from payment per case."""
    yield "What each form sets; keys of a payment may be set over it."
    yield from ("", "| form | keys | source |", "|---|---|---|")
    usual = asdict(FORMS["per_case"])
    for name, terms in FORMS.items():
        own = [f"{key} {_toml(value)}" for key, value in asdict(terms).items() if value != usual[key]]
        yield f"| `{name}` | {', '.join(own) or 'none'} | {SOURCES[name]} |"


def _fields(part: Any) -> dict[str, FieldInfo]:
    """Return the keys of a part, each with what it means."""
    words, fields = meanings(part), {name: copy(field) for name, field in part.model_fields.items()}
    for name, field in fields.items():
        field.description = words.get(name)
    return fields


def _table(fields: dict[str, FieldInfo], start: str, given: Any = None) -> list[str]:
    if all(_tag(field) is not None for field in fields.values()):
        return ["It has no keys of its own."]
    return [
        "| key | what it is | unit | default | example |",
        "|---|---|---|---|---|",
        *rows(fields, start, given),
    ]


def rows(fields: dict[str, FieldInfo], start: str, given: Any = None) -> Iterator[str]:
    """Yield a line for each key, those of the tables in them included; `given` holds examples."""
    given = given if isinstance(given, Mapping) else {}
    for name, field in fields.items():
        models = _models(field.annotation)
        if _tag(field) is not None:
            continue
        example = given.get(name)
        if len(models) == 1 and models[0] not in PARTS:
            is_list = any(get_origin(kind) is tuple for kind in _kinds(field.annotation))
            unit, each = ("list of tables", ".*") if is_list else ("a table", "")
            yield f"| `{start}{name}` | {_words(field)} | {unit} | see below | |"
            yield from rows(_fields(models[0]), f"{start}{name}{each}.", example)
        else:
            shown = "" if example is None else f"`{_toml(example)}`"
            cells = (f"`{start}{name}`", _words(field), _unit(name, field), _default(field), shown)
            yield f"| {' | '.join(cells)} |"


def _about(model: type[BaseModel]) -> list[str]:
    return [(model.__doc__ or "").strip().partition("\n")[0], ""]


def _example(model: Any) -> dict[str, Any]:
    """Return the settings of a part's own example; none where it has none."""
    try:
        return dict(model.example().model_dump(exclude_none=True, exclude_defaults=True))
    except NotImplementedError:
        return {}


def _first_of_each(tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Return each key's value in the first table that has it."""
    return {key: value for table in reversed(tables) for key, value in table.items()}


def _words(field: FieldInfo) -> str:
    text = " ".join((field.description or "").split())
    choices = [
        one for kind in _kinds(field.annotation) if get_origin(kind) is Literal for one in get_args(kind)
    ]
    return f"{text} One of {', '.join(f'`{one}`' for one in choices)}." if len(choices) > 1 else text


def _unit(name: str, field: FieldInfo) -> str:
    known = _known_unit(name, field)
    return f"{known}; or a table of mean and sd" if set(MAY_BE_UNCERTAIN) & set(field.metadata) else known


def _known_unit(name: str, field: FieldInfo) -> str:
    kinds = _kinds(field.annotation)
    if models := _models(field.annotation):
        return f"a table: {next(words for register, words in REGISTERS if models[0] in _models(register))}"
    if bool in kinds:
        return "true or false"
    if dicts := [kind for kind in kinds if get_origin(kind) is dict]:
        return f"table of {'texts' if str in _kinds(get_args(dicts[0])[1]) else 'shares'} by name"
    if tuples := [kind for kind in kinds if get_origin(kind) is tuple]:
        within = _kinds(get_args(tuples[0])[0])
        is_text = str in within or any(get_origin(kind) is Literal for kind in within)
        return f"list of {'texts' if is_text else 'numbers'}"
    if date in kinds:
        return "date, such as 2010-07-01"
    if any(get_origin(kind) is Literal for kind in kinds):
        return "text"
    return unit_of(name, field.description or "", "text" if str in kinds else "number")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), {}):
        return "none"
    if isinstance(value, BaseModel):
        return ", ".join(
            f"{name} {_toml(one)}" for name, one in value.model_dump().items() if one is not None
        )
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    return as_toml(value, inside=True)


def _tag(field: FieldInfo) -> str | None:
    """Return the only value that a key can have, where it names its part; None for others."""
    values = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return values[0] if len(values) == 1 else None


def _kinds(annotation: Any) -> list[Any]:
    """Return the types that a key can have."""
    if get_origin(annotation) in {Union, types.UnionType}:
        return [kind for one in get_args(annotation) for kind in _kinds(one)]
    if hasattr(annotation, "__metadata__"):
        return _kinds(get_args(annotation)[0])
    return [annotation]


def _models(annotation: Any) -> list[Any]:
    found = []
    for kind in _kinds(annotation):
        if get_origin(kind) is tuple:
            found += _models(get_args(kind)[0])
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            found.append(kind)
    return found


def _model(field: FieldInfo) -> Any:
    """Return the model of a section; None for a plain key."""
    models = [one for one in _kinds(field.annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
    return models[0] if models else None


PARTS = {part for register, _ in REGISTERS for part in _models(register)}


def main() -> None:
    """Write the page where it is out of date."""
    text = page()
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print(f"out of date: docs/{PAGE.name}")
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
