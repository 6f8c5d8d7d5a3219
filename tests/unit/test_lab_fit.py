"""A history that is given to the lab: which table is which, what was fitted, and what is taken away."""

from __future__ import annotations

import zipfile

import pytest

import simulator
from simulator.errors import InputError
from simulator.lab.fit_task import EVERYTHING, FITTED, FitTask, history_files
from simulator.lab.templates import as_workbook, history_table, year_table
from simulator.lab.uploads import keep, scenario_of
from simulator.questions.fit.ask import fit
from simulator.simulation.draws import Draws
from tests.builders import checked
from tests.builders import scenario_of as mapping_of
from tests.e2e.command import ROOT

EXAMPLE = ROOT / "simulator" / "scenario" / "starter" / "history_example"
PAST, LISTS = EXAMPLE / "history.csv", EXAMPLE / "lists.csv"
HISTORY = {"our past.csv": PAST.read_bytes(), "b.csv": LISTS.read_bytes()}
SCENARIO = ("clusters.toml", "practices.csv", "need_weights.csv")


@pytest.fixture
def scenario(tmp_path):
    """The example's scenario, as a reader gives it."""
    given = {name: (EXAMPLE / name).read_bytes() for name in SCENARIO}
    return scenario_of(keep(given, tmp_path / "scenario"), checked(mapping_of()))


def test_what_was_fitted_is_the_commands_and_can_be_taken_anywhere(scenario, tmp_path):
    steps = []
    task = FitTask(scenario, Draws(200, 3), keep(HISTORY, tmp_path / "history"))
    told = task.work(tmp_path / "job", lambda done, of: steps.append((done, of)))
    assert steps == [(0, 3), (1, 3), (2, 3)]
    of_command = fit(simulator.load_scenario(EXAMPLE / SCENARIO[0]), PAST, LISTS)
    assert told.tables == of_command.tables()
    (tmp_path / "else where").mkdir()
    with zipfile.ZipFile(tmp_path / "job" / EVERYTHING) as together:
        together.extractall(tmp_path / "else where")
    (tmp_path / "scenario").rename(tmp_path / "gone")
    (tmp_path / "job").rename(tmp_path / "gone too")
    taken = simulator.load_scenario(tmp_path / "else where" / FITTED)
    assert taken.settings.shocks == of_command.after.settings.shocks
    assert taken.practices == of_command.scenario.practices
    assert taken.posterior is not None
    with pytest.raises(InputError, match="opened by cluster-risk lab FILE"):
        as_workbook(taken)
    with pytest.raises(InputError, match="opened by cluster-risk lab FILE"):
        scenario_of(keep({FITTED: taken.text.encode()}, tmp_path / "again"), scenario)
    assert str(tmp_path) not in taken.text
    assert "file-" not in taken.text


def test_what_is_wrong_with_a_history_is_told_where_it_stands(scenario, tmp_path):
    bad = HISTORY["our past.csv"].replace(b",53,", b",many,", 1).replace(b"2010-05,P02,", b"2010-05,PXX,", 1)
    (kept,) = keep({"our past.csv": bad}, tmp_path / "history")
    with pytest.raises(InputError, match="2 problems") as refused:
        FitTask(scenario, Draws(200, 3), (kept,)).work(tmp_path / "job", lambda done, of: None)
    assert "our past.csv, line 3, count" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_tables_of_a_history_are_told_apart_by_their_headings(tmp_path):
    given = {
        "1.csv": b"# ours\nMonth,Practice,Line,Count\n",
        "2.csv": b"quarter;practice;list_size\n",
        "3.csv": b"line,cost_gbp\n",
        "4.csv": b"old,new,from\n",
        "5.csv": b"year,index\n",
    }
    found = {kind: one.name for kind, one in history_files(keep(given, tmp_path / "all")).items()}
    assert found == {
        "history": "1.csv",
        "lists": "2.csv",
        "costs": "3.csv",
        "recodes": "4.csv",
        "price_index": "5.csv",
    }
    with pytest.raises(InputError, match="one table of each kind"):
        history_files(keep({"a.csv": given["1.csv"], "b.csv": given["1.csv"]}, tmp_path / "two"))
    with pytest.raises(InputError, match="a history: columns month"):
        history_files(keep({"a.csv": given["2.csv"], "b.csv": given["3.csv"]}, tmp_path / "none"))


def test_a_file_that_was_mended_is_another_task(scenario, tmp_path):
    tasks = [
        FitTask(scenario, Draws(200, 3), keep({"a.csv": content}, tmp_path / str(at) / "history"))
        for at, content in enumerate((b"one", b"two"))
    ]
    assert tasks[0].given[0].digest != tasks[1].given[0].digest


def test_what_is_to_be_filled_in_is_of_the_scenario(scenario, tmp_path):
    (kept,) = keep({"mine.xlsx": as_workbook(scenario)}, tmp_path / "book")
    assert scenario_of((kept,), scenario).practices == scenario.practices
    rows = [row.split(",") for row in year_table(scenario).splitlines()]
    assert rows[0] == ["month", "cluster", "line", "spend_gbp", "count"]
    assert len(rows) - 1 == 6 * 4 * 4
    assert {row[0] for row in rows[1:]} == {f"2013-{month:02d}" for month in range(4, 10)}
    past = [row.split(",") for row in history_table(scenario).splitlines()]
    assert past[0] == ["month", "cluster", "line", "count", "spend_gbp"]
    assert len(past) - 1 == 4 * 4
    assert {row[0] for row in past[1:]} == {"2013-03"}
