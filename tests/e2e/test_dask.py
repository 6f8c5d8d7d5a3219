"""Blocks on a real Dask cluster on loopback: the same bytes as one process, whatever is killed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.e2e.command import PROGRAM, ROOT, SMALL, cluster_risk, refused

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="killing without warning is POSIX")
ASKED = ("run", SMALL, "--contracts", "60000")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
LONGEST_SECONDS = 60


@contextmanager
def dask(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with started(*arguments, "--host", "127.0.0.1", "--no-dashboard") as process:
        yield process


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "dask", *arguments]
    with subprocess.Popen(command, **QUIET) as process:
        try:
            yield process
        finally:
            process.terminate()


def worker(address: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return dask("worker", address, "--nthreads", "1", "--no-nanny")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a scheduler that has no workers yet."""
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    with dask("scheduler", "--port", "0", "--scheduler-file", str(file)):
        until(file.exists)
        until(lambda: file.read_text().endswith("}"))
        yield json.loads(file.read_text())["address"]


def until(condition: object) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("summary.csv", "outcomes.nc")}


def test_workers_killed_in_the_middle_change_nothing(scheduler: str, tmp_path: Path) -> None:
    right = cluster_risk(*ASKED, "--workers", "1", "--out", "right", folder=tmp_path)
    assert right.returncode == 0
    command = [PROGRAM, *ASKED, "--engine", "dask", "--scheduler", scheduler, "--out", "out"]

    def blocks() -> int:
        return len(list(tmp_path.glob(".out-unfinished-*/blocks/*.block")))

    with ExitStack() as stack:
        first, second = (stack.enter_context(worker(scheduler)) for _ in range(2))
        run = stack.enter_context(subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True))
        until(lambda: blocks() >= 2)
        first.kill()
        until(lambda: blocks() >= 4)
        # Nobody is left who has what all blocks share.
        second.kill()
        assert blocks() < 12
        stack.enter_context(worker(scheduler))
        _, said = run.communicate(timeout=LONGEST_SECONDS)
    assert run.returncode == 0, said
    assert files(tmp_path / "out") == files(tmp_path / "right")


def test_a_scheduler_that_is_killed_leaves_what_is_finished(tmp_path: Path) -> None:
    address_file = tmp_path / "scheduler.json"
    with ExitStack() as stack:
        asked = "scheduler", "--port", "0", "--scheduler-file", str(address_file)
        scheduler = stack.enter_context(dask(*asked))
        until(address_file.exists)
        until(lambda: address_file.read_text().endswith("}"))
        address = json.loads(address_file.read_text())["address"]
        stack.enter_context(worker(address))
        command = [PROGRAM, *ASKED, "--engine", "dask", "--scheduler", address, "--out", "out"]
        run = stack.enter_context(subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True))
        until(lambda: len(list(tmp_path.glob(".out-unfinished-*/blocks/*.block"))) >= 2)
        scheduler.kill()
        _, said = run.communicate(timeout=LONGEST_SECONDS)
    assert (run.returncode, said.count("\n")) == (1, 1), said
    assert "the scheduler has gone" in said
    assert "finished blocks are kept in" in said
    resumed = cluster_risk(*ASKED, "--workers", "1", "--out", "out", "--resume", folder=tmp_path)
    assert resumed.returncode == 0, resumed.stderr


def test_a_sweep_is_the_same(scheduler: str, tmp_path: Path) -> None:
    asked = "sweep", SMALL, "--contracts", "400", "--vary", "rules.surplus.practice_share=0:0.4:0.05"
    with worker(scheduler):
        there = "--engine", "dask", "--scheduler", scheduler
        assert cluster_risk(*asked, *there, "--out", "a.csv", folder=tmp_path).returncode == 0
    assert cluster_risk(*asked, "--workers", "1", "--out", "b.csv", folder=tmp_path).returncode == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="Linux says there who listens where")
def test_a_cluster_as_the_page_starts_it_is_closed_to_the_network(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
    scheduler, worker, *others = re.findall(r"^ +dask (scheduler .*|worker .*)$", page, re.MULTILINE)
    assert [one.endswith(" --no-dashboard --dashboard-address 127.0.0.1:0") for one in others] == [True] * 2
    file = tmp_path / "scheduler.json"
    with started(*scheduler.replace("8786", "0").split(), "--scheduler-file", str(file)) as first:
        until(lambda: file.exists() and file.read_text().endswith("}"))
        address = json.loads(file.read_text())["address"]
        worker = worker.replace("tcp://127.0.0.1:8786", address).replace("--nworkers 2", "--nworkers 1")
        with started(*worker.split()) as second:
            until(lambda: listening(second.pid))
            # Who takes work has its pages by now.
            assert cluster_risk(*ASKED, "--engine", "dask", "--scheduler", address).returncode == 0
            assert {*listening(first.pid), *listening(second.pid)} == {"0100007F"}


def listening(process: int) -> list[str]:
    """Return the addresses at which a process and those that it has started listen, as Linux writes them."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    opened = Path(f"/proc/{process}/fd")
    sockets = {str(one.readlink())[8:-1] for one in opened.iterdir() if one.is_symlink()}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]]
    found = [row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in sockets]
    return found + [one for child in children for one in listening(int(child))]


def test_options_that_do_not_go_together_are_told_together() -> None:
    done = cluster_risk("run", SMALL, "--engine", "dask", "--workers", "2")
    refused(done, "used with --scheduler", "the cluster has its own")
    done = cluster_risk("run", SMALL, "--scheduler", "127.0.0.1:1")
    assert (done.returncode, "used with --engine dask" in done.stderr) == (2, True)
