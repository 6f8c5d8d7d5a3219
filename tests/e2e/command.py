"""Running the command as a user does."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from simulator.questions import QUESTIONS

ROOT = Path(__file__).resolve().parents[2]
FLAGSHIP = ROOT / "scenarios" / "cambridgeshire-2010.toml"
SMALL = ROOT / "scenarios" / "two-clusters.toml"
PROGRAM = Path(sys.executable).with_name("cluster-risk")
_LONGEST_SECONDS = 120
_IMPORTED_ONCE = [
    "pandas",
    "openpyxl",
    "fontTools.subset",
    "matplotlib.backends.backend_svg",
    "matplotlib.backends.backend_agg",
    "simulator.charts.letters_in_svg",
    "simulator.charts.register",
    "simulator.cli",
    "simulator.simulation.pipeline",
    "simulator.answers.printer",
    *(f"simulator.questions.{name}.command" for name in QUESTIONS),
]
"""What nearly every command imports: a second of it for each of hundreds of them."""


def cluster_risk(
    *arguments: str | Path, folder: Path = ROOT, encoding: str = "utf-8"
) -> subprocess.CompletedProcess[str]:
    """Run the command in `folder`, in a process of its own; standard output and error as text.

    The process is forked from one that has imported the libraries, which the program itself has not:
    see `test_imports_at_start` for that, and the tests that start `PROGRAM`.
    """
    with tempfile.TemporaryDirectory() as room:
        out, err = Path(room, "out"), Path(room, "err")
        asked = [str(PROGRAM), *map(str, arguments)]
        process = _forks().Process(target=_run, args=(asked, folder, encoding, out, err))
        process.start()
        process.join(_LONGEST_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(asked, _LONGEST_SECONDS)
        said = [one.read_text(encoding) if one.exists() else "" for one in (out, err)]
        return subprocess.CompletedProcess(asked, process.exitcode, *said)


@cache
def _forks() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED_ONCE)
    return context


def _run(asked: list[str], folder: Path, encoding: str, out: Path, err: Path) -> None:
    os.chdir(folder)
    os.environ.update(PYTHONIOENCODING=encoding, COLUMNS="100")
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
        # As at the start of a program, for which the environment decides.
        errors = "backslashreplace" if stream is sys.stderr else "strict"
        stream.reconfigure(encoding=encoding, errors=errors)
    sys.argv = asked
    from simulator.cli import main

    main()


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Assert that a command was refused in some words, and printed nothing else."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for said in words:
        assert said in done.stderr, f"{said!r} is not in {done.stderr}"


def leftovers(folder: Path) -> list[str]:
    """Return what stands in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())
