"""A scenario is the same as TOML and as a workbook, either made from the other."""

from __future__ import annotations

import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from simulator.scenario.conversion import convert, write_scenario
from simulator.scenario.figures import sections
from simulator.scenario.scenario import Scenario, check_scenario, load_scenario
from simulator.scenario.sheets import read_sheets
from simulator.scenario.start import write_start
from simulator.scenario.toml_writer import Notes, toml_text
from simulator.scenario.workbook.forms import forms
from tests.builders import Table, checked
from tests.e2e.command import ROOT
from tests.strategies import scenarios

FILES = [*sorted((ROOT / "scenarios").glob("*.toml")), ROOT / "simulator/scenario/starter/scenario.toml"]


def _of_text(text: str, folder: Path) -> Scenario:
    return check_scenario(tomllib.loads(text), folder)


@given(scenarios())
@settings(max_examples=8, deadline=None)
def test_any_scenario_goes_to_a_workbook_and_back(mapping: Table):
    scenario = checked(mapping)
    with tempfile.TemporaryDirectory() as room:
        write_scenario(replace(scenario, text=toml_text(mapping, Notes({}, {}))), Path(room, "one.xlsx"))
        again = load_scenario(Path(room, "one.xlsx"))
        assert again.fingerprint == scenario.fingerprint
        assert _of_text(again.text, Path()).fingerprint == scenario.fingerprint


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_repositorys_scenarios_keep_figures_tables_and_comments(file: Path, tmp_path: Path):
    first = load_scenario(file)
    (book,) = convert(file, tmp_path / "one.xlsx")
    again = load_scenario(book)
    assert again.fingerprint == first.fingerprint
    assert _of_text(again.text, file.parent).fingerprint == first.fingerprint

    def said(text: str) -> list[str]:
        """Words of comments, wherever they stand."""
        remarks = (line.partition("#")[2] for line in text.splitlines() if "#" in line)
        return sorted(word for remark in remarks for word in remark.split())

    assert said(again.text) == said(first.text)


def test_a_workbook_becomes_files_again(tmp_path: Path):
    write_start(tmp_path, as_workbook=True)
    text, *tables = convert(tmp_path / "scenario.xlsx", tmp_path / "back" / "one.toml")
    assert load_scenario(text).fingerprint == load_scenario(tmp_path / "scenario.xlsx").fingerprint
    assert [table.name for table in tables] == ["practices.csv", "need_weights.csv"]


def test_every_key_of_the_schema_has_a_row(tmp_path: Path):
    """A key that is added to the schema appears by itself."""
    write_scenario(load_scenario(ROOT / "scenarios" / "two-clusters.toml"), tmp_path / "one.xlsx")
    sheets = {sheet.title: sheet for sheet in read_sheets(tmp_path / "one.xlsx")}
    for form in forms():
        rows = {sheets[form.title].text(row, 1) for row in sheets[form.title].rows}
        missing = [
            figure.path
            for section in form.sections
            for figure in section.figures
            if not any(row.split(": ")[-1] == str(figure.path[-1]).replace("_", " ") for row in rows)
            and isinstance(figure.path[-1], str)
            and figure.path[-1] not in {"#", "*"}
        ]
        # Practices have a sheet of their own.
        assert missing == ([("practices",)] if form.title == "Clusters" else [])
    assert len([figure for section in sections() for figure in section.figures]) > 180
