"""What the results rest on: the assumptions that matter most, and every figure in the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from simulator.answers.table import Column, Table, text
from simulator.charts.drivers import LEVELS
from simulator.documents.blocks import Block, Cited, Heading, Items, Paragraph, Section, TableBlock
from simulator.documents.drivers import MOVED_CHANCE, of_fewer
from simulator.documents.method import NOT_STATED, Assumptions, Figure, assumptions_of, basis_of, words_table
from simulator.documents.quotes import Quotes
from simulator.plain_words import capitalised, in_letters, joined, per_cent_of, spaced
from simulator.risk.estimate import Unit
from simulator.scenario.document_settings import Publication

_YEAR = re.compile(r"\b((?:19|20)\d\d)(?:-(\d\d))?\b")
_MOST_ROWS, _MOST_LETTERS = 10, 120
"""Of the assumptions that a page shows, and of the remarks of each."""
_NOT_SET = ("assumption", "The scenario does not set it: the program's own value.")
"""The basis of a figure that stands in no file, and why it is what it is."""
_SETTING = dict.fromkeys(("pct", "contract", "population", "seasons"), "Setting")
_GROUPS = _SETTING | {"service_lines": "Kinds of care"}
"""Headings that several groups of figures share, or that are not a group's own name."""
_OF_IT = "Source, or why"
_HEADINGS = ("Figure", "Value", "Basis", _OF_IT)
_WIDTHS = (3.0, 3.0, 1.9, 4.7)
_RANKED_WIDTHS = (3.2, 1.7, 1.7, 1.9, 4.3)


def sources(quotes: Quotes) -> Section:
    """Rank the assumptions by what they do to the chance of an overspend; the workbook has every figure."""
    found = assumptions_of(quotes.study.scenario)
    blocks: list[Block] = [Heading(1, "Assumptions and sources"), Paragraph((_count(found),))]
    moves = [*quotes.drivers.moves]
    if found.figures and moves:
        levels = [one for one in moves[_MOST_ROWS:] if one.startswith(LEVELS)]
        rows = [*moves[:_MOST_ROWS], *levels]
        said = (
            " ranks settings, assumed or not, by what each does to a cluster's chance of an overspend when "
            "it is moved up alone. This document as a workbook lists every figure."
        )
        left_out = len(moves) - len(rows)
        besides = ", with the number of cases and their cost" * bool(levels)
        others = f"{in_letters(left_out)} {'other is' if left_out == 1 else 'others are'} left out"
        said += f" The first {in_letters(_MOST_ROWS)} are shown{besides}; {others}." * bool(left_out)
        ranked = _ranked(quotes, found.figures, rows)
        blocks += [Paragraph((Cited("Table", ranked.table.name, "A table"), said)), ranked]
    return Section(tuple(blocks), in_files=tuple(_every_figure(found)))


def _ranked(quotes: Quotes, figures: Sequence[Figure], rows: Sequence[str]) -> TableBlock:
    """Return the assumptions that were moved, each with what the file says of its figures."""
    moved = [quotes.drivers.figures[row] for row in rows]
    of_rows = [_moved(figures, keys) for keys in moved]
    effects = tuple(quotes.numbers[row, MOVED_CHANCE] for row in rows)
    columns = (
        text("Setting, moved up", list(map(capitalised, rows))),
        text("Value", list(map(_range, moved))),
        text("Basis", [_bases(one) if one else _NOT_SET[0] for one in of_rows]),
        Column("effect_share", "Effect on the chance", Unit.SHARE, effects, is_change=True),
        text(_OF_IT, list(map(_remarks, of_rows))),
    )
    title = "Settings, ranked by their effect on the chance of an overspend"
    title += of_fewer(quotes.study.result.contracts)
    return TableBlock(Table("assumptions", title, columns), _RANKED_WIDTHS)


def is_assumed(quotes: Quotes, row: str) -> bool:
    """Return whether all figures that a move moves are assumptions, as the file says."""
    found = _moved(assumptions_of(quotes.study.scenario).figures, quotes.drivers.figures[row])
    return bool(found) and {one.basis for one in found} == {"assumption"}


def _moved(figures: Sequence[Figure], keys: Mapping[str, float]) -> list[Figure]:
    """Return the figures of the file that are moved, each with what is said of the moved part alone."""
    return [_of_key(one, keys) for one in figures if any(_holds(one.key, key) for key in keys)]


def _holds(figure: str, key: str) -> bool:
    """Return whether a figure of the file is a key that was moved, or the table that it stands in."""
    return key == figure or key.startswith(f"{figure}.")


