"""A result folder is simulated again to the same numbers, or refused."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator import load_scenario, simulate
from simulator.simulation.draws import Draws
from simulator.simulation.saved_result import read_result, write_result
from tests.e2e.command import FLAGSHIP, SMALL
from tests.unit.problems import problems_of_call


def written(scenario: Path, folder: Path) -> Path:
    folder.mkdir()
    result = simulate(load_scenario(scenario, ["rules.bond.top_up=true"]), Draws(100, 5))
    write_result(result, folder, datetime.now(UTC), 0.0)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return written(SMALL, tmp_path_factory.mktemp("small") / "result")


def test_every_contract_is_as_it_was(small: Path) -> None:
    again = read_result(small).simulate()
    expected = simulate(load_scenario(SMALL, ["rules.bond.top_up=true"]), Draws(100, 5))
    assert again.summary_columns == expected.summary_columns
    assert again.outcomes.equals(expected.outcomes)
    assert again.scenario.overrides == expected.scenario.overrides


def change(folder: Path, **values: object) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | values), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "got"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "no manifest.json that can be read"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "no scenario, scenario_text, overrides"),
        (lambda folder: (folder / "summary.csv").unlink(), "no summary.csv that can be read"),
        (lambda folder: (folder / "summary.csv").write_text("cluster\nSmall\n"), "other numbers"),
        (lambda folder: change(folder, seed=6), "other numbers"),
        (lambda folder: change(folder, seed="x"), "no seed"),
        (lambda folder: change(folder, overrides=[]), "a result of other tables or settings"),
        (lambda folder: change(folder, scenario_text="title ="), "other text"),
    ],
)
def test_a_folder_that_is_no_result(small: Path, tmp_path: Path, damage, got: str) -> None:
    folder = shutil.copytree(small, tmp_path / "result")
    damage(folder)
    (problem,) = problems_of_call(lambda: read_result(folder).simulate())
    assert problem.got.startswith(got)


@pytest.fixture
def flagship(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folder of a scenario's tables, and a result of it."""
    scenario = Path(shutil.copytree(FLAGSHIP.parent, tmp_path / "scenarios")) / FLAGSHIP.name
    return scenario.parent / "data", written(scenario, tmp_path / "result")


def test_a_result_carries_its_tables(
    flagship: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, folder = flagship
    expected = read_result(folder).simulate().summary_columns
    (tables / "seasons.csv").write_text("month,flat\n", encoding="utf-8")
    assert read_result(folder).simulate().summary_columns == expected
    shutil.rmtree(tables.parent)
    moved = folder.rename(tmp_path / "moved")
    monkeypatch.chdir(moved)
    assert read_result(Path()).simulate().summary_columns == expected


@pytest.mark.parametrize("name", ["../outside.csv", "FOLDER/outside.csv"])
def test_a_result_puts_no_table_outside(small: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(small, tmp_path / "result")
    outside = tmp_path / "outside.csv"
    change(folder, tables={name.replace("FOLDER", str(tmp_path)): "month\n"})
    assert read_result(folder).seed == 5
    assert not outside.exists()


def test_tables_that_have_changed(flagship: tuple[Path, Path]) -> None:
    tables, folder = flagship
    change(folder, tables=None)
    assert read_result(folder).seed == 5
    seasons = tables / "seasons.csv"
    seasons.write_text(seasons.read_text(encoding="utf-8").replace("1.0", "1.1", 1), encoding="utf-8")
    (problem,) = problems_of_call(lambda: read_result(folder))
    assert problem.got == "a result of other tables or settings"
