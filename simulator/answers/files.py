"""Writing an answer to a CSV or Excel file, whole or not at all, with where it comes from."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.answers.answer import Answer
from simulator.answers.number_forms import Formula, SheetCell, forms_of, letters_of
from simulator.answers.table import Column, Table
from simulator.errors import Problem, Problems, printable
from simulator.execution.new_files import CSV_ENCODING, check_new_file, new_file
from simulator.execution.versions import versions as every_version
from simulator.letters import starts_a_formula
from simulator.risk.estimate import Estimate, Unit
from simulator.scenario.doubts import doubt_in_words
from simulator.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

_SUFFIXES = (".csv", ".xlsx")
_ALL, _PROVENANCE = "every number", "provenance"
_MADE = date(2010, 7, 1)
_IN_HEADINGS = {Unit.GBP: ", £", Unit.PROBABILITY: ", %", Unit.SHARE: ", %"}
_UNIT_WORDS = {Unit.GBP: "£", Unit.PROBABILITY: "%", Unit.SHARE: "%"}
_NAME_WIDTH, _WORDS_WIDTH, _NUMBER_WIDTH = 28, 60, 11
_NOT_IN_A_TAB = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TAB = 31
_ROWS_TO_FILTER, _LINE_POINTS = 40, 15
_SCALE_PER_CENT, _WIDEST_PAGE = 70, 207
"""How small a page may be printed, and the letters that are then across it."""
MOST_ROWS = 1_048_574
"""Rows that Excel can hold below a caption and a head."""


_NOTES = (
    ("Intervals", "Columns that end in low and high are the ends of a 95% interval of sampling error."),
    (
        "Empty cells",
        "Nothing can be said, or nothing has to be: an amount that does not arise has no number.",
    ),
    ("Rounding", "Cells show rounded numbers and hold them in full."),
    ("Per cent", "Columns in per cent hold shares: 10% is 0.1."),
)
"""What every workbook says of its sheets, as a short name and a sentence."""
COVER, CONTENTS, NOTES = "cover", "contents", "notes"
"""Sheets at the front, as the UK Government's Analysis Function asks of spreadsheets for others."""
FRONT = (COVER, CONTENTS, NOTES)


