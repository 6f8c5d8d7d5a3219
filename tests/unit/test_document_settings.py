"""What a scenario's [document] says: in every format, in its order, and of no weight for a number."""

from __future__ import annotations

from datetime import date

import docx
import openpyxl
import pytest

from simulator.documents.blocks import Heading, Items, Paragraph, Styled
from simulator.documents.contents import SECTIONS, document_of, write_document
from simulator.documents.own_words import own_sections
from simulator.errors import InputError
from simulator.scenario.document_settings import SECTION_NAMES
from simulator.scenario.scenario import check_scenario
from tests.builders import cluster_of, scenario_of
from tests.unit.documents import Page, document, filled_of_pages, parts_of, study_of

WORDS = """
# A word from the chair

This is **our** offer, with *care*: see [the plan](https://example.org/plan) & <b>no tags</b>.

- One
- Another **thing**
"""
SAID = {
    "organisation": "Example PCT & Co",
    "contact": "Jo Example, 01223 000000",
    "date": date(2010, 5, 1),
    "version": "Draft 7",
    "audience": "GP partners",
    "timetable": [{"when": "1 July 2010", "what": "Budgets start"}],
    "sections": ["bonds", "timetable", "in_brief", "limits", "clusters"],
    "before": {"bonds": WORDS},
    "after": {"timetable": "Ask early."},
}
PLAIN = scenario_of(clusters=[cluster_of("North"), cluster_of("South")])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("document")
    made = document(PLAIN | {"document": SAID})
    write_document(made, folder, ("html", "pdf", "docx", "xlsx"))
    return made, folder


def test_the_registers_of_sections_are_the_same():
    assert set(SECTION_NAMES) == {*SECTIONS, "options", "provenance", "clusters"}


def test_sections_stand_in_the_order_that_is_asked_for(written):
    made, _ = written
    expected = ["A word from the chair", "How big a bond?", "Timetable", "", "In brief"]
    expected += ["Strengths and limits", "North", "South"]
    assert [section.heading for section in made.sections] == expected


def test_every_format_says_who_publishes_it_and_when(written):
    made, folder = written
    said = ("Example PCT & Co", "Jo Example, 01223 000000", "1 May 2010", "Draft 7", "GP partners")
    page = Page(folder / "report.html")
    word = docx.Document(folder / "report.docx")
    book = openpyxl.load_workbook(folder / "report.xlsx")
    texts = {
        "html": page.text,
        "docx": " ".join(one.text for one in word.paragraphs),
        "xlsx": " ".join(str(row[0]) for row in book["cover"].iter_rows(values_only=True)),
        "pdf": " ".join(said for _, said in made.cover),
    }
    for ending, text in texts.items():
        assert all(one in text for one in said), ending
    assert "Draft 7" in word.sections[0].footer.paragraphs[0].text
    for properties in (word.core_properties, book.properties):
        assert getattr(properties, "author", None) or properties.creator == "Example PCT & Co"
        assert properties.created.date() == date(2010, 5, 1)


def test_text_of_ones_own_has_its_marks_and_no_tags(written):
    _, folder = written
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "<h2>A word from the chair</h2>" in html
    assert "<p>This is <strong>our</strong> offer, with <em>care</em>: see " in html
    assert '<a href="https://example.org/plan">the plan</a> &amp; &lt;b&gt;no tags&lt;/b&gt;.</p>' in html
    assert "<li>Another <strong>thing</strong></li>" in html
    word = docx.Document(folder / "report.docx")
    runs = {run.text: run for one in word.paragraphs for run in one.runs}
    assert runs["our"].bold
    assert runs["care"].italic
    links = dict(parts_of(folder / "report.docx"))["word/_rels/document.xml.rels"]
    assert "https://example.org/plan" in links


def test_addresses_that_act_are_words():
    (section,) = own_sections("[a](javascript:alert(1)) [b](https://b.example) `c` | d |")
    (paragraph,) = section.blocks
    assert paragraph == Paragraph(
        ("[a](javascript:alert(1)) ", Styled("b", address="https://b.example"), " `c` | d |")
    )


def test_a_text_that_opens_a_document_has_a_heading_of_the_first_level():
    sections = list(own_sections("## Small\n\n1. one\n   - inner\n2. two\n\n### Smaller", opens=True))
    headings = [block for section in sections for block in section.blocks if isinstance(block, Heading)]
    assert [(one.level, one.text) for one in headings] == [(1, "Small"), (2, "Smaller")]
    (items,) = (block for section in sections for block in section.blocks if isinstance(block, Items))
    assert items.numbered
    assert items.texts == ("one", "inner", "two")


def test_no_number_depends_on_what_a_document_says():
    study = study_of(PLAIN | {"document": SAID})
    assert study.scenario.fingerprint == study_of(PLAIN).scenario.fingerprint
    figures = [block for section in document_of(study).sections for block in section.blocks]
    assert not any("Jo Example" in getattr(one, "text", "") for one in figures)


def test_what_cannot_be_is_told_with_a_hint(tmp_path):
    wrong = {"orgnisation": "x", "date": "1 May", "sections": ["bond"], "after": {"bnds": "x"}}
    with pytest.raises(InputError) as caught:
        check_scenario(PLAIN | {"document": wrong}, tmp_path)
    hints = {problem.hint for problem in caught.value.problems}
    assert hints == {"did you mean organisation?", "", 'did you mean "bonds"?'}
    for said in ({"sections": ["luck", "luck"]}, {"sections": ["luck"], "before": {"bonds": "x"}}):
        with pytest.raises(InputError, match="sections"):
            check_scenario(PLAIN | {"document": said}, tmp_path)


@pytest.mark.parametrize("matters", [52, 54])
def test_contents_that_fill_the_first_page_leave_none_empty(matters, tmp_path):
    """They end on its last line, or are too long for it."""
    words = "\n\n".join(f"# Matter {at}\n\nA word on it." for at in range(matters))
    made = document(PLAIN | {"document": {"sections": ["in_brief", "limits"], "after": {"in_brief": words}}})
    assert min(filled_of_pages(made, tmp_path)) > 1 / 3


def test_no_page_is_two_thirds_empty(written, tmp_path):
    made, _ = written
    pages = filled_of_pages(made, tmp_path)
    # Between the cover and the last.
    assert len(pages) == 2
    assert min(pages) > 1 / 3
