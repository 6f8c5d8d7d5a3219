"""Writing a scenario as a workbook: sheets to fill in, with units, choices and bounds from the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from simulator.scenario.figures import Figure, Kind, is_share
from simulator.scenario.figures import Path as Row
from simulator.scenario.files import Given
from simulator.scenario.sheets import TABLE_MARK, Value, letters
from simulator.scenario.toml_writer import Notes
from simulator.scenario.workbook import look
from simulator.scenario.workbook.filling import (
    Doubt,
    Filling,
    filling_of,
    members_of,
    notes_elsewhere,
    told_beside,
    what_it_is,
)
from simulator.scenario.workbook.forms import (
    DOUBT,
    FIGURE,
    OFF,
    OWN_NOTES,
    PRACTICES,
    READ_ME,
    SOURCE,
    SOURCES,
    UNIT,
    VALUE,
    WHAT,
    WHERE,
    Form,
    forms,
    heading,
    rows_of,
)
from simulator.scenario.workbook.read_me import READ_ME_LINES
from simulator.scenario.workbook.values import as_cell

_TOP = 4
"""The row of headings, below what a sheet is and how to fill it in."""
_FIRST_VALUE = 4
"""The column of values, after a figure, its unit and what it is."""
_SPARE_COLUMNS, _SPARE_ROWS = 3, 20
_HOW = "Fill in the yellow cells. What is left empty is left out; grey cells count for nothing."
_ENDS = ("sd", "low", "high")
_NAMES_OF = {"service_line": "Service lines", "cluster": "Clusters"}
"""Keys that hold the name of a table on another sheet."""


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A table beside a scenario, as a sheet of its workbook."""

    title: str
    file: str  # what the scenario calls it
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a scenario's workbook holds."""

    given: Given
    notes: Notes
    tables: Sequence[TableSheet]
    practices: Mapping[str, tuple[str, float]]  # name and people of each practice that is known, by code
    choices: Mapping[str, Sequence[str]]  # what keys may be besides what the schema says


def save_workbook(contents: Contents, path: Path) -> None:
    """Write a scenario as a workbook."""
    book = Workbook()
    look.add_styles(book)
    book.properties.title, book.properties.creator = str(contents.given.get("title", "")), "cluster-risk"
    _write_read_me(book.active, contents)
    told, doubts = set(), []
    for form in forms():
        sheet = book.create_sheet(form.title)
        filled = filling_of(form, contents.given)
        doubts += filled.doubts
        told |= _Figures(sheet, form, filled, contents).write()
        if form.title == "Clusters":
            _write_members(book.create_sheet(PRACTICES), contents)
    _write_doubts(book[DOUBT], doubts)
    _write_sources(book.create_sheet(SOURCES), contents, told)
    for table in contents.tables:
        _write_table(book.create_sheet(table.title), table)
    book.save(path)


