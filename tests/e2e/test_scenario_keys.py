"""The page of keys is what the code says, and leaves out nothing."""

from __future__ import annotations

import re
import runpy

import pytest

from simulator.scenario.schema import ScenarioFile
from tests.e2e.command import ROOT

PAGE = (ROOT / "docs" / "scenario-keys.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    # Forms of payment have three columns, keys five.
    if line.startswith("| `") and line.count(" | ") > 3
]


def test_the_page_is_up_to_date():
    written = runpy.run_path(str(ROOT / "docs" / "write_keys.py"))["page"]()
    assert written == PAGE, "run `make docs`"


def test_every_key_of_the_schema_is_on_the_page():
    """Of the schema itself, that is not how the page is made."""
    schema = ScenarioFile.model_json_schema()
    parts = [schema, *schema["$defs"].values()]
    keys = {key for part in parts for key, one in part.get("properties", {}).items() if "const" not in one}
    shown = {row[0].strip("`").rpartition(".")[2] for row in ROWS}
    headings = set(re.findall(r"^## \[+(\w+)\]+$", PAGE, re.MULTILINE))
    assert keys == shown | headings


def test_every_key_has_words_a_unit_and_a_default():
    assert len(ROWS) > 50
    for row in ROWS:
        assert all(row[:4]), row


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("rules.bond.interest_share_per_year", "share: 0.1 is 10%"),
        ("rules.surplus.practice_share_from", "text"),
        ("rules.per_case_limit.limit_gbp", "pounds"),
        ("fair_share_weight_by_year", "list of numbers"),
        ("clusters.*.practices", "list of texts"),
        ("contract.start_month", "month, 1 to 12"),
        ("limit", "pounds"),
        ("cv", "SD over mean"),
    ],
)
def test_units(key, unit):
    assert {row[2] for row in ROWS if row[0] == f"`{key}`"} == {unit}


def test_the_readme_leads_to_it():
    assert "(docs/scenario-keys.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
