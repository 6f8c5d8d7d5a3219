"""What files declare, against stored lists: keys of a scenario, their bounds, and measures.

To accept a change: delete the list in tests/golden, run the test once (the run that writes it fails), look at
the difference, and say in CHANGELOG.md what a scenario may say now, or what a measure is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from annotated_types import Ge, Gt, Le, Lt

from simulator.parts import Part
from simulator.risk.measures import MEASURES
from simulator.scenario.schema import ScenarioFile

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


@pytest.mark.parametrize("declared", [keys, bounds, measures])
def test_it_is_as_stored(declared: Callable[[], Iterator[str]]) -> None:
    found, stored = sorted(declared()), Path(__file__).parent / f"declared_{declared.__name__}.txt"
    if not stored.exists():
        stored.write_text("\n".join([*found, ""]), encoding="utf-8")
        pytest.fail(f"{stored.name} was missing and has been written; look at it, then run again")
    assert found == stored.read_text(encoding="utf-8").splitlines()
