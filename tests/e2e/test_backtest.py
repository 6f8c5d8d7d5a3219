"""`cluster-risk backtest` as a user runs it."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.command import cluster_risk, leftovers, refused

EXAMPLE = Path(__file__).parents[2] / "scenarios" / "history-example"
ASKED = (
    *("backtest", str(EXAMPLE / "history.csv"), "--lists", str(EXAMPLE / "lists.csv")),
    *("--scenario", str(EXAMPLE / "clusters.toml")),
)


def test_the_example(tmp_path):
    done = cluster_risk(*ASKED, "--years", "2", "--ahead", "1", "--out", "bt", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    for words in ("from one origin", "How often did ranges hold", "Would a bond at 95% have done"):
        assert words in said
    assert {path.name for path in (tmp_path / "bt").iterdir()} == {
        *("backtest.csv", "backtest.provenance.csv", "backtest.xlsx"),
        *("coverage.csv", "coverage.svg", "places.csv", "places.svg"),
    }
    refused(cluster_risk(*ASKED, "--years", "2", "--ahead", "1", "--out", "bt", folder=tmp_path))
    (tmp_path / "house.toml").write_text('[colours]\ndark = "#7a003c"\n', encoding="utf-8")
    themed = ("--out", "bt", "--replace", "--theme", "house.toml")
    over = cluster_risk(*ASKED, "--years", "2", "--ahead", "1", *themed, folder=tmp_path)
    assert over.returncode == 0, over.stderr
    assert "#7a003c" in (tmp_path / "bt" / "coverage.svg").read_text(encoding="utf-8")


def test_bad_input_is_told_at_once_and_nothing_is_written(tmp_path):
    done = cluster_risk(
        *ASKED, "--years", "9", "--ahead", "x", "--final-to", "2012", "--out", "bt", folder=tmp_path
    )
    refused(done, "--ahead", "YYYY-MM")
    done = cluster_risk(*ASKED, "--years", "9", "--out", "bt", folder=tmp_path)
    refused(done, "9 years to fit and one more")
    assert leftovers(tmp_path) == []
