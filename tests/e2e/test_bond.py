"""`cluster-risk bond` as a user runs it."""

from __future__ import annotations

import csv
import re

import pytest

from simulator.answers.files import FRONT
from tests.e2e.command import FLAGSHIP, SMALL, cluster_risk, leftovers, refused

FEW = ("--contracts", "400")


def test_the_flagship():
    done = cluster_risk("bond", FLAGSHIP, "--cluster", "Granta", *FEW)
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    for words in (
        "99% sure",
        "whole contract, topped up",
        "covers, no",
        "2012/13",
        "true saving from which",
        "split by list size",
        "Linton Health Centre",
        "To be 95% sure that one bond covers every overspend of the three years, Granta must post about £7.",
        "The interest that it earns",
        "The scenario gives no cost of financing the bond",
    ):
        assert words in told
    assert not re.search(r"\bnan\b", done.stdout)


def test_it_agrees_with_run():
    asked = ("--contracts", "2000", "--seed", "5")
    needed = [
        re.search(pattern, cluster_risk(*command, *asked).stdout)
        for command, pattern in (
            (("bond", SMALL, "--cluster", "Large"), r"no top-up +\S+ ±\S+ +(\S+ ±\S+)"),
            (("run", SMALL), r"(?s)bond big enough.*?Large +\S+ ±\S+ +\S+ ±\S+ +(\S+ ±\S+)"),
        )
    ]
    assert all(needed)
    assert needed[0][1] == needed[1][1]


def test_the_scenarios_options_show():
    settings = (
        "rules.bond.when_exhausted=leaves",
        "rules.bond.deposited_by=partner",
        "rules.bond.financing_share_per_year=0.05",
        "rules.bond.split_between_practices_by=need",
    )
    overrides = [part for setting in settings for part in ("--set", setting)]
    done = cluster_risk("bond", FLAGSHIP, "--cluster", "Wisbech", *FEW, *overrides)
    assert done.returncode == 0, done.stderr
    for words in (
        ", not topped up?",
        "split by need",
        "5% a year",
        "external partner",
        "whose bond is used up leaves",
    ):
        assert words in " ".join(done.stdout.split())


def test_people_alone_have_no_practices_and_one_year_is_shown_once():
    one_year = ("--set", "contract.years=1")
    done = cluster_risk("bond", SMALL, "--cluster", "Small", *FEW, *one_year, "--confidence", "0.9")
    assert done.returncode == 0, done.stderr
    assert "Small is given as a number of people" in done.stdout
    assert "90% sure that its bond covers the year's overspend" in done.stdout
    assert "whole contract, topped up" not in done.stdout


def test_without_chance_it_says_so():
    blocks = ("--set", "service_lines.*.payment=block", "--set", "budgets.rule={rule='expected_spend'}")
    done = cluster_risk("bond", SMALL, "--cluster", "Small", *FEW, *blocks)
    assert done.returncode == 0, done.stderr
    assert "No simulated contract leaves Small's bond anything to pay." in done.stdout
    assert not re.search(r"\bnan\b", done.stdout)


def test_the_files(tmp_path):
    for workers in ("1", "2"):
        size = ("--contracts", "6000", "--workers", workers)
        asked = ("--cluster", "Small", *size, "--out", f"{workers}.csv")
        done = cluster_risk("bond", SMALL, *asked, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"written to {workers}.csv" in done.stderr
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    with (tmp_path / "1.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows if row["column"] == "bond_95_gbp"] == [
        "2010/11",
        "2011/12",
        "2012/13",
        "whole contract, no top-up",
        "whole contract, topped up",
    ]
    for row in rows:
        if row["low"]:
            assert float(row["low"]) <= float(row["value"]) <= float(row["high"])
    done = cluster_risk("bond", FLAGSHIP, "--cluster", "Granta", *FEW, "--out", "all.xlsx", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    pandas = pytest.importorskip("pandas")
    sheets = pandas.read_excel(tmp_path / "all.xlsx", sheet_name=None, header=1)
    tables = ["bonds needed", "sizes of bond", "posted bond", "share and bond", "practices"]
    assert list(sheets) == [*FRONT, *tables, "every number", "provenance"]
    facts = dict(sheets["provenance"].to_numpy().tolist())
    assert facts["question"] == "bond --cluster Granta --confidence 0.9,0.95,0.99"
    assert facts["simulated contracts"] == "400"


def test_all_clusters_beside_each_other():
    done = cluster_risk("bond", SMALL, *FEW, "--confidence", "0.5,0.95")
    assert done.returncode == 0, done.stderr
    some = cluster_risk(
        "bond", SMALL, *FEW, "--cluster", "Large", "--cluster", "Small", "--confidence", "0.5"
    )
    assert some.returncode == 0, some.stderr
    assert "50% sure" in done.stdout
    for text, first in ((done.stdout, "Small"), (some.stdout, "Large")):
        rows = re.findall(r"^ (Small|Large) +\d", text, flags=re.MULTILINE)
        assert rows[0] == first
        assert set(rows) == {"Small", "Large"}
    alone = cluster_risk("bond", SMALL, *FEW, "--cluster", "Large", "--confidence", "0.5,0.95")
    (needed,) = re.findall(r"contract, no top-up +\S+ ±\S+ +(\S+ ±\S+)", alone.stdout)
    assert re.search(rf"^ Large .* {re.escape(needed)} ", done.stdout, flags=re.MULTILINE)


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    asked = ("--cluster", "Smal", "--confidence", "0.9,95,x", "--contracts", "5", "--out", "bond.txt")
    done = cluster_risk("bond", SMALL, *asked, folder=tmp_path)
    refused(
        done, "5 problems", 'did you mean "Small"?', "did you mean 0.95?", '"x"', "100 to", ".csv or .xlsx"
    )
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("no.toml", "--cluster", "Small"), "no.toml"),
        ((SMALL, "--cluster", "Small", "--confidence", ""), "commas between"),
        ((SMALL, "--cluster", "Small", "--contracts", "300"), "368 or more"),
        ((SMALL, "--cluster", "Small", "--set", "clusters.*.takes_share=false"), "takes the share"),
        ((SMALL, "--cluster", "Small", "--set", "rules=[{rule='pool'}]"), "a rule bond among them"),
        ((SMALL, "--cluster", "Small", "--set", "rules.bond.financing_share_per_year=5"), "financing"),
    ],
)
def test_bad_input(arguments, words):
    refused(cluster_risk("bond", *arguments), words)
