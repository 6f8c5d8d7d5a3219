"""What is said of leaving a kind of care out: for a cluster that chooses, and for a PCT that offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from simulator.answers.table import Column, text
from simulator.documents.blocks import Block, Heading, Paragraph, Quoted
from simulator.documents.left_out import (
    BAD_OVERSPEND,
    NEEDED,
    PART,
    RESERVE_THEN,
    SHARE,
    change_of,
    without,
)
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import GAIN, OVERSPEND
from simulator.plain_words import capitalised, joined, spaced
from simulator.risk.estimation import beyond_chance
from simulator.rules.bond import Bond

LEFT_OUT = "What if a kind of care is left out?"
_HEADINGS = {
    PART: "Part of its budget",
    OVERSPEND: "Overspends",
    BAD_OVERSPEND: "Overspends, 1 in 20",
    NEEDED: "Bond needed at 95%",
    SHARE: "Practice share",
    GAIN: "Net gain",
    RESERVE_THEN: "PCT's reserve, change (all clusters)",
}


def care_left_out(quotes: Quotes) -> Iterator[Block]:
    """Yield what each kind of care does if a cluster leaves it out; nothing where it has but one."""
    cluster, lines = quotes.left_out.cluster, quotes.left_out.lines
    if not lines or (without(cluster, ""), BAD_OVERSPEND) not in quotes.numbers:
        return
    yield Heading(2, LEFT_OUT)
    yield Paragraph(
        tuple(
            part
            for said in (*_bad_case(quotes, lines), *_moves_to_pct(quotes, lines), *_no_risk(quotes, lines))
            for part in said.parts
        )
    )
    rows = ["", *lines]
    columns = [
        _column(quotes, measure, heading, rows)
        for measure, heading in _HEADINGS.items()
        if (without(cluster, ""), measure) in quotes.numbers
    ]
    first = text("Left out", ["Nothing", *(capitalised(spaced(line)) for line in lines)])
    title = f"{cluster}, if every cluster leaves one kind of care out; over the whole contract"
    yield quotes.table("left out", title, columns, first, apart=0)
    yield Paragraph(
        (
            "An asterisk marks what differs beyond chance from nothing left out: all rows are of the same "
            "contracts. Which care practices can steer, and so had better keep, is for them to judge.",
        )
    )


def _column(quotes: Quotes, measure: str, heading: str, lines: Sequence[str]) -> Column:
    """Return a column with a mark at what differs beyond chance from nothing left out."""
    cluster = quotes.left_out.cluster
    if measure == RESERVE_THEN:
        # Of all clusters: what one kind of care changes is smaller than the error of either reserve.
        return quotes.changes(change_of(measure), heading, (without(cluster, one) for one in lines))
    marked = tuple(
        (change := _change(quotes, line, measure)) is not None and beyond_chance(change) for line in lines
    )
    places = [(without(cluster, line), measure) for line in lines]
    return replace(quotes.column(measure, heading, places), marked=marked if any(marked) else ())


def _change(quotes: Quotes, line: str, measure: str) -> Quoted | None:
    return quotes.numbers.get((without(quotes.left_out.cluster, line), change_of(measure)))


def _bad_case(quotes: Quotes, lines: Sequence[str]) -> Iterator[Paragraph]:
    """Yield which kinds of care, left out, do most for a bad case, as far as errors tell."""
    cluster = quotes.left_out.cluster
    changes = {
        line: change
        for line in lines
        if (change := _change(quotes, line, BAD_OVERSPEND)) and beyond_chance(change) and change.value < 0
    }
    if not changes:
        yield Paragraph((f"No kind of care, left out, is seen to make a bad case of {cluster} smaller.",))
        return
    best = min(changes.values(), key=lambda one: one.value)
    most = sorted(
        (line for line, change in changes.items() if change.low <= best.high),
        key=lambda line: changes[line].value,
    )
    smaller = {
        end: quotes.number(without(cluster, line), change_of(BAD_OVERSPEND), "size")
        for end, line in (("most", most[0]), ("least", most[-1]))
    }
    any_of = " or ".join(filter(None, (", ".join(map(spaced, most[:-1])), spaced(most[-1]))))
    by = "{least} to {most}" if len(most) > 1 else "{most}"
    which = f"{cluster}, of middling size," if len(quotes.clusters) > 2 else cluster
    yield quotes.sentence(
        cluster,
        f"Leaving out {any_of} does most for a bad case (1 in 20): {which} then overspends {by} less, and "
        "needs a smaller bond. ",
        **smaller,
    )


def _moves_to_pct(quotes: Quotes, lines: Sequence[str]) -> Iterator[Paragraph]:
    """Yield that the PCT pays for what is left out, and by how much more it must then hold."""
    held = {line: change for line in lines if (change := _change(quotes, line, RESERVE_THEN))}
    dearest = max(held, key=lambda line: held[line].value, default="")
    pays = "PCT pays for care that is left out"
    said = f"The {pays}"
    if dearest and held[dearest].low > 0 and all(one.high > 0 for one in held.values()):
        said = (
            f"The risk moves, it does not go: the {pays}, and must hold up to "
            f"{{{change_of(RESERVE_THEN)}}} more if every cluster leaves it out"
        )
    yield quotes.sentence(without(quotes.left_out.cluster, dearest), f"{said}.")


def _no_risk(quotes: Quotes, lines: Sequence[str]) -> Iterator[Paragraph]:
    """Yield which kinds of care no overspend comes from, though practices gain by leaving them out."""
    found = [
        line
        for line in lines
        if (bad := _change(quotes, line, BAD_OVERSPEND))
        and (gain := _change(quotes, line, GAIN))
        and not round(bad.value)
        and not beyond_chance(bad)
        and gain.value > 0
        and beyond_chance(gain)
    ]
    if found and quotes.has(Bond):
        yield Paragraph(
            (
                f" Leaving out {joined([*map(spaced, found)])} makes no overspend smaller: practices lose "
                "less by it only because the bond, a share of the budget, is smaller.",
            )
        )
