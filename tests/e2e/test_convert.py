"""`init --excel`, `convert`, and a workbook in place of a TOML file."""

from __future__ import annotations

from pathlib import Path

from simulator.scenario.start import FLAGSHIP_FILES
from tests.e2e.command import SMALL, cluster_risk


def test_a_workbook_gives_the_same_numbers_as_its_text(tmp_path: Path):
    done = cluster_risk("init", tmp_path / "mine", "--excel")
    assert done.returncode == 0, done.stderr
    assert "check" in done.stdout
    done = cluster_risk("convert", tmp_path / "mine" / "scenario.xlsx", tmp_path / "text" / "my.toml")
    assert done.returncode == 0, done.stderr
    files = (tmp_path / "mine" / "scenario.xlsx", tmp_path / "text" / "my.toml")
    summaries = []
    for at, file in enumerate(files):
        done = cluster_risk("run", file, "--contracts", "100", "--out", tmp_path / str(at))
        assert done.returncode == 0, done.stderr
        summaries.append((tmp_path / str(at) / "summary.csv").read_bytes())
    assert summaries[0] == summaries[1]


def test_what_is_laid_over_is_written_and_nothing_is_overwritten(tmp_path: Path):
    target = tmp_path / "my.toml"
    wrong = cluster_risk("convert", SMALL, target)
    assert (wrong.returncode, "either from the other" in wrong.stderr) == (2, True)
    book = tmp_path / "my.xlsx"
    settings = ("--set", "rules.surplus.practice_share=0.2", "--set", "rules.corridor.width_share=0.05")
    done = cluster_risk("convert", SMALL, book, *settings, "--set", "rules.corridor.cluster_share_beyond=0.5")
    assert done.returncode == 0, done.stderr
    again = cluster_risk("convert", SMALL, book)
    assert (again.returncode, "--replace" in again.stderr) == (2, True)
    done = cluster_risk("convert", book, target)
    assert done.returncode == 0, done.stderr
    text = target.read_text(encoding="utf-8")
    assert "practice_share = 0.2" in text
    # A rule that was added stands first; the comment stays with the rule that it is of.
    assert text.index('[[rules]]\nrule = "corridor"') < text.index("[[rules]] # applied within each year")
    assert "holds_top_slice" not in text


def test_the_flagship_comes_with_its_tables(tmp_path: Path):
    done = cluster_risk("init", tmp_path, "--flagship")
    assert done.returncode == 0, done.stderr
    assert all((tmp_path / name).is_file() for name in FLAGSHIP_FILES)
    done = cluster_risk(
        "check", tmp_path / FLAGSHIP_FILES[0], "--with", tmp_path / "regimes" / "nothing-changes.toml"
    )
    assert done.returncode == 0, done.stderr
