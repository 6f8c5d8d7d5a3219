"""Blocks of work over processes: all of them once, whatever happens to a process."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections import deque
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from signal import SIGKILL
from threading import Timer
from typing import Any

import numpy as np
import pytest

from simulator.execution import blocks
from simulator.execution.blocks import _Worker, beside, run_blocks
from simulator.execution.shared_out import shared_out

BLOCKS = list(range(10, 17))


def _square(block: int) -> int:
    return block * block


def _refuse(block: int) -> int:
    if block == 12:
        raise ValueError("twelve is refused")
    return block


def _die_once(folder: Path, block: int) -> int:
    """End the process as running out of memory would, the first time that block 13 is asked for."""
    mark = folder / "died"
    if block == 13 and not mark.exists():
        mark.touch()
        os._exit(1)
    return block


def _die(_: int) -> int:
    os._exit(1)


def _killed_while_it_answers(folder: Path, block: int) -> bytes:
    """Have the process killed about when its answer, far larger than a pipe holds, is half written."""
    mark = folder / f"killed-{block}"
    if not mark.exists():
        mark.touch()
        Timer(0.001 * 4 ** (block - 10), os.kill, (os.getpid(), SIGKILL)).start()
    return bytes([block]) * 50_000_000


def _note(folder: Path, block: int) -> int:
    (folder / f"done-{os.getpid()}-{block}").touch()
    return block


@pytest.mark.parametrize("workers", [1, 2, 50])
def test_every_block_once_with_its_position(workers: int) -> None:
    done = list(run_blocks(_square, BLOCKS, workers))
    assert sorted(done) == [(at, block * block) for at, block in enumerate(BLOCKS)]


@pytest.mark.parametrize("workers", [1, 2])
def test_no_blocks(workers: int) -> None:
    assert list(run_blocks(_square, [], workers)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_comes_through(workers: int) -> None:
    with pytest.raises(ValueError, match="twelve is refused"):
        list(run_blocks(_refuse, BLOCKS, workers))


def _arrays(folder: Path, block: int) -> dict[str, np.ndarray[Any, Any]]:
    """Return arrays too large for a pipe, small ones, and one of odd size; some processes are killed once."""
    if block < 13:
        _killed_while_it_answers(folder, block)
    numbers = np.arange(600_000, dtype=float).reshape(200_000, 3) * block
    flags = numbers[:100_001, 0] % 2 == 0
    return {"by year": np.asfortranarray(numbers), "flags": flags, "few": numbers[:2], "part": numbers[:, 1]}


def test_arrays_come_whole_and_stay(tmp_path: Path) -> None:
    done = dict(run_blocks(partial(_arrays, tmp_path), BLOCKS, 2))
    assert len(list(tmp_path.glob("killed-*"))) == 3
    for at, block in enumerate(BLOCKS):
        for name, whole in _arrays(tmp_path, block).items():
            got = done[at][name]
            assert got.dtype == whole.dtype
            np.testing.assert_array_equal(got, whole)
            assert got.flags.writeable
            assert got.flags.f_contiguous or name != "by year"


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs memory that has no name")
def test_large_arrays_pass_by_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    received = Connection.recv_bytes

    def noted(connection: Connection) -> bytes:
        sizes.append(len(whole := received(connection)))
        return whole

    monkeypatch.setattr(Connection, "recv_bytes", noted)
    assert sum(done.nbytes for _, done in run_blocks(_large, BLOCKS, 2)) == len(BLOCKS) * 8_000_000
    assert max(sizes) < 2_000


def _large(block: int) -> np.ndarray[Any, Any]:
    return np.full(1_000_000, float(block))


def test_what_is_done_meanwhile_is_done_once_while_others_work() -> None:
    called: list[int] = []
    running = run_blocks(_square, BLOCKS, 2, lambda: called.append(len(multiprocessing.active_children())))
    next(running)
    assert called == [2]
    assert len(list(running)) == len(BLOCKS) - 1
    assert called == [2]


def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    done = list(run_blocks(partial(_die_once, tmp_path), BLOCKS, 2))
    assert sorted(done) == list(enumerate(BLOCKS))
    assert (tmp_path / "died").exists()


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_processes_killed_in_the_middle_of_an_answer_keep_nobody_waiting(tmp_path: Path) -> None:
    # After 1, 4, 16, 64, 256 ms: before, while and after the answer is written.
    done = dict(run_blocks(partial(_killed_while_it_answers, tmp_path), BLOCKS[:5], 2))
    assert {at: (len(answer), answer[0]) for at, answer in done.items()} == {
        at: (50_000_000, block) for at, block in enumerate(BLOCKS[:5])
    }


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_more_processes_may_die_than_a_block_has_attempts(tmp_path: Path) -> None:
    running = run_blocks(partial(_note, tmp_path), list(range(400)), 2)
    done = [next(running)]
    while len(done) < 400:
        # Twice two of them: no block has more than two attempts, however slowly a process starts.
        if len(done) in (60, 200):
            for child in multiprocessing.active_children():
                child.kill()
        done.append(next(running))
    assert sorted(done) == [(at, at) for at in range(400)]
    assert list(running) == []


def test_fresh_processes_do_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(blocks, "_start_method", lambda: "spawn")
    done = list(run_blocks(partial(_die_once, tmp_path), BLOCKS, 2))
    assert sorted(done) == list(enumerate(BLOCKS))


def test_what_fails_in_a_process_says_where() -> None:
    with pytest.raises(ValueError, match="twelve is refused") as caught:
        list(run_blocks(_refuse, BLOCKS, 2))
    assert "in _refuse" in "".join(caught.value.__notes__)


def test_processes_that_die_again_and_again_are_an_error() -> None:
    with pytest.raises(RuntimeError, match="died 3 times"):
        list(run_blocks(_die, BLOCKS, 2))


def test_a_reader_that_stops_early_leaves_no_process() -> None:
    running = run_blocks(_square, BLOCKS, 2)
    next(running)
    running.close()
    assert list(running) == []
    assert multiprocessing.active_children() == []


def test_a_process_that_is_gone_before_its_blocks_come_is_replaced() -> None:
    worker, left = _Worker.started(_square), deque([0, 1])
    worker.process.kill()
    worker.process.join()
    worker.take(left, BLOCKS)
    # It has a block to give back; the rest were not given.
    assert (list(worker.positions), list(left)) == ([0], [1])
    worker.end()


LONG_BLOCKS = """
import time
from simulator.execution.blocks import run_blocks

