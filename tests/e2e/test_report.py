"""`cluster-risk report` as a user runs it."""

from __future__ import annotations

import json

import openpyxl
import pandas as pd
import pytest

from tests.e2e.command import SMALL, cluster_risk, leftovers, refused
from tests.unit.documents import Page

ALL = ["report.docx", "report.html", "report.pdf", "report.pptx", "report.xlsx"]


def test_a_folder_of_results_gives_the_same_numbers_and_its_date(tmp_path):
    size = ("--contracts", "500", "--seed", "3", "--set", "rules.bond.top_up=true")
    done = cluster_risk("run", SMALL, *size, "--out", "results", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    asked = ("results", "--out", "from-results", "--format", "html,xlsx")
    done = cluster_risk("report", *asked, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    done = cluster_risk("report", SMALL, *size, "--out", "from-scenario", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (
        "written to from-scenario: report.html, report.pdf, report.docx, report.xlsx, report.pptx"
        in done.stderr
    )
    assert leftovers(tmp_path) == ["from-results", "from-scenario", "results"]
    assert leftovers(tmp_path / "from-scenario") == ALL
    pages = [Page(tmp_path / out / "report.html") for out in ("from-results", "from-scenario")]
    assert pages[0].numbers == pages[1].numbers
    summary = pd.read_csv(tmp_path / "results" / "summary.csv", index_col="cluster")
    quoted = [one for one in pages[0].numbers if one["data-table"] == "summary"]
    for one in quoted:
        expected = summary.loc[one["data-cluster"], one["data-measure"]]
        assert float(one["data-value"]) == pytest.approx(expected, rel=1e-12)
    book = openpyxl.load_workbook(tmp_path / "from-results" / "report.xlsx")
    facts = dict(book["provenance"].iter_rows(min_row=3, values_only=True))
    manifest = json.loads((tmp_path / "results" / "manifest.json").read_text(encoding="utf-8"))
    assert facts["simulated"] == manifest["started"]
    assert facts["seed"] == "3"
    assert facts["settings laid over it"] == "rules.bond.top_up=true"
    assert "simulated" not in pages[1].text.split("What was run")[1].split("simulated contracts")[0]


def test_a_title_and_equal_bytes_for_any_number_of_workers(tmp_path):
    for workers in ("1", "2"):
        asked = (
            "--contracts",
            "6000",
            "--format",
            "html,pdf,docx",
            "--title",
            "Annex <B>",
            "--workers",
            workers,
        )
        done = cluster_risk("report", SMALL, *asked, "--out", workers, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert leftovers(tmp_path / workers) == ["report.docx", "report.html", "report.pdf"]
    for name in ("report.docx", "report.pdf", "report.html"):
        files = [(tmp_path / workers / name).read_bytes() for workers in ("1", "2")]
        assert files[0] == files[1]
    assert b"<title>Annex &lt;B&gt;</title>" in files[0]


def test_every_mistake_is_reported_and_nothing_written(tmp_path):
    (tmp_path / "there").mkdir()
    asked = ("--out", "there", "--format", "html,doc", "--title", " ", "--contracts", "5", "--workers", "0")
    done = cluster_risk("report", SMALL, *asked, folder=tmp_path)
    refused(done, "5 problems", "a new folder", '"doc"', "some words", "100 to", "workers")
    assert leftovers(tmp_path) == ["there"]


@pytest.mark.parametrize(
    ("manifest", "words"), [(None, "no manifest.json"), ("{", "no manifest.json"), ("{}", "no scenario,")]
)
def test_a_folder_that_is_no_result_is_refused(tmp_path, manifest, words):
    (tmp_path / "results").mkdir()
    if manifest is not None:
        (tmp_path / "results" / "manifest.json").write_text(manifest, encoding="utf-8")
    refused(cluster_risk("report", "results", "--out", "annex", folder=tmp_path), words)
    assert leftovers(tmp_path) == ["results"]


def test_a_folder_of_results_is_reported_as_it_is(tmp_path):
    (tmp_path / "results").mkdir()
    asked = ("--contracts", "500", "--seed", "2", "--set", "contract.years=1")
    done = cluster_risk("report", "results", *asked, "--out", "annex", folder=tmp_path)
    refused(done, "3 problems", "--contracts", "--seed", "--set")
    assert leftovers(tmp_path) == ["results"]