class _Figures:
    """Writes a sheet of figures: a row each, and a column of values or several."""

    def __init__(self, sheet: Any, form: Form, filled: Filling, contents: Contents) -> None:
        self.sheet, self.form, self.filled, self.contents = sheet, form, filled, contents
        lines = [str(one["name"]) for one in contents.given.get("service_lines", ())]
        found = rows_of(form, filled.used, lines)
        hidden = {("practices",)} if form.title == "Clusters" else set()
        self.rows = [one for one in found if one[0] not in hidden]
        columns = len(filled.columns) + (_SPARE_COLUMNS if form.of_list else 0)
        self.last = _FIRST_VALUE + columns - 1
        self.at: dict[Row, int] = {}  # the row that each figure stands in

    def write(self) -> set[Row]:
        """Write the sheet; return the keys that have their source beside them."""
        sheet, form = self.sheet, self.form
        words = form.sections[0].words if len(form.sections) == 1 else "Who, when, and how much is simulated"
        words = "A column each" if form.of_list else words.rstrip(".")
        look.title(sheet, f"{form.title}: {words[:1].lower()}{words[1:]}", _HOW)
        values = [str(at) for at in range(1, self.last - _FIRST_VALUE + 2)] if form.of_list else [VALUE]
        look.head(sheet, _TOP, [FIGURE, UNIT, WHAT, *values, *([] if form.of_list else [SOURCE])])
        beside = told_beside(form, self.contents.given, (row for row, _, _ in self.rows))
        row, section = _TOP, ""
        for path, pattern, figure in self.rows:
            part = str(path[0])
            if (
                not form.of_list
                and not form.kinds
                and len(form.sections) > 1
                and len(path) > 1
                and part != section
            ):
                row, section = row + 1, part
                self._band(row, part)
            row += 1
            self.at[path] = row
            self._figure(row, path, pattern, figure)
            if not form.of_list:
                said = self.contents.notes.beside.get(beside.get(path, ("",)), "")
                look.put(sheet, row, self.last + 1, said or None, look.FILL)
        for path, _, figure in self.rows:
            self._allow(path, figure)
        widths = [34, 17, 56, *([22] * (self.last - 3) if form.of_list else [26, 56])]
        look.page(sheet, widths, _TOP, 2 if form.of_list else 1)
        return set(beside.values()) if not form.of_list else set()

    def _band(self, row: int, key: str) -> None:
        words = next((one.words for one in self.form.sections if one.key == key), "")
        look.put(self.sheet, row, 1, heading((key,)))
        look.put(self.sheet, row, 3, words)
        look.band(self.sheet, row, self.last + 1)

    def _figure(self, row: int, path: Row, pattern: Row, figure: Figure) -> None:
        sheet, is_kind = self.sheet, bool(self.form.kinds) and len(path) == 1
        name, words = look.put(sheet, row, 1, heading(path, pattern)), what_it_is(figure)
        unit = "per cent" if is_share(figure) else f"1, 2, 3 ... or {OFF}" if is_kind else figure.unit
        look.put(sheet, row, 2, unit)
        look.put(sheet, row, 3, words)
        if is_kind:
            look.band(sheet, row, self.last + 1)
        if self.form.of_list and words:
            look.remark(name, f"{words} Unit: {unit}.")
        for column in range(_FIRST_VALUE, self.last + 1):
            at = column - _FIRST_VALUE
            values = self.filled.columns[at] if at < len(self.filled.columns) else {}
            value = as_cell(values[path]) if path in values else None
            look.put(sheet, row, column, value, look.fill_style(figure))

    def _allow(self, path: Row, figure: Figure) -> None:
        """Say what may be typed into the cells of a row, and when they count for nothing."""
        row, first = self.at[path], letters(_FIRST_VALUE)
        cells = f"{first}{row}:{letters(self.last)}{row}"
        more = self.contents.choices.get(str(path[-1]), ())
        if self.form.kinds and len(path) == 1:
            look.choose(self.sheet, cells, [*map(str, range(1, len(self.form.kinds) + 1)), OFF])
        elif figure.choices and figure.kind is not Kind.TEXTS:
            look.choose(self.sheet, cells, figure.choices)
        elif path[-1] in _NAMES_OF and figure.kind is Kind.TEXT:
            look.choose_from(self.sheet, cells, _names_on(_NAMES_OF[str(path[-1])], self.contents))
        elif more and figure.kind is Kind.TEXT:
            look.choose(self.sheet, cells, more, others=True)
        elif figure.kind in {Kind.NUMBER, Kind.WHOLE}:
            look.bound(self.sheet, cells, figure)
        start = (path[0],) if self.form.kinds else () if self.form.of_list else path[:1]
        for tag, kinds in figure.only_with:
            of = self.at.get((*start, *tag), self.at.get(tag))
            if of is not None:
                other = ",".join(f'{first}${of}<>"{kind}"' for kind in kinds)
                look.grey_where(self.sheet, cells, f"AND({other})")
        if self.form.kinds and len(path) > 1:
            of = self.at[path[:1]]
            look.grey_where(self.sheet, cells, f'OR(${first}${of}="",${first}${of}="{OFF}")')


def _names_on(title: str, contents: Contents) -> str:
    """Return where the names of a list's tables stand, spare columns included."""
    key = title.lower().replace(" ", "_")
    last = letters(_FIRST_VALUE + len(contents.given.get(key, ())) + _SPARE_COLUMNS - 1)
    return f"'{title}'!${letters(_FIRST_VALUE)}${_TOP + 1}:${last}${_TOP + 1}"


