"""What the system takes away: memory, streams, folders, the terminal. A clear word, and nothing lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.command import PROGRAM, SMALL, cluster_risk, leftovers

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and streams as POSIX has them")
LONG = ("run", SMALL, "--contracts", "500000", "--workers", "1", "--out", "out")
QUICK = ("run", SMALL, "--contracts", "400", "--out", "out")


def shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    asked = ["bash", "-c", command, "bash", PROGRAM, *QUICK]
    return subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def begun(folder: Path, *asked: str | Path, enough: int = 2) -> subprocess.Popen[str]:
    """Return a command that has finished some blocks."""
    process = subprocess.Popen(
        [PROGRAM, *asked],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Tests that were started by nohup would hand that on.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509
    )
    deadline = time.monotonic() + 60
    while len(list(folder.glob(".out-unfinished-*/blocks/*.block"))) < enough:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return process


def after(process: subprocess.Popen[str], what: Callable[[], object]) -> tuple[int, str]:
    what()
    said = process.communicate(timeout=60)[1]
    return process.returncode, said


def test_a_report_that_a_closing_terminal_ends_goes_on(tmp_path: Path) -> None:
    asked = ("report", SMALL, "--contracts", "40000", "--workers", "2", "--format", "html", "--out", "out")
    process = begun(tmp_path, *asked)
    # Its workers hear it, too.
    code, said = after(process, lambda: os.killpg(process.pid, signal.SIGHUP))
    assert (code, "Traceback" in said) == (130, False), said
    assert "finished blocks are kept in" in said
    assert len(leftovers(tmp_path)) == 1
    done = cluster_risk(*asked, "--resume", folder=tmp_path)
    assert done.returncode == 0
    assert "note: going on with" in done.stderr
    assert leftovers(tmp_path) == ["out"]


def test_nohup_is_heeded(tmp_path: Path) -> None:
    process = begun(tmp_path, *LONG)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130
    ignoring = subprocess.Popen(
        [PROGRAM, *LONG, "--resume"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),  # noqa: PLW1509
    )
    time.sleep(3)
    ignoring.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        ignoring.wait(0.5)
    ignoring.kill()
    ignoring.communicate()


def test_a_folder_that_is_removed_is_told(tmp_path: Path) -> None:
    process = begun(tmp_path, *LONG)
    (unfinished,) = tmp_path.glob(".out-unfinished-*")
    code, said = after(process, lambda: shutil.rmtree(unfinished, ignore_errors=True))
    assert (code, "has been removed; nothing was kept" in said) == (1, True)
    assert [name for name in leftovers(tmp_path) if not name.startswith(".out-unfinished")] == []


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_file(tmp_path: Path, closed: str) -> None:
    done = shell(tmp_path, f'exec "$@" {closed}')
    assert done.returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "manifest.json",
        "outcomes.nc",
        "summary.csv",
    ]
    assert (tmp_path / "out" / "summary.csv").read_text(encoding="utf-8-sig").startswith("cluster,")


def test_what_cannot_be_printed_is_told(tmp_path: Path) -> None:
    done = shell(tmp_path, 'exec "$@" > /dev/full')
    assert (done.returncode, "what is printed could not be written" in done.stderr) == (1, True)
    assert leftovers(tmp_path) == ["out"]


def test_a_question_names_the_contracts_that_memory_holds(tmp_path: Path) -> None:
    asked = [PROGRAM, "bond", SMALL, "--contracts", "3000000", "--workers", "1"]
    limited = ["bash", "-c", 'ulimit -v 900000; exec "$@"', "bash", *asked]
    done = subprocess.run(limited, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert "or fewer: that is what fits into memory here" in done.stderr
