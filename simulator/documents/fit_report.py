"""The report of a fit: what the history tells, what it leaves open, and every figure with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace as without
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from simulator.answers.files import versions
from simulator.answers.table import Column, Table, text
from simulator.charts.fits import fit_charts
from simulator.charts.look import Look, Theme, look, looking
from simulator.documents.blocks import (
    Block,
    Document,
    Heading,
    Items,
    Paragraph,
    Picture,
    Section,
    TableBlock,
)
from simulator.documents.contents import DOCUMENT_FORMATS
from simulator.documents.method import provenance_section
from simulator.errors import InputError, unknown
from simulator.execution.new_files import check_new_file, new_file
from simulator.plain_words import spaced
from simulator.questions.fit.settings import Fitted, short

if TYPE_CHECKING:
    from simulator.charts.chart import Chart
    from simulator.questions.fit.answer import FitAnswer

_PARTS = {
    "What comes next, line by line": ("fan", "season"),
    "Shocks: believed before, and after the history": ("learned",),
    "Clusters": ("levels", "residuals", "breaks"),
    "Chance": ("scatter", "mean-excess", "quantiles"),
}
"""Headings over charts, by their names."""
_FORMATS = tuple(one for one in DOCUMENT_FORMATS if one != "pptx")
"""A fit has no slides."""
_FIGURES = "What does the history say of each figure, and how far may it be off?"
_WIDTHS = (2.6, 3.2, 1.2, 1.9, 0.9, 1.0)
_NEXT = (
    "Read the figures that are marked prior: they are what was believed before. Where you know better, "
    "from national figures say, give growth with --growth, or edit the scenario.",
    "Look at each break. Where it is real (a merger, a new code), fit again with --break or --recodes.",
    "Run the scenario with and without what is not known: the difference is what the short history costs.",
    "Ask `cluster-risk backtest` how well the same method would have predicted this history's later years.",
    "Fit again when a year is complete: growth and shocks are what another year tells most of.",
)


def check_report(path: Path, *, replace: bool) -> None:
    """Refuse a report that cannot be written, before anything is computed: InputError."""
    kind = path.suffix.lower().removeprefix(".")
    if problems := list(unknown("--report", kind or "a name without ending", _FORMATS)):
        raise InputError(problems)
    check_new_file(path, replace=replace)


@contextmanager
def report_file(
    answer: FitAnswer, path: Path, *, replace: bool = False, theme: Theme | None = None
) -> Iterator[None]:
    """Write the report of a fit as HTML, PDF, Word or Excel, by the ending of its path.

    It comes to stand there when the block ends, and only if all goes well.

    Parameters
    ----------
    answer : FitAnswer
        What was fitted.
    path : Path
        A new file.
    replace : bool
        Whether a file that exists may be replaced.
    theme : Theme, optional
        How a house has it look; the usual way where none is given.

    Raises
    ------
    InputError
        For another ending, and for a file that exists or cannot be made.
    """
    check_report(path, replace=replace)
    document = report_of(answer, theme)
    with new_file(path, replace=replace) as file:
        DOCUMENT_FORMATS[path.suffix.lower().removeprefix(".")](document, file)
        yield


def report_of(answer: FitAnswer, theme: Theme | None = None) -> Document:
    """Return the report of a fit as a document, as a house has it look."""
    theme = theme or look().theme
    # One logo is enough for a document.
    with looking(Look(theme=without(theme, logo=b""))):
        charts = {chart.name: chart for chart in fit_charts(answer)}
    months = len(answer.history.months.months)
    return Document(
        title=f"{answer.scenario.settings.title}: what the history tells",
        subtitle=f"Fitted to {months} months of {PurePath(answer.history.source).name}",
        sections=(
            _in_brief(answer),
            *_of_charts(charts),
            _figures(answer),
            _notes(answer),
            _priors(answer),
            Section((Heading(1, "What to do next"), Items(_NEXT, numbered=True))),
            provenance_section(_provenance(answer)),
        ),
        numbers=(),
        provenance=_provenance(answer),
        said=answer.scenario.settings.document,
        theme=theme,
    )


def _in_brief(answer: FitAnswer) -> Section:
    heading = f"What {answer.history.whole_years} years can tell, and what they cannot"
    return Section((Heading(1, heading), *(Paragraph((said,)) for said in answer.sentences())))


def _of_charts(charts: dict[str, Chart]) -> Iterator[Section]:
    """Yield a section for each part, of the charts that there are."""
    for heading, names in _PARTS.items():
        shown = [charts[name] for name in names if name in charts]
        if shown:
            # A chart's title is its finding and stands in the picture; below it is what that holds in words.
            yield Section((Heading(1, heading), *(Picture(chart.title, chart) for chart in shown)))


def _figures(answer: FitAnswer) -> Section:
    """Return every figure; by what it is of, so that no table is longer than it need be."""
    figures = answer.figures
    columns = (
        text("Of", [spaced(one.of) for one in figures]),
        text("Figure", [one.what for one in figures]),
        text("Value", [_shown(one, one.value) for one in figures]),
        text("95% interval", [_interval(one) for one in figures]),
        text("Source", [one.source for one in figures]),
        text("Learned", ["" if one.learned is None else f"{one.learned:.0%}" for one in figures]),
    )
    table = TableBlock(Table("figures", _FIGURES, columns), _WIDTHS)
    words = (
        "Source: fitted where the history tells the figure, prior where it is what was believed before. "
        "Learned: the part of what was not known before that the history took away."
    )
    return Section((Heading(1, "Every figure"), Paragraph((words,)), table))


def _shown(one: Fitted, value: float) -> str:
    """Return a number as a table shows it: shares in per cent."""
    return f"{100 * value:.3g}%" if one.unit.is_share else short(value)


def _interval(one: Fitted) -> str:
    return "" if one.ends is None else " to ".join(_shown(one, float(f"{end:.3g}")) for end in one.ends)


def _notes(answer: FitAnswer) -> Section:
    """Return what a reader must know, with breaks and outlying months."""
    blocks: list[Block] = [Heading(1, "Notes, breaks and outlying months"), Items(answer.notes())]
    blocks += [_table(table) for table in answer.tables() if table.name not in {"figures", "priors"}]
    return Section(tuple(blocks))


def _table(table: Table) -> TableBlock:
    columns = tuple(Column(one.name, one.heading.capitalize(), one.unit, one.cells) for one in table.columns)
    return TableBlock(Table(table.name, table.title, columns))


def _priors(answer: FitAnswer) -> Section:
    told = answer.posterior.priors.in_words()
    columns = (text("Figure", list(told)), text("Believed before", list(told.values())))
    table = TableBlock(Table("priors", "What was believed before the history was seen", columns), (3.0, 4.0))
    return Section((Heading(1, "What was believed before"), table))


def _provenance(answer: FitAnswer) -> tuple[tuple[str, str], ...]:
    """Return what a reader needs to make the numbers again."""
    facts = {
        "scenario": PurePath(answer.scenario.source).name,
        "fingerprint of settings and tables": answer.scenario.fingerprint,
        "history": PurePath(answer.history.source).name,
        "draws": f"{answer.posterior.rows:,}",
        "seed": str(answer.seed),
        **versions(),
    }
    return tuple(facts.items())
