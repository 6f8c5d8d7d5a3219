"""A result in a folder: written, all or nothing; read, and simulated again to the last digit."""

from __future__ import annotations

import csv
import dataclasses
import json
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem, Problems, printable, shown
from simulator.execution.blocks import Workers
from simulator.execution.new_files import CSV_ENCODING, check_room
from simulator.execution.versions import versions, what_decides
from simulator.scenario.files import Given
from simulator.scenario.regimes import regime_of
from simulator.scenario.scenario import Scenario, check_scenario, load_scenario
from simulator.scenario.sheets import folder_of, table_bytes
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.kept_blocks import KeptBlocks, folder_with_blocks
from simulator.simulation.outcomes_file import write_outcomes
from simulator.simulation.pipeline import simulate
from simulator.simulation.result import Result
from simulator.simulation.stored_array import FLOAT_BYTES

_MANIFEST, _SUMMARY, _OUTCOMES = "manifest.json", "summary.csv", "outcomes.nc"
_ROOM_FOR_THE_REST = 5_000_000
_KEYS = {
    "scenario": str,
    "scenario_text": str,
    "overrides": list,
    "scenario_sha256": str,
    "contracts": int,
    "seed": int,
    "started": str,
}


@dataclass(frozen=True, slots=True)
class SavedResult:
    """What `run --out` wrote, to be simulated again."""

    folder: Path  # where it is
    scenario: Scenario  # what was simulated
    contracts: int  # how many were simulated
    seed: int  # of chance
    started: str  # when it was simulated, as the manifest says it

    def simulate(self, workers: Workers = 1) -> Result:
        """Simulate it again."""
        result = simulate(self.scenario, Draws(self.contracts, self.seed, workers))
        if _summary(self.folder) != _as_written(result):
            need = "a result that this version of the program simulates to the same numbers"
            hint = "run the scenario again, with this version"
            raise InputError([Problem(printable(self.folder / _SUMMARY), need, "other numbers", hint)])
        return result


def read_result(folder: Path) -> SavedResult:
    """Read a folder that `run --out` wrote."""
    manifest = _manifest(folder)
    _summary(folder)
    scenario = _scenario(folder, manifest)
    return SavedResult(folder, scenario, manifest["contracts"], manifest["seed"], manifest["started"])


def _manifest(folder: Path) -> dict[str, Any]:
    where, hint = printable(folder), "name a scenario file, or a folder that `run --out` wrote"
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        problem = Problem(where, "a folder that holds a result", f"no {_MANIFEST} that can be read", hint)
        raise InputError([problem]) from None
    found = manifest if isinstance(manifest, dict) else {}
    missing = [key for key, kind in _KEYS.items() if not isinstance(found.get(key), kind)]
    if missing:
        raise InputError([Problem(f"{where}/{_MANIFEST}", "complete", f"no {', '.join(missing)}", hint)])
    return found


def _scenario(folder: Path, manifest: dict[str, Any]) -> Scenario:
    """Return the scenario as it was, with the tables that the result carries."""
    source, text = manifest["scenario"], manifest["scenario_text"]
    try:
        given = tomllib.loads(text)
    except ValueError:
        problem = Problem(f"{printable(folder)}/{_MANIFEST}", "with a scenario's text", "other text")
        raise InputError([problem]) from None
    scenario = _with_its_tables(given, source, text, manifest)
    if scenario.fingerprint != manifest["scenario_sha256"]:
        need = "a result of the tables that it carries, or of those beside its scenario as they are now"
        hint = f"run {source} again"
        raise InputError([Problem(printable(folder), need, "a result of other tables or settings", hint)])
    return scenario


def _with_its_tables(given: Given, source: str, text: str, manifest: Mapping[str, Any]) -> Scenario:
    """Return the scenario with the tables of the manifest, or with those where they were."""
    folder, overrides = folder_of(Path(source)), manifest["overrides"]
    # Results of before there were regimes name none.
    regimes = tuple(regime_of(one["source"], one["text"]) for one in manifest.get("regimes", ()))
    carried = manifest.get("tables")
    with tempfile.TemporaryDirectory() as name:
        inside = Path(name).resolve()
        if not isinstance(carried, dict) or not all(_put(inside, *table) for table in carried.items()):
            return check_scenario(given, folder, source, text, overrides, regimes=regimes)
        scenario = check_scenario(given, inside, source, text, overrides, regimes=regimes)
    return dataclasses.replace(scenario, folder=folder)


