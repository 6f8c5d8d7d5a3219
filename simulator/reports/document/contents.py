"""The contents of a prospectus document: an annex for all, then a page for each cluster."""

from __future__ import annotations

from pathlib import PurePath

from simulator.charts.study import Study
from simulator.reports.document.answers import Answers
from simulator.reports.document.blocks import Document
from simulator.reports.document.cluster_page import cluster_page
from simulator.reports.document.in_brief import in_brief
from simulator.reports.document.method import method, provenance_section, sources
from simulator.reports.document.results import bonds, overspends, positions, surpluses
from simulator.reports.document.scheme import scheme
from simulator.reports.table_file import provenance


def document_of(study: Study, title: str | None = None, started: str | None = None) -> Document:
    """Put a document together.

    Parameters
    ----------
    study : Study
        A result and what can be asked of it.
    title : str, optional
        The document's; the scenario's own when left out.
    started : str, optional
        When the simulation was run, where that is known. The clock is never asked: equal results
        make equal documents.

    Returns
    -------
    Document
        Ready for any format.
    """
    answers = Answers(study)
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
        in_brief(answers),
        scheme(answers),
        overspends(answers),
        bonds(answers),
        surpluses(answers),
        positions(answers),
        method(answers),
        sources(answers),
        provenance_section(stamp),
    )
    pages = tuple(cluster_page(answers, cluster) for cluster in scenario.settings.clusters)
    return Document(
        title=title or scenario.settings.title,
        subtitle=f"{scenario.settings.pct.name}: what clusters risk with a real budget",
        sections=(*annex, *pages),
        numbers=answers.numbers(),
        provenance=stamp,
    )
