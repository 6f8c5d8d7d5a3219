"""How the numbers are made, what they leave out, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.answers.table import Table, text
from simulator.documents.assumptions import Assumptions, Figure, assumptions_of
from simulator.documents.blocks import Block, Heading, Items, Paragraph, Section, TableBlock
from simulator.documents.quotes import Quotes

_LIMITS = (
    "Sampling error is not all. The intervals say nothing about wrong rates, weights or shocks; the next "
    "section says which figures are assumptions.",
    "One number of people stands for the whole contract: no list grows, and no patient moves.",
    "Cases are independent, given the shocks. Dependence between the cases of one patient enters only "
    "through how much their number varies.",
    "Years are the finest step.",
    "What clusters do to demand enters only as the true saving that the scenario gives them.",
)
_GROUPS = {
    "pct": "Setting",
    "contract": "Setting",
    "population": "Setting",
    "seasons": "Setting",
    "simulation": "Simulation",
    "service_lines": "Kinds of care",
    "rules": "Rules",
}
_HEADINGS = ("Figure", "Value", "Basis", "What the scenario says of it")
_WIDTHS = (3.0, 3.0, 1.9, 4.7)
_NO_FILE = "This scenario was not read from a file: nothing is said about where its figures come from."
_SILENT = "The scenario says nothing about where its figures come from."


def method(quotes: Quotes) -> Section:
    """Say how the numbers are made, and what they cannot say."""
    result = quotes.study.result
    how = (
        f"The agreement was simulated {result.contracts:,} times. In each simulated contract the number of "
        "cases of every kind of care and their costs are drawn by chance about what the population, the "
        "rates and the shocks lead to expect; budgets are set, and the rules settle every pound by double "
        "entry. Expected amounts are means over the contracts, and chances are proportions of them."
    )
    errors = (
        "The ± after a number is the longer side of a 95% interval of sampling error: what other draws of "
        "chance might have given. Numbers are rounded to what it allows. Whoever simulates the same scenario "
        "with the same seed gets the same numbers. Words such as “likely” are those of the scale of the "
        "Intergovernmental Panel on Climate Change: likely is 66% and more, very likely 90%, virtually "
        "certain 99%; unlikely, very unlikely and exceptionally unlikely are the same from the other end."
    )
    return Section(
        (
            Heading(1, "How the numbers are made"),
            Paragraph((how,)),
            Paragraph((errors,)),
            Heading(2, "What they leave out"),
            Items(_LIMITS),
        )
    )


def sources(quotes: Quotes) -> Section:
    """List every figure of the scenario, and what its file says of where it comes from."""
    found = assumptions_of(quotes.study.scenario)
    blocks: list[Block] = [Heading(1, "Assumptions and sources"), Paragraph((_count(found),))]
    blocks += _quoted(found.notes.get("", ()))
    groups: dict[str, list[str]] = {}
    for group in found.groups:
        groups.setdefault(_GROUPS.get(group, group.replace("_", " ").capitalize()), []).append(group)
    for title, members in groups.items():
        blocks.append(Heading(2, title))
        blocks += [said for group in members for said in _quoted(found.notes.get(group, ()))]
        rows = [_row(one, mixed=len(members) > 1) for one in found.figures if one.group in members]
        name, heading = f"sources, {title.lower()}", f"{title}: figures and sources"
        blocks.append(_words(name, heading, _HEADINGS, rows, _WIDTHS))
    return Section(tuple(blocks))


def _count(found: Assumptions) -> str:
    if not found.figures:
        return _NO_FILE
    if not any(figure.remark for figure in found.figures) and not found.notes:
        return _SILENT
    said = {basis: found.counted(basis) for basis in ("read", "derived", "assumption", "not stated")}
    if not said["read"] + said["derived"] + said["assumption"]:
        return f"The scenario gives {len(found.figures)} settings. Its file marks none of them by itself."
    return (
        f"The scenario gives {len(found.figures)} settings. As its file marks them, {said['read']} were "
        f"read from a source, {said['derived']} derived from figures that were read, and "
        f"{said['assumption']} are assumptions (one setting may be of two kinds); for "
        f"{said['not stated']}, names and dates among them, it does not say."
    )


def _quoted(notes: tuple[str, ...]) -> list[Paragraph]:
    return [Paragraph((f"“{note}”",)) for note in notes]


def _row(figure: Figure, *, mixed: bool) -> tuple[str, ...]:
    name = f"{figure.group}: {figure.name}" if mixed else figure.name
    return (name, figure.value, figure.basis, figure.remark)


def provenance_section(facts: tuple[tuple[str, str], ...]) -> Section:
    """Show what a reader needs to make the numbers again."""
    table = _words("", "What was run", ("What", "Value"), facts, (2.0, 5.0))
    return Section((Heading(1, "Where the numbers come from"), table))


def _words(
    name: str,
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: tuple[float, ...],
) -> TableBlock:
    """Return a table of words from its rows."""
    columns = map(text, headings, zip(*rows, strict=True))
    return TableBlock(Table(name, title, tuple(columns)), widths)
