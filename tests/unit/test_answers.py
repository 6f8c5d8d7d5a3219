"""Tables of answers: as text, for pandas, in files, whole and never over another file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from simulator import InputError
from simulator.answers.answer import Answer
from simulator.answers.files import FRONT, Workbook, check_out, new_workbook, provenance, write_answer
from simulator.answers.number_forms import SheetCell, forms_of
from simulator.answers.printer import Printer
from simulator.answers.table import (
    MARK,
    Column,
    Table,
    change,
    measures,
    numbers,
    people,
    pounds,
    printed,
    shares,
    text,
    with_change,
)
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.paired import PairedEstimate
from simulator.scenario.scenario import Scenario
from tests.builders import checked, scenario_of

BONDS = pounds("bond", [Estimate(1_234_567.0, 1_200_000.0, 1_270_000.0), None])
COVERS = shares("covers", [Estimate(0.5, 0.4, 0.6), Estimate(0.999, 0.99, 1.0)], "covers_probability")
MONEY = Table("bonds", "How big?", (text("cluster", ["North", "Süd-Ost"]), BONDS, COVERS), rows_apart=1)
LONG = Table("long", "Too long for a page", (text("row", ["a"]), numbers("count", [3.5])), in_files_only=True)


@dataclass(frozen=True)
class Told(Answer):
    scenario: Scenario
    contracts: int = 400
    seed: int = 7

    def tables(self) -> tuple[Table, ...]:
        return (MONEY, LONG)

    def sentences(self) -> tuple[str, ...]:
        return ("The finding.",)


@pytest.fixture
def told() -> Told:
    return Told(checked(scenario_of(), "rules.surplus.practice_share=0.2"))


def test_the_middle_amount_decides_the_unit_of_a_column() -> None:
    column = printed(pounds("bond", [Estimate(2e6, 1.9e6, 2.1e6), Estimate(3e6, 2.8e6, 3.2e6), 400.0]))
    assert column.heading == "bond £m"
    assert column.cells == ("2.00 ±0.10", "3.0 ±0.2", "0.00")
    assert printed(pounds("bond", [])).heading == "bond £"


def test_columns_of_each_unit() -> None:
    assert printed(COVERS).cells == ("50 ±10", "over 99.0")
    assert printed(COVERS).heading == "covers %"
    assert printed(people([12_345.0])).cells == ("12,345",)
    assert printed(numbers("sizes", [2.5, None])).cells == ("2.5", "")
    assert printed(text("why", ["so"])).left
    assert printed(measures("overspend_probability", [Estimate(0.25, 0.2, 0.3)])).cells == ("25 ±5",)


def test_a_change_has_a_sign_and_a_mark_beyond_chance() -> None:
    column = change(BONDS, [Estimate(-2e6, -3e6, -1e6), Estimate(1e6, -1e6, 3e6), Estimate(0, 0, 0), None])
    assert printed(column).heading == "change £m"
    assert printed(column).cells == (f"-2.0 ±1.0 {MARK}", "+1 ±2  ", "0  ", "")
    assert printed(change(COVERS, [Estimate(0.02, 0.01, 0.03)])).heading == "change, points"
    assert column.name == "change_of_bond_gbp"


def test_changes_stand_beside_a_column_only_where_something_differs() -> None:
    same = PairedEstimate(Estimate(1, 1, 1), Estimate(0, 0, 0))
    other = PairedEstimate(Estimate(2, 2, 2), Estimate(1, 0.5, 1.5))
    assert len(with_change(BONDS, [same, None])) == 1
    assert len(with_change(BONDS, [same, other])) == 2


def test_each_cell_of_a_mixed_column_has_its_unit() -> None:
    cells = (Estimate(1.5e6, 1.4e6, 1.6e6), Estimate(0.25, 0.2, 0.3), "none", 2.0)
    mixed = Column("value", "", (Unit.GBP, Unit.SHARE, Unit.TEXT, Unit.NUMBER), cells)
    assert printed(mixed).cells == ("£1.50m ±0.10m", "25% ±5%", "none", "2")


def test_a_frame_has_an_estimate_as_three_columns() -> None:
    frame = MONEY.frame()
    assert frame.index.tolist() == ["North", "Süd-Ost"]
    assert frame.columns.tolist()[:3] == ["bond_gbp", "bond_gbp_low", "bond_gbp_high"]
    assert frame.loc["North", "bond_gbp_low"] == 1_200_000
    assert frame["bond_gbp"].isna().tolist() == [False, True]
    assert LONG.frame().columns.tolist() == ["count"]


def test_a_notebook_shows_a_table_as_a_page_does(told: Told) -> None:
    shown = told.table()._repr_html_()
    assert shown == MONEY._repr_html_()
    column = printed(BONDS)
    assert f'<th scope="col" style="text-align: right">{column.heading}</th>' in shown
    cell = column.cells[0].replace(" ±", "\N{NO-BREAK SPACE}±")
    assert f">{cell}</td>" in shown
    strange = replace(MONEY, columns=(text("cluster", ["<b>A&E", ""]), BONDS))
    assert '<th scope="row" style="text-align: left">&lt;b&gt;A&amp;E</th>' in strange._repr_html_()
    with pytest.raises(InputError, match="bonds"):
        told.table("bnds")


def test_every_number_is_there_once_under_its_own_name(told: Told) -> None:
    frame = told.every_number()
    assert frame.columns.tolist() == ["table", "row", "column", "unit", "value", "low", "high"]
    assert frame[["table", "row", "column", "unit"]].to_numpy().tolist() == [
        ["bonds", "North", "bond_gbp", "pounds"],
        ["bonds", "North", "covers_probability", "share"],
        ["bonds", "Süd-Ost", "covers_probability", "share"],
        ["long", "a", "count", "number"],
    ]
    assert frame["value"].tolist() == [1_234_567.0, 0.5, 0.999, 3.5]
    with pytest.raises(InputError, match='did you mean "long"'):
        told.frame("lang")


def test_a_page_has_the_finding_before_the_tables_and_leaves_long_ones_out(told: Told) -> None:
    page = StringIO()
    Printer(page).answer(told)
    shown = page.getvalue()
    assert shown.index("The finding.") < shown.index("How big?") < shown.index("Each +/- is")
    assert "with rules.surplus.practice_share=0.2" in shown
    assert "Too long" not in shown


def test_csv_holds_every_number_and_its_provenance_beside(tmp_path: Path, told: Told) -> None:
    target = tmp_path / "a" / "new" / "out.csv"
    write_answer(target, told, "ask")
    # Excel takes a file for UTF-8 by this mark alone.
    assert target.read_bytes().startswith(b"\xef\xbb\xbftable,row,")
    assert len(pd.read_csv(target)) == 4
    facts = dict(pd.read_csv(target.with_suffix(".provenance.csv")).to_numpy().tolist())
    assert (facts["question"], facts["answer"], facts["seed"]) == ("ask", "The finding.", "7")
    assert len(list(target.parent.iterdir())) == 2


def test_excel_has_a_sheet_a_table_with_formats_and_one_of_every_number(tmp_path: Path, told: Told) -> None:
    write_answer(tmp_path / "out.xlsx", told, "ask")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == [*FRONT, "bonds", "long", "every number", "provenance"]
    sheet = book["bonds"]
    assert [cell.value for cell in sheet[2]] == [
        "cluster",
        "bond, £",
        "bond, £, low",
        "bond, £, high",
        "covers, %",
        "covers, %, low",
        "covers, %, high",
    ]
    assert [cell.value for cell in sheet[3]] == ["North", 1_234_567, 1_200_000, 1_270_000, 0.5, 0.4, 0.6]
    assert (sheet["B3"].number_format, sheet["E3"].number_format) == ("£#,##0", "0.0%")
    assert sheet["B4"].value is None
    assert book["contents"]["A4"].hyperlink.location == "'bonds'!A1"
    assert "figures" in book["notes"]["B7"].value
    tidy = book["every number"]
    assert [cell.value for cell in tidy[3]][:5] == ["bonds", "North", "bond_gbp", "pounds", 1_234_567]
    assert tidy["E3"].number_format == "£#,##0"
    assert tidy["E4"].number_format == "0.0%"


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_equal_answers_make_equal_bytes_and_replace_replaces(tmp_path: Path, told: Told, name: str) -> None:
    for folder in ("one", "other"):
        write_answer(tmp_path / folder / name, told, "ask")
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
    with pytest.raises(InputError, match="add --replace"):
        write_answer(tmp_path / "one" / name, told, "again")
    write_answer(tmp_path / "one" / name, told, "again", replace=True)
    assert (tmp_path / "one" / name).read_bytes() != (
        tmp_path / "other" / name
    ).read_bytes() or name == "out.csv"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("out.txt", "ends in .csv or .xlsx"),
        ("out", "no ending"),
        ("taken.csv", "one that exists"),
        ("half.csv", "half.provenance.csv"),
        ("folder.csv", "a folder"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_computed(
    tmp_path: Path, told: Told, name: str, complaint: str
) -> None:
    for taken in ("taken.csv", "half.provenance.csv"):
        (tmp_path / taken).write_text("precious")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=complaint):
        check_out(tmp_path / name)
    with pytest.raises(InputError, match=complaint):
        write_answer(tmp_path / name, told, "ask")
    assert (tmp_path / "taken.csv").read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("name", ["new/out.xlsx", "new/out.csv"])
def test_nothing_is_left_of_a_file_that_fails(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Workbook, "sheet", fails)
    to_csv = pd.DataFrame.to_csv

    def fails_on_facts(table: pd.DataFrame, *given: object, **how: object) -> object:
        return (fails if "what" in table else to_csv)(table, *given, **how)

    monkeypatch.setattr(pd.DataFrame, "to_csv", fails_on_facts)
    with pytest.raises(OSError, match="disk full"):
        write_answer(tmp_path / name, told, "ask")
    assert list(tmp_path.iterdir()) == []


def test_provenance_says_how_to_make_the_numbers_again(told: Told) -> None:
    facts = provenance(told.scenario, "bond --cluster North", 10_000, 7)
    assert facts["settings laid over it"] == "rules.surplus.practice_share=0.2"
    assert facts["fingerprint of settings and tables"] == told.scenario.fingerprint
    assert (facts["simulated contracts"], facts["seed"]) == ("10,000", "7")
    assert facts["question"] == "bond --cluster North"


def test_each_part_of_a_wide_table_says_what_its_rows_are() -> None:
    page = TextIOWrapper(BytesIO(), encoding="utf-8")
    wide = [text(f"a heading of some length {at}", ("a cell of some length",)) for at in range(6)]
    columns = (text("cluster", ("Ely",)), text("action", ("clinic",)), *wide)
    Printer(page).table(Table("wide", "Who does what?", columns, keys=2))
    page.seek(0)
    shown = page.read()
    assert shown.count("continued") == shown.count("Ely") - 1 == shown.count("clinic") - 1 > 0


@pytest.mark.parametrize(
    ("numbers", "form"),
    [
        ([1144.596, 1011.8], "#,##0"),
        ([46_438_285.0, 0.0], "#,##0"),
        ([0.2111426, 0.0106583], "#,##0.000"),
        ([2010.0, 1.0], "General"),
        ([0.1, 0.2], "General"),
        ([0.0, 0.0], "General"),
    ],
)
def test_numbers_of_a_column_are_written_alike(numbers: list[float], form: str) -> None:
    cells = [*((one, Unit.NUMBER) for one in numbers), None]
    assert list(forms_of(cells)) == [form] * len(cells)


def test_shares_of_less_than_a_per_cent_keep_two_digits() -> None:
    assert list(forms_of([(0.00021, Unit.SHARE), (0.00004, Unit.SHARE)])) == ["0.000%"] * 2
    assert list(forms_of([(0.6, Unit.PROBABILITY), (0.00004, Unit.PROBABILITY)])) == ["0.0%"] * 2


def test_cells_with_units_of_their_own_are_written_each_as_it_needs() -> None:
    cells: list[SheetCell] = [(0.5, Unit.SHARE), (12.5, Unit.GBP), (1e6, Unit.GBP), "words"]
    assert list(forms_of(cells)) == ["0.0%", "£#,##0.00", "£#,##0", "General"]


def test_a_sheet_too_wide_for_a_page_has_its_caption_above_each(tmp_path: Path) -> None:
    with new_workbook(tmp_path / "wide.xlsx", "wide") as book:
        cells = [("A cluster", *((1e9, Unit.GBP) for _ in range(20)))]
        book.sheet("wide", "Gains & losses", ("Cluster", *(f"amount {at}, £" for at in range(20))), cells)
        book.sheet("narrow", "Gains & losses", ("Cluster", "amount, £"), [("A cluster", (1e9, Unit.GBP))])
    found = openpyxl.load_workbook(tmp_path / "wide.xlsx")
    assert found["wide"].oddHeader.left.text == "Gains && losses"  # as Excel writes one &
    assert found["wide"].print_area == "'wide'!$A$2:$U$3"
    assert found["narrow"].print_area is None or not found["narrow"].print_area
    # Wide enough for what it holds: no ###.
    assert found["narrow"].column_dimensions["B"].width > len("£1,000,000,000")
