"""Ctrl-C: exit code 130, and nothing that looks like a result."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from tests.e2e.command import FLAGSHIP, PROGRAM, leftovers


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
