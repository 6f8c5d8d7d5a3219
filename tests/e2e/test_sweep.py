"""`cluster-risk sweep` as a user runs it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from simulator.answers.files import FRONT
from simulator.questions.sweep.ask import run_sweep
from simulator.questions.sweep.journal import sweep_journal
from simulator.questions.sweep.question import sweep_question
from simulator.scenario.scenario import load_scenario
from simulator.simulation.draws import Draws
from tests.e2e.command import PROGRAM, SMALL, cluster_risk, leftovers, refused

SHARE = "rules.surplus.practice_share"
FEW = ("--contracts", "300")
LONG = ("--vary", f"{SHARE}=0.004:0.4:0.004", "--vary", "clusters.Small.true_saving_share=0,0.01")


def test_a_table_of_policies():
    asked = ("--vary", f"{SHARE}=0.05:0.2:0.05", "--vary", "clusters.*.takes_share=true,false")
    done = cluster_risk("sweep", SMALL, *asked, "--cluster", "Small", *FEW)
    assert done.returncode == 0, done.stderr
    for words in (
        "8 policies",
        "300 simulated contracts",
        "as given",
        "0.15",
        "to Small?",
        "to all clusters",
    ):
        assert words in " ".join(done.stdout.split())
    assert "0.15000" not in done.stdout
    # The share is the practices' alone: it has nothing to do with overspends.
    assert "No policy changes overspend over the contract" in " ".join(done.stdout.split())
    assert "smaller error than if each had draws of its own" in " ".join(done.stdout.split())
    assert " *" in done.stdout
    assert "beyond chance" in done.stdout


def test_lists_as_values_and_steps_together():
    weights = "budgets.rule.fair_share_weight_by_year=[0.2,0.35],[0.5]"
    done = cluster_risk("sweep", SMALL, "--vary", weights, "--vary", f"{SHARE}=0.1,0.2", "--together", *FEW)
    assert done.returncode == 0, done.stderr
    assert "2 policies" in done.stdout
    assert "[0.2,0.35]" in done.stdout


def test_many_policies_are_printed_in_part():
    done = cluster_risk("sweep", SMALL, "--vary", f"{SHARE}=0.001:0.06:0.001", *FEW)
    printed = " ".join(done.stdout.split())
    # No share changes how likely an overspend is: the first 50 are as good as any.
    assert "The best 50 of 60 policies by overspend over the contract are shown" in printed
    assert "0.051 " not in done.stdout
    most = cluster_risk(
        "sweep", SMALL, "--vary", f"{SHARE}=0.001:0.06:0.001", "--measure", "practice_share", *FEW
    )
    shown = [line.split()[0] for line in most.stdout.splitlines() if line.startswith(" 0.0")]
    assert shown == [f"{at / 1000:g}" for at in range(60, 10, -1)]


def test_excel_and_csv_hold_the_same(tmp_path):
    asked = ("--vary", f"{SHARE}=0.1,0.2", "--measure", "practice_share_gbp", *FEW)
    for name in ("a.csv", "a.xlsx"):
        done = cluster_risk("sweep", SMALL, *asked, "--out", name, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"written to {name}" in done.stderr
    assert leftovers(tmp_path) == ["a.csv", "a.provenance.csv", "a.xlsx"]
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == [*FRONT, "All clusters together", "every number", "provenance"]
    table = pd.read_csv(tmp_path / "a.csv")
    sheet = pd.read_excel(tmp_path / "a.xlsx", sheet_name="every number", header=1)
    assert list(table.columns) == list(sheet.columns)
    # Pounds are written as pounds; a key is a number as it was given.
    _, head, first = book["every number"].iter_rows(max_row=3)
    forms = {name.value: cell.number_format for name, cell in zip(head, first, strict=True)}
    assert forms[SHARE] == "General"
    assert "£" in forms["value"]
    assert table["difference"].to_numpy() == pytest.approx(sheet["difference"].to_numpy())
    assert list(table[SHARE]) == [0.1] * 3 + [0.2] * 3
    facts = pd.read_csv(tmp_path / "a.provenance.csv").set_index("what")["value"]
    assert facts["question"] == f"sweep --vary {SHARE}=0.1,0.2 --measure practice_share_gbp"


def journal_of(folder: Path) -> Path:
    return folder / "sweep.csv.unfinished"


def policies_in(journal: Path) -> int:
    """Count what a sweep that is running has finished."""
    if not journal.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{journal}?immutable=1", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM policies").fetchone()[0])
    except sqlite3.DatabaseError:
        # Not made yet, or read, past its lock, while it was written to.
        return 0


def start_and_stop(folder: Path, how: signal.Signals) -> tuple[int, str]:
    """Start a long sweep, and stop it once some policies are done."""
    asked = ["sweep", SMALL, *LONG, "--contracts", "5000", "--workers", "2", "--out", "sweep.csv"]
    process = subprocess.Popen(
        [PROGRAM, *asked],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Tests that are started in the background hand down that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if policies_in(journal_of(folder)) > 5:
            break
        time.sleep(0.02)
    os.killpg(process.pid, how)
    _, complaints = process.communicate(timeout=60)
    return process.returncode, complaints


@pytest.mark.skipif(os.name != "posix", reason="signals to a process group are POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_sweep_that_was_stopped_goes_on(tmp_path, how):
    code, complaints = start_and_stop(tmp_path, how)
    if how == signal.SIGINT:
        assert code == 130
        assert "finished policies are kept in sweep.csv.unfinished: go on with --resume" in complaints
        assert "Traceback" not in complaints
    # A policy that was being written when it was killed is taken back by the database's own journal.
    assert {name.removesuffix("-journal") for name in leftovers(tmp_path)} == {"sweep.csv.unfinished"}
    asked = ("sweep", SMALL, *LONG, "--contracts", "5000", "--out")
    refused(cluster_risk(*asked, "sweep.csv", folder=tmp_path), "--resume")
    refused(cluster_risk(*asked, "sweep.csv", "--resume", "--seed", "7", folder=tmp_path), "--resume, seed")
    resumed = cluster_risk(*asked, "sweep.csv", "--resume", folder=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert leftovers(tmp_path) == ["sweep.csv", "sweep.provenance.csv"]
    whole = cluster_risk(*asked, "whole.csv", "--workers", "1", folder=tmp_path)
    assert whole.returncode == 0, whole.stderr
    assert (tmp_path / "sweep.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert (tmp_path / "sweep.provenance.csv").read_bytes() == (
        tmp_path / "whole.provenance.csv"
    ).read_bytes()
    assert resumed.stdout == whole.stdout
    before = (tmp_path / "sweep.csv").read_bytes()
    again = cluster_risk(*asked, "sweep.csv", "--resume", folder=tmp_path)
    assert (again.returncode, again.stdout) == (0, whole.stdout)
    assert "nothing written: sweep.csv stands already" in again.stderr
    assert (tmp_path / "sweep.csv").read_bytes() == before


def test_a_sweep_that_replaces_a_file_goes_on_too(tmp_path):
    asked = ("sweep", SMALL, "--vary", f"{SHARE}=0.1,0.2", *FEW, "--out", "sweep.csv")
    whole = cluster_risk(*asked, folder=tmp_path)
    assert whole.returncode == 0, whole.stderr
    right = (tmp_path / "sweep.csv").read_bytes()
    (tmp_path / "sweep.csv").write_text("old", encoding="utf-8")
    # Nothing is left to go on with, and what stands may not be taken for the answer.
    done = cluster_risk(*asked, "--replace", "--resume", folder=tmp_path)
    refused(done, "without --resume the sweep starts anew")
    stopped(tmp_path / "sweep.csv")
    refused(cluster_risk(*asked, "--resume", folder=tmp_path), "--replace")
    assert (tmp_path / "sweep.csv").read_text(encoding="utf-8") == "old"
    resumed = cluster_risk(*asked, "--replace", "--resume", folder=tmp_path)
    assert (resumed.returncode, resumed.stdout) == (0, whole.stdout), resumed.stderr
    assert (tmp_path / "sweep.csv").read_bytes() == right
    assert leftovers(tmp_path) == ["sweep.csv", "sweep.provenance.csv"]


def stopped(out: Path) -> None:
    """Leave what a sweep leaves that was stopped after its first policy."""
    question = sweep_question(load_scenario(SMALL), [f"{SHARE}=0.1,0.2"], draws=Draws(300))
    found = run_sweep(question)
    shape = found.numbers.shape[1:]
    with suppress(KeyboardInterrupt), sweep_journal(out, question.identity(), shape, False) as journal:
        journal.keep(0, found.numbers[0])
        raise KeyboardInterrupt


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    (tmp_path / "there.csv").write_text("kept", encoding="utf-8")
    asked = (
        "--vary",
        f"{SHARE}=0.1,2",
        "--vary",
        "contract.yaers=1",
        "--measure",
        "bond",
        "--cluster",
        "Smal",
    )
    done = cluster_risk("sweep", SMALL, *asked, "--contracts", "5", "--out", "there.csv", folder=tmp_path)
    refused(
        done,
        "6 problems",
        "did you mean years?",
        'did you mean "Small"?',
        "a share from 0 to 1",
        "a new file",
    )
    assert leftovers(tmp_path) == ["there.csv"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing option '--vary'"),
        (("--vary", f"{SHARE}="), "values with commas"),
        (("--vary", f"{SHARE}=0:1:0"), "a STEP other than 0"),
        (("--vary", "simulation.seed=1,2"), "outside [simulation]"),
        (("--vary", f"{SHARE}=0.1", "--resume"), "used with --out"),
        (("--vary", f"{SHARE}=0.1", "--out", "a.csv", "--resume"), "without --resume the sweep starts anew"),
        (("--vary", f"{SHARE}=0.1", "--out", "a.txt"), "ends in .csv or .xlsx"),
        (("--vary", f"{SHARE}=0:0.5:0.00001", "--out", "a.xlsx"), "at most 1,048,574 estimates"),
        (("--vary", f"{SHARE}=0.1,0.2", "--vary", "contract.years=1", "--together"), "as many values"),
    ],
)
def test_bad_input(tmp_path, arguments, words):
    refused(cluster_risk("sweep", SMALL, *arguments, folder=tmp_path), words)
    assert leftovers(tmp_path) == []
