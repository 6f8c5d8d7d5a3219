"""A document in four formats: complete, accessible, and always the same bytes."""

from __future__ import annotations

import json
import math
import re
import sys
from contextlib import nullcontext
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import docx
import openpyxl
import pytest
import typst

from simulator.answers.files import FRONT
from simulator.answers.table import Column, Table, text
from simulator.charts.house_font import FONTS
from simulator.charts.register import CHARTS, draw
from simulator.charts.study import Study
from simulator.documents import results
from simulator.documents.blocks import (
    MOST_COLUMNS,
    Document,
    Heading,
    Paragraph,
    Picture,
    Section,
    TableBlock,
)
from simulator.documents.chart_numbers import chart_table
from simulator.documents.contents import DOCUMENT_FORMATS, chosen_formats, write_document
from simulator.documents.formats import lay_out
from simulator.documents.own_terms import BANDS
from simulator.documents.protection import CONFIDENCES
from simulator.documents.quotes import BOND, Quotes
from simulator.documents.word_styles import CLOSE_STYLES
from simulator.documents.workbook import ALL_NUMBERS, BY_BAND, EXPECTED, INPUTS, PROVENANCE
from simulator.errors import InputError, Problem
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Unit
from simulator.risk.estimation import quantile
from tests.builders import CORRIDOR, SURPLUS, scenario_of, simulated
from tests.unit.documents import (
    AWKWARD,
    EDGES,
    Page,
    charts_drawn_once,
    document,
    parts_of,
    study_of,
)

