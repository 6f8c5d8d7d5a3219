"""A result read back from the folder that `run --out` wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from simulator.errors import InputError, Problem, printable, shown
from simulator.outcomes import DIMENSIONS, Outcomes
from simulator.planner import make_plan
from simulator.records import Reason
from simulator.reports.result_folder import MANIFEST
from simulator.result import Result
from simulator.scenario.scenario import Scenario, load_scenario

OUTCOMES = "outcomes.nc"


def read_result(folder: Path) -> tuple[Result, str]:
    """Return the result that a folder holds, and when it was simulated.

    Parameters
    ----------
    folder : Path
        Written by `cluster-risk run --out`. The scenario's file and tables must still be where they
        were, seen from here, and say what they said.

    Returns
    -------
    tuple of Result and str
        The same estimates as those of the run.

    Raises
    ------
    InputError
        If the folder holds no result, or its scenario is not there or has changed.
    """
    manifest = _manifest(folder)
    scenario = _scenario(folder, manifest)
    plan = make_plan(scenario)
    result = Result(
        scenario, plan, _outcomes(folder / OUTCOMES, plan.axes), manifest["contracts"], manifest["seed"]
    )
    return result, str(manifest["started"])


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    needed = {
        "scenario": str,
        "overrides": list,
        "scenario_sha256": str,
        "contracts": int,
        "seed": int,
        "started": str,
    }
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(manifest, dict) and all(
            isinstance(manifest.get(key), kind) for key, kind in needed.items()
        ):
            return manifest
        got = f"a {MANIFEST} without {', '.join(needed)}"
    except FileNotFoundError:
        got = f"no {MANIFEST} in it"
    except (OSError, ValueError) as error:
        got = f"a {MANIFEST} that cannot be read: {error}"
    raise InputError([Problem(printable(folder), "a scenario file, or a folder that run --out wrote", got)])


def _scenario(folder: Path, manifest: dict[str, Any]) -> Scenario:
    try:
        scenario = load_scenario(manifest["scenario"], manifest["overrides"])
    except InputError as error:
        first = Problem(
            printable(folder),
            "a result whose scenario can still be read",
            shown(manifest["scenario"]),
            "run the command from the folder in which the result was made",
        )
        raise InputError([first, *error.problems]) from None
    if scenario.fingerprint != manifest["scenario_sha256"]:
        need = f"a result of {manifest['scenario']} as it is now"
        raise InputError(
            [Problem(printable(folder), need, "one of other settings or tables", "run the scenario again")]
        )
    return scenario


def _outcomes(path: Path, axes: Any) -> Outcomes:
    import xarray as xr

    try:
        with xr.open_dataset(path, engine="netcdf4") as data:
            flows = {
                reason: np.asfortranarray(data[f"{reason}_gbp"].transpose(*DIMENSIONS).values)
                for reason in Reason
                if f"{reason}_gbp" in data
            }
            return Outcomes(axes, flows, data["takes_part"].transpose(*DIMENSIONS).values.astype(bool))
    except (OSError, KeyError, ValueError) as error:
        need = f"outcomes as run --out writes them, in {OUTCOMES}"
        raise InputError([Problem(printable(path), need, str(error))]) from None
