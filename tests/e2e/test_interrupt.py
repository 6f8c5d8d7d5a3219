"""Ctrl-C: exit code 130, and nothing that looks like a result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.e2e.command import FLAGSHIP, PROGRAM, ROOT, leftovers


@pytest.mark.skipif(os.name != "posix", reason="signals to a process group are POSIX")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_interrupt_leaves_nothing(tmp_path, workers):
    arguments = [PROGRAM, "run", FLAGSHIP, "--contracts", "2000000", "--workers", workers, "--out", "out"]
    process = subprocess.Popen(
        arguments,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Tests that are started in the background hand down that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    deadline = time.monotonic() + 60
    while not leftovers(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    # The unfinished folder stands: the simulation is about to start, or has started.
    assert leftovers(tmp_path)
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)
    printed, complaints = process.communicate(timeout=60)
    assert process.returncode == 130
    assert complaints.strip() == "cluster-risk: stopped; nothing was written"
    assert printed == ""
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
def test_interrupt_while_libraries_are_imported_says_so_in_a_line(tmp_path):
    # A stand-in for whatever is imported while Ctrl-C comes: the signal is sent from inside click's import.
    interrupting = "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)"
    (tmp_path / "click.py").write_text(interrupting)
    (tmp_path / "cluster-risk").write_text("from simulator.cli import main\nmain()")
    done = subprocess.run(
        [sys.executable, tmp_path / "cluster-risk"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "cluster-risk: stopped; nothing was written\n"
