"""A plain script without a main guard, where processes start afresh: one message that says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.command import ROOT

SCRIPT = """
import simulator
import simulator.execution.blocks as blocks

blocks._start_method = lambda: "spawn"  # as on macOS and Windows
scenario = simulator.load_scenario("scenarios/two-clusters.toml")
print(simulator.simulate(scenario, simulator.Draws(10_000, 1, {workers})).contracts)
"""


def run(folder: Path, workers: int) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text(SCRIPT.format(workers=workers), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, script]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_script_that_every_process_reads_anew_is_told_once_what_it_lacks(tmp_path: Path) -> None:
    done = run(tmp_path, workers=2)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("Traceback") == 1
    assert done.stderr.count('if __name__ == "__main__":') == 1
    assert "or leave workers out" in done.stderr


def test_one_process_needs_no_guard(tmp_path: Path) -> None:
    done = run(tmp_path, workers=1)
    assert (done.returncode, done.stdout) == (0, "10000\n"), done.stderr
