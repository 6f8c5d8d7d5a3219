"""A workbook as a scenario: what people do to one, and what is done to those who read it."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from simulator.errors import InputError, Problem
from simulator.scenario.conversion import write_scenario
from simulator.scenario.scenario import Scenario, check_scenario, load_scenario
from simulator.scenario.sheets import MOST_CELLS, read_sheets
from simulator.scenario.start import write_start
from simulator.scenario.workbook import look
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.saved_result import read_result, write_result
from tests.builders import checked, cluster_of, line_of, scenario_of
from tests.unit.problems import problems_of_call

Edit = Callable[[Any], None]


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (book,) = write_start(tmp_path_factory.mktemp("starter"), as_workbook=True)
    return book


@pytest.fixture
def edited(starter: Path, tmp_path: Path) -> Callable[[Edit], Path]:
    """Return what saves the workbook with changes, as a program that knows no formulas."""

    def made(edit: Edit) -> Path:
        book = openpyxl.load_workbook(starter)
        edit(book)
        book.save(tmp_path / "my.xlsx")
        return tmp_path / "my.xlsx"

    return made


def _cell(book: Any, sheet: str, figure: str, column: str = "D") -> Any:
    (row,) = (cell.row for cell in book[sheet]["A"] if cell.value == figure)
    return book[sheet][f"{column}{row}"]


def _told(path: Path) -> list[str]:
    return [
        f"{problem.where.partition(', ')[2]}: {problem.need}; {problem.got}"
        for problem in problems_of_call(lambda: load_scenario(path))
    ]


def test_every_problem_names_its_cell_and_all_are_told_at_once(edited: Callable[[Edit], Path]):
    def edit(book: Any) -> None:
        _cell(book, "Scheme", "contract: start year").value = "twenty ten"
        _cell(book, "Scheme", "pct: name").value = None
        _cell(book, "Clusters", "proportion", "E").value = 80
        _cell(book, "Clusters", "takes share", "E").value = "perhaps"
        _cell(book, "Service lines", "rate per 1000").value = date(2010, 4, 1)
        _cell(book, "Scheme", "document: date").value = "1st of July"
        _cell(book, "Service lines", "growth share", "E").value = "=0.01+0.02"
        _cell(book, "Service lines", "need weights", "E").value = "carr_hil"
        book["Service lines"]["A90"], book["Service lines"]["D90"] = "grwoth share", 0.1
        _cell(book, "Rules", "surplus: practice share").value = 10
        _cell(book, "Rules", "corridor: width share").value = 0.05
        _cell(book, "Budgets", "budgets: rule: fair share weight by year: 2").value = None
        _cell(book, "Budgets", "budgets: top slice share", "G").value = 0.1
        book["Practices"]["B6"] = "Nrth"
        book["Doubt"]["A10"], book["Doubt"]["B10"] = "Service lines", "nobody"
        book["Doubt"]["C10"], book["Doubt"]["D10"] = "growth share", 0.01
        book["Practice lists"]["D5"] = "many"
        book["Clusters"].merge_cells("D9:E10")

    assert sorted(_told(edited(edit))) == [
        "Budgets!D11: filled in, as those after it are; nothing",
        "Budgets!G17: nothing but in the column value; 0.1",
        "Clusters!D9:E10: cells of their own; merged ones",
        'Clusters!E14, clusters.South.takes_share: yes or no; "perhaps"',
        "Clusters!E8, clusters.South.proportion: a share from 0 to 1; 80",
        "Doubt!B10: one of emergency_admissions, prescribing, rare_costly_referrals, community_services; "
        '"nobody"',
        'Practice lists!D5, list_size: a whole number from 0 to 1,000,000,000; "many"',
        'Practices!B6: one of North, South, March; "Nrth"',
        "Rules!D43, rules.surplus.practice_share: a share from 0 to 1; 10",
        "Rules!D8: its place in the order: 1, 2, 3, each once; or off; nothing, beside its figures",
        'Scheme!D11, contract.start_year: a whole number; "twenty ten"',
        'Scheme!D31, document.date: a date without quotes, such as 2010-07-01; "1st of July"',
        "Scheme!D8, pct: given; nothing",
        "Service lines!D6: a value; 01/04/2010",
        "Service lines!D90, service_lines.emergency_admissions.grwoth_share: a key that scenarios have; 0.1",
        "Service lines!E25: a value; a formula without its result",
        "Service lines!E28, service_lines.prescribing.need_weights: one of people, astro_pu_cost, carr_hill; "
        '"carr_hil"',
    ]


def test_what_people_type_is_taken_as_they_mean_it(starter: Path, edited: Callable[[Edit], Path]):
    def edit(book: Any) -> None:
        share = _cell(book, "Rules", "surplus: practice share")
        share.value, share.number_format = 0.1, "0%"
        _cell(book, "Clusters", "takes share", "F").value = False
        _cell(book, "Service lines", "unit cost gbp: mean", "F").value = "£42,000"
        _cell(book, "Service lines", "rate per 1000", "E").value = "17800"
        _cell(book, "Service lines", "payment", "G").value = " Block"
        # Rows may stand anywhere, with any capitals and spaces; columns and sheets of one's own, too.
        row = _cell(book, "Clusters", "proportion").row
        book["Clusters"][f"A{row}"], book["Clusters"]["J4"], book["Clusters"]["J5"] = (
            "Proportion ",
            "# mine",
            "x",
        )
        book.create_sheet("My workings")["A1"] = 1
        _cell(book, "Rules", "pool").value = 30
        _cell(book, "Rules", "deficit recovery").value = "off"

    assert load_scenario(edited(edit)).fingerprint == load_scenario(starter).fingerprint


def test_a_date_is_a_date_where_one_is_asked_for(edited: Callable[[Edit], Path]):
    for typed in (date(2010, 7, 1), "2010-07-01"):

        def edit(book: Any, typed: Any = typed) -> None:
            _cell(book, "Scheme", "document: date").value = typed

        assert load_scenario(edited(edit)).settings.document.date == date(2010, 7, 1)


def test_a_rule_is_switched_off_and_its_figures_stay(edited: Callable[[Edit], Path]):
    def edit(book: Any) -> None:
        _cell(book, "Rules", "surplus").value = "off"
        _cell(book, "Rules", "per case limit").value = 0.5
        _cell(book, "Rules", "per case limit: limit gbp").value = 50_000
        _cell(book, "Rules", "per case limit").value = 1

    rules = load_scenario(edited(edit)).settings.rules
    assert [rule.rule for rule in rules] == ["per_case_limit", "bond", "pool"]


def test_text_is_text_whatever_it_starts_with(starter: Path, tmp_path: Path):
    first = load_scenario(starter, ["question='=1+1'"])
    (path,) = write_scenario(first, tmp_path / "one.xlsx")
    book = openpyxl.load_workbook(path)
    assert (cell := _cell(book, "Scheme", "question")).data_type == "s"
    assert cell.quotePrefix
    assert load_scenario(path).settings.question == "=1+1"
    for words in ("+44 is the code", "@home", "#N/A", "-", '=cmd|"/c calc"!A1'):
        cell = look.put(book["Read me"], 40, 1, words)
        assert (cell.value, cell.data_type) == (words, "s")


def test_sheets_that_are_missing_or_called_otherwise(edited: Callable[[Edit], Path], tmp_path: Path):
    def edit(book: Any) -> None:
        book["Clusters"].title = "Cluster"
        book["Rules"].title = "Ruels"
        del book["Budgets"]

    assert [line.partition(";")[0] for line in _told(edited(edit))] == [
        ": a workbook with a sheet Clusters",
        ": a workbook with a sheet Budgets",
        ": a workbook with a sheet Rules",
    ]
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    (problem,) = problems_of_call(lambda: load_scenario(tmp_path / "other.xlsx"))
    assert "sheets Scheme, Clusters, Service lines, Budgets" in problem.need
    assert "init FOLDER --excel" in problem.hint


def _zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in parts.items():
            made.writestr(name, raw)
    return path


_BOMB = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"PK\x03\x04 and no more", "a damaged file"),
        (b"not a workbook at all", "a damaged file"),
        (b"\xd0\xcf\x11\xe0 old", "before 2007, or one with a password"),
        ({"content.xml": b"", "mimetype": b""}, "a LibreOffice spreadsheet"),
        ({"letter.txt": b"x"}, "a zip file of something else"),
        ({"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b""}, "a workbook with macros"),
        ({"xl/workbook.xml": b"0" * 101_000_000}, "101.0 MB"),
        ({"xl/workbook.xml": b"<c />" * (MOST_CELLS + 1)}, f"{MOST_CELLS + 1:,}"),
        ({"xl/workbook.xml": _BOMB}, "definitions in it"),
        ({"xl/workbook.xml": b"<x/>"}, "a damaged one"),
    ],
)
def test_what_is_no_workbook_gets_one_clear_error(raw: Any, said: str, tmp_path: Path):
    path = tmp_path / "my.xlsx"
    if isinstance(raw, bytes):
        path.write_bytes(raw)
    else:
        _zipped(path, raw)
    (problem,) = problems_of_call(lambda: load_scenario(path))
    assert said in problem.got
    assert "my.xlsx" in problem.where


def test_a_cell_far_out_costs_nothing(edited: Callable[[Edit], Path]):
    def edit(book: Any) -> None:
        book["Scheme"]["XFD1048576"] = " "
        book["Practice lists"].cell(1_048_576, 3).number_format = "0%"

    assert len(load_scenario(edited(edit)).settings.clusters) == 3


def test_tables_may_be_sheets_of_any_workbook(starter: Path, tmp_path: Path):
    first = load_scenario(starter)
    shutil.copy(starter, tmp_path / "lists.xlsx")
    book = openpyxl.Workbook()
    book.active.title = "Weights"
    sheet = next(sheet for sheet in read_sheets(starter) if sheet.table == "need_weights.csv")
    for line in sheet.as_csv().split():
        book.active.append(line.split(","))
    book.save(tmp_path / "weights.xlsx")
    names = {"practices_csv": "lists.xlsx/practices.csv", "need_weights_csv": "weights.xlsx/weights"}
    given = {**first.given, "population": {**first.given["population"], **names}}
    second = check_scenario(given, tmp_path)
    assert second.practices == first.practices
    assert second.need_weights == first.need_weights
    given = {**given, "population": {**given["population"], "practices_csv": "lists.xlsx/others.csv"}}
    problem: Problem = problems_of_call(lambda: check_scenario(given, tmp_path))[0]
    assert "the table others.csv" in problem.need
    assert "Practice lists (table practices.csv)" in problem.hint


def test_settings_and_saved_results_of_a_workbook(starter: Path, tmp_path: Path):
    scenario = load_scenario(starter, ["simulation.contracts=100"])
    varied = scenario.vary("clusters.South.proportion=0.5")
    assert varied.settings.clusters[1].proportion == 0.5
    with pytest.raises(InputError, match=r"Clusters!D5.*\n.*other than"):
        check_scenario(
            {**scenario.given, "clusters": [{"name": "all", "people": 1}]}, starter, places=scenario.places
        )
    (tmp_path / "result").mkdir()
    result = simulate(scenario, Draws(100, 1, 1))
    write_result(result, tmp_path / "result", datetime(2010, 7, 1, tzinfo=UTC), 0.0)
    again: Scenario = read_result(tmp_path / "result").scenario
    assert again.fingerprint == scenario.fingerprint
    assert again.text == scenario.text


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed (apt: libreoffice-calc)"
)
def test_a_workbook_saved_by_libre_office_is_the_same(
    starter: Path, edited: Callable[[Edit], Path], tmp_path: Path
):
    def edit(book: Any) -> None:
        # It works formulas out, and keeps what they come to.
        _cell(book, "Rules", "surplus: practice share").value = "=1/20+1/20"

    path, folder = edited(edit), tmp_path / "saved"
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", "xlsx", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert load_scenario(folder / "my.xlsx").fingerprint == load_scenario(starter).fingerprint
    assert load_scenario(folder / "my.xlsx").text == load_scenario(starter).text


def test_names_and_numbers_that_spreadsheets_might_change_are_kept(tmp_path: Path):
    names = ["a, b", "none", '6" pipes', "2010", "yes", "00123", "1/2"]
    lines = [line_of(name, rate_per_1000=0.1 + 0.2 + at) for at, name in enumerate(names)]
    clusters = [
        cluster_of("all but one", service_lines=names[1:], proportion_by_line={"1/2": 1 / 3, "none": 0.5}),
        cluster_of("1e5", service_lines=[]),
        cluster_of("one", service_lines=["none"]),
        cluster_of("TRUE", true_saving_share_by_year=[0.0, 2e-7 / 3]),
    ]
    seed = {"contracts": 100, "seed": 12_345_678_901_234_567_890}
    scenario = checked(scenario_of(service_lines=lines, clusters=clusters, simulation=seed))
    (book,) = write_scenario(scenario, tmp_path / "one.xlsx")
    again = load_scenario(book).settings
    assert [line.name for line in again.service_lines] == names
    assert [line.rate_per_1000 for line in again.service_lines] == [line["rate_per_1000"] for line in lines]
    assert [cluster.service_lines for cluster in again.clusters] == [tuple(names[1:]), (), ("none",), None]
    assert again.simulation.seed == seed["seed"]
