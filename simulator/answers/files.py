"""Writing an answer to a CSV or Excel file, whole or not at all, with where it comes from."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.answers.answer import Answer
from simulator.answers.table import Column, Table
from simulator.errors import Problem, Problems, printable
from simulator.execution.new_files import CSV_ENCODING, check_new_file, new_file
from simulator.letters import starts_a_formula
from simulator.risk.estimate import Estimate, Unit
from simulator.scenario.doubts import doubt_in_words
from simulator.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

_SUFFIXES = (".csv", ".xlsx")
_ALL, _PROVENANCE = "every number", "provenance"
_MADE = datetime(2010, 7, 1)  # noqa: DTZ001 - a fixed date, so that equal tables make equal files
_FORMATS = {Unit.GBP: "£#,##0", Unit.PROBABILITY: "0.0%", Unit.SHARE: "0.0%", Unit.PEOPLE: "#,##0"}
_PENCE = "£#,##0.00"
_LARGEST_WITH_PENCE = 1_000
_NAME_WIDTH, _WORDS_WIDTH, _NUMBER_WIDTH = 28, 60, 14
_NOT_IN_A_TAB = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TAB = 31
MOST_ROWS = 1_048_574
"""Rows that Excel can hold below a caption and a head."""

SheetCell = str | tuple[float, Unit] | None


class Workbook:
    """A workbook that is being written; made by `new_workbook`."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._caption = book.add_format({"bold": True, "font_size": 12})
        head = {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": "#EEF2F5", "bottom": 2}
        self._head = book.add_format(head)
        self._words = book.add_format({"text_wrap": True, "valign": "top"})
        forms = dict.fromkeys((*_FORMATS.values(), _PENCE, "General"))
        self._numbers = {form: book.add_format({"num_format": form}) for form in forms}

    def sheet(
        self, name: str, caption: str, headings: Sequence[str], rows: Iterable[Sequence[SheetCell]]
    ) -> None:
        """Write a sheet: a caption, a frozen head, and rows."""
        sheet = self._book.add_worksheet(_NOT_IN_A_TAB.sub(" ", name)[:_LONGEST_TAB])
        sheet.write_string(0, 0, caption, self._caption)
        for at, heading in enumerate(headings):
            sheet.write_string(1, at, heading, self._head)
        sheet.freeze_panes(2, 1)
        sheet.repeat_rows(1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        longest = [0] * len(headings)
        for at_row, row in enumerate(rows, start=2):
            for at, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at_row, at, cell, self._words)
                    longest[at] = max(longest[at], len(cell))
                elif cell is not None and cell[0] == cell[0]:
                    sheet.write_number(at_row, at, cell[0], self._form(*cell))
        for at, length in enumerate(longest):
            wide = min(max(length, _NUMBER_WIDTH), _WORDS_WIDTH if at else _NAME_WIDTH)
            sheet.set_column(at, at, wide)

    def table(self, table: Table) -> None:
        """Write a table as a page shows it, with two columns more for each estimate: its interval's ends."""
        spread = [_spread(column) for column in table.columns]
        headings = [heading for some, _ in spread for heading in some]
        rows = zip(*(cells for _, parts in spread for cells in parts), strict=True)
        self.sheet(table.name, table.title, headings, rows)

    def _form(self, value: float, unit: Unit) -> Any:
        """Return the format of a number: pence where they can be seen."""
        if unit is Unit.GBP and abs(value) < _LARGEST_WITH_PENCE and value != round(value):
            return self._numbers[_PENCE]
        return self._numbers[_FORMATS.get(unit, "General")]


@contextmanager
def new_workbook(path: Path, title: str, subject: str = "") -> Iterator[Workbook]:
    """Give a workbook to write sheets to, saved when all is written."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": title, "subject": subject, "created": _MADE})
        yield Workbook(book)


def _spread(column: Column) -> tuple[list[str], list[list[SheetCell]]]:
    """Return a column as one of a sheet, or as three where any cell is known with an error only."""
    uncertain = any(isinstance(cell, Estimate) and cell.low < cell.high for cell in column.cells)
    cells: list[list[SheetCell]] = [[], [], []]
    for at, cell in enumerate(column.cells):
        unit = column.unit_at(at)
        ends = (cell.value, cell.low, cell.high) if isinstance(cell, Estimate) else (cell, None, None)
        for part, one in zip(cells, ends, strict=True):
            part.append(one if one is None or isinstance(one, str) else (one, unit))
    heading = column.heading
    if not uncertain:
        return [heading], cells[:1]
    return [heading, f"{heading}, low", f"{heading}, high"], cells


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
    """Return the versions of what makes the numbers."""
    return {name: version(name) for name in ("cluster-risk", "numpy")} | {"python": platform.python_version()}


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
