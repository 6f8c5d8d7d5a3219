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
    unused = (
        "scipy.fft",
        "scipy.signal",
        "scipy.stats",
        "scipy.optimize",
        "pandas",
        "matplotlib",
        "simulator.exact",
    )
    assert _imported(name, unused) == []
    assert _imported(name, ("scipy.special",)) == ["scipy.special"]


def test_tools_that_nobody_uses_are_imported_when_somebody_does() -> None:
    quick = "with quick_imports(): import scipy.special"
    tools = "[name in sys.modules for name in ('numpy.f2py.crackfortran', 'unittest')]"
    code = (
        f"import gc, sys; from simulator.imports import quick_imports\n{quick}\n"
        f"print(*{tools}, gc.isenabled(), gc.get_freeze_count() > 10_000)\n{quick}\n"
        f"import numpy; numpy.testing.assert_equal(1, 1); print(numpy.f2py.get_include()[-3:], *{tools})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True", "True", "src", "True", "True"]


def test_no_option_of_a_run_imports_the_scenario_format_early() -> None:
    code = (
        "import sys; from simulator.questions.run.command import run; run.make_context('run', ['a.toml']);"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


def _imported(name: str, heavy: tuple[str, ...]) -> list[str]:
    code = f"import sys, {name}; print(*sorted(set({heavy}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()
