"""Every key of a scenario, with its bounds and default, against a stored list: a change is seen, and said.

To accept a change: delete tests/golden/declared.txt, run the test once (the run that writes it fails), look
at the difference, and say in CHANGELOG.md what a scenario may say now.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.scenario.schema import ScenarioFile

STORED = Path(__file__).parent / "declared.txt"
WORDS = ("description", "title")


def declared() -> Iterator[str]:
    schema = ScenarioFile.model_json_schema()
    for name, part in {"Scenario": schema, **schema["$defs"]}.items():
        for key, told in part.get("properties", {}).items():
            bounds = {what: value for what, value in told.items() if what not in WORDS}
            yield f"{name}.{key} {json.dumps(bounds, sort_keys=True)}"


def test_keys_bounds_and_defaults_are_as_stored() -> None:
    found = sorted(declared())
    if not STORED.exists():
        STORED.write_text("\n".join([*found, ""]), encoding="utf-8")
        pytest.fail(f"{STORED.name} was missing and has been written; look at it, then run again")
    assert found == STORED.read_text(encoding="utf-8").splitlines()
