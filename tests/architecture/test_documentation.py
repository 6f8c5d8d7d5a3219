"""What is public documents its parameters and what it returns."""

from __future__ import annotations

import inspect

import pytest
from numpydoc.validate import validate

import simulator
from simulator.parts import Part, meanings
from simulator.questions import QUESTIONS
from simulator.scenario.schema import ScenarioFile
from tests.architecture.modules import FILES, module_of

CHECKS = ("GL08", "PR01", "PR02", "PR03", "RT01")
"""No docstring; parameters that are missing, unknown or out of order; nothing on what is returned."""


def _wrong(name: str) -> list[tuple[str, str]]:
    return [error for error in validate(name)["errors"] if error[0] in CHECKS]


@pytest.mark.parametrize("name", simulator.__all__)
def test_public_names(name: str) -> None:
    thing = getattr(simulator, name)
    if inspect.isclass(thing) and issubclass(thing, Part):
        # A part's parameters are its fields, documented where they are declared.
        assert thing.__doc__
    else:
        assert _wrong(f"simulator.{name}") == []


@pytest.mark.parametrize("name", ["Compound.draw", "Result.summary", "Result.outcomes"])
def test_public_methods(name: str) -> None:
    assert _wrong(f"simulator.{name}") == []


def _parts() -> list[type[Part]]:
    found = {
        thing
        for path in FILES
        for _, thing in inspect.getmembers(module_of(path), inspect.isclass)
        if issubclass(thing, Part) and thing.__module__.startswith("simulator.")
    }
    return sorted(found, key=lambda part: part.__name__)


@pytest.mark.parametrize("part", _parts(), ids=lambda part: part.__name__)
def test_every_setting_says_what_it_is(part: type[Part]) -> None:
    sections = {"pct", "contract", "population", "seasons", "shocks", "budgets", "simulation"}
    tags = {"model", "rule", "law", "action"}
    silent = part.model_fields.keys() - {name for name, words in meanings(part).items() if words} - tags
    assert not silent - (sections if part is ScenarioFile else set())
    shown = part.model_json_schema()["properties"]
    told = {key: words for key, words in meanings(part).items() if key in shown}
    assert {key: shown[key].get("description") for key in told} == told


def test_all_is_what_can_be_imported() -> None:
    assert dir(simulator) == sorted(simulator.__all__)
    assert set(QUESTIONS) < set(simulator.__all__)
    with pytest.raises(AttributeError, match="attribute nothing"):
        _ = simulator.nothing