def basis_and_reason(figures: Sequence[Figure], key: str) -> tuple[str, str] | None:
    """Return what the file says of a number: its basis, and whence or why; None where it does not set it."""
    found = _moved(figures, {key: 0.0})
    pieces = [piece for figure in found for piece in pieces_of(figure.remark)]
    whence = (piece.partition(": ")[2] if piece.startswith(_LABELS) else piece for piece in pieces)
    return (_bases(found), "; ".join(whence)) if found else None


def _range(figures: Mapping[str, float]) -> str:
    """Return a number, or the least and the most of several, such as ``2% to 4.2%``."""
    # One of a list stands behind its name, by its place, and what is not known of a figure too.
    named = next(iter(figures)).rstrip(".0123456789").removesuffix(".sd").rpartition(".")[2].split("_")
    is_share = not {"share", "correlation", "persistence"}.isdisjoint(named)
    ends = min(figures.values()), max(figures.values())
    return " to ".join(dict.fromkeys(per_cent_of(one) if is_share else f"{one:,g}" for one in ends))


def _bases(figures: Sequence[Figure]) -> str:
    """Return whether figures were read, derived or assumed, each kind once."""
    kinds = dict.fromkeys(kind for one in figures for kind in one.basis.split(", "))
    return ", ".join(kinds) or NOT_STATED


def _remarks(figures: Sequence[Figure]) -> str:
    """Return what is said of figures in sentences, none cut short: the workbook has the rest."""
    if not figures:
        return _NOT_SET[1]
    whose: dict[str, list[Figure]] = {}
    for figure in figures:
        for piece in pieces_of(figure.remark):
            whose.setdefault(piece, []).append(figure)
    sentences = [_sentence(piece, of, alone=len(figures) == 1) for piece, of in whose.items()]
    said = sentences[:1]
    for one in sentences[1:]:
        if sum(map(len, (*said, one))) > _MOST_LETTERS:
            break
        said.append(one)
    return " ".join(said)


def _sentence(piece: str, figures: Sequence[Figure], *, alone: bool) -> str:
    """Return a piece as a sentence; what is said of one kind of care among others names that."""
    (first, *others) = figures
    if first.group == "service_lines" and not others and not alone:
        line = spaced(first.name.partition(": ")[0].replace(" ", "_"))
        piece = f"{line}{', ' if piece.startswith(_LABELS) else ': '}{piece}"
    return f"{capitalised(piece.rstrip('.'))}."


_MARKED = re.compile(r"^(?:(?P<of>mean|sd|cv|shape) )?(?:read|derived|assumption)(?:: |$)", re.IGNORECASE)
_SHORT = {"mean": "mean", "sd": "SD", "cv": "spread", "shape": "shape"}
_LABELS = tuple(f"{one}: " for one in _SHORT.values())
_OF_CV = re.compile(r"^cv (?=[A-Z])")
_FILES = re.compile(r" ?\((?:docs|data|scenarios)/[^)]*\)")
_BACK = re.compile(r"the same|as (?:the rate|emergencies|above)")
"""Says no more than what stands beside it in the file, and nothing away from it."""


def pieces_of(remark: str) -> tuple[str, ...]:
    """Return what a file says of a figure as a reader wants it: the basis has a column of its own."""
    pieces = []
    for piece in _FILES.sub("", remark).replace("GBP ", "£").split("; "):
        marked = _MARKED.match(piece)
        said = _OF_CV.sub("spread: ", piece) if marked is None else piece[marked.end() :]
        of = _SHORT.get((marked["of"] or "").lower(), "") if marked else ""
        if said and not _BACK.fullmatch(said):
            pieces.append(f"{of}: {said}" if of else said)
    return tuple(dict.fromkeys(pieces))


def _of_key(figure: Figure, keys: Iterable[str]) -> Figure:
    """Return a figure with what is said of the moved part of it alone, where the file says that."""
    parts = {key.rpartition(".")[2] for key in keys if key.startswith(f"{figure.key}.")}
    own = [one for one in figure.remark.split("; ") if one.split(" ")[0] in parts]
    remark = "; ".join(own)
    return replace(figure, remark=remark, basis=basis_of(remark)) if own else figure


