"""Practice lists as people have them, through the command: what is read, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import cluster_risk, refused

LISTS = "practices.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    done = cluster_risk("init", "mine", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "mine"


def _check(folder: Path, lists: str | bytes) -> str:
    """Return what the check says, without its first lines."""
    (folder / LISTS).write_bytes(lists if isinstance(lists, bytes) else lists.encode())
    done = cluster_risk("check", "scenario.toml", folder=folder)
    refused(done)
    return done.stderr


def test_excel_s_semicolons_and_blank_columns_are_the_same_run(folder: Path) -> None:
    plain = cluster_risk("run", "scenario.toml", "--contracts", "200", folder=folder)
    text = (folder / LISTS).read_text(encoding="utf-8")
    dressed = "\ufeff" + text.replace(",", ";").replace("practice_code", "Practice Code").replace(
        "\n", ";;\r\n"
    )
    (folder / LISTS).write_bytes(dressed.encode() + b";;;;;;\r\n")
    other = cluster_risk("run", "scenario.toml", "--contracts", "200", folder=folder)
    assert (plain.returncode, other.returncode) == (0, 0), other.stderr
    assert other.stdout == plain.stdout


def test_a_workbook_named_csv(folder: Path) -> None:
    assert _check(folder, b"PK\x03\x04 xl/workbook.xml") == (
        "cluster-risk: 1 problem:\n\n"
        "1. practices.csv\n"
        "   must be: a CSV table\n"
        "   given:   an Excel workbook\n"
        "   hint:    save the sheet as CSV (in Excel: CSV UTF-8)\n"
    )


def test_a_row_of_totals(folder: Path) -> None:
    text = (folder / LISTS).read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines()]
    sums = [sum(int(row[at]) for row in rows[1:]) for at in range(3, len(rows[0]))]
    total = ",".join(["", "", "", *map(str, sums)])
    assert _check(folder, f"{text}{total}\n") == (
        "cluster-risk: 1 problem:\n\n"
        f"1. practices.csv, line {len(rows) + 1}, practice_code\n"
        "   must be: a practice\n"
        f"   given:   no code with {sums[0]:,} people, the sum of all others\n"
        "   hint:    leave that row out: it counts people twice\n"
    )


def test_thousands_between_semicolons(folder: Path) -> None:
    text = (
        (folder / LISTS)
        .read_text(encoding="utf-8")
        .replace(",", ";")
        .replace("5885", "5,885")
        .replace("8088", "8,088")
    )
    assert _check(folder, text) == (
        "cluster-risk: 1 problem:\n\n"
        "1. practices.csv, line 2, list_size\n"
        "   must be: a whole number from 0 to 1,000,000,000\n"
        '   given:   "5,885", and 1 more like it\n'
        "   hint:    between semicolons or tabs 1,234 may be 1234 or 1.234: write 1234, or 1.2340\n"
    )


def test_bands_that_do_not_add_up_to_those_of_the_weights(folder: Path) -> None:
    text = (folder / LISTS).read_text(encoding="utf-8").replace("m5_14", "m5_15").replace("m15_24", "m16_24")
    assert _check(folder, text) == (
        "cluster-risk: 1 problem:\n\n"
        "1. need_weights.csv\n"
        "   must be: bands that the bands of the practices' lists add up to\n"
        "   given:   M 5-15 of the lists is not within M 5-14 or M 15-24\n"
    )


def test_list_sizes_alone_where_lines_weigh_need(folder: Path) -> None:
    rows = [line.split(",")[:4] for line in (folder / LISTS).read_text(encoding="utf-8").splitlines()]
    said = _check(folder, "\n".join(map(",".join, rows)))
    assert (
        "line 18, population.practices_csv\n   must be: lists by sex and age, as lines weigh people by need\n"
        in said
    )
    assert said.count("must be") == 1
    scenario = folder / "scenario.toml"
    lines = scenario.read_text(encoding="utf-8").splitlines(keepends=True)
    scenario.write_text(
        "".join(line for line in lines if not line.startswith("need_weights =")), encoding="utf-8"
    )
    assert cluster_risk("check", "scenario.toml", folder=folder).returncode == 0
