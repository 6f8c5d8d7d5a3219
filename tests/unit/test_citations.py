"""Tables and figures that sentences cite: the number is the one that each format prints above or below."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from simulator.answers.table import Table, text
from simulator.documents.blocks import Cited, Document, Items, Paragraph, Picture, Section, TableBlock
from simulator.documents.citations import with_citations
from simulator.documents.web_page import write_html
from simulator.documents.word import write_word
from tests.unit.documents import EDGES, Page, document

CITED = re.compile(r"\b(Table|Figure)\N{NO-BREAK SPACE}(\d+)")
UNNUMBERED = re.compile(r"\b(?:[Tt]he|[Aa]) (?:table|chart|figure) (?:above|below|marks|ranks|shows|draws)")


@pytest.fixture(scope="module")
def made() -> Document:
    """A document with tables and figures of its own, and what it cites."""
    return document(EDGES["savers"])


def sentences(made: Document) -> str:
    """Return every sentence of a document."""
    found = []
    for block in made.blocks:
        if isinstance(block, Paragraph):
            found.append(block.text)
        elif isinstance(block, Items):
            found += block.texts
    return "\n".join(found)


def table_of(name: str, columns: int = 2) -> TableBlock:
    """Return a table of a name."""
    return TableBlock(Table(name, name, tuple(text(f"{at}", ["a"]) for at in range(columns))))


def test_what_is_cited_is_counted_in_its_order_and_a_wide_table_counts_as_its_parts() -> None:
    late, left_out = Cited("Table", "late", "it"), Cited("Table", "left out", "another")
    said = Paragraph(("See ", late, " and ", left_out, "."))
    wide = table_of("wide", columns=12)
    assert len([*wide.narrow()]) == 2
    _, section = with_citations(
        [Section((said, wide, table_of("late"))), Section((Items((said,)), table_of("late")))]
    )
    (items, _) = section.blocks
    assert isinstance(items, Items)
    assert items.texts == ("See Table\N{NO-BREAK SPACE}3 and another.",)


def test_what_leads_to_a_table_cites_it_where_the_next_page_may_have_it() -> None:
    said, cites = Paragraph(("All is well.",)), Paragraph((Cited("Table", "b", "it"), " is cited."))
    blocks = (said, table_of("a"), cites, table_of("b"), said, table_of(""))
    for one_page in (False, True):
        (section,) = with_citations([Section(blocks, one_page=one_page)])
        told = [block.text for block in section.blocks if isinstance(block, Paragraph)]
        leads = "All is well." + " See Table\N{NO-BREAK SPACE}1." * (not one_page)
        assert told == [leads, "Table\N{NO-BREAK SPACE}2 is cited.", "All is well."]


def test_all_figures_that_every_scenario_has_are_cited(made: Document) -> None:
    said = sentences(made)
    names = [block.chart.name for block in made.blocks if isinstance(block, Picture)]
    cited = {int(number) for kind, number in CITED.findall(said) if kind == "Figure"}
    assert {names[at - 1] for at in cited} >= {"overspend", "outturn", "bond-cover", "pool"}
    assert "Table\N{NO-BREAK SPACE}" in said
    assert not UNNUMBERED.findall(said)


def test_the_number_is_the_captions_on_the_web_and_in_word(made: Document, tmp_path: Path) -> None:
    (found,) = re.findall(r"Figure\N{NO-BREAK SPACE}(\d+) draws overspends to the right", sentences(made))
    pictures = [block for block in made.blocks if isinstance(block, Picture)]
    caption = pictures[int(found) - 1].caption
    assert "budget line and the bond" in caption
    write_word(made, tmp_path / "made.docx")
    # The number is in a field, which the library's text of a paragraph leaves out.
    paragraphs = [
        "".join(run.text or "" for run in one._p.iter(qn("w:t")))
        for one in docx.Document(str(tmp_path / "made.docx")).paragraphs
    ]
    assert f"Figure {found}. {caption}" in paragraphs
    write_html(made, tmp_path / "made.html")
    page = Page(tmp_path / "made.html")
    assert any(tag == "figcaption" and attributes["id"] == f"figure-{found}" for tag, attributes in page.tags)
    assert f"Figure\N{NO-BREAK SPACE}{found} draws overspends to the right" in page.text
