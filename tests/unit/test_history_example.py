"""The history that is handed out, and the small tables that docs/own-history.md shows."""

from __future__ import annotations

import errno
import re
import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest

from simulator import load_scenario
from simulator.errors import Problems
from simulator.history import HistoryFiles, read_history
from simulator.history.history_rows import read_rows
from simulator.history.recodes import read_recodes
from simulator.history.registered_lists import read_lists
from simulator.history.side_tables import read_costs, read_price_index
from simulator.history.units import ScenarioUnits
from simulator.scenario.start import HISTORY_FILES, write_start

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "scenarios" / "history-example"


def test_it_is_written_again_byte_for_byte(tmp_path: Path) -> None:
    for name in ("clusters.toml", "need_weights.csv"):
        shutil.copy(EXAMPLE / name, tmp_path)
    runpy.run_path(str(ROOT / "docs" / "write_history_example.py"))["write_example"](tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(HISTORY_FILES)
    for name in HISTORY_FILES:
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes(), name


def test_init_hands_out_the_same_files(tmp_path: Path) -> None:
    written = write_start(tmp_path / "mine", "history")
    assert [path.name for path in written] == list(HISTORY_FILES)
    for path in written:
        assert path.read_bytes() == (EXAMPLE / path.name).read_bytes()


def test_of_what_cannot_be_written_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def fill(path: Path, content: bytes) -> int:
        if "lists.csv" in path.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(RuntimeError, match="the disk is full"):
        write_start(tmp_path / "mine", "history")
    assert list(tmp_path.iterdir()) == []


def test_it_is_read_without_trouble_and_its_law_is_found_again() -> None:
    scenario = load_scenario(EXAMPLE / "clusters.toml")
    history = read_history(HistoryFiles(EXAMPLE / "history.csv", EXAMPLE / "lists.csv"), scenario)
    assert history.notes == (
        "36 months, 2010-04 to 2013-03.",
        "Lists grew by 1.2% a year, all units of the history together.",
    )
    assert history.observed.clusters == ("Riverside", "Market Town", "Fen Edge", "Two Mills")
    # Of 12 practices in 36 months the standard error is about 7% of v.
    drawn_with = [line.count.variance(1.0) for line in scenario.settings.service_lines]
    law = history.month_law
    assert (np.abs(law.v - drawn_with) < 4 * law.v_se).all()
    january = law.season[:, 0] - law.season[:, 6]
    assert january[0] > 0 > january[2]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shown")
    page = (ROOT / "docs" / "own-history.md").read_text(encoding="utf-8")
    for name, table in re.findall(r"```csv (\S+)\n(.*?)```", page, flags=re.DOTALL):
        (folder / name).write_text(table, encoding="utf-8")
    return folder


def test_the_tables_that_the_page_shows_are_read(shown: Path) -> None:
    known = ScenarioUnits.of(load_scenario(EXAMPLE / "clusters.toml"))
    problems = Problems()
    rows = read_rows(shown / "history.csv", known, {}, problems).rows
    assert problems == []
    assert [(row.unit, row.count) for row in rows] == [("P01", 53), ("P01", 0), ("P02", 44)]
    assert rows[0].spend_gbp == 117_155.88
    assert np.isnan(rows[2].spend_gbp)
    lists = read_lists(shown / "lists.csv", {}).lists
    assert {month: sorted(of) for month, of in lists.items()} == {
        (2010, 4): ["P01", "P02"],
        (2010, 7): ["P01"],
    }
    assert read_recodes(shown / "recodes.csv") == {"P90": "P01"}
    costs = read_costs(shown / "costs.csv", known)
    assert {line: found.tolist() for line, found in costs.items()} == {"emergency_admissions": [412, 1830.5]}
    lines = ("emergency_admissions", "ae_attendances")
    index = read_price_index(shown / "price-index.csv", lines, ((2010, 4), (2011, 4)), known)
    assert index.tolist() == [[1, 1.011], [1, 0.995]]