def wait(block):
    print("begun", flush=True)
    time.sleep(30)

list(run_blocks(wait, [0, 1], 2))
"""


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_workers_leave_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", LONG_BLOCKS], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert [parent.stdout.readline() for _ in range(2)] == ["begun\n"] * 2
        parent.kill()
        # All have closed what they print to: no worker is left.
        assert parent.communicate(timeout=10)[0] == ""


def test_work_is_done_beside_and_here_where_nothing_may_be() -> None:
    for workers, is_here in ((2, False), (1, True)):
        with beside(os.getpid, workers) as found:
            assert (found() == os.getpid()) is is_here


def test_a_process_beside_does_its_blocks_itself() -> None:
    with beside(lambda: dict(run_blocks(lambda _: os.getpid(), range(3), 2)), 2) as found:
        done = found()
    assert [*done] == [0, 1, 2]
    assert len({*done.values()} - {os.getpid()}) == 1


def test_what_fails_beside_is_raised_by_who_asks() -> None:
    with beside(partial(_refuse, 12), 2) as found, pytest.raises(ValueError, match="twelve is refused"):
        found()


def test_work_is_done_here_where_the_process_beside_is_killed(tmp_path: Path) -> None:
    with beside(partial(_die_once, tmp_path, 13), 2) as found:
        assert found() == 13
    assert (tmp_path / "died").exists()


def test_no_process_is_left_where_nobody_asks_for_its_result() -> None:
    def stopped() -> None:
        with beside(partial(time.sleep, 600), 2):
            assert multiprocessing.active_children()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not multiprocessing.active_children()


def _where(folder: Path, name: str, waits_for: str = "") -> tuple[str, int]:
    """Say that a piece is being done, wait for another, and tell by whom."""
    (folder / name).touch()
    until = time.monotonic() + 30
    while waits_for and not (folder / waits_for).exists() and time.monotonic() < until:
        time.sleep(0.001)
    return name, os.getpid()


def test_two_processes_take_pieces_from_one_queue_and_one_does_all(tmp_path: Path) -> None:
    done: list[int] = []
    for workers, processes in ((2, 2), (1, 1)):
        # The first two wait for each other: neither process can do both.
        folder = tmp_path / str(workers)
        folder.mkdir()
        waiting = ("b", "a", "") if workers > 1 else ("", "", "")
        pieces = [partial(_where, folder, *one) for one in zip("abc", waiting, strict=True)]
        with shared_out(pieces, workers) as finish:
            found = finish(done.append)
        assert [name for name, _ in found] == ["a", "b", "c"]
        assert len({process for _, process in found}) == processes
        assert os.getpid() in {process for _, process in found}
    assert done[-3:] == [1, 2, 3]


def test_pieces_of_a_process_that_is_killed_are_done_here(tmp_path: Path) -> None:
    def dies(name: str) -> tuple[str, int]:
        if os.getpid() != here:
            (tmp_path / "killed").touch()
            os.kill(os.getpid(), SIGKILL)
        return name, os.getpid()

    here = os.getpid()
    # This one takes a piece once the other has died with one.
    with shared_out([partial(dies, name) for name in "abc"], 2) as finish:
        _where(tmp_path, "here", "killed")
        assert finish(lambda _: None) == [(name, here) for name in "abc"]
    assert (tmp_path / "killed").exists()


def test_what_fails_in_either_process_is_raised_by_who_asks(tmp_path: Path) -> None:
    def refuses(name: str, waits_for: str) -> None:
        _where(tmp_path, name, waits_for)
        if (os.getpid() == here) is is_here:
            raise ValueError(name)

    here = os.getpid()
    for is_here in (True, False):
        pieces = [
            partial(refuses, f"a{is_here}", f"b{is_here}"),
            partial(refuses, f"b{is_here}", f"a{is_here}"),
        ]
        with shared_out(pieces, 2) as finish, pytest.raises(ValueError, match=f"[ab]{is_here}"):
            finish(lambda _: None)
        assert not multiprocessing.active_children()
