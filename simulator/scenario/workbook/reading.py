"""Reading a workbook as a scenario: what it says, where each figure stands, and what is noted of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem, Problems, printable, shown, unknown
from simulator.scenario.figures import Kind, sections
from simulator.scenario.figures import Path as Row
from simulator.scenario.files import KeyPath
from simulator.scenario.sheets import Fault, Sheet, Value, read_sheets
from simulator.scenario.toml_writer import Notes
from simulator.scenario.workbook.forms import (
    DOUBT,
    FIGURE,
    MEMBERS,
    OFF,
    OWN_NOTES,
    PRACTICES,
    READ_ME,
    SCHEME,
    SOURCE,
    SOURCES,
    UNIT,
    VALUE,
    WHAT,
    WHERE,
    Form,
    by_title,
    forms,
    heading,
    path_of,
)
from simulator.scenario.workbook.values import from_cell

_NEEDED = (SCHEME, "Clusters", "Service lines", "Budgets")
_WRITES_ONE = (
    "`cluster-risk init FOLDER --excel` writes one to start from, `convert` makes one of a TOML file"
)
_ABOUT = (FIGURE, UNIT, WHAT)


@dataclass(frozen=True, slots=True)
class WorkbookScenario:
    """What a workbook says, before it is known to be valid."""

    source: str  # its file, as it is shown
    given: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, str] = field(default_factory=dict)  # sheet and cell of each figure
    notes: Notes = field(default_factory=lambda: Notes({}, {}))
    problems: Problems = field(default_factory=Problems)  # of cells that say nothing that can be used


def read_workbook(file: Path) -> WorkbookScenario:
    """Read a workbook; raises InputError for one that is no scenario."""
    sheets = {sheet.title: sheet for sheet in read_sheets(file)}
    _check_titles(printable(file), sheets)
    found = WorkbookScenario(printable(file))
    reader = _Reader(found, sheets)
    for form in forms():
        if (sheet := reader.sheet(form.title)) is not None:
            reader.figures(form, sheet)
    reader.members()
    order = [section.key or str(one.path[0]) for section in sections() for one in section.figures]
    listed = _listed(reader.tree, (), found)
    found.given.update(sorted(listed.items(), key=lambda one: (*order, one[0]).index(one[0])))
    reader.doubts()
    reader.sources()
    return found


def _check_titles(source: str, sheets: Mapping[str, Sheet]) -> None:
    """Refuse a workbook without the sheets of a scenario, or with one that is nearly called like it."""
    titles = [*(form.title for form in forms()), PRACTICES, SOURCES]
    missing = [title for title in titles if by_title(sheets, title) is None]
    listed, problems = ", ".join(sheets), Problems()
    if set(_NEEDED) <= set(missing):
        need = f"a scenario, with sheets {', '.join(_NEEDED)} and others"
        raise InputError([Problem(source, need, f"sheets {listed}", _WRITES_ONE)])
    others = [
        one.title
        for one in sheets.values()
        if by_title([*titles, READ_ME], one.title) is None and not one.table
    ]
    for title in missing:
        near = difflib.get_close_matches(title, others, n=1, cutoff=0.8)
        if near or title in _NEEDED:
            hint = f'did you mean "{near[0]}"? Call it {title}' if near else ""
            problems.append(Problem(source, f"a workbook with a sheet {title}", f"sheets {listed}", hint))
    problems.report()


class _Reader:
    """Takes what sheets say into one tree: tables by keys, those of lists by their positions from 0."""

    def __init__(self, found: WorkbookScenario, sheets: Mapping[str, Sheet]) -> None:
        self.found, self.sheets = found, sheets
        self.tree: dict[Any, Any] = {}

    def sheet(self, title: str) -> Sheet | None:
        """Return the sheet of a title, if there is one."""
        name = by_title(self.sheets, title)
        return None if name is None else self.sheets[name]

    def complain(self, where: str, need: str, got: str, hint: str = "") -> None:
        self.found.problems.append(Problem(where, need, got, hint))

    def rows(self, sheet: Sheet, first: str, apart: str = "") -> Iterator[tuple[int, dict[str, int]]]:
        """Yield the rows below headings that start with `first`, up to others that start with `apart`."""
        columns: dict[str, int] = {}
        seen = False
        for row in sheet.rows:
            said = sheet.text(row, 1).casefold()
            if said in {first, apart} - {""} and not (columns and said == first):
                ours = [at for number, at in sheet.cells if number == row] if said == first else []
                columns = {sheet.text(row, at).casefold(): at for at in sorted(ours)}
                seen |= said == first
            elif columns:
                yield row, columns
        if not seen:
            self.complain(sheet.name, f"a row of headings that starts with {first}", "none")

    def value(self, sheet: Sheet, row: int, column: int, *, wants_day: bool = False) -> Value | None:
        """Return what a cell holds; None for one that is empty, or that is at fault, which is told."""
        value = sheet.cells.get((row, column))
        if isinstance(value, Fault) and wants_day and value.day is not None:
            return value.day.isoformat()
        if isinstance(value, Fault):
            self.complain(sheet.place(row, column), "a value", value.got, value.hint)
            return None
        return value

    def figures(self, form: Form, sheet: Sheet) -> None:
        """Take the figures of a sheet."""
        self._refuse_merged(sheet)
        rows = list(self.rows(sheet, FIGURE, WHERE[0]))
        if not rows:
            return
        columns, numbers = rows[0][1], {row for row, _ in rows}
        if not form.of_list and VALUE not in columns:
            self.complain(sheet.name, f"a column {VALUE}", ", ".join(columns))
            return
        known = {
            at for name, at in columns.items() if name in (*_ABOUT, SOURCE) or name.startswith(OWN_NOTES)
        }
        filled = sorted({at for row, at in sheet.cells if row in numbers and at not in known and at > 1})
        if not form.of_list:
            value = columns[VALUE]
            for row, at in sorted(sheet.cells):
                if row in numbers and at in filled and at != value:
                    hint = f"start the heading of a column of your own with {OWN_NOTES}"
                    self.complain(
                        sheet.place(row, at), f"nothing but in the column {VALUE}", sheet.text(row, at), hint
                    )
            filled = [value]
        entries = [
            (path_of(said, form), row, at) for row, _ in rows if (said := sheet.text(row, 1)) for at in filled
        ]
        items = self._items(form, sheet, entries, filled)
        for path, row, at in entries:
            item = items.get(path[0] if form.kinds else at)
            self._take(form, sheet, path, item, (row, at))
            if SOURCE in columns and (said := sheet.text(row, columns[SOURCE])):
                self.found.notes.add(form.key_path(path, item), said, "")

    def _items(
        self, form: Form, sheet: Sheet, entries: list[tuple[Row, int, int]], filled: list[int]
    ) -> dict[Any, int]:
        """Return the positions of tables in their list, by column or by kind; none in a sheet of others."""
        if form.of_list:
            return {at: number for number, at in enumerate(filled)}
        order: dict[Value, str] = {}
        for path, row, at in entries if form.kinds else ():
            if len(path) != 1 or path[0] not in form.kinds:
                continue
            kind, place = str(path[0]), self.value(sheet, row, at)
            inside = [other for one, other, _ in entries if one[0] == kind and one != path]
            figures = any((other, at) in sheet.cells for other in inside)
            if isinstance(place, int) and place not in order:
                order[place] = kind
            elif (place is None and not figures) or str(place).casefold() == OFF:
                continue
            else:
                got = "nothing, beside its figures" if place is None else shown(place)
                need = f"its place in the order: 1, 2, 3, each once; or {OFF}"
                self.complain(sheet.place(row, at), need, got)
        return {order[place]: number for number, place in enumerate(sorted(order, key=float))}

    def _take(self, form: Form, sheet: Sheet, path: Row, item: int | None, at: tuple[int, int]) -> None:
        """Take one cell; a rule that is off says nothing."""
        if form.kinds and item is None and path[0] in form.kinds:
            return
        key_path, place, figure = form.key_path(path, item), sheet.place(*at), form.figure_at(path)
        is_kind = form.kinds and len(path) == 1
        wants_day = figure is not None and figure.kind is Kind.DATE
        value = self.value(sheet, *at, wants_day=wants_day)
        if figure is not None or value is not None:
            for end in range(len(key_path), 0, -1):
                self.found.places.setdefault(key_path[:end], place)
        if is_kind and item is not None:
            self._put((*key_path, form.sections[0].tag), path[0], place)
        elif value is not None:
            self.found.places[key_path] = place
            self._put(key_path, from_cell(value, figure), place)

    def _put(self, path: KeyPath, value: Any, place: str) -> None:
        """Put a value in the tree, where nothing stands in its way."""
        table = self.tree
        for step in path[:-1]:
            table = table.setdefault(step, {}) if isinstance(table, dict) else table
        if isinstance(table, dict) and path[-1] not in table:
            table[path[-1]] = value
        else:
            need = "either one value, or rows for what is in it; each once"
            self.complain(place, need, shown(value))

    def _refuse_merged(self, sheet: Sheet) -> None:
        for first, last in sheet.merged:
            if (
                any((row, 1) in sheet.cells for row in range(first[0] + (first[1] == 1), last[0] + 1))
                and last[1] > 3
            ):
                where = f"{sheet.place(*first)}:{sheet.place(*last).rpartition('!')[2]}"
                self.complain(where, "cells of their own", "merged ones", "unmerge them, and fill in each")

    def members(self) -> None:
        """Take the sheet of practices, a row each, into the clusters."""
        if (sheet := self.sheet(PRACTICES)) is None:
            return
        section, key = MEMBERS
        names = {str(one.get("name")): at for at, one in self.tree.get(section, {}).items()}
        told = set[str]()
        for row, columns in self.rows(sheet, "practice"):
            code, cluster = sheet.text(row, 1), sheet.text(row, columns.get("cluster", 2))
            place = sheet.place(row, columns.get("cluster", 2))
            if cluster and cluster not in names:
                # Once for all rows of it.
                self.found.problems.extend(() if cluster in told else unknown(place, cluster, list(names)))
                told.add(cluster)
            elif cluster and code:
                table = self.tree[section][names[cluster]].setdefault(key, [])
                path = (section, names[cluster], key)
                if isinstance(table, list):
                    self.found.places.setdefault(path, sheet.place(row, 1))
                    self.found.places[*path, len(table)] = sheet.place(row, 1)
                    table.append(code)
            elif cluster:
                self.complain(sheet.place(row, 1), "the code of a practice", "nothing")

    def _where(self, sheet: Sheet, row: int, columns: Mapping[str, int], *, strict: bool) -> KeyPath | None:
        """Return the key that a row is about; what is not known is told where `strict`."""
        title, which, figure = (sheet.text(row, columns.get(name, 0)) for name in WHERE)
        of = next((form for form in forms() if form.title.casefold() == title.casefold()), None)
        if of is None:
            titles = [form.title for form in forms()]
            self.found.problems.extend(unknown(sheet.place(row, 1), title, titles) if strict or title else [])
            return None
        path = path_of(figure, of) if figure else ()
        if of.of_list is None and not of.kinds:
            return of.key_path(path, None)
        tables = self.found.given.get(of.sections[0].key, [])
        names = [str(one.get("name", one.get("rule", ""))) for one in tables]
        if which not in names:
            place = sheet.place(row, columns.get(WHERE[1], 2))
            self.found.problems.extend(unknown(place, which, names) if strict else [])
            return None
        return of.key_path((which, *path) if of.kinds else path, names.index(which))

    def doubts(self) -> None:
        """Take what is not known of figures: a standard deviation, or ends between which each lies."""
        if (sheet := self.sheet(DOUBT)) is None:
            return
        for row, columns in self.rows(sheet, WHERE[0], FIGURE):
            places = {name: columns[name] for name in ("sd", "low", "high") if name in columns}
            said = {name: self.value(sheet, row, at) for name, at in places.items()}
            ends = {name: value for name, value in said.items() if value is not None}
            if not ends or (path := self._where(sheet, row, columns, strict=True)) is None:
                continue
            table = self._table_of(path)
            mean = {"mean": table[path[-1]]} if path[-1] in table else {}
            if isinstance(mean.get("mean"), dict):
                self.complain(sheet.place(row, 1), "each figure once", heading(path))
                continue
            table[path[-1]] = mean | ends
            place = sheet.place(row, min(places[name] for name in ends))
            self.found.places.setdefault(path, place)
            self.found.places.update({(*path, name): sheet.place(row, at) for name, at in places.items()})

    def _table_of(self, path: KeyPath) -> dict[Any, Any]:
        """Return the table in which a figure stands; an empty one of no account where there is none."""
        table: Any = self.found.given
        for step in path[:-1]:
            if isinstance(table, dict):
                table = table.setdefault(step, {})
            elif isinstance(table, list) and isinstance(step, int) and step < len(table):
                table = table[step]
        return table if isinstance(table, dict) else {}

    def sources(self) -> None:
        """Take the notes; those of what is not there any more say nothing."""
        if (sheet := self.sheet(SOURCES)) is None:
            return
        for row, columns in self.rows(sheet, WHERE[0]):
            beside, above = (columns.get(name, 0) for name in (SOURCE, "before it"))
            told = str(sheet.cells.get((row, above), ""))
            if not any(sheet.text(row, columns.get(name, 0)) for name in WHERE):
                self.found.notes.add((), "", told)
            elif (path := self._where(sheet, row, columns, strict=False)) is not None:
                self.found.notes.add(path, sheet.text(row, beside), told)


def _listed(tree: Any, path: KeyPath, found: WorkbookScenario) -> Any:
    """Return a tree with lists in place of tables by position; positions that are left out are told."""
    if not isinstance(tree, dict):
        return tree
    if not any(isinstance(step, int) for step in tree):
        return {key: _listed(one, (*path, key), found) for key, one in tree.items()}
    steps = sorted(step for step in tree if isinstance(step, int))
    for at, step in enumerate(steps):
        if at != step:
            place = found.places.get((*path, at), found.places[*path, step])
            found.problems.append(Problem(place, "filled in, as those after it are", "nothing"))
            break
    return [_listed(tree[step], (*path, step), found) for step in steps]