class Workbook:
    """A workbook that is being written; made by `new_workbook`."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheets: dict[str, tuple[str, Any]] = {}  # what each holds, by name in small letters
        self._caption = book.add_format({"bold": True, "font_size": 14})
        head = {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": "#EEF2F5", "bottom": 2}
        self._head = book.add_format(head)
        self._words = book.add_format({"text_wrap": True, "valign": "top"})
        self._more_words = book.add_format({"text_wrap": True, "valign": "top", "indent": 1})
        self._link = book.add_format({"font_color": "#1F5A8A", "underline": 1, "valign": "top"})
        self._numbers: dict[tuple[str, bool], Any] = {}  # by form, and whether a reader may change them

    def front(
        self, title: str, subject: str, facts: Iterable[tuple[str, str]], notes: Iterable[tuple[str, str]]
    ) -> None:
        """Write what a workbook opens with: a cover, an empty table of contents, and notes."""
        cover = self._book.add_worksheet(COVER)
        self._sheets[COVER] = (title, cover)
        told = [f"{what}: {said}" for what, said in facts]
        how = f"The sheet {CONTENTS} lists all sheets, and {NOTES} says how to read them."
        lines = [subject, *told, how]
        cover.write_string(0, 0, title, self._caption)
        for at, line in enumerate(filter(None, lines), start=1):
            cover.write_string(at, 0, line, self._words)
        cover.set_column(0, 0, 90)
        cover.set_paper(9)
        self._sheets[CONTENTS] = ("What this workbook holds", self._book.add_worksheet(CONTENTS))
        self.sheet(NOTES, "How to read this workbook", ("Note", "What it says"), (*_NOTES, *notes))

    def end(self) -> None:
        """Fill the table of contents."""
        if CONTENTS not in self._sheets:
            return
        caption, sheet = self._sheets[CONTENTS]
        others = [
            (one.get_name(), held) for name, (held, one) in self._sheets.items() if name not in FRONT[:2]
        ]
        self._fill(sheet, caption, ("Sheet", "What it holds"), others)
        for at, (name, _) in enumerate(others, start=2):
            quoted = name.replace("'", "''")
            sheet.write_url(at, 0, f"internal:'{quoted}'!A1", self._link, name)

    def sheet(
        self,
        name: str,
        caption: str,
        headings: Sequence[str],
        rows: Iterable[Sequence[SheetCell]],
        *,
        inputs: int | None = None,
    ) -> None:
        """Write a sheet: a caption in A1, and a table below it; a reader may change column `inputs`."""
        tab = self._new_name(name)
        sheet = self._book.add_worksheet(tab)
        self._sheets[tab.lower()] = (caption, sheet)
        self._fill(sheet, caption, headings, rows, inputs)

    def _fill(
        self,
        sheet: Any,
        caption: str,
        headings: Sequence[str],
        rows: Iterable[Sequence[SheetCell]],
        inputs: int | None = None,
    ) -> None:
        sheet.write_string(0, 0, caption, self._caption)
        heads, rows = _different(headings), list(rows)
        forms = [forms_of(cells) for cells in zip(*rows, strict=True)]
        longest, last, long_rows = [0] * len(heads), 1, list[tuple[int, Sequence[SheetCell]]]()
        for last, row in enumerate(rows, start=2):
            for at, cell in enumerate(row):
                self._write(sheet, last, at, cell, self._number(next(forms[at]), given=at == inputs))
                longest[at] = max(longest[at], letters_of(cell))
            if any(isinstance(cell, str) and len(cell) > _NAME_WIDTH for cell in row):
                long_rows.append((last, row))
        for at, heading in enumerate(heads):
            sheet.write_string(1, at, heading, self._head)
        if last > 1:
            # Marked as a table: a screen reader, a filter and a chart then know its head from its body.
            columns = [{"header": heading, "header_format": self._head} for heading in heads]
            form = {"columns": columns, "style": None, "autofilter": last > _ROWS_TO_FILTER}
            sheet.add_table(1, 0, last, len(heads) - 1, form)
        widths = [
            min(max(length, _NUMBER_WIDTH, *map(len, head.split())), _WORDS_WIDTH if at else _NAME_WIDTH)
            for at, (length, head) in enumerate(zip(longest, heads, strict=True))
        ]
        # Not every program makes rows as high as their words need.
        for at_row, cells in ((1, heads), *long_rows):
            lines = max(_lines(cell, wide) for cell, wide in zip(cells, widths, strict=True))
            if lines > 1:
                sheet.set_row(at_row, _LINE_POINTS * lines)
        _set_page(sheet, caption, widths, last)

    def _write(self, sheet: Any, row: int, at: int, cell: SheetCell, look: Any) -> None:
        match cell:
            case str():
                sheet.write_string(row, at, cell, self._more_words if at else self._words)
            case Formula(text, value):
                sheet.write_formula(row, at, text, look, value)
            case (value, _) if not math.isnan(value):
                sheet.write_number(row, at, value, look)

    def _number(self, form: str, *, given: bool) -> Any:
        """Return the look of a number of a form; `given` if a reader may change it."""
        if (form, given) not in self._numbers:
            colours = {"bg_color": "#FFF5D6", "border": 1} if given else {}
            look = self._book.add_format({"num_format": form, "valign": "top"} | colours)
            self._numbers[form, given] = look
        return self._numbers[form, given]

    def table(self, table: Table) -> None:
        """Write a table as a page shows it, with two columns more for each estimate: its interval's ends."""
        spread = [_spread(column) for column in table.columns]
        headings = [heading for some, _ in spread for heading in some]
        rows = zip(*(cells for _, parts in spread for cells in parts), strict=True)
        self.sheet(table.name, table.title, headings, rows)

    def call(self, name: str, place: str) -> None:
        """Give a cell a name that formulas use."""
        self._book.define_name(name, f"={place}")

    def _new_name(self, name: str) -> str:
        """Return a name for a tab that no other has, whatever their capitals."""
        plain = _NOT_IN_A_TAB.sub(" ", name)[:_LONGEST_TAB]
        return next(
            one
            for one in (plain, *(f"{plain[: _LONGEST_TAB - 4]} {at}" for at in range(2, 1_000)))
            if one.lower() not in self._sheets
        )


