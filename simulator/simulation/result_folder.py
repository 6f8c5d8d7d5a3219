"""Writing a result to a folder: everything, or nothing."""

from __future__ import annotations

import csv
import json
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from simulator.errors import InputError, Problem, printable
from simulator.execution.new_folder import new_folder
from simulator.simulation.result import Result

MANIFEST = "manifest.json"
_FILES = {"summary.csv", "outcomes.nc", MANIFEST}
_VERSIONED = ("cluster-risk", "numpy", "scipy", "pandas", "xarray", "netCDF4", "pydantic")


@contextmanager
def new_result_folder(target: Path, replace: bool) -> Iterator[Path]:
    """Give a folder to write to, which becomes `target` only if all goes well."""
    with new_folder(target, partial(_check_free, replace=replace)) as folder:
        yield folder


def _check_free(target: Path, replace: bool) -> None:
    """Refuse a target that exists, unless it is an earlier result and nothing else."""
    if not target.exists():
        return
    names = {path.name for path in target.iterdir()} if target.is_dir() else set()
    is_result = MANIFEST in names and names <= _FILES
    if not (replace and is_result):
        hint = "choose another name, or add --replace" if is_result else "choose another name"
        need = "a new folder, or with --replace one that holds an earlier result and nothing else"
        raise InputError([Problem(f"--out {printable(target)}", need, "something that exists", hint)])


def write_result(result: Result, folder: Path, started: datetime, seconds: float) -> None:
    """Write summary.csv, outcomes.nc and manifest.json."""
    write_summary(result, folder / "summary.csv")
    result.outcomes.to_netcdf(folder / "outcomes.nc", engine="netcdf4")
    manifest = {
        "title": result.scenario.settings.title,
        "scenario": result.scenario.source,
        "scenario_text": result.scenario.text,
        "overrides": list(result.scenario.overrides),
        "scenario_sha256": result.scenario.fingerprint,
        "contracts": result.contracts,
        "seed": result.seed,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _VERSIONED}},
        "started": started.isoformat(timespec="seconds"),
        "simulation_seconds": round(seconds, 3),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def write_summary(result: Result, path: Path) -> None:
    """Write the summary as CSV: full precision, one row a cluster and then the PCT."""
    columns = result.summary_columns
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
