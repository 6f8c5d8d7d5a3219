"""Commands start quickly: what is heavy is imported where it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.modules import ROOT

HEAVY = ("scipy", "pandas", "matplotlib", "xarray", "netCDF4")


@pytest.mark.parametrize("name", ["simulator", "simulator.cli"])
def test_importing_loads_nothing_heavy(name: str) -> None:
    assert _imported(name, HEAVY) == []


def test_a_run_loads_nothing_that_it_does_not_use() -> None:
    name = "simulator.questions.run.answer, simulator.simulation.saved_result, simulator.answers.printer"
    assert _imported(name, ("scipy.signal", "scipy.stats", "scipy.optimize", "pandas", "matplotlib")) == []
    assert _imported(name, ("scipy.special",)) == ["scipy.special"]


def _imported(name: str, heavy: tuple[str, ...]) -> list[str]:
    code = f"import sys, {name}; print(*sorted(set({heavy}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()
