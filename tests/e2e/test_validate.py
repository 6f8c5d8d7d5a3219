"""`validate`: every published number, the table it writes, and the document made of it."""

from __future__ import annotations

import csv
import runpy

import pytest

from tests.e2e.command import ROOT, cluster_risk, leftovers, refused

SCRIPT = ROOT / "docs" / "write_validation.py"

# What a stranger can look up: the published numbers of each section, in order.
PUBLISHED = {
    "1": """0.3456 18.8074 0.006982 1,733.0 1,955.8 2,217.4 6,322,500 356.026 2.36 92 4,000 24,000,000
        13,862.94 0.108268 541.34 738.906 628.4 2,488 5,853 490.6 20 60 29.98 42.98 58.30
        67.2615 75.4145 85.1060""",
    "2": """20% 4% 6% 12.2% 8.7% 5.0% 3.9% 3.6% 3.4% 3.2% 3.1% 3.0% 2.7% 2.5% 2.2% 2.0%
        8.3% 5.2% 3.7% 2.6% 1.6% 1.2% 300,000 300,000 244,891 18,349 27.5%""",
    "3": "2.5% 83% 8% 8% 53% 26% 11%",
    "4": """0.3989% 0.3989% 0.0399% 1.645% 2.063% 0.7979% 0.7979% 0.0798% 3.290% 4.125%
        1.9947% 1.9947% 0.1995% 8.224% 10.314%""",
    "5": """6.48% 5.54% 4.75% 4.36% 3.79% 3.48% 3.35% 1.46%
        0.68 0.53 0.42 0.37 0.30
        25.9% 19.7% 32.7% 19.9% 33.8% 16.7% 25.5% 15.3% 47.6% 0.0% 19.9%
        66.6% 65.9% 0.30 25.9%""",
}
MISFITS = {
    ("HSJ 5023200, chance alone", "100,000: P(overspend > 2%)"),
    ("HSJ 5023200, chance alone", "300,000: P(overspend > 1%)"),
    ("the same, nothing in common", "worst ('almost 8%')"),
    ("person-based formula, practices", "off budget by more than 10%"),
    ("person-based formula, practices", "off budget by more than 20%"),
    ("Medicare groups", "SD, 100,000 people and more"),
    ("Medicare groups", "saved the minimum rate, 30,000 to 49,999 people"),
    ("Medicare groups", "overspent as much, 100,000 people and more"),
    ("the same, what lasts lasts for ever", "correlation, 5 years apart"),
    ("the same, chance alone", "saved the minimum rate, 20,000 to 49,999 people"),
}


def test_every_published_number(tmp_path):
    """One run, as it takes half a minute: verdicts, table, print and document."""
    table = tmp_path / "validation.csv"
    done = cluster_risk("validate", "--out", table)
    assert done.returncode == 0, done.stdout + done.stderr
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for section, numbers in PUBLISHED.items():
        assert [row["published"] for row in rows if row["section"] == section] == numbers.split()
    assert {(row["case"], row["quantity"]) for row in rows if row["verdict"] == "does not fit"} == MISFITS
    assert {row["verdict"] for row in rows if row["section"] in "14"} == {"pass"}
    told = " ".join(done.stdout.split())
    assert (
        "105 numbers (17 recomputed, 20 closed form, 28 derived): "
        "82 pass, 12 tuned, 1 given, 10 does not fit." in told
    )
    for row in rows:
        assert float(row["ours_low"]) <= float(row["ours_value"]) <= float(row["ours_high"])
        assert row["ours"] in told
        assert row["remark"][:20] in told
    document = runpy.run_path(str(SCRIPT))["document"](rows)
    assert (ROOT / "docs" / "validation.md").read_text(encoding="utf-8") == document, "run `make docs`"
    assert leftovers(tmp_path) == ["validation.csv", "validation.provenance.csv"]


def test_the_picture_is_up_to_date(tmp_path):
    runpy.run_path(str(SCRIPT))["save"](tmp_path / "validation.svg")
    drawn = (tmp_path / "validation.svg").read_bytes()
    assert drawn == (ROOT / "docs" / "validation.svg").read_bytes(), "run `make docs`"


def test_one_section_alone():
    done = cluster_risk("validate", "--section", "4", encoding="ascii")
    assert done.returncode == 0, done.stderr
    assert "4. Closed forms for the rules" in done.stdout
    assert "Exact compound" not in done.stdout
    assert "+/-" in done.stdout


@pytest.mark.parametrize("arguments", [("--section", "6"), ("--section", "one"), ("--seed", "1")])
def test_options_that_do_not_exist_are_refused(arguments):
    assert cluster_risk("validate", *arguments).returncode == 2


def test_a_file_that_exists_is_refused_before_anything_is_run(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("mine", encoding="utf-8")
    for place, reason in ((target, "one that exists"), (tmp_path / "x.txt", ".csv or .xlsx")):
        refused(cluster_risk("validate", "--out", place), reason)
    assert target.read_text(encoding="utf-8") == "mine"
    assert leftovers(tmp_path) == ["table.csv"]
