"""Tables with where they come from: whole, never over another file, and the same bytes each time."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from simulator import InputError
from simulator.answers.table_file import check_table_path, provenance, write_tables
from tests.builders import checked, scenario_of

TABLES = {
    "bonds": pd.DataFrame({"bond_gbp": [1.5, 2.25]}, index=pd.Index(["North", "South"], name="cluster")),
    "curve": pd.DataFrame({"cover": [0.9]}),
}
ORIGIN = {"title": "Test", "seed": "1"}


def test_csv_takes_the_first_table_and_its_provenance_beside(tmp_path: Path) -> None:
    write_tables(tmp_path / "out.csv", TABLES, ORIGIN)
    assert (tmp_path / "out.csv").read_text() == "cluster,bond_gbp\nNorth,1.5\nSouth,2.25\n"
    assert (tmp_path / "out.provenance.csv").read_text() == "what,value\ntitle,Test\nseed,1\n"
    assert len(list(tmp_path.iterdir())) == 2


def test_excel_takes_every_table_and_a_sheet_of_provenance(tmp_path: Path) -> None:
    write_tables(tmp_path / "out.xlsx", TABLES, ORIGIN)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["bonds", "curve", "provenance"]
    assert [cell.value for cell in book["bonds"]["B"]] == ["bond_gbp", 1.5, 2.25]
    assert [[cell.value for cell in row] for row in book["provenance"]][1:] == [
        ["title", "Test"],
        ["seed", "1"],
    ]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_equal_tables_make_equal_bytes(tmp_path: Path, name: str) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        write_tables(tmp_path / folder / name, TABLES, ORIGIN)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("out.txt", "ends in .csv or .xlsx"),
        ("out", "no ending"),
        ("taken.csv", "taken.csv exists"),
        ("half.csv", "half.provenance.csv exists"),
        ("nowhere/out.csv", "folder that exists"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_computed(
    tmp_path: Path, name: str, complaint: str
) -> None:
    for taken in ("taken.csv", "half.provenance.csv"):
        (tmp_path / taken).write_text("precious")
    with pytest.raises(InputError, match=complaint):
        check_table_path(tmp_path / name)
    with pytest.raises(InputError, match=complaint):
        write_tables(tmp_path / name, TABLES, ORIGIN)
    assert (tmp_path / "taken.csv").read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(("name", "method"), [("out.xlsx", "to_excel"), ("out.csv", "to_csv")])
def test_nothing_is_left_of_a_file_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, method: str
) -> None:
    write = getattr(pd.DataFrame, method)

    def fails_at_the_facts(table: pd.DataFrame, *args: object, **options: object) -> None:
        if "what" in table:
            raise OSError("disk full")
        write(table, *args, **options)

    monkeypatch.setattr(pd.DataFrame, method, fails_at_the_facts)
    with pytest.raises(OSError, match="disk full"):
        write_tables(tmp_path / name, TABLES, ORIGIN)
    assert list(tmp_path.iterdir()) == []


def test_provenance_says_how_to_make_the_numbers_again() -> None:
    scenario = checked(scenario_of(), "rules.surplus.practice_share=0.2")
    facts = provenance(scenario, "bond --cluster North", 10_000, 7)
    assert facts["settings laid over it"] == "rules.surplus.practice_share=0.2"
    assert facts["fingerprint of settings and tables"] == scenario.fingerprint
    assert (facts["simulated contracts"], facts["seed"]) == ("10,000", "7")
    assert facts["question"] == "bond --cluster North"
