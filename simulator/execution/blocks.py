"""Running numbered blocks of work over processes, in order, whatever happens to a process."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import platform
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import Any, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_MOST_ATTEMPTS = 3
_WORK: list[Callable[[Any], Any]] = []
"""In a worker process: the function that all blocks share, sent once."""


def run_blocks(
    work: Callable[[Task], Result], blocks: Sequence[Task], workers: int
) -> Iterator[tuple[int, Result]]:
    """Yield the position and result of each block as it is done, in any order."""
    if min(workers, len(blocks)) <= 1:
        for position, block in enumerate(blocks):
            yield position, work(block)
        return
    left = set(range(len(blocks)))
    for _ in range(_MOST_ATTEMPTS):
        try:
            for position, result in _run_once(work, blocks, sorted(left), workers):
                left.discard(position)
                yield position, result
        except BrokenProcessPool:
            continue
        return
    raise RuntimeError(f"worker processes died {_MOST_ATTEMPTS} times; try fewer workers")


def _run_once(
    work: Callable[[Task], Result], blocks: Sequence[Task], positions: Sequence[int], workers: int
) -> Iterator[tuple[int, Result]]:
    """Run blocks in a new pool; on any exception stop its processes at once."""
    # Fork where that is usual: workers then share tables and skip imports.
    context = multiprocessing.get_context("fork" if platform.system() == "Linux" else "spawn")
    pool = ProcessPoolExecutor(min(workers, len(positions)), context, _start_worker, (work,))
    try:
        pending: dict[Future[Result], int] = {}
        waiting = iter(positions)
        # Few blocks at a time, so that results are not piled up faster than they are taken.
        for position in waiting:
            pending[pool.submit(_work, blocks[position])] = position
            if len(pending) >= 2 * workers:
                yield from _finished(pending)
        while pending:
            yield from _finished(pending)
    except BaseException:
        # The workers killed, the pool finds itself broken and cleans up without waiting for them.
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 - there is no public way
            process.kill()
        raise
    pool.shutdown()


def _finished(pending: dict[Future[Result], int]) -> Iterator[tuple[int, Result]]:
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        yield pending.pop(future), future.result()


def _start_worker(work: Callable[[Any], Any]) -> None:
    # Ctrl-C goes to the whole group; the parent alone decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_leave_with_the_parent, daemon=True).start()
    _WORK[:] = [work]


def _leave_with_the_parent() -> None:
    """End this worker when its parent is gone, killed perhaps."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _work(block: object) -> Any:
    return _WORK[0](block)
