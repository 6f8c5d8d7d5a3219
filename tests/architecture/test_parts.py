"""What every part must do, of whatever kind and whoever adds it to a register."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from simulator.actions import AnyAction
from simulator.budgets import AnyBudgetRule
from simulator.demand import AnyCountLaw
from simulator.demand.shock_laws import AnyShockLaw, AnyYearShockLaw, LognormalYearShock, NormalYearShock
from simulator.parts import Part
from simulator.rules import AnyRule
from simulator.scenario.schema import ScenarioFile
from simulator.spend import AnyUnitCost
from tests.architecture.modules import FILES, module_of
from tests.architecture.registers import FOR_COMPOUNDS, PARTS

REGISTERS = (AnyUnitCost, AnyCountLaw, AnyShockLaw, AnyBudgetRule, AnyRule, AnyAction)
OF_YEARS = (LognormalYearShock, NormalYearShock)
"""The laws of shocks again, for those that have a value in every year."""
EACH = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)


def _numbers(part: Part) -> list[str]:
    """Return the fields that hold one number."""
    return [
        name
        for name, value in part.model_dump().items()
        if isinstance(value, float) and not isinstance(value, bool)
    ]


@EACH
def test_it_has_an_example_that_says_what_it_is(part: type[Part]) -> None:
    assert isinstance(part.example(), part)
    assert part.example() == part.example()
    assert part.example.__doc__
    assert part.__doc__


@EACH
def test_it_survives_writing_and_reading(part: type[Part]) -> None:
    example = part.example()
    assert part.model_validate(example.model_dump()) == example
    assert part.model_validate_json(example.model_dump_json()) == example
    assert pickle.loads(pickle.dumps(example)) == example  # noqa: S301 - our own
    assert hash(part.model_validate(example.model_dump())) == hash(example)


@EACH
def test_it_is_frozen(part: type[Part]) -> None:
    example = part.example()
    for name in part.model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(example, name, getattr(example, name))


@EACH
def test_it_refuses_unknown_keys(part: type[Part]) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        part.model_validate(part.example().model_dump() | {"colour": "blue"})


@EACH
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1", True, [1.0]], ids=repr)
def test_it_refuses_what_is_no_finite_number(part: type[Part], value: Any) -> None:
    example = part.example()
    for name in _numbers(example):
        with pytest.raises(ValidationError, match=name):
            part.model_validate(example.model_dump() | {name: value})


@EACH
def test_its_name_in_a_file_is_its_own(part: type[Part]) -> None:
    tags = {"model", "rule", "law", "action"} & set(part.model_fields)
    assert len(tags) == 1
    (tag,) = tags
    same = [other for other in PARTS if tag in other.model_fields and other.example() != part.example()]
    assert getattr(part.example(), tag) not in {getattr(other.example(), tag) for other in same}


@EACH
def test_it_is_in_the_json_schema_with_its_settings(part: type[Part]) -> None:
    definitions = TypeAdapter(ScenarioFile).json_schema()["$defs"]
    definition = definitions[part.__name__]
    assert set(definition["properties"]) == set(part.model_fields)
    assert definition["additionalProperties"] is False


@EACH
def test_one_register_reads_it_by_its_name(part: type[Part]) -> None:
    given = part.example().model_dump()
    read = []
    for register in REGISTERS:
        try:
            read.append(TypeAdapter(register).validate_python(given))
        except ValidationError:
            continue
    assert read == [part.example()]


def _families() -> list[tuple[Path, type[Part]]]:
    """Return every class below a kind of part, with its file."""
    kinds = {base for part in PARTS for base in part.__mro__[1:-1] if issubclass(base, Part)} - {Part}
    return [
        (path, thing)
        for path in FILES
        for thing in vars(module_of(path)).values()
        if isinstance(thing, type) and issubclass(thing, tuple(kinds)) and thing not in kinds
    ]


def test_no_part_is_left_out_of_its_register() -> None:
    assert {thing for _, thing in _families()} == {*PARTS, *OF_YEARS, *FOR_COMPOUNDS}


@pytest.mark.parametrize("law", OF_YEARS)
def test_a_shock_of_years_is_the_shock_with_a_memory(law: type[Part]) -> None:
    (base,) = (part for part in PARTS if issubclass(law, part))
    assert set(law.model_fields) == set(base.model_fields) | {"persistence"}
    given = base.example().model_dump()
    assert type(TypeAdapter(AnyYearShockLaw).validate_python(given)) is law
    assert law.example().model_dump() == given | {"persistence": 0.0}
