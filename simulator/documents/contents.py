"""A prospectus document: an annex for all and a page for each cluster, in the formats that are wanted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path, PurePath

from simulator.answers.files import provenance
from simulator.charts.look import PAGE, Look, Theme, look, looking
from simulator.charts.study import Study
from simulator.documents.asked import practice_questions
from simulator.documents.assumptions import later_sources, may_be_quoted, publications, sources
from simulator.documents.blocks import Document, Picture, Section
from simulator.documents.bonds import bonds
from simulator.documents.brief import in_brief
from simulator.documents.choices import choices
from simulator.documents.citations import with_citations
from simulator.documents.depends import depends_on, worked_example
from simulator.documents.method import method, provenance_section
from simulator.documents.options import options_compared
from simulator.documents.own_terms import own_terms
from simulator.documents.own_words import own_sections
from simulator.documents.pages import cluster_page
from simulator.documents.quotes import Quotes
from simulator.documents.reference import glossary, strengths_and_limits, timetable
from simulator.documents.results import overspends, pct_position, practices
from simulator.documents.scheme import scheme
from simulator.documents.slide_show import slides_of
from simulator.documents.worked_out import worked_out_beside
from simulator.errors import InputError, unknown
from simulator.execution.blocks import Workers, may_be_beside
from simulator.execution.shared_out import shared_out
from simulator.scenario.document_settings import SectionName
from simulator.scenario.doubts import doubt_in_words
from simulator.scenario.regimes import Regime
from simulator.scenario.scenario import Scenario
from simulator.simulation.kept_blocks import KeptBlocks, folder_with_blocks


def _by(room: str, writer: str) -> Callable[[Document, Path], None]:
    """Return what writes a format: its library is imported where it is at work."""

    def write(document: Document, path: Path) -> None:
        getattr(import_module(f"simulator.documents.{room}"), writer)(document, path)

    return write


DOCUMENT_FORMATS: dict[str, Callable[[Document, Path], None]] = {
    "html": _by("web_page", "write_html"),
    "pdf": _by("formats", "write_pdf"),
    "docx": _by("word", "write_word"),
    "xlsx": _by("workbook", "write_excel"),
    "pptx": _by("slides", "write_slides"),
}
"""The register of formats, by the ending of their files."""
SECTIONS: dict[SectionName, Callable[[Quotes], Section]] = {
    "in_brief": in_brief,
    "timetable": timetable,
    "scheme": scheme,
    "worked_example": worked_example,
    "overspends": overspends,
    "bonds": bonds,
    "practices": practices,
    "depends_on": depends_on,
    "luck": choices,
    "pct": pct_position,
    "questions": practice_questions,
    "glossary": glossary,
    "assumptions": sources,
    "method": method,
    "limits": strengths_and_limits,
}
"""The register of sections that a scenario's numbers fill, by name. Besides, a document may have `options`,
where regimes are compared, `provenance`, and `clusters`: a page for each."""
_CHARTS: dict[SectionName, tuple[str, ...]] = {
    "overspends": ("overspend", "outturn"),
    "bonds": ("bond-cover",),
    "pct": ("pool",),
}
"""Charts that sections have whatever the numbers are."""
_LONGEST_FIRST = ("pdf", "docx", "xlsx", "html", "pptx")
"""Formats as they are taken by two processes."""
_WITH_PICTURES = frozenset({"pdf", "docx", "html"})
STEM = "report"
_TO_BE_HAD = (
    "The program is cluster-risk; the scenarios that come with it lie in its folder “scenarios”. The "
    "workbook, report.xlsx, stands beside this document in the report's folder."
)
_INTERVALS = "± is the longer side of a 95% interval of sampling error"


def _sections(quotes: Quotes, others: Mapping[SectionName, Iterable[Section]]) -> Iterator[Section]:
    """Yield the sections that the scenario asks for, in its order, with texts of its own."""
    said = quotes.study.scenario.settings.document
    is_first = True
    for name in said.sections:
        made = [SECTIONS[name](quotes)] if name in SECTIONS else others.get(name, ())
        found = [section for section in made if section.blocks]
        if found and name in said.before:
            yield from own_sections(said.before[name], opens=is_first)
        yield from found
        if found and name in said.after:
            yield from own_sections(said.after[name])
        is_first = is_first and not found


def chosen_formats(text: str | None) -> tuple[str, ...]:
    """Return the formats that a user lists, all where nothing is said; InputError for what is none."""
    known = tuple(DOCUMENT_FORMATS)
    names = known if text is None else tuple(one.strip().lower() for one in text.split(","))
    if problems := [one for name in dict.fromkeys(names) for one in unknown("--format", name, known)]:
        raise InputError(problems)
    return tuple(name for name in known if name in names)


def new_report_folder(
    target: Path, *, replace: bool, identity: Mapping[str, str], resume: bool
) -> AbstractContextManager[tuple[Path, KeptBlocks]]:
    """Give a folder to write to, which becomes `target` only if all goes well, and blocks kept in it."""
    files = {f"{STEM}.{name}" for name in DOCUMENT_FORMATS}
    return folder_with_blocks(
        target, lambda names: replace and bool(names) and names <= files, identity, resume=resume
    )


def write_document(
    document: Document,
    folder: Path,
    formats: Sequence[str],
    progress: Callable[[int], None] = lambda formats_done: None,
    workers: Workers = 1,
) -> list[str]:
    """Write a document in several formats; with more workers than one, some beside the others."""
    # A typesetter that was at work here has threads, which no forked process has.
    may = may_be_beside(workers) and "typst" not in sys.modules
    chosen = [name for name in (_LONGEST_FIRST if may else formats) if name in formats]
    _draw((one for one in document.blocks if isinstance(one, Picture)), chosen)
    paths = {name: folder / f"{STEM}.{name}" for name in chosen}
    writers = [partial(DOCUMENT_FORMATS[name], document, path) for name, path in paths.items()]
    with shared_out(writers, workers if may else 1) as finish:
        finish(progress)
    progress(len(formats))
    return [paths[name].name for name in formats]


def _draw(pictures: Iterable[Picture], formats: Iterable[str]) -> None:
    """Draw what each format with pictures draws first; the rest of it is drawn by who writes it."""
    for picture in pictures if _WITH_PICTURES & {*formats} else ():
        picture.picture("outlines")


def document_of(
    study: Study,
    title: str | None = None,
    started: str | None = None,
    regimes: Sequence[str | Path | Regime] = (),
    theme: Theme | None = None,
    template: bytes = b"",
    formats: Sequence[str] = (),
    workers: Workers = 1,
) -> Document:
    """Put a document together; with `regimes`, it says what each party has under each of them.

    With `theme` it looks as a house has it, and its Word file with `template`, a Word file's bytes: charts
    are as wide as that has room for. With more `workers` than one, another process works out numbers while
    this one draws charts, and their pictures where `formats` need them.
    """
    theme = theme or look().theme
    size = PAGE
    if template:
        from simulator.documents.word_styles import text_width_in

        size = replace(PAGE, width_in=min(PAGE.width_in, text_width_in(template)))
    # One logo is enough for a document, and so is one place that says where its numbers come from. Clusters
    # stand in one order, its tables'.
    with looking(Look(size, replace(theme, logo=b""), has_source=False, ranks=False)):
        with worked_out_beside(study, workers) as (quotes, work_out):
            for section in {*_CHARTS} & {*study.scenario.settings.document.sections}:
                for name in _CHARTS[section]:
                    quotes.picture(name)
            _draw(quotes.pictures, formats)
            work_out()
        return _document(quotes, title, started, regimes, theme, template)


def _document(
    quotes: Quotes,
    title: str | None,
    started: str | None,
    regimes: Sequence[str | Path | Regime],
    theme: Theme,
    template: bytes,
) -> Document:
    study = quotes.study
    result, scenario = study.result, study.scenario
    facts = provenance(scenario, "report", result.contracts, result.seed)
    # The folder that a file happens to lie in is nobody's business, and would change the document.
    del facts["question"]
    facts["scenario"] = PurePath(scenario.source).name
    facts |= {"simulated": started} if started else {}
    facts["command"] = _command(scenario, facts["scenario"], f"{result.contracts}", f"{result.seed}")
    facts["to be had"] = _TO_BE_HAD
    doubt = doubt_in_words(scenario.settings) or "doubt about the figures is not in it"
    facts |= {"intervals": f"{_INTERVALS}; {doubt}"}
    numbers = list(quotes.numbers.values())
    others: dict[SectionName, Iterable[Section]] = {}
    if regimes:
        section, quoted = options_compared(study, regimes)
        others["options"] = [section]
        numbers += quoted
        files = (PurePath(one.source).name for one in study.regimes(regimes).regimes)
        facts["regimes compared"] = "; ".join(files)
    stamp = tuple(facts.items())
    others["provenance"] = [provenance_section(stamp, (*may_be_quoted(quotes, stamp), *publications(quotes)))]
    others["clusters"] = (cluster_page(quotes, cluster) for cluster in scenario.settings.clusters)
    return Document(
        title=title or scenario.settings.title,
        subtitle=f"{scenario.settings.pct.name}: what clusters risk with a real budget",
        sections=with_citations([*_sections(quotes, others)]),
        numbers=tuple(numbers),
        provenance=stamp,
        slides=slides_of(quotes),
        said=scenario.settings.document,
        later=later_sources(quotes),
        terms=own_terms(study),
        theme=theme,
        template=template,
    )


def _command(scenario: Scenario, file: str, contracts: str, seed: str) -> str:
    """Return what to type where the scenario's file lies, to make the numbers again."""
    regimes = (f"--with {PurePath(one.source).name}" for one in scenario.regimes)
    changed = (f"--set {one}" for one in scenario.overrides)
    drawn = f"--contracts {contracts} --seed {seed}"
    return " ".join([f"cluster-risk report {file} {drawn}", *regimes, *changed, "--out FOLDER"])
