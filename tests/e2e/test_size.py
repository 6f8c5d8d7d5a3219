"""`cluster-risk size` as a user runs it."""

from __future__ import annotations

import csv

from tests.e2e.command import FLAGSHIP, SMALL, cluster_risk, leftovers, refused


def test_the_flagship():
    done = cluster_risk("size", FLAGSHIP, "--contracts", "500", "--points", "3")
    assert done.returncode == 0, done.stderr
    for words in (
        "in 2012/13, by size?",
        "over the whole contract, by size?",
        "30,000",
        "How much is overspent in 2012/13?",
        "March and Chatteris",
        "Chance alone falls as clusters grow",
        "No size cures them",
        "which no pool inside the PCT cures either",
        "One joint bond of all 7 clusters",
    ):
        assert words in " ".join(done.stdout.split())


def test_one_year_and_one_cluster_are_shown_once():
    alone = ("--set", "contract.years=1", "--set", "clusters=[{name='A', people=5000}]")
    done = cluster_risk("size", SMALL, *alone, "--contracts", "500", "--people", "2000:4000", "--points", "2")
    assert done.returncode == 0, done.stderr
    assert "2010/11" not in done.stdout
    assert "What does pooling cure?" not in done.stdout
    assert "joint bond of all" not in done.stdout


def test_the_file_holds_the_table_for_any_number_of_workers(tmp_path):
    for workers in ("1", "2"):
        asked = ("--contracts", "6000", "--points", "2", "--workers", workers, "--out", f"{workers}.csv")
        done = cluster_risk("size", SMALL, *asked, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    with (tmp_path / "1.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["column"] == "outturn_sd_share"]
    sizes = [row["row"] for row in rows if row["table"].startswith("overspends")]
    assert sizes == 4 * ["1000", "1000000"]
    done = cluster_risk(
        "size", SMALL, "--contracts", "500", "--points", "2", "--out", "all.xlsx", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "all.xlsx" in leftovers(tmp_path)


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    asked = ("--people", "5:a", "--points", "1", "--contracts", "5", "--out", "there.txt")
    done = cluster_risk("size", SMALL, *asked, folder=tmp_path)
    refused(done, "4 problems", "LOW:HIGH", "from 2 to 50", "100 to", ".csv or .xlsx")
    assert leftovers(tmp_path) == []