LETTERS = {"ignore_system_fonts": True, "font_paths": [FONTS]}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Every edge case in every format, written once."""
    folders = {}
    for name, mapping in EDGES.items():
        folder = tmp_path_factory.mktemp("documents")
        with charts_drawn_once() if name == "forty clusters" else nullcontext():
            made = document(mapping)
            write_document(made, folder, tuple(DOCUMENT_FORMATS))
        folders[name] = made, folder
    return folders


@pytest.fixture(params=EDGES)
def edge(request, written):
    """One edge case: its document and folder."""
    return written[request.param]


def test_html_has_heads_in_order_scopes_captions_and_words_for_pictures(edge):
    made, folder = edge
    page = Page(folder / "report.html")
    levels = [int(tag[1]) for tag, _ in page.named("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.named("html")[0][1]["lang"] == "en-GB"
    assert all(attributes.get("scope") in {"col", "row"} for _, attributes in page.named("th"))
    tables = [narrow for block in made.blocks if isinstance(block, TableBlock) for narrow in block.narrow()]
    figures = [block for block in made.blocks if isinstance(block, Picture)]
    assert len(page.named("table")) == len(page.named("caption"))
    assert len(tables) < len(page.named("table")) <= len(tables) + len(figures)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(attributes["href"]) for _, attributes in page.named("a")]
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= set(ids)
    assert len([link for link in links if link.startswith("data:")]) == 2 * len(figures)
    images = [attributes for _, attributes in page.named("img")]
    assert [one["alt"] for one in images] == [one.chart.title for one in figures]
    assert all(one["aria-describedby"] in ids for one in images)
    assert all(one.chart.alt in page.text for one in figures)
    assert all(str(one["src"]).startswith("data:") for one in images)
    assert not page.named("script", "link", "iframe")
    assert made.title in page.text
    for cluster in made.sections[-1:]:
        assert cluster.blocks[0].text in page.text


def test_a_chart_s_numbers_are_all_in_its_table():
    for name in ("outturn", "bond-cover", "pool"):
        chart = draw(study_of(scenario_of()), name)
        table = chart_table(chart, name).frame().reset_index()
        for column in chart.data:
            words = column in {"measure", "what"}
            assert words or list(table[column].dropna()) == list(chart.data[column].dropna())


def test_no_number_without_its_meaning(edge):
    made, folder = edge
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"\b(nan|inf)\b|[>\"]None[<\"]", re.sub(r'(src|href)="data:[^"]*"', "", text))
    for table in (block for block in made.blocks if isinstance(block, TableBlock)):
        assert all(len(row) == len(table.headings) for row in table.rows)
        assert all(len(narrow.headings) <= MOST_COLUMNS for narrow in table.narrow())


def test_each_cluster_has_one_page_of_its_own_and_the_document_ends_with_the_last(edge, tmp_path):
    """The typesetter says on which page each heading stands."""
    made, _ = edge
    source = lay_out(made, tmp_path)
    asked = source.with_name("ask.typ")
    ask = "#context [#metadata(query(heading.where(level: 1)).map(it => it.location().page())) <pages>]"
    asked.write_text(f"{source.read_text(encoding='utf-8')}\n{ask}\n", encoding="utf-8")
    pages = json.loads(typst.query(asked, "<pages>", field="value", one=True, **LETTERS))
    clusters = sum(section.one_page for section in made.sections)
    last = pages[-clusters:]
    assert last == list(range(last[0], last[0] + clusters))
    assert last[0] > pages[-clusters - 1]
    assert len(typst.compile(source, format="png", ppi=10, **LETTERS)) == last[-1]


def test_pdf_carries_title_language_and_tags(edge):
    made, folder = edge
    raw = (folder / "report.pdf").read_bytes()
    assert b"/Lang(en-GB)" in raw
    assert b"/StructTreeRoot" in raw
    assert b"/MarkInfo" in raw
    assert b"CreationDate" not in raw
    title = made.title.encode("utf-16-be").hex().upper().encode()
    assert title in raw or f"/Title({made.title})".encode() in raw


def test_each_row_of_a_table_in_print_has_a_heading(edge):
    """The tags of the first cells; what is written over others is as long, or no page would open."""
    made, folder = edge
    raw = (folder / "report.pdf").read_bytes()
    tables = [narrow for block in made.blocks if isinstance(block, TableBlock) for narrow in block.narrow()]
    assert len(re.findall(rb"/S/TH/P \d+ 0 R/A\[<</O/Table/Scope/Row *>>", raw)) == sum(
        len(table.rows) for table in tables
    )
    assert b"/S/TD/P" in raw
    assert not re.search(rb"/S/TD[^\n]*/Headers", raw)
    start = int(raw[raw.rindex(b"startxref") :].split()[1])
    assert raw[start:].startswith(b"xref")


def test_points_of_numbers_in_print_stand_below_each_other(tmp_path):
    cells = ("-4 ±0.12 *", "12.25 ±1", "under 0.2", "£1,234.5m ±2m", "")
    columns = (text("a", ["r"] * 5), Column("n", "n", Unit.TEXT, cells))
    made = replace(
        document(EDGES["one cluster"]), sections=(Section((TableBlock(Table("", "t", columns)),)),)
    )
    lay_out(made, tmp_path)
    (block,) = json.loads((tmp_path / "document.json").read_text("utf-8"))["sections"][0]["blocks"]
    found = [tuple(row[1].values()) for row in block["rows"]]
    assert found == [
        ("\N{MINUS SIGN}4", "", "±0.12", "*"),
        ("12", ".25", "±1", ""),
        ("under 0", ".2", "", ""),
        ("£1,234", ".5m", "±2m", ""),
        (),
    ]


def test_word_has_headings_captions_heads_that_repeat_and_words_for_pictures(edge):
    made, folder = edge
    word = docx.Document(folder / "report.docx")
    assert word.core_properties.title == made.title
    assert word.core_properties.language == "en-GB"
    headings = [one.text for one in word.paragraphs if one.style.name.startswith("Heading")]
    assert headings == [block.text for block in made.blocks if isinstance(block, Heading)]
    parts = dict(parts_of(folder / "report.docx"))
    body = parts["word/document.xml"]
    tables = [narrow for block in made.blocks if isinstance(block, TableBlock) for narrow in block.narrow()]
    figures = [block for block in made.blocks if isinstance(block, Picture)]
    assert len(word.tables) == len(tables) == body.count("<w:tblHeader/>") == body.count("SEQ Table")
    assert len(word.inline_shapes) == len(figures) == body.count("SEQ Figure")
    assert {table.style.name for table in word.tables} == {"Cluster table"}
    contents = [one.text for one in word.paragraphs if one.style.name == "toc 1"]
    assert contents == [heading for _, heading in made.contents]
    assert "updateFields" in parts["word/settings.xml"]
    # Each picture has a drawing, shown as wide as it was drawn: its smallest letters are 7.5 pt.
    assert body.count("svgBlip") == len(figures)
    for shape, figure in zip(word.inline_shapes, figures, strict=True):
        width, height = figure.chart.figure.get_size_inches()
        # What is higher than a page is made smaller; so many clusters are better read in the workbook.
        assert shape.width.inches == pytest.approx(min(width, width / height * 21 / 2.54), abs=0.01)
    assert not [name for name in parts if "customXml" in name]
    assert "Normal.dotm" not in parts["docProps/app.xml"]
    alts = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert alts == [figure.chart.alt for figure in figures]
    languages = set(re.findall(r'w:lang w:val="([^"]*)"', parts["word/styles.xml"]))
    assert languages == {"en-GB"}
    alone = sum(
        len([*block.narrow()])
        for section in made.sections
        if section.one_page
        for block in section.blocks
        if isinstance(block, TableBlock)
    )
    set_close = [one.cell(1, 0).paragraphs[0].style.name in CLOSE_STYLES for one in word.tables]
    assert set_close == [False] * (len(tables) - alone) + [True] * alone
    assert sum(one.paragraph_format.page_break_before or False for one in word.paragraphs) == sum(
        section.one_page for section in made.sections
    )
    assert "PAGE" in parts["word/footer1.xml"]


def test_excel_has_a_sheet_a_table_with_frozen_heads(edge):
    made, folder = edge
    book = openpyxl.load_workbook(folder / "report.xlsx")
    named = [block.table.name for block in made.tables if block.table.name]
    terms = [INPUTS, EXPECTED, BY_BAND] if made.terms else []
    pictures = [block for block in made.blocks if isinstance(block, Picture)]
    drawn = [f"figure {at}, {one.chart.name}" for at, one in enumerate(pictures, start=1)]
    assert book.sheetnames == [
        *FRONT,
        *terms,
        *(name[:31] for name in named),
        *drawn,
        ALL_NUMBERS,
        PROVENANCE,
    ]
    assert all(sheet.freeze_panes == "B3" for sheet in book.worksheets[1:])
    assert book.properties.title == made.title == book["cover"]["A1"].value
    facts = {row[0]: row[1] for row in book[PROVENANCE].iter_rows(min_row=3, values_only=True)}
    assert facts == dict(made.provenance)
    listed = [row[0] for row in book["contents"].iter_rows(min_row=3, max_col=1, values_only=True)]
    assert listed == book.sheetnames[2:]
    assert all(sheet["A1"].value and len(sheet.tables) == 1 for sheet in book.worksheets[1:])
    for sheet, picture in zip(book.worksheets[-2 - len(drawn) : -2], pictures, strict=True):
        assert sheet.max_row == 2 + len(picture.chart.data)


def test_money_on_the_simulated_terms_is_the_answers(edge):
    """What formulas come to as they stand; LibreOffice was seen to work out the same."""
    made, folder = edge
    if made.terms is None:
        return
    book = openpyxl.load_workbook(folder / "report.xlsx", data_only=True)
    rows = list(book[EXPECTED].iter_rows(min_row=3, values_only=True))
    answers = {(one.row, one.measure): one.value for one in made.numbers}
    for name, share, drawn, gain, to_pct, to_care in rows:
        for found, measure in (
            *((share, "practice_share_gbp"), (to_pct, "pct_return_gbp"), (to_care, "reinvestment_gbp")),
        ):
            assert found == pytest.approx(answers.get((name, measure), 0.0), abs=0.01)
        # In a band a bond that is too small for some contracts is large enough for their mean.
        assert drawn >= answers.get((name, "expected_bond_draw_gbp"), 0) * (1 - 1e-9)
        assert gain == pytest.approx(share - drawn)
    formulas = openpyxl.load_workbook(folder / "report.xlsx")
    assert formulas[EXPECTED].max_row == 2 + len(rows)
    assert formulas[BY_BAND].max_row == 2 + BANDS * len(rows)
    assert "practice_share" in formulas.defined_names
    assert formulas[BY_BAND]["I3"].value.startswith("=practice_share*F3")


@pytest.mark.parametrize("ending", DOCUMENT_FORMATS)
def test_equal_documents_are_equal_bytes(ending, written, tmp_path):
    write_document(document(EDGES["one cluster"]), tmp_path, (ending,))
    again = (tmp_path / f"report.{ending}").read_bytes()
    assert again == (written["one cluster"][1] / f"report.{ending}").read_bytes()


def _is(value: float, wanted: float) -> bool:
    return math.isclose(value, wanted, rel_tol=1e-15, abs_tol=0)


def test_every_number_of_the_page_is_in_an_answers_table(edge):
    made, folder = edge
    tables = _tables(made)
    numbers = Page(folder / "report.html").numbers
    assert len(numbers) > 20
    for number in numbers:
        table = tables[number["data-table"]]
        measure, row = number["data-measure"], number["data-cluster"]
        assert _is(float(number["data-value"]), table[row, measure])


def test_every_number_of_the_workbook_is_in_an_answers_table(edge):
    made, folder = edge
    tables = _tables(made)
    book = openpyxl.load_workbook(folder / "report.xlsx")
    known = set()
    for name, row, measure, _, value, low, high in book[ALL_NUMBERS].iter_rows(min_row=3, values_only=True):
        assert _is(value, tables[name][row, measure])
        known |= {value, low, high}
    # Excel keeps 16 digits.
    known = {f"{one:.12e}" for one in known}
    named = {block.table.name[:31] for block in made.tables}
    for sheet in (book[name] for name in named if name):
        for cells in sheet.iter_rows(min_row=3):
            for cell in cells:
                assert not isinstance(cell.value, float | int) or f"{cell.value:.12e}" in known


def _tables(made):
    """Return the answers' own tables, from the simulation and not from the document."""
    mapping = next(one for name, one in EDGES.items() if one["title"] == made.title and _matches(one, made))
    answers = Quotes(study_of(mapping))
    tables = {
        name: {place: found.value for place, found in table.items()} for name, table in answers.tables.items()
    }
    summary = answers.study.result.summary().to_dict("index")
    tables["summary"] = {(row, name): one for row, found in summary.items() for name, one in found.items()}
    return tables


