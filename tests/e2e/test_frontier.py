"""`cluster-risk frontier` as a user runs it."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.e2e.command import SMALL, cluster_risk, leftovers, refused

SHARE = "rules.surplus.practice_share"
GOALS = ("--minimise", "pct_deficit", "--maximise", "practice_share")
FEW = ("--contracts", "300")


def test_the_frontier_is_printed_sorted(tmp_path):
    vary = ("--vary", f"{SHARE}=0.2,0.1", "--vary", "rules.surplus.pct_return_share=0.2,0.6")
    done = cluster_risk("frontier", SMALL, *vary, *GOALS, *FEW, "--out", "f.csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Of 4 policies 2 are on the frontier and 2 beaten beyond chance" in done.stdout
    rows = [line.split()[:2] for line in done.stdout.splitlines() if line.startswith((" 0.1", " 0.2"))]
    assert rows == [["0.1", "0.6"], ["0.2", "0.6"]]
    table = pd.read_csv(tmp_path / "f.csv")
    assert table["standing"].tolist() == ["on the frontier"] * 4 + ["beaten"] * 4
    assert leftovers(tmp_path) == ["f.csv", "f.provenance.csv"]


def test_beaten_within_chance_is_said():
    vary = ("--vary", "shocks.cluster_year.law=lognormal,normal")
    goals = ("--minimise", "overspend_probability", "--maximise", "practice_share")
    done = cluster_risk("frontier", SMALL, *vary, *goals, "--cluster", "Small", *FEW)
    assert done.returncode == 0, done.stderr
    assert "Another 1 is beaten within chance only" in done.stdout
    assert "One policy is best on both goals" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--vary", f"{SHARE}=0.1"), "two measures that differ"),
        (("--vary", f"{SHARE}=0.1", "--minimise", "pct_defict", "--maximise", "practice_share"), "measure"),
        (("--vary", f"{SHARE}=2", *GOALS), "a share from 0 to 1"),
        (("--vary", f"{SHARE}=0.1", *GOALS, "--cluster", "Smal"), 'did you mean "Small"?'),
        (("--vary", f"{SHARE}=0.1", *GOALS, "--out", "a.txt"), "ends in .csv or .xlsx"),
    ],
)
def test_bad_input(tmp_path, arguments, words):
    refused(cluster_risk("frontier", SMALL, *arguments, folder=tmp_path), words)
    assert leftovers(tmp_path) == []
