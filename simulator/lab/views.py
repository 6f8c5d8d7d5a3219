"""What a page says of policies: figures, charts and tables, made of looks, as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from simulator.answers.table import (
    Cell,
    Column,
    Table,
    heading_of,
    mark_means,
    measures,
    printed,
    text,
    unit_of,
    with_change,
)
from simulator.errors import Problem
from simulator.lab.engine import AS_GIVEN, TOGETHER, Look
from simulator.lab.pictures import SERIES, Row, Series, chart, key
from simulator.plain_words import capitalised, spaced
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import phrase
from simulator.risk.paired import PairedEstimate

PARTIES = {
    "Practices' net gain": "practice_net_gain_gbp",
    "Reinvested in patient care": "reinvestment_gbp",
    "The PCT's net position": "pct_net_position_gbp",
    "An external partner's net gain": "partner_net_gain_gbp",
    "A lender's income": "lender_income_gbp",
    "Staff and suppliers": "suppliers_income_gbp",
}
_AT_TIMES = ("partner_net_gain_gbp", "lender_income_gbp", "suppliers_income_gbp")
"""Of parties that there are only at times."""
_BAD_YEARS = {
    "On average": "pct_net_position_gbp",
    "1 contract in 20, or worse": "pct_net_position_1_in_20_gbp",
    "1 contract in 100, or worse": "pct_net_position_1_in_100_gbp",
    "Its worst year, 1 contract in 20": "pct_net_position_worst_year_1_in_20_gbp",
}
HEADLINE = {
    "Clusters together overspend": "overspend_probability",
    "Practices' net gain": "practice_net_gain_gbp",
    "The PCT's net position": "pct_net_position_gbp",
}
BY_CLUSTER = (
    "overspend_probability",
    "bond_posted_gbp",
    "bond_needed_gbp",
    "bond_covers_probability",
    "practice_net_gain_gbp",
    "pct_net_position_gbp",
)
_SURE = ", beyond chance"
_LOSS = re.compile(r"-£[\d.,]*\d[km]?")
MARKS = mark_means("The policies and the scenario as given share the same draws of chance")


def names_of(looks: Sequence[Look]) -> tuple[str, ...]:
    """Return what the scenario as given, and one policy or two, are called."""
    return tuple(one.name for one in SERIES[: len(looks)]) if len(looks) != 2 else ("as given", "this policy")


def charts(looks: Sequence[Look]) -> Iterator[tuple[str, str]]:
    """Yield titles and pictures; `looks` begin with that of the scenario as given."""
    clusters = looks[0].rows[:-1]
    parties = {
        name: measure
        for name, measure in PARTIES.items()
        if measure not in _AT_TIMES or any(_is_moved(look, measure) for look in looks)
    }
    title = "What each party may expect"
    yield title, _chart(title, looks, [(name, ALL_CLUSTERS, measure) for name, measure in parties.items()])
    title = "The PCT's net position, and how bad it gets"
    yield title, _chart(title, looks, [(name, ALL_CLUSTERS, measure) for name, measure in _BAD_YEARS.items()])
    for title, measure in (
        ("Chance of an overspend over the whole contract", "overspend_probability"),
        ("Chance that the bond covers every overspend", "bond_covers_probability"),
        ("Practices' net gain, by cluster", "practice_net_gain_gbp"),
    ):
        rows = [(name, name, measure) for name in clusters]
        if measure == "overspend_probability" and len(clusters) > 1:
            rows.append((ALL_CLUSTERS, ALL_CLUSTERS, measure))
        notes = _bonds(looks[-1], clusters) if measure == "bond_covers_probability" else {}
        yield title, _chart(title, looks, rows, notes)


def legend(looks: Sequence[Look]) -> str:
    """Return what the signs of the charts mean."""
    return key(_series(looks))


def _series(looks: Sequence[Look]) -> tuple[Series, ...]:
    return tuple(replace(one, name=name) for one, name in zip(SERIES, names_of(looks), strict=False))


def _chart(
    title: str,
    looks: Sequence[Look],
    places: Iterable[tuple[str, str, str]],
    notes: dict[str, str] | None = None,
) -> str:
    rows, unit = [], Unit.GBP
    for name, row, measure in places:
        unit = unit_of(measure)
        cells = tuple(paired.estimate if (paired := look.paired(row, measure)) else None for look in looks)
        if any(cells):
            last = looks[-1].paired(row, measure)
            note = (notes or {}).get(row) or (_moved(last, unit) if last else "")
            rows.append(Row(name, cells, note))
    return chart(title, rows, _series(looks), unit)


def _moved(paired: PairedEstimate, unit: Unit) -> str:
    """Return an estimate, and how far it is from the scenario as given where that is beyond chance."""
    moved = paired.difference
    if moved is None or not beyond_chance(moved):
        return phrase(paired.estimate, unit)
    return f"{phrase(paired.estimate, unit)} ({phrase(moved, unit, signed=True)})"


def _bonds(look: Look, clusters: Sequence[str]) -> dict[str, str]:
    """Return what each cluster posts, and what it would need."""
    found = {}
    for name in clusters:
        posted, needed = (look.paired(name, one) for one in ("bond_posted_gbp", "bond_needed_gbp"))
        if posted and needed:
            post, need = (phrase(one.estimate, Unit.GBP) for one in (posted, needed))
            found[name] = f"posts {post}; {need} would cover 95%"
    return found


def _is_moved(look: Look, measure: str) -> bool:
    paired = look.paired(ALL_CLUSTERS, measure)
    return paired is not None and bool(paired.estimate.value)


def figures(look: Look, row: str, wanted: Mapping[str, str]) -> str:
    """Return the figures to see first, as HTML: what, how much, and how far from the scenario as given."""
    items = []
    for what, measure in wanted.items():
        if (paired := look.paired(row, measure)) is None:
            continue
        unit = unit_of(measure)
        moved = "as given" if look.policy == AS_GIVEN else difference_in_words(paired, unit)
        much = f'<data value="{paired.estimate.value!r}">{escape(phrase(paired.estimate, unit))}</data>'
        said = escape(moved).replace(_SURE, f'<span class="sure">{_SURE}</span>')
        items.append(f"<div><dt>{escape(what)}</dt><dd>{much}<span>{said}</span></dd></div>")
    return f'<dl class="figures">{"".join(items)}</dl>'


def sentences_html(sentences: Sequence[str], classes: str = "") -> str:
    """Return sentences as paragraphs."""
    return "".join(f'<p class="{classes}">{_unbroken(one)}</p>' for one in sentences)


def _unbroken(sentence: str) -> str:
    """Return a sentence as HTML in which no line ends between a minus and its amount."""
    return _LOSS.sub(r'<span class="whole">\g<0></span>', escape(sentence))


def answer_html(told: Mapping[str, Any], tables: Sequence[Table]) -> str:
    """Return an answer as the command prints it: what was found, the tables, what to know of them."""
    parts = [sentences_html(told["sentences"]), *(table_html(one) for one in tables if not one.in_files_only)]
    return "".join([*parts, sentences_html(told["notes"], "note")])


def folded(title: str, inside: str) -> str:
    """Return what can be folded away, so that what comes after it is near; open at first."""
    return f"<details open><summary>{escape(title)}</summary>{inside}</details>"


def difference_in_words(paired: PairedEstimate, unit: Unit) -> str:
    """Return how far an estimate is from the scenario as given."""
    moved = paired.difference
    if moved is None or not moved.value:
        return "no change"
    return phrase(moved, unit, signed=True) + (_SURE if beyond_chance(moved) else ", within chance")


def together(looks: Sequence[Look]) -> Table:
    """Return the measures of all clusters together: as given, and under each policy with its change."""
    every = [one for one in TOGETHER if _is_worth_a_row(looks, one)]
    units = tuple(unit_of(measure) for measure in every)
    made = [text("measure", [capitalised(heading_of(one)) for one in every])]
    for at, (name, look) in enumerate(zip(names_of(looks), looks, strict=True)):
        found = [look.paired(ALL_CLUSTERS, measure) for measure in every]
        cells: tuple[Cell, ...] = tuple(one.estimate if one else None for one in found)
        made.append(Column(name, name, units, cells))
        if at:
            moved: tuple[Cell, ...] = tuple(one.difference if one else None for one in found)
            made.append(Column(f"change_{at}", "change", units, moved, is_change=True))
    return Table("together", "All clusters together", tuple(made))


def _is_worth_a_row(looks: Sequence[Look], measure: str) -> bool:
    at_times = (*_AT_TIMES, "leaves_probability")
    return any(look.paired(ALL_CLUSTERS, measure) for look in looks) and (
        measure not in at_times or any(_is_moved(look, measure) for look in looks)
    )


def by_cluster(look: Look) -> Table:
    """Return measures by cluster under a policy, with changes from the scenario as given.

    Each cell has its own unit, so that a change can stand below its number.
    """
    rows = look.rows
    made = [text("cluster", rows)]
    for measure in BY_CLUSTER:
        found = [look.paired(row, measure) for row in rows]
        columns = with_change(measures(measure, [one.estimate if one else None for one in found]), found)
        is_moved = any(one and one.difference and one.difference.value for one in found)
        made += [
            replace(one, unit=(one.unit_at(0),) * len(rows))
            for one in columns
            if is_moved or not one.is_change
        ]
    return Table("by cluster", "By cluster", tuple(made), rows_apart=1)


def table_html(table: Table, *, caption: str = "", changes_below: bool = False) -> str:
    """Return a table as HTML; each number holds its full digits beside what is shown of it.

    A change is a column of its own, or stands below its number.
    """
    shown = [printed(column) for column in table.columns]
    below = {at - 1 for at, one in enumerate(table.columns) if changes_below and one.is_change}
    kept = [at for at in range(len(shown)) if at - 1 not in below]
    head = "".join(
        f'<th scope="col"{"" if one.left else _NUMERIC}>'
        f"{escape(capitalised(one.heading or spaced(column.name)))}</th>"
        for one, column in ((shown[at], table.columns[at]) for at in kept)
    )
    body = []
    count = len(shown[0].cells)
    for at in range(count):
        inside = [
            _inside(column.cells[at], one.cells[at]) for column, one in zip(table.columns, shown, strict=True)
        ]
        cells = [
            _cell(
                inside[number] + (f"<small>{inside[number + 1]}</small>" if number in below else ""),
                left=shown[number].left,
                is_key=number < table.keys,
            )
            for number in kept
        ]
        apart = ' class="total"' if table.rows_apart and at >= count - table.rows_apart else ""
        body.append(f"<tr{apart}>{''.join(cells)}</tr>")
    title, tight = escape(caption or table.title), ' class="tight"' if below else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(title, quote=True)}">'
        f"<table{tight}><caption>{title}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


_NUMERIC = ' class="number"'


def _cell(inside: str, *, left: bool, is_key: bool) -> str:
    if is_key:
        return f'<th scope="row">{inside}</th>'
    return f"<td{'' if left else _NUMERIC}>{inside}</td>"


def _inside(cell: Cell, shown: str) -> str:
    value = cell.value if isinstance(cell, Estimate) else cell
    is_number = isinstance(value, (int, float))
    return f'<data value="{value!r}">{escape(shown)}</data>' if is_number else escape(shown)


def problems_html(problems: Sequence[Problem]) -> str:
    """Return what is wrong, each problem with where it is, what must hold, what was given and a hint."""
    if not problems:
        return ""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    items = []
    for one in problems:
        told = {"Must be": one.need, "Given": one.got} | ({"Hint": one.hint} if one.hint else {})
        said = "".join(f"<div><dt>{what}</dt><dd>{escape(words)}</dd></div>" for what, words in told.items())
        items.append(f"<li><strong>{escape(one.where)}</strong><dl>{said}</dl></li>")
    return f'<div class="problems"><p><strong>{count}</strong></p><ol>{"".join(items)}</ol></div>'
