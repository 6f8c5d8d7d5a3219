"""`cluster-risk solve` as a user runs it."""

from __future__ import annotations

import csv

import pytest

from tests.e2e.command import FLAGSHIP, SMALL, cluster_risk, leftovers, refused

BOND = ("--vary", "rules.bond.share_of_annual_budget=0:0.3", "--so-that", "bond_covers_probability >= 0.95")
FAST = ("--contracts", "1000", "--tolerance", "0.01")


def test_the_bond_of_a_small_cluster():
    done = cluster_risk("solve", SMALL, *BOND, *FAST, "--cluster", "Small")
    assert done.returncode == 0, done.stderr
    for words in (
        "1,000 simulated contracts, seed 1",
        "holds?",
        "The bond as a share of the annual budget must be at least 1",
        "(95% interval 1",
        "the chance that the bond covers overspends is at least 95% for Small.",
    ):
        assert words in " ".join(done.stdout.split())


def test_the_smallest_cluster():
    asked = ("--vary", "clusters.Small.people=1000:1000000", "--so-that", "large_overspend_probability < 0.1")
    done = cluster_risk("solve", SMALL, *asked, *FAST, "--cluster", "Small")
    assert done.returncode == 0, done.stderr
    assert "The people of Small must be at least" in done.stdout
    assert "1,000,000" in done.stdout


def test_no_solution_is_an_answer():
    asked = ("--vary", "rules.surplus.pct_return_share=0.3:1")
    so_that = ("--so-that", "pool_and_bonds_cover_probability >= 0.9")
    done = cluster_risk("solve", FLAGSHIP, *asked, *so_that, "--contracts", "200")
    assert done.returncode == 0, done.stderr
    assert "nowhere from 30% to 100% of the PCT return as a share of a surplus" in " ".join(
        done.stdout.split()
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_file_holds_every_value_for_any_number_of_workers(tmp_path, ending):
    for workers in ("1", "2"):
        asked = ("--contracts", "6000", "--workers", workers, "--out", f"{workers}.{ending}")
        done = cluster_risk("solve", SMALL, *BOND, "--tolerance", "0.05", *asked, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"written to {workers}.{ending}" in done.stderr
    one, two = (tmp_path / f"{workers}.{ending}" for workers in "12")
    assert one.read_bytes() == two.read_bytes()
    if ending == "csv":
        with one.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert sum(row["table"] == "grid" for row in rows) == 9
        origin = (tmp_path / "1.provenance.csv").read_text(encoding="utf-8-sig")
        assert "The bond as a share of the annual budget must be at least" in origin
        assert "so-that" in origin


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    asked = ("--vary", "bond=1", "--so-that", "bond_covers_probabilty > 0.5", "--cluster", "Smal")
    more = ("--contracts", "5", "--tolerance", "2", "--out", "there.txt")
    done = cluster_risk("solve", SMALL, *asked, *more, folder=tmp_path)
    refused(
        done,
        "6 problems",
        "KEY=LOW:HIGH",
        'did you mean "Small"?',
        'did you mean "bond_covers_probability"?',
        "a share of the range",
        "100 to",
        ".csv or .xlsx",
    )
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ("rules.surplus.pct_return_share=0.3:1.5", "a share from 0 to 1"),
        ("rules.surplus.pct_return_share=1:0.3", "the lower first"),
        ("rules.surplus.pct_return=0:1", "pct_return_share"),
        ("title=0:1", "text in"),
        ("simulation.seed=1:5", "all values share the same draws"),
        ("=0:1", "KEY=VALUE"),
    ],
)
def test_ranges_that_the_scenario_refuses(vary, words):
    refused(cluster_risk("solve", SMALL, "--vary", vary, "--so-that", "bond_needed_gbp > 1"), words)


def test_a_second_range_is_refused():
    second = ("--vary", "rules.surplus.practice_share=0:0.2")
    done = cluster_risk("solve", SMALL, *BOND, *second)
    refused(done, "must be: given once", "rules.surplus.practice_share=0:0.2")