def _set_page(sheet: Any, caption: str, widths: Sequence[int], last: int) -> None:
    """Set columns, and a page that can be read in print."""
    for at, wide in enumerate(widths):
        sheet.set_column(at, at, wide)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_footer("&L&A&RPage &P of &N")
    if sum(widths) <= _WIDEST_PAGE:
        sheet.fit_to_pages(1, 0)
    else:
        # All on one page would be too small to read. The first column is on each of several, and too narrow
        # for the caption, which goes above the page.
        sheet.repeat_columns(0)
        sheet.set_print_scale(_SCALE_PER_CENT)
        sheet.print_area(1, 0, last, len(widths) - 1)
        sheet.set_header('&L&"-,Bold"&14' + caption.replace("&", "&&"))


def _lines(cell: SheetCell, width: int) -> int:
    """Return how many lines a cell needs in a column of so many letters; bold ones are a little wider."""
    return len(textwrap.wrap(cell, max(width - 2, 1))) if isinstance(cell, str) else 1


def _different(headings: Sequence[str]) -> list[str]:
    """Return headings of which no two are the same to a spreadsheet, and none is empty."""
    found: dict[str, str] = {}
    for at, heading in enumerate(headings, start=1):
        plain = heading or f"column {at}"
        tries = (plain, *(f"{plain} ({times})" for times in range(2, len(headings) + 2)))
        one = next(one for one in tries if one.lower() not in found)
        found[one.lower()] = one
    return list(found.values())


def moment_of(day: date | None) -> datetime:
    """Return when a file says it was made: on a day, or on one for all, so that equal files are equal."""
    return datetime.combine(day or _MADE, time())


@contextmanager
def new_workbook(
    path: Path, title: str, subject: str = "", author: str = "", day: date | None = None
) -> Iterator[Workbook]:
    """Give a workbook to write sheets to, saved when all is written; `day` is what it is dated."""
    import xlsxwriter

    options = {f"strings_to_{what}": False for what in ("formulas", "urls", "numbers")}
    # Else each part of it is a file on disk for a moment.
    options["in_memory"] = True
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": title, "subject": subject, "author": author, "created": moment_of(day)})
        made = Workbook(book)
        yield made
        made.end()


def _spread(column: Column) -> tuple[list[str], list[list[SheetCell]]]:
    """Return a column as one of a sheet, or as three where any cell is known with an error only.

    Where cells have several units, a column before them says which.
    """
    uncertain = any(isinstance(cell, Estimate) and cell.low < cell.high for cell in column.cells)
    cells: list[list[SheetCell]] = [[], [], []]
    units = [column.unit_at(at) for at in range(len(column.cells))]
    for cell, unit in zip(column.cells, units, strict=True):
        ends = (cell.value, cell.low, cell.high) if isinstance(cell, Estimate) else (cell, None, None)
        for part, one in zip(cells, ends, strict=True):
            part.append(one if one is None or isinstance(one, str) else (one, unit))
    only = next(iter(set(units)), Unit.TEXT) if len(set(units)) < 2 else None
    heading = column.heading + ("" if only is None else _IN_HEADINGS.get(only, ""))
    headings, parts = [heading], cells[:1]
    if uncertain:
        headings, parts = [heading, f"{heading}, low", f"{heading}, high"], cells
    if only is None:
        in_words: list[SheetCell] = [_UNIT_WORDS.get(unit, unit.value) for unit in units]
        return [f"{column.heading}: unit", *headings], [in_words, *parts]
    return headings, parts


def check_out(path: Path, *, replace: bool = False) -> None:
    """Refuse a file that an answer cannot be written to, before anything is computed: InputError."""
    problems = Problems()
    if path.suffix.lower() not in _SUFFIXES:
        need = f"a file that ends in {' or '.join(_SUFFIXES)}"
        problems.append(Problem(f"--out {printable(path)}", need, path.suffix or "no ending"))
    for file in (path, _beside(path)):
        if file is not None:
            with problems.noted():
                check_new_file(file, replace=replace)
    problems.report()


