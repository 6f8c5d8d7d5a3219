"""`cluster-risk compare` as a user runs it."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from simulator.answers.files import FRONT
from tests.e2e.command import FLAGSHIP, SMALL, cluster_risk, leftovers, refused

FEW = ("--contracts", "300")


@pytest.fixture
def changed(tmp_path):
    text = SMALL.read_text(encoding="utf-8")
    other = tmp_path / "bolder.toml"
    assert "practice_share = 0.10" in text
    other.write_text(text.replace("practice_share = 0.10", "practice_share = 0.15"), encoding="utf-8")
    return other


def test_two_scenarios(changed, tmp_path):
    done = cluster_risk("compare", SMALL, changed, "--cluster", "Small", *FEW, "--out", tmp_path / "c.xlsx")
    assert done.returncode == 0, done.stderr
    assert "rules.surplus.practice_share: 0.1 in two-clusters, 0.15 in bolder" in done.stdout
    printed = " ".join(done.stdout.split())
    assert (
        "Beyond chance, bolder differs from two-clusters for all clusters together in "
        "practice share over the contract (+" in printed
    )
    assert "not in budget a year, budget less spend, overspend over the contract" in printed
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    tables = ["All clusters together", "Small", "settings"]
    assert book.sheetnames == [*FRONT, *tables, "every number", "provenance"]
    table = pd.read_excel(tmp_path / "c.xlsx", sheet_name="every number", header=1)
    table = table.set_index(["scenario", "cluster", "measure"])
    share = table.loc[("bolder", "Small", "practice_share_gbp")]
    assert share["difference"] == pytest.approx(share["value"] / 3)


@pytest.mark.parametrize("command", ["sweep", "compare", "frontier", "solve"])
def test_all_clusters_together_may_be_called_the_pct(command):
    vary = "rules.surplus.practice_share=0.1"
    asked = {
        "sweep": (SMALL, "--vary", vary),
        "compare": (SMALL, SMALL),
        "frontier": (SMALL, "--vary", vary, "--minimise", "pct_cost", "--maximise", "practice_share"),
        "solve": (SMALL, "--vary", "rules.surplus.practice_share=0.1:0.2", "--so-that", "pct_cost > 0"),
    }
    told = [cluster_risk(command, *asked[command], *more, *FEW) for more in ((), ("--cluster", "PCT"))]
    assert told[1].returncode == 0, told[1].stderr
    assert told[1].stdout == told[0].stdout


def test_scenarios_without_a_cluster_in_common():
    done = cluster_risk(
        "compare", FLAGSHIP, SMALL, "--cluster", "Granta", "--measure", "bond_needed_gbp", *FEW
    )
    assert done.returncode == 0, done.stderr
    assert "there in cambridgeshire-2010, none in two-clusters" in done.stdout
    assert "cannot be compared for Granta" in done.stdout
    assert "which --out FILE.xlsx lists" in done.stdout


def test_the_same_scenario_twice():
    done = cluster_risk("compare", SMALL, SMALL, *FEW)
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "do not differ in any setting" in told
    assert "in none of these measures beyond chance" in told
    assert " *" not in done.stdout.split("* A difference")[0]


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    (tmp_path / "bad.toml").write_text("title = 1", encoding="utf-8")
    done = cluster_risk("compare", SMALL, "none.toml", "bad.toml", "--out", "a.txt", folder=tmp_path)
    refused(done, "none.toml", "bad.toml", "ends in .csv or .xlsx")
    assert leftovers(tmp_path) == ["bad.toml"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((SMALL,), "two or more to compare"),
        ((SMALL, SMALL, "--measure", "bond"), "measure"),
        ((SMALL, SMALL, "--cluster", "Granta"), "one of Small, Large, All clusters together"),
        ((SMALL, SMALL, "--workers", "0", "--contracts", "5"), "2 problems"),
        ((SMALL, SMALL, "--set", "contract.yaers=2"), "did you mean years?"),
    ],
)
def test_bad_input(arguments, words):
    refused(cluster_risk("compare", *arguments), words)
