"""A result that `run --out` wrote, simulated again: every contract as it was."""

from __future__ import annotations

import csv
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem, printable
from simulator.scenario.scenario import Scenario, check_scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.result import Result

_MANIFEST, _SUMMARY = "manifest.json", "summary.csv"
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
    contracts: int  # how many contracts, and from which seed
    seed: int  # how many contracts, and from which seed
    started: str  # when it was simulated, as the manifest says it

    def simulate(self, workers: int = 1) -> Result:
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
    """Return the scenario as it was, with tables that are where they were."""
    source, text = manifest["scenario"], manifest["scenario_text"]
    try:
        given = tomllib.loads(text)
    except ValueError:
        problem = Problem(f"{printable(folder)}/{_MANIFEST}", "with a scenario's text", "other text")
        raise InputError([problem]) from None
    scenario = check_scenario(given, Path(source).parent, source, text, manifest["overrides"])
    if scenario.fingerprint != manifest["scenario_sha256"]:
        need = "a result of the tables beside its scenario as they are now"
        hint = f"run {source} again"
        raise InputError([Problem(printable(folder), need, "a result of other tables or settings", hint)])
    return scenario


def _summary(folder: Path) -> list[list[str]]:
    try:
        with (folder / _SUMMARY).open(encoding="utf-8", newline="") as file:
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
