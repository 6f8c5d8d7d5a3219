"""What files declare, against stored lists: keys, their bounds, measures, defaults and words of rules.

To accept a change: delete the list in tests/golden, run the test once (the run that writes it fails), look at
the difference, and say in CHANGELOG.md what a scenario may say now, or what a measure is.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from annotated_types import Ge, Gt, Le, Lt

import simulator.actions
import simulator.risk
import simulator.rules
import simulator.spend
from simulator.parts import Part
from simulator.risk.measures import MEASURES
from simulator.scenario.schema import ScenarioFile
from tests.builders import checked
from tests.property.test_every_choice_matters import BASE, REFUSED, as_table, choices
from tests.property.test_every_term_matters import TERMS

WORDS = ("description", "title")


def keys() -> Iterator[str]:
    schema = ScenarioFile.model_json_schema()
    for name, part in {"Scenario": schema, **schema["$defs"]}.items():
        for key, told in part.get("properties", {}).items():
            bounds = {what: value for what, value in told.items() if what not in WORDS}
            yield f"{name}.{key} {json.dumps(bounds, sort_keys=True)}"


def bounds() -> Iterator[str]:
    # The schema does not show them of figures that may have an sd.
    told = ScenarioFile.model_json_schema()["$defs"]
    for part in {one for one in parts_of(Part) if one.__name__ in told}:
        for key, field in part.model_fields.items():
            found = [repr(one) for one in field.metadata if isinstance(one, Ge | Gt | Le | Lt)]
            if found:
                yield f"{part.__name__}.{key} {' '.join(found)}"


def parts_of(kind: type[Part]) -> Iterator[type[Part]]:
    for one in kind.__subclasses__():
        yield one
        yield from parts_of(one)


def measures() -> Iterator[str]:
    for one in MEASURES:
        yield f"{one.name}: {one.estimator!r} of {one.rows}; less is better: {one.less_is_better}"


def defaults() -> Iterator[str]:
    """Yield what may be left out in a call, and what it is then; examples; what classes say of themselves."""
    for module, kind in made_in_rooms():
        for name, one in {kind.__name__: kind, **callables(kind)}.items():
            told = [
                f"{parameter.name}={parameter.default!r}"
                for parameter in inspect.signature(one).parameters.values()
                if parameter.default is not inspect.Parameter.empty and "<" not in repr(parameter.default)
            ]
            if told:
                yield f"{module}.{kind.__name__}{'' if one is kind else f'.{name}'}: {', '.join(told)}"
        for name, value in vars(kind).items():
            if isinstance(value, bool | str | float) and not name.startswith("_"):
                yield f"{module}.{kind.__name__}.{name} is {value!r}"
        if "example" in vars(kind) and not inspect.isabstract(kind):
            yield f"{module}.{kind.__name__} has the example {kind.example()!r}"


ROOMS = (simulator.actions, simulator.risk, simulator.rules, simulator.spend)


def made_in_rooms() -> Iterator[tuple[str, Any]]:
    """Yield the classes and functions of the rooms of money, with the modules that they stand in."""
    for room in ROOMS:
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            module = importlib.import_module(found.name)
            for one in vars(module).values():
                is_made = inspect.isfunction(one) or inspect.isclass(one)
                if is_made and one.__module__ == found.name and not is_of_words(one):
                    yield found.name, one


def is_of_words(one: Any) -> bool:
    return inspect.isclass(one) and issubclass(one, Enum)


def callables(kind: Any) -> dict[str, Any]:
    """Return what can be called of a class, beside itself."""
    if not inspect.isclass(kind):
        return {}
    every = {name: getattr(one, "__func__", one) for name, one in vars(kind).items() if name[:2] != "__"}
    return {name: one for name, one in every.items() if inspect.isfunction(one)}


def sentences() -> Iterator[str]:
    """Yield what each rule says of itself, as it is and with each other choice."""
    for what, settings in {"every key": BASE, "terms": TERMS.settings}.items():
        whole = as_table(settings.model_dump())
        for rule in settings.rules:
            yield f"{what}, {rule.rule}: {' '.join(rule.in_words())}"
        for choice in choices(settings):
            label = choice.label(whole)
            if choice.path[0] == "rules" and label not in REFUSED and not label.endswith("by_people=nothing"):
                rule = checked(choice.made_in(whole)).settings.rules[choice.path[1]]
                yield f"{what}, {label}: {' '.join(rule.in_words())}"


@pytest.mark.parametrize("declared", [keys, bounds, measures, defaults, sentences])
def test_it_is_as_stored(declared: Callable[[], Iterator[str]]) -> None:
    found, stored = sorted(declared()), Path(__file__).parent / f"declared_{declared.__name__}.txt"
    if not stored.exists():
        stored.write_text("\n".join([*found, ""]), encoding="utf-8")
        pytest.fail(f"{stored.name} was missing and has been written; look at it, then run again")
    assert found == stored.read_text(encoding="utf-8").splitlines()
