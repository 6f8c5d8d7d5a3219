"""The contents of a prospectus document: an annex for all, then a page for each cluster."""

from __future__ import annotations

from pathlib import PurePath

from simulator.answers.files import provenance
from simulator.charts.study import Study
from simulator.documents.blocks import Document
from simulator.documents.cluster_page import cluster_page
from simulator.documents.in_brief import in_brief
from simulator.documents.method import method, provenance_section, sources
from simulator.documents.quotes import Quotes
from simulator.documents.results import bonds, overspends, positions, surpluses
from simulator.documents.scheme import scheme


def document_of(study: Study, title: str | None = None, started: str | None = None) -> Document:
    """Put a document together."""
    quotes = Quotes(study)
    result, scenario = study.result, study.scenario
    facts = provenance(scenario, "report", result.contracts, result.seed)
    # The folder that a file happens to lie in is nobody's business, and would change the document.
    del facts["question"]
    facts["scenario"] = PurePath(scenario.source).name
    if started:
        facts["simulated"] = started
    facts["intervals"] = (
        "± is the longer side of a 95% interval of sampling error; doubt about the figures is not in it"
    )
    stamp = tuple(facts.items())
    annex = (
        in_brief(quotes),
        scheme(quotes),
        overspends(quotes),
        bonds(quotes),
        surpluses(quotes),
        positions(quotes),
        method(quotes),
        sources(quotes),
        provenance_section(stamp),
    )
    pages = tuple(cluster_page(quotes, cluster) for cluster in scenario.settings.clusters)
    return Document(
        title=title or scenario.settings.title,
        subtitle=f"{scenario.settings.pct.name}: what clusters risk with a real budget",
        sections=(*annex, *pages),
        numbers=quotes.numbers(),
        provenance=stamp,
    )
