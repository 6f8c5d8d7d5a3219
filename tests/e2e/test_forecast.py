"""`cluster-risk forecast` and its chart as a user runs them."""

from __future__ import annotations

import csv

from tests.e2e.command import ROOT, SMALL, cluster_risk, leftovers, refused

ACTUALS = ROOT / "scenarios" / "two-clusters-actuals.csv"
FEW = ("--contracts", "500", "--seed", "1")


def test_the_example(tmp_path):
    done = cluster_risk(
        "forecast", SMALL, "--actuals", ACTUALS, *FEW, "--out", "forecast.csv", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    words = " ".join(done.stdout.split())
    assert "With 6 of 12 months known, all clusters together will overspend 2010/11 with a chance" in words
    assert "from now on would bring the expected outturn back" in words
    with (tmp_path / "forecast.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    outturn = next(one for one in found if one["row"] == "Small" and one["column"] == "expected_outturn_gbp")
    assert float(outturn["low"]) < float(outturn["value"]) < float(outturn["high"])
    spent = [one for one in found if one["table"] == "by month" and one["column"] == "spend_gbp"]
    with ACTUALS.open(encoding="utf-8", newline="") as file:
        given = [float(row["spend_gbp"]) for row in csv.DictReader(file)]
    assert sorted(float(one["value"]) for one in spent) == sorted(given)
    assert leftovers(tmp_path) == ["forecast.csv", "forecast.provenance.csv"]


def test_its_chart_says_what_it_says(tmp_path):
    asked = ("--actuals", ACTUALS, *FEW)
    charted = cluster_risk("chart", SMALL, "forecast", *asked, "--cluster", "Small", folder=tmp_path)
    assert charted.returncode == 0, charted.stderr
    assert leftovers(tmp_path / "charts") == ["forecast-small.csv", "forecast-small.svg"]
    printed = cluster_risk("forecast", SMALL, *asked).stdout
    chance = charted.stdout.partition("with a chance of ")[2].split(".\n")[0].split(". ")[0]
    assert f"Small will overspend 2010/11 with a chance of {chance}" in " ".join(printed.split())


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    (tmp_path / "bad.csv").write_text(
        "month,cluster,line,spend_gbp\n2010-04,Smal,prescribing,5\n2010-05,Small,prescribing,-5\n",
        encoding="utf-8",
    )
    (tmp_path / "budgets.csv").write_text("cluster,budget_gbp\nLarge,x\n", encoding="utf-8")
    files = ("--actuals", "bad.csv", "--budgets", "budgets.csv")
    asked = {
        ("forecast", SMALL, "--seed", "-1"): "zero or more",
        ("chart", SMALL, "forecast", "--cluster", "Smal"): 'did you mean "Small"?',
    }
    for command, besides in asked.items():
        done = cluster_risk(*command, *files, folder=tmp_path)
        refused(done, "line 2, cluster", "line 3, spend_gbp", "line 2, budget_gbp", besides)
    assert cluster_risk("forecast", SMALL, folder=tmp_path).returncode == 2
    refused(cluster_risk("chart", SMALL, "pool", *files, folder=tmp_path), "left out but for forecast")
    assert leftovers(tmp_path) == ["bad.csv", "budgets.csv"]
