"""`cluster-risk luck` as a user runs it."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from simulator.answers.files import FRONT
from tests.e2e.command import FLAGSHIP, SMALL, cluster_risk, leftovers, refused

FEW = ("--contracts", "400")


def test_the_flagship():
    done = cluster_risk("luck", FLAGSHIP, *FEW)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for words in (
        "400 simulated contracts, seed 1",
        "Granta",
        "saving 5%",
        "earned by",
        "the scenario as it is",
        "a corridor of 2%, with 50% of",
        "a limit of £50,000 per case",
        "practices of the 7 clusters would be paid £",
        "A true saving of 2% would go unpaid in",
        "A minimum savings rate of 2%, from the first pound, would cut what is paid for luck by £",
        "are assumptions",
    ):
        assert words in " ".join(done.stdout.split())
    assert "nan" not in done.stdout
    assert "Left out" not in done.stdout


def test_other_sizes_and_a_cluster_without_share():
    sizes = ("--savings", "0.04", "--policy-saving", "0.03", "--minimum-savings-rate", "0.015")
    corridor = ("--corridor-width", "0.05", "--corridor-cluster-share", "0", "--per-case-limit", "20000")
    done = cluster_risk("luck", SMALL, *FEW, *sizes, *corridor, "--set", "clusters.Small.takes_share=false")
    assert done.returncode == 0, done.stderr
    for words in (
        "saving 3%",
        "saving 4%",
        "savings rate of 1.5%",
        "corridor of 5%, with 0%",
        "£20,000 per case",
        "practices of Large would",
        "A true saving of 3% would",
        "Left out, for taking no practice share: Small.",
    ):
        assert words in done.stdout
    assert "saving 2%" not in done.stdout


def test_where_nothing_is_paid_it_says_so():
    done = cluster_risk("luck", SMALL, *FEW, "--set", "service_lines.*.payment=block")
    assert done.returncode == 0, done.stderr
    assert "With no true saving at all, practices would be paid nothing." in done.stdout
    assert "nan" not in done.stdout


def test_the_files_are_the_same_for_any_number_of_workers(tmp_path):
    for workers in ("1", "2"):
        for ending in ("csv", "xlsx"):
            out = ("--workers", workers, "--out", f"{workers}.{ending}")
            done = cluster_risk("luck", SMALL, "--contracts", "6000", *out, folder=tmp_path)
            assert done.returncode == 0, done.stderr
            assert f"written to {workers}.{ending}" in done.stderr
    for ending in ("csv", "provenance.csv", "xlsx"):
        assert (tmp_path / f"1.{ending}").read_bytes() == (tmp_path / f"2.{ending}").read_bytes()
    with (tmp_path / "1.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == "policies"]
    found = {(row["row"], row["column"]): float(row["value"]) for row in rows}
    policies = dict.fromkeys(row for row, _ in found)
    assert len(policies) == 6
    base = found["the scenario as it is", "practice_share_gbp"]
    assert ("the scenario as it is", "change_of_practice_share_gbp") not in found
    for policy in policies:
        if policy != "the scenario as it is":
            change = found[policy, "practice_share_gbp"] - base
            assert found[policy, "change_of_practice_share_gbp"] == pytest.approx(change)
    workbook = openpyxl.load_workbook(tmp_path / "1.xlsx")
    tables = ["paid for luck", "unpaid savings", "true savings", "true savers", "policies", "everything"]
    assert workbook.sheetnames == [*FRONT, *tables, "every number", "provenance"]
    told = (tmp_path / "1.provenance.csv").read_text(encoding="utf-8-sig")
    for words in ("luck --savings 0.01,0.02,0.03,0.05", "--per-case-limit 50000", "would go unpaid"):
        assert words in told


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    (tmp_path / "there.csv").write_text("kept", encoding="utf-8")
    asked = ("--savings", "2,x", "--minimum-savings-rate", "5", "--contracts", "5", "--out", "there.csv")
    done = cluster_risk("luck", SMALL, *asked, folder=tmp_path)
    refused(
        done, "5 problems", "did you mean 0.02?", "did you mean 0.05?", "shares with commas", "a new file"
    )
    assert leftovers(tmp_path) == ["there.csv"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((SMALL, "--set", "rules=[]"), "a rule surplus among them"),
        ((SMALL, "--set", "clusters.*.takes_share=false"), "takes the practice share"),
        ((SMALL, "--savings", ""), "shares with commas"),
        ((SMALL, "--per-case-limit", "0"), "per_case_limit"),
        ((SMALL, "--out", "luck.txt"), ".csv or .xlsx"),
        ((SMALL, "--corridor-width", "wide"), "--corridor-width"),
        (("missing.toml",), "missing.toml"),
    ],
)
def test_bad_input(tmp_path, arguments, words):
    refused(cluster_risk("luck", *arguments, folder=tmp_path), words)
    assert leftovers(tmp_path) == []
