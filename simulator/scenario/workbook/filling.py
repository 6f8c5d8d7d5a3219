"""What stands in the cells of each sheet for a scenario."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.scenario.figures import Figure, Kind, Path
from simulator.scenario.files import Given, KeyPath
from simulator.scenario.toml_writer import Notes
from simulator.scenario.workbook.forms import MEMBERS, Form, forms, heading
from simulator.uncertain import FORM_KEYS

_IN_TOML = re.compile(r": `\{[^`]*\}`")
Doubt = tuple[str, str, str, Mapping[str, Any]]
"""Sheet, which of a list, figure, and what is not known of it."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in a sheet of figures: the values of each column by their rows."""

    columns: list[dict[Path, Any]]
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def used(self) -> set[Path]:
        """The rows that any column has a value in."""
        return {path for column in self.columns for path in column}


def filling_of(form: Form, given: Given) -> Filling:
    """Return what stands in a sheet."""
    if form.of_list:
        filled = Filling([])
        for table in given.get(form.of_list.key, ()):
            hidden = MEMBERS[1] if form.of_list.key == MEMBERS[0] else ""
            own = {key: value for key, value in table.items() if key != hidden}
            which = str(table.get("name", ""))
            filled.columns.append(dict(_leaves(form, own, (), which, filled.doubts)))
        return filled
    column: dict[Path, Any] = {}
    filled = Filling([column])
    for section in form.sections:
        if section.is_list:
            for place, table in enumerate(given.get(section.key, ()), start=1):
                kind = str(table[section.tag])
                own = {key: value for key, value in table.items() if key != section.tag}
                column[(kind,)] = place
                if own:
                    column.update(_leaves(form, own, (kind,), kind, filled.doubts))
        else:
            top = {one.path[0] for one in section.figures}
            first = {key: one for key, one in given.items() if key in top}
            if own := given.get(section.key, {}) if section.key else first:
                column.update(_leaves(form, own, form.start(section), "", filled.doubts))
    return filled


def _leaves(
    form: Form, value: Any, path: Path, which: str, doubts: list[Doubt]
) -> Iterator[tuple[Path, Any]]:
    """Yield each value below a path; what is not known of it is added to the doubts."""
    figure = form.figure_at(path)
    if (
        isinstance(value, Mapping)
        and figure is not None
        and figure.may_be_uncertain
        and set(value) <= FORM_KEYS
    ):
        row = path[1:] if form.kinds else path
        doubts.append(
            (form.title, which, heading(row), {key: one for key, one in value.items() if key != "mean"})
        )
        if "mean" in value:
            yield path, value["mean"]
    elif isinstance(value, Mapping):
        for key, inside in (value or _first_of(form, path)).items():
            yield from _leaves(form, inside, (*path, key), which, doubts)
    elif isinstance(value, (list, tuple)) and not (figure is not None and figure.kind is Kind.TEXTS):
        for at, inside in enumerate(value, start=1):
            yield from _leaves(form, inside, (*path, at), which, doubts)
    else:
        yield path, value


def _first_of(form: Form, path: Path) -> dict[str, Any]:
    """Return what stands for a table without keys: its first one, as it is when left out."""
    inside = (one for at, one in form.patterns.items() if at[:-1] == path and one.default is not None)
    first = next(inside, None)
    return {} if first is None else {str(first.path[-1]): first.default}


def members_of(given: Given) -> list[tuple[str, str]]:
    """Return practices and their clusters, in the order of both."""
    section, key = MEMBERS
    return [(code, table["name"]) for table in given.get(section, ()) for code in table.get(key, ())]


def notes_elsewhere(
    given: Given, notes: Notes, told: set[KeyPath]
) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the notes that no sheet of figures has: where each belongs, its source, and what is before it.

    `told` are keys whose sources stand beside them.
    """
    order = {form.title: at for at, form in enumerate(forms())}
    paths = dict.fromkeys([*notes.beside, *notes.above])
    rows = []
    for path in paths:
        beside = "" if path in told else notes.beside.get(path, "")
        if beside or path in notes.above:
            rows.append((*_where(given, path), beside, notes.above.get(path, "")))
    yield from sorted(rows, key=lambda row: order.get(row[0], len(order)))


def _where(given: Given, path: KeyPath) -> tuple[str, str, str]:
    """Return where a key is: its sheet, which of a list, and its row."""
    if not path:
        return "", "", ""
    form = next(
        one
        for one in forms()
        for section in one.sections
        if section.key == path[0]
        or (not section.key and (path[0],) in {figure.path for figure in section.figures})
    )
    steps = tuple(step + 1 if isinstance(step, int) else step for step in path)
    if not form.sections[0].is_list:
        return form.title, "", heading(steps)
    table = given[str(path[0])][int(path[1])] if len(path) > 1 else {}
    return form.title, str(table.get("name", table.get(form.sections[0].tag, ""))), heading(steps[2:])


def told_beside(form: Form, given: Given, rows: Iterator[Path]) -> dict[Path, KeyPath]:
    """Return the key of each row that has its source beside it; none in a sheet of a list."""
    if form.of_list:
        return {}
    first = form.sections[0]
    places = (
        {str(one[first.tag]): at for at, one in enumerate(given.get(first.key, ()))} if form.kinds else {}
    )
    there = (row for row in rows if not form.kinds or row[0] in places)
    return {row: form.key_path(row, places.get(str(row[0]))) for row in there}


def what_it_is(figure: Figure) -> str:
    """Return what a figure is, where it counts, and what an empty cell means."""
    # An example of TOML is of no use in a cell.
    parts = [_IN_TOML.sub("", figure.words)]
    for _, kinds in figure.only_with:
        parts.append(f"Only with {' or '.join(kinds)}.")
    if figure.is_required:
        parts.append("Must be filled in.")
    elif (said := _default(figure)) and figure.kind is not Kind.TEXTS:
        parts.append(f"Left empty: {said}.")
    return " ".join(filter(None, parts)).replace("`", "")


def _default(figure: Figure) -> str:
    match figure.default:
        case bool() as said:
            return "yes" if said else "no"
        case int() | float() as number if figure.unit.startswith("share"):
            return f"{100 * number:g}%"
        case int() | float() as number:
            return f"{number:,.0f}" if abs(number) >= 10_000 else f"{number:g}"
        case str() as text:
            return text
        case dict() as unsure:
            return ", ".join(f"{key} {one:g}" for key, one in unsure.items())
    return ""
