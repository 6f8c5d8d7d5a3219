"""`cluster-risk explain` as a user runs it."""

from __future__ import annotations

import csv

import pytest

from tests.e2e.command import FLAGSHIP, SMALL, cluster_risk, leftovers, refused

BLOCKS_ONLY = ("--set", "service_lines.*.payment=block")


def test_all_clusters():
    done = cluster_risk("explain", FLAGSHIP, "--contracts", "400")
    assert done.returncode == 0, done.stderr
    for words in ("Granta", "unmeasured", "cured by", "No pool inside the PCT", "400 simulated contracts"):
        assert words in done.stdout
    assert "PCT-wide shocks, which no pool inside the PCT cures, are" in done.stdout


def test_one_cluster_by_year_and_line():
    done = cluster_risk("explain", FLAGSHIP, "--contracts", "400", "--cluster", "Granta")
    assert done.returncode == 0, done.stderr
    assert "Isle of Ely" not in done.stdout
    for words in ("2012/13", "rare costly referrals", "all lines", "surplus or overspend of Granta by £"):
        assert words in " ".join(done.stdout.split())


def test_what_plays_no_part_is_not_read_aloud():
    done = cluster_risk("explain", SMALL, "--contracts", "400", "--cluster", "Small")
    assert "A larger cluster or a pool of clusters would shrink chance in counts (" in " ".join(
        done.stdout.split()
    )
    assert "Only a pool of clusters would shrink the cluster's year (" in " ".join(done.stdout.split())
    assert "No pool inside the PCT" not in done.stdout


def test_all_clusters_together_are_not_told_to_pool():
    done = cluster_risk("explain", SMALL, "--contracts", "400", "--cluster", "PCT")
    assert done.returncode == 0, done.stderr
    assert "surplus or overspend of all clusters together by £" in " ".join(done.stdout.split())
    assert "would shrink" not in done.stdout


def test_one_year_is_shown_once():
    one_year = ("--set", "contract.years=1", "--contracts", "400")
    done = cluster_risk("explain", SMALL, *one_year, "--cluster", "Small")
    assert done.returncode == 0, done.stderr
    assert "2010/11" not in done.stdout


@pytest.mark.parametrize("cluster", [(), ("--cluster", "Small")])
def test_without_chance_it_says_so(cluster):
    done = cluster_risk("explain", SMALL, *BLOCKS_ONLY, *cluster)
    assert done.returncode == 0, done.stderr
    assert "does not vary here" in " ".join(done.stdout.split())
    assert "nan" not in done.stdout


def test_the_file_holds_what_is_printed_for_any_number_of_workers(tmp_path):
    for workers in ("1", "2"):
        asked = ("--contracts", "6000", "--seed", "3", "--workers", workers, "--out", f"{workers}.csv")
        done = cluster_risk("explain", SMALL, *asked, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"written to {workers}.csv" in done.stderr
    files = ["1.csv", "1.provenance.csv", "2.csv", "2.provenance.csv"]
    assert leftovers(tmp_path) == files
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    with (tmp_path / "1.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    whole = [row for row in rows if (row["year"], row["line"]) == ("whole contract", "all lines")]
    shares = {row["source"]: float(row["share_of_variance"]) for row in whole if row["cluster"] == "Small"}
    assert shares.pop("all sources") == 1
    assert sum(shares.values()) == pytest.approx(1)


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    (tmp_path / "there.csv").write_text("kept", encoding="utf-8")
    asked = ("--cluster", "Smal", "--contracts", "5", "--out", "there.csv")
    done = cluster_risk("explain", SMALL, *asked, folder=tmp_path)
    refused(
        done,
        "3 problems",
        'did you mean "Small"?',
        "one of Small, Large, All clusters",
        "100 to",
        "a new file",
    )
    assert leftovers(tmp_path) == ["there.csv"]
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no.toml",), "no.toml"),
        ((SMALL, "--out", "shares.txt"), "ends in .csv or .xlsx"),
        ((SMALL, "--workers", "0"), "workers"),
    ],
)
def test_bad_input(tmp_path, arguments, words):
    refused(cluster_risk("explain", *arguments, folder=tmp_path), words)
    assert leftovers(tmp_path) == []