def _write_read_me(sheet: Any, contents: Contents) -> None:
    sheet.title = READ_ME
    look.title(
        sheet, str(contents.given.get("title", "A scenario")), "A scenario for cluster-risk, as a workbook"
    )
    for row, (name, words) in enumerate(READ_ME_LINES, start=_TOP):
        if not words:
            look.put(sheet, row, 1, name)
            look.band(sheet, row, 2)
        else:
            look.put(sheet, row, 1, name)
            look.put(sheet, row, 2, words)
    look.page(sheet, [26, 100], 0)


def _write_members(sheet: Any, contents: Contents) -> None:
    """Write which practices a cluster has; then those that are in none, for a few hundred at most."""
    look.title(
        sheet, "Practices: which cluster each is in", "Choose a cluster, or leave the cell empty for none."
    )
    look.head(sheet, _TOP, ["practice", "cluster", f"{OWN_NOTES} name", f"{OWN_NOTES} people"])
    members = members_of(contents.given)
    inside = {code for code, _ in members}
    others = [code for code in contents.practices if code not in inside]
    rows = [*members, *((code, None) for code in others[:500]), *[(None, None)] * _SPARE_ROWS]
    for row, (code, cluster) in enumerate(rows, start=_TOP + 1):
        name, people = contents.practices.get(code or "", (None, None))
        for column, value in enumerate((code, cluster, name, people), start=1):
            look.put(sheet, row, column, value, look.FILL if column < 3 else look.WORDS)
    look.choose_from(sheet, f"B{_TOP + 1}:B{_TOP + len(rows)}", _names_on("Clusters", contents))
    look.page(sheet, [14, 34, 46, 12], _TOP)


def _write_doubts(sheet: Any, doubts: Sequence[Doubt]) -> None:
    """Write which figures are not known exactly, below the settings of doubt."""
    row = sheet.max_row + 3
    words = "Figures that are not known exactly: an sd, or a low and a high between which each lies"
    look.put(sheet, row - 1, 1, words, look.LINE)
    look.head(sheet, row, [*WHERE, *_ENDS])
    spare: list[Doubt] = [("", "", "", {})] * _SPARE_ROWS
    for at, (*where, ends) in enumerate([*doubts, *spare], start=row + 1):
        form = look.PER_CENT if "share" in str(where[2]).split() else "General"
        for column, said in enumerate(where, start=1):
            look.put(sheet, at, column, str(said) or None, look.FILL)
        for column, name in enumerate(_ENDS, start=len(WHERE) + 1):
            value = as_cell(ends[name]) if name in ends else None
            look.put(sheet, at, column, value, f"{look.FILL} {form}")
    look.page(sheet, [34, 28, 48, 26, 40, 13], _TOP)
    look.choose(sheet, f"A{row + 1}:A{row + len(doubts) + _SPARE_ROWS}", [form.title for form in forms()])


def _write_sources(sheet: Any, contents: Contents, told: set[Row]) -> None:
    look.title(
        sheet,
        "Sources: where figures come from, and what else is said of them",
        "Each figure its source, or the word assumption. Sheets with a column source have it there.",
    )
    look.head(sheet, _TOP, [*WHERE, SOURCE, "before it"])
    rows: Iterator[Sequence[str]] = notes_elsewhere(contents.given, contents.notes, told)
    for row, cells in enumerate([*rows, *[("",) * 5] * _SPARE_ROWS], start=_TOP + 1):
        for column, said in enumerate(cells, start=1):
            look.put(sheet, row, column, said or None, look.FILL)
    look.page(sheet, [17, 26, 26, 58, 62], _TOP)


def _write_table(sheet: Any, table: TableSheet) -> None:
    look.put(sheet, 1, 1, TABLE_MARK)
    look.band(sheet, 1, 1)
    look.put(sheet, 1, 2, table.file, look.LINE)
    heading_at = next((at for at, row in enumerate(table.rows) if not str(row[0]).startswith("#")), 0)
    for row, cells in enumerate(table.rows, start=3):
        for column, value in enumerate(cells, start=1):
            look.put(sheet, row, column, value if value != "" else None, look.LINE)
    if table.rows:
        look.head(sheet, heading_at + 3, [str(cell) for cell in table.rows[heading_at]])
    width = max((len(row) for row in table.rows), default=1)
    look.page(sheet, [16, 30, *[13] * (width - 2)], heading_at + 3)
