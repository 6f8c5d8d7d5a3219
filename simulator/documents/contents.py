"""A prospectus document: an annex for all and a page for each cluster, in the formats that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path, PurePath

from simulator.answers.files import provenance
from simulator.charts.study import Study
from simulator.documents.blocks import Document, Section
from simulator.documents.brief import in_brief
from simulator.documents.depends import depends_on, luck_and_rules, worked_example
from simulator.documents.formats import write_pdf
from simulator.documents.method import method, provenance_section, sources
from simulator.documents.options import options_compared
from simulator.documents.own_terms import own_terms
from simulator.documents.pages import cluster_page
from simulator.documents.quotes import Quotes
from simulator.documents.reference import glossary, practice_questions, strengths_and_limits
from simulator.documents.results import bonds, overspends, pct_position, practices
from simulator.documents.scheme import scheme
from simulator.documents.web_page import write_html
from simulator.documents.word import write_word
from simulator.documents.workbook import write_excel
from simulator.errors import InputError, unknown
from simulator.execution.new_files import new_folder
from simulator.scenario.doubts import doubt_in_words
from simulator.scenario.regimes import Regime

DOCUMENT_FORMATS: dict[str, Callable[[Document, Path], None]] = {
    "html": write_html,
    "pdf": write_pdf,
    "docx": write_word,
    "xlsx": write_excel,
}
"""The register of formats, by the ending of their files."""
SECTIONS: dict[str, Callable[[Quotes], Section]] = {
    "in_brief": in_brief,
    "scheme": scheme,
    "worked_example": worked_example,
    "overspends": overspends,
    "bonds": bonds,
    "practices": practices,
    "depends_on": depends_on,
    "luck": luck_and_rules,
    "pct": pct_position,
    "questions": practice_questions,
    "glossary": glossary,
    "assumptions": sources,
    "method": method,
    "limits": strengths_and_limits,
}
"""The register of sections, by name, in their order; pages of clusters follow."""
STEM = "report"
_INTERVALS = "± is the longer side of a 95% interval of sampling error"


def chosen_formats(text: str | None) -> tuple[str, ...]:
    """Return the formats that a user lists, all where nothing is said; InputError for what is none."""
    known = tuple(DOCUMENT_FORMATS)
    names = known if text is None else tuple(one.strip().lower() for one in text.split(","))
    if problems := [one for name in dict.fromkeys(names) for one in unknown("--format", name, known)]:
        raise InputError(problems)
    return tuple(name for name in known if name in names)


def new_report_folder(target: Path, *, replace: bool) -> AbstractContextManager[Path]:
    """Give a folder to write to, which becomes `target` only if all goes well."""
    files = {f"{STEM}.{name}" for name in DOCUMENT_FORMATS}
    return new_folder(target, lambda names: replace and bool(names) and names <= files)


def write_document(
    document: Document,
    folder: Path,
    formats: Sequence[str],
    progress: Callable[[int], None] = lambda formats_done: None,
) -> list[str]:
    """Write a document in several formats."""
    for done, name in enumerate(formats, start=1):
        DOCUMENT_FORMATS[name](document, folder / f"{STEM}.{name}")
        progress(done)
    return [f"{STEM}.{name}" for name in formats]


def document_of(
    study: Study,
    title: str | None = None,
    started: str | None = None,
    regimes: Sequence[str | Path | Regime] = (),
) -> Document:
    """Put a document together; with `regimes`, it says what each party has under each of them."""
    quotes = Quotes(study)
    result, scenario = study.result, study.scenario
    facts = provenance(scenario, "report", result.contracts, result.seed)
    # The folder that a file happens to lie in is nobody's business, and would change the document.
    del facts["question"]
    facts["scenario"] = PurePath(scenario.source).name
    facts |= {"simulated": started} if started else {}
    doubt = doubt_in_words(scenario.settings) or "doubt about the figures is not in it"
    facts |= {"intervals": f"{_INTERVALS}; {doubt}"}
    annex = [section(quotes) for section in SECTIONS.values()]
    numbers = list(quotes.numbers.values())
    if regimes:
        section, quoted = options_compared(study, regimes)
        annex.insert([*SECTIONS].index("pct"), section)
        numbers += quoted
        files = (PurePath(one.source).name for one in study.regimes(regimes).regimes)
        facts["regimes compared"] = "; ".join(files)
    stamp = tuple(facts.items())
    annex.append(provenance_section(stamp))
    pages = (cluster_page(quotes, cluster) for cluster in scenario.settings.clusters)
    return Document(
        title=title or scenario.settings.title,
        subtitle=f"{scenario.settings.pct.name}: what clusters risk with a real budget",
        sections=(*annex, *pages),
        numbers=tuple(numbers),
        provenance=stamp,
        terms=own_terms(study),
    )
