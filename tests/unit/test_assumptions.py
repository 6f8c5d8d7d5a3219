"""Assumptions in a document: ranked by their effect on a page, every figure in the workbook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.charts.drivers import LEVELS
from simulator.charts.study import Study
from simulator.documents.assumptions import may_be_quoted, publications, sources
from simulator.documents.blocks import Items, Paragraph, TableBlock
from simulator.documents.drivers import MOVED_CHANCE
from simulator.documents.method import Assumptions, assumptions_of, method
from simulator.documents.quotes import Quotes
from simulator.scenario.scenario import load_scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import scenario_of
from tests.e2e.command import FLAGSHIP
from tests.unit.documents import study_of

SMALL = Path(__file__).parents[2] / "scenarios" / "two-clusters.toml"


@pytest.fixture(scope="module")
def quotes():
    return Quotes(Study(simulate(load_scenario(SMALL), Draws(400, 1))))


def test_a_page_ranks_assumptions_with_their_values_and_sources(quotes):
    section = sources(quotes)
    (table,) = (block for block in section.blocks if isinstance(block, TableBlock))
    assert not section.one_page
    rows = {row[0].replace("\N{NO-BREAK SPACE}", " "): row for row in table.texts}
    assert rows["SD of shocks to a cluster's year + 50%"][1:3] == ("1.5%", "not stated")
    said = rows["SD of shocks to a cluster's year + 50%"][4]
    assert said == "A cluster's demand in one year: 1.5% either side of expectation."
    assert rows["Spread of the cost of a case + 25%"][1] == "1.2 to 1.6"
    assert rows["Weight of the fair share in budgets + 10 points"][1] == "25% to 75%"
    assert rows["True saving of demand + 1 point"][2] == "assumption"
    assert (
        rows["True saving of demand + 1 point"][4] == "The scenario does not set it: the program's own value."
    )
    sizes = [round(abs(quotes.numbers[row, MOVED_CHANCE].value), 3) for row in quotes.drivers.moves]
    assert sizes == sorted(sizes, reverse=True)
    shown = [row[3].partition(" ")[0] for row in table.texts]
    assert shown[0].startswith("\N{MINUS SIGN}")
    assert not any(one.startswith("-") for one in shown)
    strongest, others = [*quotes.drivers.moves][:10], [*quotes.drivers.moves][10:]
    others = [one for one in others if one.startswith(LEVELS)]
    assert [row.casefold() for row in rows] == [
        one.replace("\N{NO-BREAK SPACE}", " ").casefold() for one in (*strongest, *others)
    ]
    assert sum("every kind" in row for row in rows) == len(LEVELS), "Shown however little they do."


def test_the_workbook_has_every_figure(quotes):
    found = assumptions_of(quotes.study.scenario)
    tables = {table.table.name: table for table in sources(quotes).in_files}
    rows = [row for name, table in tables.items() if name != "sources, notes" for row in table.texts]
    assert sorted(row[1:] for row in rows) == sorted(
        (one.value, one.basis, one.remark) for one in found.figures
    )
    assert all(len(row[0]) for row in rows)


def test_a_scenario_of_no_file_has_nothing_to_rank():
    section = sources(Quotes(study_of(scenario_of())))
    assert not section.in_files
    assert not any(isinstance(block, TableBlock) for block in section.blocks)


def test_sources_later_than_the_document_are_owned_up_to():
    """The flagship is dated 2010 and cites a series up to 2014; dated 2015, it has nothing to own up to."""
    told = {}
    for date in ("2010-07-01", "2015-07-01"):
        scenario = load_scenario(FLAGSHIP, ["simulation.contracts=100", f"document.date={date}"])
        told[date[:4]] = publications(Quotes(Study(simulate(scenario))))[-1].text
    assert (
        "made later than its date, 2010. Figures of later years stand in for those of its time: how"
        in told["2010"]
    )
    assert "the months of A&E attendances (2014)" in told["2010"]
    assert "later than its date" not in told["2015"]


def test_what_it_was_checked_against_is_what_validation_counts(quotes):
    (counted,) = re.findall(
        r"^(\d+) numbers .*?: (\d+) pass, (\d+) tuned, (\d+) given, (\d+) does not fit",
        (SMALL.parents[1] / "docs" / "validation.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    every, passed, tuned, given, misfits = map(int, counted)
    said = " ".join(one.text for one in method(quotes).blocks if isinstance(one, Paragraph))
    assert f"put to {every} checks, and {misfits} of them do not fit" in said
    assert f"{passed} agree, and {tuned + given} were used to set the model" in said
    assert "nothing that they spent is in the numbers" in said


def test_fitted_figures_are_said_to_hold_past_spend(monkeypatch, quotes):
    monkeypatch.setattr(Assumptions, "counted", lambda found, basis: basis == "fitted")
    assert "Past spend of the clusters is in the numbers" in method(quotes).blocks[-1].text


def test_every_publication_that_the_flagship_cites_is_in_its_list_once():
    """Whoever is named beside a figure has a line in the document itself, with what it gives."""
    scenario = load_scenario(FLAGSHIP)
    cited = [one.cited for one in scenario.settings.document.publications]
    assert len({*cited}) == len(cited) > 10
    by_short = {
        "HES": "Hospital Episode Statistics",
        "QMAE": "QMAE",
        "NHS England": "NHS England",
        "ONS": "Office for National Statistics",
        "RAND": "RAND",
        "Nuffield": "Nuffield",
        "prescriptions dispensed": "Prescriptions Dispensed",
        "8,238": "8,238",
        "ASTRO-PU": "ASTRO-PU",
        "NHSBSA": "NHS Business Services Authority",
        "HSJ": "Health Service Journal",
        "Bachmann": "Bachmann",
        "carr_hill": "Carr-Hill",
    }
    above, _, _ = scenario.text.partition("[document]")
    for short, name in by_short.items():
        assert short in above
        assert sum(name in one for one in cited) == 1
    assert len(by_short) == len(cited)


def test_a_document_lists_publications_with_what_they_give(quotes):
    assert publications(quotes) == ()
    one = {"cited": "A. Author, On Cases, 2010.", "used_for": "how many cases there are"}
    listing = publications(Quotes(study_of(scenario_of(document={"publications": [one]}))))
    (items,) = (block for block in listing if isinstance(block, Items))
    assert items.texts == ("A. Author, On Cases, 2010. It gives how many cases there are.",)


def test_who_made_a_document_and_how_to_cite_it_are_told():
    facts = [("simulated contracts", "400"), ("seed", "1"), ("cluster-risk", "9.9"), ("scenario", "x.toml")]

    def said(**of_document):
        made = Quotes(study_of(scenario_of(document=of_document)))
        (items,) = (block for block in may_be_quoted(made, facts) if isinstance(block, Items))
        return " ".join(items.texts)

    assert "400 simulated contracts, seed 1, cluster-risk 9.9”" in said()
    assert "They are nobody's official figures: a program, cluster-risk 9.9, made them from x.toml." in said()
    named = said(organisation="Example PCT", contact="finance@example.org")
    assert "They are figures of Example PCT, made with cluster-risk 9.9." in named
    assert "Ask finance@example.org." in named