def _every_figure(found: Assumptions) -> Iterator[TableBlock]:
    """Yield a table for each group of figures, and one of what the file says of the groups."""
    titles: dict[str, dict[str, None]] = {}
    for figure in found.figures:
        title = _GROUPS.get(figure.group, figure.group.replace("_", " ").capitalize())
        titles.setdefault(title, {})[figure.group] = None
    for title, groups in titles.items():
        rows = [
            (f"{one.group}: {one.name}" if len(groups) > 1 else one.name, one.value, one.basis, one.remark)
            for one in found.figures
            if one.group in groups
        ]
        name, heading = f"sources, {title.lower()}", f"{title}: figures and sources"
        yield words_table(name, heading, _HEADINGS, rows, _WIDTHS)
    said = found.notes.items()
    if notes := [(group.replace("_", " ") or "the file", note) for group, some in said for note in some]:
        title = "What the scenario says of its groups of figures"
        yield words_table("sources, notes", title, ("Of", "Note"), notes, (2.0, 7.0))


def _count(found: Assumptions) -> str:
    """Say how many figures the file marks as assumed, derived, read or fitted: each counts once."""
    if not found.figures:
        return "This scenario was not read from a file: nothing is said about where its figures come from."
    if not any(figure.remark for figure in found.figures) and not found.notes:
        return "The scenario says nothing about where its figures come from."
    bases = [figure.basis for figure in found.figures]
    assumed = sum("assumption" in one for one in bases)
    derived = sum("derived" in one and "assumption" not in one for one in bases)
    read = sum(one == "read" for one in bases)
    fitted, prior = (found.counted(basis) for basis in ("fitted", "prior"))
    if not read + derived + assumed + fitted + prior:
        return f"The scenario has {len(bases)} settings. No source is stated for any of them by itself."
    said = (
        f"Of the scenario's {len(bases)} settings, {assumed} are assumptions, wholly or in part; {derived} "
        f"are derived from figures that were read, and {read} were read."
    )
    if fitted + prior:
        said += (
            f" {fitted} are fitted to the clusters' own history, and {prior} are what was believed before, "
            "which that history hardly moved."
        )
    if silent := found.counted(NOT_STATED):
        said += f" For the other {silent}, names and dates among them, no source is stated."
    return said


def publications(quotes: Quotes) -> tuple[Block, ...]:
    """List what the scenario's figures cite, and for what; nothing where it lists no publication."""
    cited = quotes.study.scenario.settings.document.publications
    if not cited:
        return ()
    items = tuple(f"{one.cited.rstrip('.')}. It gives {one.used_for.rstrip('.')}." for one in cited)
    said = "What is not here is an assumption, or stands with its figure in this document as a workbook."
    dated = quotes.study.scenario.settings.document.date
    later = [one for one in cited if dated is not None and _latest(one) > dated.year]
    if dated is not None and later:
        given = joined([f"{one.used_for.rstrip('.')} ({_latest(one)})" for one in later])
        said += (
            f" This was made later than its date, {dated.year}. Figures of later years stand in for those of "
            f"its time: {given}."
        )
    return (Heading(2, "Sources"), Items(items, numbered=True), Paragraph((said,)))


def later_sources(quotes: Quotes) -> str:
    """Return that figures later than the document's own date stand in, and for what; nothing if none do."""
    document = quotes.study.scenario.settings.document
    if document.date is None:
        return ""
    if not (later := [one for one in document.publications if _latest(one) > document.date.year]):
        return ""
    upto = max(map(_latest, later))
    return (
        f"Made after its date: figures of years up to {upto} stand in for those of its time. “Where the "
        "numbers come from” says which."
    )


def _latest(one: Publication) -> int:
    """Return the last year that a publication is of: 2011 for 2010-11; 0 where it names none."""
    return max((int(year[:2] + (end or year[2:])) for year, end in _YEAR.findall(one.cited)), default=0)


def may_be_quoted(quotes: Quotes, facts: Sequence[tuple[str, str]]) -> tuple[Block, ...]:
    """Say which figures may be quoted, as whose, and with what doubt."""
    known, settings = dict(facts), quotes.study.scenario.settings
    whose, version = settings.document.organisation, known["cluster-risk"]
    source = f"{settings.title}; {known['simulated contracts']} simulated contracts, seed {known['seed']}"
    items = [
        f"Quote any figure with its ±, and say that it is simulated. Cite as “{source}, cluster-risk "
        f"{version}”.",
        f"They are figures of {whose}, made with cluster-risk {version}."
        if whose
        else f"They are nobody's official figures: a program, cluster-risk {version}, made them from "
        f"{known['scenario']}. No publisher is named, and there is nobody to ask.",
        *([f"Ask {settings.document.contact}."] if settings.document.contact else []),
        "An expected amount is a mean: say “on average”. A bad case, 1 in 20, says how far from it one "
        "contract may be.",
        "The ± is sampling error alone. For a range with doubt, quote “Sampling error and doubt in one "
        "range”; “Assumptions and sources” ranks what is not in it.",
    ]
    return (Heading(2, "What may be quoted"), Items(tuple(items)))
