"""`cluster-risk chart` as a user runs it."""

from __future__ import annotations

import pytest

from simulator.charts.register import CHARTS, needed
from tests.e2e.command import SMALL, cluster_risk, leftovers, refused

FEW = ("--contracts", "200")


def test_one_chart_of_a_scenario(tmp_path):
    done = cluster_risk("chart", SMALL, "overspend", *FEW, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert leftovers(tmp_path / "charts") == ["overspend.csv", "overspend.svg"]
    assert done.stdout.startswith("The chance that a cluster overspends its contract is ")
    assert "Small" in done.stdout
    assert "written to charts/overspend.svg and charts/overspend.csv" in done.stderr


def test_all_charts_of_one_cluster(tmp_path):
    asked = ("--cluster", "Small", "--format", "png", "--out", "new/out", "--year", "2011/12")
    done = cluster_risk("chart", SMALL, "all", *FEW, *asked, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    names = leftovers(tmp_path / "new" / "out")
    assert names == sorted(
        f"{name}-small.{kind}" for name in CHARTS if not needed(name) for kind in ("csv", "png")
    )
    assert "2011/12 ends overspent with" in done.stdout


def test_a_result_gives_the_chart_of_its_scenario(tmp_path):
    simulated = (SMALL, *FEW, "--seed", "5", "--set", "rules.bond.top_up=true")
    assert cluster_risk("run", *simulated, "--out", "result", folder=tmp_path).returncode == 0
    for number, (scenario, *options) in enumerate((("result",), simulated), start=1):
        asked = (scenario, "overspend", *options, "--out", f"{number}.pdf")
        done = cluster_risk("chart", *asked, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert leftovers(tmp_path) == ["1.csv", "1.pdf", "2.csv", "2.pdf", "result"]
    for kind in ("csv", "pdf"):
        assert (tmp_path / f"1.{kind}").read_bytes() == (tmp_path / f"2.{kind}").read_bytes()


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    (tmp_path / "there.svg").write_text("kept", encoding="utf-8")
    asked = ("overspent", "--cluster", "Smal", "--measure", "bond", "--format", "png", "--out", "there.svg")
    done = cluster_risk("chart", SMALL, *asked, folder=tmp_path)
    refused(
        done,
        'did you mean "overspend"?',
        'did you mean "Small"?',
        "left out but for tornado",
        "that of the file, .svg",
        "one that exists",
    )
    assert leftovers(tmp_path) == ["there.svg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((SMALL, "nothing"), "one of outturn, overspend, bond-cover"),
        ((SMALL, "outturn", "--format", "jpg"), "one of svg, png, pdf"),
        ((SMALL, "all", "--out", "all.svg"), "a folder, for several charts"),
        ((SMALL, "pool", "--year", "2010/11"), "left out but for running-position"),
        ((SMALL, "running-position", "--year", "2010"), "one of 2010/11, 2011/12, 2012/13"),
        ((SMALL, "outturn", "--workers", "0"), "workers"),
        (("no.toml", "outturn"), "no.toml"),
        ((".", "outturn", "--seed", "3"), "left out with a folder of results"),
    ],
)
def test_bad_input(tmp_path, arguments, words):
    refused(cluster_risk("chart", *arguments, folder=tmp_path), words)
    assert leftovers(tmp_path) == []


def test_charts_are_replaced_only_if_asked(tmp_path):
    (tmp_path / "pool.csv").write_text("earlier", encoding="utf-8")
    asked = ("chart", SMALL, "pool", *FEW, "--out", ".")
    refused(cluster_risk(*asked, folder=tmp_path), "add --replace")
    assert leftovers(tmp_path) == ["pool.csv"]
    assert cluster_risk(*asked, "--replace", folder=tmp_path).returncode == 0
    assert leftovers(tmp_path) == ["pool.csv", "pool.svg"]
    assert (tmp_path / "pool.csv").read_text(encoding="utf-8") != "earlier"


def test_maps_of_policies_are_charts_like_others(tmp_path):
    vary = (
        "--vary",
        "rules.surplus.practice_share=0.1,0.2",
        "--vary",
        "rules.bond.share_of_annual_budget=0.02,0.04",
    )
    done = cluster_risk(
        "chart", SMALL, "heat-map", *FEW, *vary, "--measure", "practice_net_gain", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    goals = ("--minimise", "pct_deficit", "--maximise", "practice_share")
    done = cluster_risk("chart", SMALL, "frontier", *FEW, *vary, *goals, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    files = [f"{name}.{kind}" for name in ("frontier", "heat-map") for kind in ("csv", "svg")]
    assert leftovers(tmp_path / "charts") == files
    done = cluster_risk("chart", SMALL, "heat-map", *FEW, "--minimise", "pct_cost", folder=tmp_path)
    refused(done, "--vary", "left out but for frontier")
