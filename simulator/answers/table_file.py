"""Writing tables to a CSV or Excel file, whole or not at all, with where they come from."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import InputError, Problem, printable
from simulator.execution.new_file import new_file
from simulator.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

PROVENANCE_SHEET = "provenance"
_SUFFIXES = (".csv", ".xlsx")
_MADE = datetime(2010, 7, 1)  # noqa: DTZ001 - a fixed date, so that equal tables make equal files


def check_table_path(path: Path) -> None:
    """Refuse a file that tables cannot be written to, before anything is computed."""
    where = f"--out {printable(path)}"
    problems = []
    if path.suffix.lower() not in _SUFFIXES:
        need = f"a file that ends in {' or '.join(_SUFFIXES)}"
        problems.append(Problem(where, need, path.suffix or "no ending"))
    problems.extend(
        Problem(where, "a new file", f"{printable(file)} exists", "choose another name")
        for file in (path, _beside(path))
        if file is not None and file.exists()
    )
    if not path.parent.is_dir():
        problems.append(Problem(where, "a file in a folder that exists", printable(path.parent)))
    if problems:
        raise InputError(problems)


def provenance(scenario: Scenario, command: str, contracts: int, seed: int) -> dict[str, str]:
    """Return what a reader needs to make the numbers again."""
    return {
        "title": scenario.settings.title,
        "scenario": scenario.source,
        "settings laid over it": "; ".join(scenario.overrides) or "none",
        "fingerprint of settings and tables": scenario.fingerprint,
        "question": command,
        "simulated contracts": f"{contracts:,}",
        "seed": str(seed),
        "cluster-risk": version("cluster-risk"),
        "numpy": version("numpy"),
        "python": platform.python_version(),
        "intervals": "columns _low and _high end a 95% interval of sampling error; doubt about the "
        "scenario's figures is not in it",
    }


def write_tables(path: Path, tables: Mapping[str, pd.DataFrame], origin: Mapping[str, str]) -> None:
    """Write tables to a file."""
    import pandas as pd

    check_table_path(path)
    facts = pd.DataFrame({"what": list(origin), "value": list(origin.values())})
    flat = {name: _flat(table) for name, table in tables.items()}
    beside = _beside(path)
    if beside is not None:
        with new_file(path) as partial, new_file(beside) as partial_facts:
            next(iter(flat.values())).to_csv(partial, index=False, lineterminator="\n")
            facts.to_csv(partial_facts, index=False, lineterminator="\n")
        return
    with new_file(path) as partial, pd.ExcelWriter(partial, engine="xlsxwriter") as writer:
        # The writer's own date would make equal tables different files.
        writer.book.set_properties({"created": _MADE})
        for name, table in {**flat, PROVENANCE_SHEET: facts}.items():
            table.to_excel(writer, sheet_name=name[:31], index=False, freeze_panes=(1, 1))
            writer.sheets[name[:31]].autofit()


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the named levels of its index as columns."""
    return table.reset_index() if any(table.index.names) else table


def _beside(path: Path) -> Path | None:
    """Return where the provenance of a CSV file goes; None for a file that holds it itself."""
    return path.with_suffix(".provenance.csv") if path.suffix.lower() == ".csv" else None
