"""Writing an answer to a CSV or Excel file, whole or not at all, with where it comes from."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.answers.answer import Answer
from simulator.answers.table import Table
from simulator.answers.workbook import MOST_ROWS, SheetCell, new_workbook
from simulator.errors import Problem, Problems, printable
from simulator.execution.new_files import CSV_ENCODING, check_new_file, new_file
from simulator.risk.estimate import Unit
from simulator.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

_SUFFIXES = (".csv", ".xlsx")
_ALL, _PROVENANCE = "every number", "provenance"


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
    """Return what a reader needs to make the numbers again, by what it is, in the order to show it.

    Contracts and seed are left out of numbers that nothing was drawn for.
    """
    drawn = {} if contracts is None else {"simulated contracts": f"{contracts:,}", "seed": str(seed)}
    return {
        "title": scenario.settings.title,
        "scenario": scenario.source,
        "settings laid over it": "; ".join(scenario.overrides) or "none",
        "fingerprint of settings and tables": scenario.fingerprint,
        "question": command,
        **drawn,
        **versions(),
        "intervals": "columns low and high end a 95% interval of sampling error; doubt about the "
        "scenario's figures is not in it",
    }


def versions() -> dict[str, str]:
    """Return the versions of what makes the numbers."""
    ours = {name: version(name) for name in ("cluster-risk", "numpy")}
    return ours | {"python": platform.python_version()}


def write_answer(path: Path, answer: Answer, command: str, *, replace: bool = False) -> None:
    """Write an answer to a file: CSV takes every number, Excel also each table as a page shows it."""
    drawn = (answer.contracts, answer.seed) if answer.is_drawn else ()
    origin = provenance(answer.scenario, command, *drawn)
    origin |= answer.origin()
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
    check_out(path, replace=replace)
    if (beside := _beside(path)) is not None:
        with new_file(path, replace=replace) as partial, new_file(beside, replace=replace) as partial_facts:
            _write_csv(partial, every_number)
            partial_facts.write_text(_facts(origin), encoding=CSV_ENCODING, newline="\n")
        return
    with new_file(path, replace=replace) as partial, new_workbook(partial, origin["title"]) as book:
        for table in tables:
            book.table(table)
        book.sheet(_ALL, "Every number, with its 95% interval", *_sheet(every_number[:MOST_ROWS]))
        book.sheet(_PROVENANCE, "Where the numbers come from", ("what", "value"), tuple(origin.items()))


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, lineterminator="\n", encoding=CSV_ENCODING)


def _facts(origin: Mapping[str, str]) -> str:
    import pandas as pd

    facts = pd.DataFrame({"what": list(origin), "value": list(origin.values())})
    return str(facts.to_csv(index=False, lineterminator="\n"))


def _sheet(table: pd.DataFrame) -> tuple[list[str], Iterator[list[SheetCell]]]:
    """Return the head and the rows of a sheet: numbers after the column `unit` are in that unit."""
    names = [str(name) for name in table.columns]
    at_unit = names.index("unit") if "unit" in names else len(names)
    rows: Iterator[list[SheetCell]] = (
        [
            cell
            if isinstance(cell, str)
            else (float(cell), Unit(row[at_unit]) if at > at_unit else Unit.NUMBER)
            for at, cell in enumerate(row)
        ]
        for row in table.itertuples(index=False)
    )
    return names, rows


def _beside(path: Path) -> Path | None:
    """Return where the provenance of a CSV file goes; None for a file that holds it itself."""
    return path.with_suffix(".provenance.csv") if path.suffix.lower() == ".csv" else None