def _matches(mapping, made):
    fingerprint = study_of(mapping, contracts=100).scenario.fingerprint
    return dict(made.provenance)["fingerprint of settings and tables"] == fingerprint


def test_bonds_are_the_quantiles_of_what_must_be_paid():
    """By hand from the outcomes: the years' overspends added up; a corridor takes none of it here."""
    study = study_of(scenario_of(), contracts=1_000)
    found = Quotes(study).tables[BOND]
    overspend = study.result.contract_outcomes.overspend_gbp.sum(axis=1)
    for at, name in enumerate(study.clusters):
        for confidence in CONFIDENCES:
            expected = quantile(overspend[:, at], confidence)
            assert found[name, f"bond_needed_{100 * confidence:.0f}_gbp"] == expected
        assert found[name, "bond_needed_95_gbp"] == study.estimate(name, "bond_needed_gbp")


def test_luck_and_true_saving_add_up_to_the_practice_share():
    study = study_of(EDGES["savers"])
    answers = Quotes(study)
    for row in answers.rows:
        parts = [answers.tables["luck"][row, part].value for part in ("luck_gbp", "skill_gbp")]
        assert sum(parts) == pytest.approx(study.estimate(row, "practice_share_gbp").value)


def test_sentences_follow_the_numbers(written):
    texts = {name: " ".join(one.text for one in _paragraphs(made)) for name, (made, _) in written.items()}
    assert "with a chance of more than 99 in 100" in texts["everybody overspends"].replace("\xa0", " ")
    assert "In no simulated contract does it overspend" in texts["nobody overspends"]
    assert "There is no bond in this scheme" in texts["no bond rule"]
    assert "It posts no bond" in texts["bond of zero, ten years"]
    assert "There is no rule about money" in texts["no rules"]
    assert "Luck alone would bring" in texts["savers"]
    assert "Other does not take the practice share" in texts["savers"]
    assert "every pound of practice share is luck" in texts["awkward name, one year"]
    assert "The first year, 2010/11, has nine months" in texts["awkward name, one year"]
    assert AWKWARD in texts["awkward name, one year"]


