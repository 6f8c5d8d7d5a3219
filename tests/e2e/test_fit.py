"""`fit` as a user runs it, and every command on what it wrote."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.e2e.command import ROOT, cluster_risk, leftovers, refused

EXAMPLE = ROOT / "scenarios" / "history-example"
GIVEN = ("history.csv", "--lists", "lists.csv", "--scenario", "clusters.toml")
FILES = ["mine.base-year.csv", "mine.posterior.npz", "mine.seasons.csv", "mine.toml"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("fit") / "example"
    shutil.copytree(EXAMPLE, target)
    return target


@pytest.fixture(scope="module")
def printed(folder: Path) -> str:
    done = cluster_risk("fit", *GIVEN, "--out", "mine.toml", folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_says_what_the_history_tells_and_what_it_does_not(printed: str) -> None:
    for words in (
        "fitted to history.csv, 36 months (2010-04 to 2013-03), seed 1",
        "figures of the scenario are now your history's",
        "Growth is known badly",
        "three draws of it in all",
        "What does the history say of each figure",
        "What was believed before the history was seen?",
        "Effective number of points:",
        "The actual outturn of 2012/13 is the base year",
        "written: mine.toml",
        "written: mine.posterior.npz",
        "  cluster-risk run mine.toml",
    ):
        assert words in " ".join(printed.split()) or words in printed, words
    assert "…" not in printed


@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("run", "--contracts", "300"),
        ("bond", "--contracts", "400"),
        ("sweep", "--vary", "rules.bond.share_of_annual_budget=0.02,0.04", "--contracts", "300"),
        ("explain", "--contracts", "300"),
        ("run", "--contracts", "300", "--set", "fit.carry_uncertainty=false"),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("printed")
def test_what_was_written_runs(folder: Path, command: tuple[str, ...]) -> None:
    name, *options = command
    done = cluster_risk(name, "mine.toml", *options, folder=folder)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("printed")
def test_a_report_lists_figures_as_fitted_or_prior(folder: Path) -> None:
    options = ("--contracts", "300", "--format", "html,xlsx", "--out", "report")
    done = cluster_risk("report", "mine.toml", *options, folder=folder)
    assert done.returncode == 0, done.stderr
    page = (folder / "report" / "report.html").read_text(encoding="utf-8")
    assert "are fitted to the clusters" in page
    assert "Fitted: history.csv, 36 months. Emergency admissions: 95% interval" in page
    # A page ranks the figures that matter most; the workbook has all of them.
    book = openpyxl.load_workbook(folder / "report" / "report.xlsx", read_only=True)
    told = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert any(one.startswith("prior: its correlation") for one in told)


@pytest.mark.usefixtures("printed")
def test_the_same_seed_gives_the_same_files(folder: Path) -> None:
    again = cluster_risk("fit", *GIVEN, "--out", "again/mine.toml", "--seed", "1", folder=folder)
    assert again.returncode == 0, again.stderr
    for name in FILES:
        first, second = folder / name, folder / "again" / name
        if name == "mine.toml":
            # Tables are named from where the scenario is.
            moved = second.read_text(encoding="utf-8").replace('"../', '"')
            assert moved == first.read_text(encoding="utf-8")
        else:
            assert second.read_bytes() == first.read_bytes(), name
    other = cluster_risk("fit", *GIVEN, "--out", "other/mine.toml", "--seed", "2", folder=folder)
    assert other.returncode == 0, other.stderr
    one, another = (folder / where / "mine.posterior.npz" for where in ("again", "other"))
    assert one.read_bytes() != another.read_bytes()


@pytest.mark.usefixtures("printed")
def test_files_that_stand_are_replaced_only_if_asked_to(folder: Path) -> None:
    before = (folder / "mine.toml").read_bytes()
    done = cluster_risk("fit", *GIVEN, "--out", "mine.toml", "--seed", "5", folder=folder)
    assert done.returncode == 2
    assert all(name in done.stderr for name in FILES)
    assert (folder / "mine.toml").read_bytes() == before
    replaced = cluster_risk("fit", *GIVEN, "--out", "mine.toml", "--replace", folder=folder)
    assert replaced.returncode == 0, replaced.stderr
    assert (folder / "mine.toml").read_bytes() == before


def test_bad_files_and_options_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "bad"
    shutil.copytree(EXAMPLE, target)
    rows = (target / "history.csv").read_text(encoding="utf-8").splitlines()
    rows[3] = "2010-04,P01,planned_admissions,-3,100"
    rows += [
        "2010-04,P01,ae_attendances,291,29247.24",
        "04/2010,P01,prescribing,5,1",
        "2010-05,P77,surgery,5,1",
    ]
    (target / "history.csv").write_text("\n".join(rows), encoding="utf-8")
    (target / "costs.csv").write_text("line,cost_gbp\nsurgery,1\n", encoding="utf-8")
    before = leftovers(target)
    options = ("--costs", "costs.csv", "--growth", "ae=2%", "--break", "P01", "--final-to", "2012")
    done = cluster_risk("fit", *GIVEN, "--out", "mine.txt", "--drift", "3", *options, folder=target)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for words in (
        "-3",
        "04/2010",
        "P77",
        "surgery",
        "costs.csv",
        "--growth",
        "--break",
        "--final-to",
        ".toml",
        "drift",
    ):
        assert words in done.stderr, words
    assert leftovers(target) == before


def test_two_years_are_said_to_tell_little(tmp_path: Path) -> None:
    target = tmp_path / "short"
    shutil.copytree(EXAMPLE, target)
    done = cluster_risk("fit", *GIVEN, "--out", "mine.toml", "--final-to", "2012-03", folder=target)
    assert done.returncode == 0, done.stderr
    assert "Only 2 whole years: growth is then mostly the prior's." in done.stderr
    assert "The base year stays simulated" in done.stdout
    assert leftovers(target) == sorted([*leftovers(EXAMPLE), *FILES[1:]])


def test_the_report_is_written_beside_or_nothing_is(folder: Path) -> None:
    asked = ("fit", *GIVEN, "--out", "reported.toml", "--report")
    refused(cluster_risk(*asked, "fit.txt", folder=folder))
    assert not (folder / "reported.toml").exists()
    (folder / "house.toml").write_text('[colours]\ndark = "#7a003c"\n', encoding="utf-8")
    themed = (*asked, "fit.html", "--charts", "themed", "--theme")
    refused(cluster_risk(*themed, "none.toml", folder=folder), "none.toml")
    done = cluster_risk(*themed, "house.toml", folder=folder)
    assert done.returncode == 0, done.stderr
    text = (folder / "fit.html").read_text(encoding="utf-8")
    assert "--dark: #7a003c" in text
    assert "#7a003c" in (folder / "themed" / "fan.svg").read_text(encoding="utf-8")
    for words in (
        "What 3 years can tell, and what they cannot",
        "Every figure",
        "What was believed before",
        "data:image/svg+xml",
    ):
        assert words in text, words
    assert (folder / "reported.toml").exists()


def test_charts_are_written_into_a_folder_of_their_own(folder: Path) -> None:
    asked = ("fit", *GIVEN, "--out", "drawn.toml", "--charts", "pictures")
    done = cluster_risk(*asked, folder=folder)
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "pictures").iterdir()}
    kinds = ("fan", "learned", "levels", "residuals", "breaks", "season", "scatter")
    assert names == {f"{kind}.{ending}" for kind in kinds for ending in ("svg", "png", "csv")}
    refused(cluster_risk(*asked, folder=folder), "pictures")