def _put(folder: Path, name: str, text: object) -> bool:
    """Write a table in a folder, and return whether it belongs there: nothing is written anywhere else."""
    place = (folder / name).resolve()
    if not isinstance(text, str) or not place.is_relative_to(folder):
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text.encode())
    return True


def _tables_of(scenario: Scenario) -> dict[str, str] | None:
    """Return the text of each table that a scenario names; None where one cannot be carried."""
    # A fit is no text: a result of one needs it where it was.
    names = [*scenario.tables, *filter(None, [scenario.settings.fit.posterior])]
    try:
        return {name: table_bytes(scenario.folder / name).decode() for name in names}
    except (OSError, ValueError):
        return None


def _summary(folder: Path) -> list[list[str]]:
    try:
        with (folder / _SUMMARY).open(encoding=CSV_ENCODING, newline="") as file:
            return list(csv.reader(file))
    except (OSError, ValueError):
        problem = Problem(
            printable(folder), "a folder that holds a result", f"no {_SUMMARY} that can be read"
        )
        raise InputError([problem]) from None


def _as_written(result: Result) -> list[list[str]]:
    columns = result.summary_columns
    rows = zip(*columns.values(), strict=True)
    return [list(columns), *(["" if value is None else str(value) for value in row] for row in rows)]


def new_result_folder(
    target: Path, *, replace: bool, identity: Mapping[str, str], resume: bool
) -> AbstractContextManager[tuple[Path, KeptBlocks]]:
    """Give a folder to write to, which becomes `target` only if all goes well, and blocks kept in it."""
    files = {_MANIFEST, _SUMMARY, _OUTCOMES}
    return folder_with_blocks(
        target, lambda names: replace and _MANIFEST in names and names <= files, identity, resume=resume
    )


def run_identity(scenario: Scenario, draws: SettledDraws, precision: float | None) -> dict[str, str]:
    """Return what must be the same for two runs to find the same numbers, by name."""
    return {
        "scenario": scenario.fingerprint,
        **({"contracts": str(draws.contracts)} if precision is None else {"precision": str(precision)}),
        "seed": str(draws.seed),
        **what_decides(),
    }


def write_result(result: Result, folder: Path, started: datetime, seconds: float) -> None:
    """Write summary.csv, outcomes.nc and manifest.json."""
    flows = len(next(result.settled.parts()).flows)
    of_flow = result.contracts * result.plan.terms.months.size * FLOAT_BYTES
    check_room(folder, flows * of_flow + _ROOM_FOR_THE_REST)
    write_summary(result, folder / _SUMMARY)
    write_outcomes(result.settled, folder / _OUTCOMES)
    manifest = {
        "title": result.scenario.settings.title,
        "scenario": result.scenario.source,
        "scenario_text": result.scenario.text,
        "regimes": [{"source": one.source, "text": one.text} for one in result.scenario.regimes],
        "overrides": list(result.scenario.overrides),
        "scenario_sha256": result.scenario.fingerprint,
        "tables": _tables_of(result.scenario),
        "contracts": result.contracts,
        "seed": result.seed,
        "versions": versions(),
        "started": started.isoformat(timespec="seconds"),
        "simulation_seconds": round(seconds, 3),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / _MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def write_summary(result: Result, path: Path) -> None:
    """Write the summary as CSV: full precision, one row a cluster and then the PCT."""
    columns = result.summary_columns
    with path.open("w", encoding=CSV_ENCODING, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def scenario_or_result(
    path: str, overrides: Sequence[str], regimes: Sequence[str], draws: Draws
) -> tuple[Scenario, str | None, Callable[..., Result]]:
    """Return the scenario of a file, or of a folder with a result, and what simulates it; all is checked.

    Between them when the result was simulated first; None for a file.
    """
    if not Path(path).is_dir():
        scenario = load_scenario(path, overrides, regimes)
        draws.of(scenario)
        return scenario, None, partial(simulate, scenario, draws)
    given = {"--contracts": draws.contracts, "--seed": draws.seed, "--set": "; ".join(overrides) or None}
    given |= {"--with": "; ".join(regimes) or None}
    hint = "the result says what was simulated; give its scenario file to change it"
    problems = Problems(
        Problem(option, "left out with a folder of results", shown(value), hint)
        for option, value in given.items()
        if value is not None
    )
    problems.report()
    saved = read_result(Path(path))
    dataclasses.replace(draws, contracts=saved.contracts, seed=saved.seed).of(saved.scenario)
    return saved.scenario, saved.started, partial(saved.simulate, draws.workers)
