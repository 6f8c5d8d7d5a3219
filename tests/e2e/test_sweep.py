"""`cluster-risk sweep` as a user runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.e2e.command import PROGRAM, SMALL, cluster_risk, leftovers

SHARE = "rules.surplus.practice_share"
FEW = ("--contracts", "300")
LONG = ("--vary", f"{SHARE}=0.002:0.4:0.002", "--vary", "clusters.Small.true_saving_share=0,0.01")


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
    assert "No policy changes overspend in all" in " ".join(done.stdout.split())
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
    assert "The first 50 of 60 policies are shown; --out writes them all." in done.stdout
    assert "0.051 " not in done.stdout


def test_excel_and_csv_hold_the_same(tmp_path):
    asked = ("--vary", f"{SHARE}=0.1,0.2", "--measure", "practice_share_gbp", *FEW)
    for name in ("a.csv", "a.xlsx"):
        done = cluster_risk("sweep", SMALL, *asked, "--out", name, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"written to {name}" in done.stderr
    assert leftovers(tmp_path) == ["a.csv", "a.provenance.csv", "a.xlsx"]
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["sweep", "provenance"]
    table = pd.read_csv(tmp_path / "a.csv")
    sheet = pd.read_excel(tmp_path / "a.xlsx", sheet_name="sweep")
    assert list(table.columns) == list(sheet.columns)
    assert table["difference"].to_numpy() == pytest.approx(sheet["difference"].to_numpy())
    assert list(table[SHARE]) == [0.1] * 3 + [0.2] * 3
    facts = pd.read_csv(tmp_path / "a.provenance.csv").set_index("what")["value"]
    assert facts["question"] == f"sweep --vary '{SHARE}=0.1,0.2'"


def journal_of(folder: Path) -> Path:
    return folder / "sweep.csv.unfinished"


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
        if journal_of(folder).exists() and journal_of(folder).read_bytes().count(b"\n") > 5:
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
        assert "of 400 policies are kept in sweep.csv.unfinished: go on with --resume" in complaints
        assert "Traceback" not in complaints
    assert leftovers(tmp_path) == ["sweep.csv.unfinished"]
    asked = ("sweep", SMALL, *LONG, "--contracts", "5000", "--out")
    refused = cluster_risk(*asked, "sweep.csv", folder=tmp_path)
    assert refused.returncode == 2
    assert "--resume" in refused.stderr
    changed = cluster_risk(*asked, "sweep.csv", "--resume", "--seed", "7", folder=tmp_path)
    assert changed.returncode == 2
    assert "--resume, seed" in changed.stderr
    resumed = cluster_risk(*asked, "sweep.csv", "--resume", folder=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert leftovers(tmp_path) == ["sweep.csv", "sweep.provenance.csv"]
    whole = cluster_risk(*asked, "whole.csv", "--workers", "1", folder=tmp_path)
    assert whole.returncode == 0, whole.stderr
    assert (tmp_path / "sweep.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert (tmp_path / "sweep.provenance.csv").read_bytes() == (
        tmp_path / "whole.provenance.csv"
    ).read_bytes()
    assert resumed.stdout.replace("sweep.csv", "") == whole.stdout.replace("whole.csv", "")


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
    assert done.returncode == 2
    for words in (
        "6 problems",
        "did you mean years?",
        'did you mean "Small"?',
        "a share from 0 to 1",
        "a new file",
    ):
        assert words in done.stderr
    assert "Traceback" not in done.stderr
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
        (("--vary", f"{SHARE}=0:0.5:0.00001", "--out", "a.xlsx"), "at most 1,048,575 estimates"),
        (("--vary", f"{SHARE}=0.1,0.2", "--vary", "contract.years=1", "--together"), "as many values"),
    ],
)
def test_bad_input(tmp_path, arguments, words):
    done = cluster_risk("sweep", SMALL, *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert leftovers(tmp_path) == []
