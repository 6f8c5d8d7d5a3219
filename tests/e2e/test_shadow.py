"""`cluster-risk shadow` as a user runs it."""

from __future__ import annotations

from tests.e2e.command import SMALL, cluster_risk, leftovers, refused


def test_the_small_scenario(tmp_path):
    asked = ("--contracts", "500", "--years", "2", "--out", "shadow.xlsx")
    done = cluster_risk(
        "shadow", SMALL, *asked, "--set", "shocks.cluster_year.sd_share=0.04", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    for words in (
        "of Small, the smallest cluster, misses",
        "after two",
        "When is a cluster ready?",
        "is luck",
    ):
        assert words in said
    assert "shadow.xlsx" in leftovers(tmp_path)


def test_bad_input_is_told_at_once_and_nothing_is_written(tmp_path):
    done = cluster_risk(
        "shadow", SMALL, "--years", "9", "--contracts", "5", "--out", "x.txt", folder=tmp_path
    )
    refused(done, "3 problems", "from 1 to 5", "100 to", ".csv or .xlsx")
    assert leftovers(tmp_path) == []