def provenance(
    scenario: Scenario, command: str, contracts: int | None = None, seed: int | None = None
) -> dict[str, str]:
    """Return what a reader needs to make the numbers again, by what it is, in the order to show it."""
    # Contracts and seed are left out of numbers that nothing was drawn for.
    drawn = {} if contracts is None else {"simulated contracts": f"{contracts:,}", "seed": str(seed)}
    return {
        "title": scenario.settings.title,
        "scenario": scenario.source,
        "settings laid over it": "; ".join(scenario.laid_over) or "none",
        "fingerprint of settings and tables": scenario.fingerprint,
        "question": command,
        **drawn,
        **versions(),
        "intervals": "columns low and high end a 95% interval of sampling error; "
        + (doubt_in_words(scenario.settings) or "doubt about the scenario's figures is not in it"),
    }


def versions() -> dict[str, str]:
    """Return the versions of what makes the numbers, as a reader of a file needs them."""
    found = every_version()
    return {name: found[name] for name in ("cluster-risk", "numpy", "python")}


def write_answer(path: Path, answer: Answer, command: str, *, replace: bool = False) -> None:
    """Write an answer to a file: CSV takes every number, Excel also each table as a page shows it."""
    drawn = (answer.contracts, answer.seed) if answer.is_drawn else ()
    origin = provenance(answer.scenario, command, *drawn) | answer.origin()
    if said := answer.sentences():
        origin["answer"] = " ".join(said)
    write_tables(path, answer.tables(), answer.every_number(), origin, replace=replace)


def write_tables(
    path: Path,
    tables: Sequence[Table],
    every_number: pd.DataFrame,
    origin: Mapping[str, str],
    *,
    replace: bool = False,
) -> None:
    """Write tables to a file that `check_out` takes.

    A CSV file holds `every_number`, and `origin` goes into a file beside it that ends in
    ``.provenance.csv``; an Excel file has a sheet for each table, for `every_number` and for `origin`.
    """
    import pandas as pd

    check_out(path, replace=replace)
    if (beside := _beside(path)) is not None:
        with new_file(path, replace=replace) as partial, new_file(beside, replace=replace) as partial_facts:
            # A file may be called "=x.toml"; an apostrophe keeps spreadsheets from working it out.
            told = [(what, f"'{said}" if starts_a_formula(said) else said) for what, said in origin.items()]
            facts = pd.DataFrame(told, columns=["what", "value"])
            for file, rows in ((partial, every_number), (partial_facts, facts)):
                rows.to_csv(file, index=False, lineterminator="\n", encoding=CSV_ENCODING)
        return
    with new_file(path, replace=replace) as partial, new_workbook(partial, origin["title"]) as book:
        notes = [("Sampling", said)] if (said := origin.get("intervals")) else []
        book.front(origin["title"], origin.get("question", ""), (), notes)
        for table in tables:
            book.table(table)
        head = [str(name) for name in every_number.columns]
        cells = _rows(every_number[:MOST_ROWS])
        book.sheet(_ALL, "Every number, with its 95% interval", head, cells)
        book.sheet(_PROVENANCE, "Where the numbers come from", ("what", "value"), tuple(origin.items()))


def _rows(table: pd.DataFrame) -> Iterator[list[SheetCell]]:
    """Yield the rows of a sheet: numbers after the column `unit` are in that unit."""
    names = list(table.columns)
    at_unit = names.index("unit") if "unit" in names else len(names)
    for row in table.itertuples(index=False):
        yield [
            one if isinstance(one, str) else (float(one), Unit(row[at_unit]) if at > at_unit else Unit.NUMBER)
            for at, one in enumerate(row)
        ]


def _beside(path: Path) -> Path | None:
    """Return where the provenance of a CSV file goes; None for a file that holds it itself."""
    return path.with_suffix(".provenance.csv") if path.suffix.lower() == ".csv" else None
