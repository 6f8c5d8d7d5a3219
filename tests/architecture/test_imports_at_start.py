"""`cluster-risk --help` is quick: what is heavy is imported where it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.modules import ROOT

HEAVY = ("scipy", "pandas", "matplotlib", "xarray", "netCDF4")


@pytest.mark.parametrize("name", ["simulator", "simulator.cli"])
def test_importing_loads_nothing_heavy(name: str) -> None:
    code = f"import sys, {name}; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