def _paragraphs(made):
    return [block for block in made.blocks if isinstance(block, Paragraph)]


def test_every_rule_of_the_scenario_is_said():
    made = document(scenario_of(rules=[CORRIDOR, SURPLUS | {"needs_bond": False}]))
    items = [item for block in made.blocks for item in getattr(block, "texts", ())]
    assert any("corridor of 5%" in item for item in items)
    assert any("10% of a surplus" in item for item in items)


def test_a_wide_table_is_divided_and_nothing_is_lost():
    columns = tuple(text(letter, (letter,)) for letter in "abcdefghijklmnopqrst")
    parts = list(TableBlock(Table("t", "wide", columns)).narrow())
    assert [len(part.headings) for part in parts] == [8, 8, 6]
    assert "".join("".join(part.headings[1:]) for part in parts) == "bcdefghijklmnopqrst"
    assert all(part.headings[0] == part.rows[0][0] == "a" for part in parts)


def test_the_charts_of_a_document_are_in_the_register():
    source = Path(results.__file__).read_text(encoding="utf-8")
    drawn = set(re.findall(r'picture\("([^"]+)"', source))
    assert drawn
    assert drawn <= set(CHARTS)


def test_ink_stands_out_from_paper():
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text."""
    style = (Path(results.__file__).parent / "document.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(ink|grey|dark|pale): (#\w{6})", style))
    for ink in ("ink", "grey", "dark"):
        for paper in ("#ffffff", colours["pale"]):
            assert _contrast(colours[ink], paper) >= 4.5
    typeset = (Path(results.__file__).parent / "document.typ").read_text(encoding="utf-8")
    assert all(f"document-data.colours.{name}" in typeset for name in colours)


def _contrast(one, other):
    lights = sorted((_light(one), _light(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_formats_are_chosen_by_a_list():
    assert chosen_formats(None) == tuple(DOCUMENT_FORMATS)
    assert chosen_formats("pdf, HTML") == ("html", "pdf")
    with pytest.raises(InputError) as caught:
        chosen_formats("html,doc,,doc")
    assert [problem.got for problem in caught.value.problems] == ['"doc"', '""']


def test_no_two_tables_have_a_number_of_one_name():
    """A sentence finds a number by its row and measure: there must be one."""
    for scenario in EDGES.values():
        answers = Quotes(Study(simulated(scenario)))
        places = [place for table in answers.tables.values() for place in table]
        assert len(places) == len(set(places))
        pool = answers.number(ALL_CLUSTERS, "pool_payment_gbp")
        assert pool.quoted.value >= 0
        assert not pool.text.startswith("-")


def test_what_is_wrong_with_a_format_is_told_whichever_process_writes_it(tmp_path, monkeypatch) -> None:
    def refuse(_: Document, path: Path) -> None:
        raise InputError([Problem(path.name, "a printer", "none")])

    # As in a command, whose process has set nothing yet.
    monkeypatch.delitem(sys.modules, "typst", raising=False)
    made, formats = document(EDGES["one cluster"]), ("docx", "xlsx")
    done: list[int] = []
    assert write_document(made, tmp_path, formats, done.append, workers=2) == ["report.docx", "report.xlsx"]
    assert (done[-1], len([*tmp_path.iterdir()])) == (2, 2)
    for name in formats:
        monkeypatch.setitem(DOCUMENT_FORMATS, name, refuse)
    for workers in (1, 2):
        with pytest.raises(InputError) as raised:
            write_document(made, tmp_path, formats, workers=workers)
        assert {one.where for one in raised.value.problems} < {f"report.{name}" for name in formats}
