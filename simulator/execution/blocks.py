"""Running numbered blocks of work over processes, in order, whatever happens to a process."""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.connection
import os
import platform
import signal
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, Self, TypeVar

from simulator.errors import InputError, Problem, WorkersLostError
from simulator.execution.dask_cluster import DaskCluster
from simulator.execution.handing_over import hand_over, taken_from

Task = TypeVar("Task")
Result = TypeVar("Result")
Workers = int | DaskCluster
"""Processes of this machine, or others'."""

_MOST_ATTEMPTS = 3
_AT_HAND = 2
"""Blocks that a process is given at a time: no more, so that results are not piled up faster than taken."""
_NO_MAIN_GUARD = 76
"""Exit code of a process that found itself running the script that started it."""


def run_blocks(
    work: Callable[[Task], Result],
    blocks: Sequence[Task],
    workers: Workers,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[tuple[int, Result]]:
    """Yield the position and result of each block as it is done, in any order.

    Where processes of this machine are at work, `meanwhile` is called once: what it does, nobody waits for.
    """
    if isinstance(workers, DaskCluster):
        yield from workers.run(work, blocks)
        return
    if min(workers, len(blocks)) <= 1 or _works_for_another():
        for position, block in enumerate(blocks):
            yield position, work(block)
        return
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        # A fresh process reads the script that started it, and is about to start more: let the first say so.
        os._exit(_NO_MAIN_GUARD)
    crew = _Crew(work, blocks, min(workers, len(blocks)), deque(range(len(blocks))))
    try:
        crew.give()
        meanwhile()
        while crew.has_work():
            for worker in crew.ready():
                found = crew.answer_of(worker)
                if found is not None:
                    yield found
    finally:
        crew.end()


@contextmanager
def beside(work: Callable[[], Result], workers: Workers) -> Iterator[Callable[[], Result]]:
    """Begin some work in a process beside this one; give what waits for its result, to be called once.

    The process ends with the block. Where it dies, or none may be started, the work is done here when its
    result is asked for.
    """
    if not may_be_beside(workers):
        yield work
        return
    worker = _Worker.started(lambda _: work())

    def found() -> Result:
        received: Any = None
        with suppress(EOFError, OSError):
            received = taken_from(worker.connection)
        if received is None:
            return work()
        is_done, answer = received
        if not is_done:
            raise answer
        made: Result = answer
        return made

    try:
        worker.take(deque([0]), [None])
        yield found
    finally:
        worker.end()


def may_be_beside(workers: Workers) -> bool:
    """Return whether work may have a process beside this one: of many, and where it need not import anew."""
    is_alone = isinstance(workers, DaskCluster) or workers <= 1 or _works_for_another()
    return not is_alone and _start_method() == "fork"


def _works_for_another() -> bool:
    """Return whether another process started this one: it may start none of its own."""
    return multiprocessing.current_process().daemon


@dataclass
class _Crew:
    """Processes, and the blocks that are left for them."""

    work: Callable[[Any], Any]
    blocks: Sequence[Any]
    size: int  # how many processes there are at a time
    left: deque[int]  # positions of blocks that no process has
    workers: list[_Worker] = field(default_factory=list)
    attempts: Counter[int] = field(default_factory=Counter)  # by position: processes that died at a block

    def has_work(self) -> bool:
        """Return whether any block is left or being done."""
        return bool(self.left) or any(worker.positions for worker in self.workers)

    def give(self) -> None:
        """Give every process blocks to do."""
        while self.left and len(self.workers) < self.size:
            self.workers.append(_Worker.started(self.work))
        for worker in self.workers:
            worker.take(self.left, self.blocks)

    def ready(self) -> list[_Worker]:
        """Give every process blocks to do, and wait until some have answered, or have died."""
        self.give()
        ready = multiprocessing.connection.wait([worker.connection for worker in self.workers])
        return [worker for worker in self.workers if worker.connection in ready]

    def answer_of(self, worker: _Worker) -> tuple[int, Any] | None:
        """Return the position and result of a block; None from a process that has died."""
        received = None
        with suppress(EOFError, OSError):
            received = taken_from(worker.connection)
        if received is None:
            # Killed, perhaps halfway through a result: its blocks are for another.
            self.workers.remove(worker)
            self.attempts.update(list(worker.positions)[:1])
            self.left.extendleft(reversed(worker.positions))
            _check_end(worker.end(), max(self.attempts.values(), default=0))
            return None
        is_done, answer = received
        if not is_done:
            raise answer
        return worker.positions.popleft(), answer

    def end(self) -> None:
        """End every process."""
        for worker in self.workers:
            # All at a time: each gives its memory back before it is gone.
            worker.process.kill()
        for worker in self.workers:
            worker.end()


def _start_method() -> str:
    """Return how processes start: by fork where that is usual, to share tables and skip imports."""
    return "fork" if platform.system() == "Linux" else "spawn"


def _check_end(exit_code: int | None, attempts: int) -> None:
    """Refuse to go on with a script that starts itself, and with a block that ends every process."""
    if exit_code == _NO_MAIN_GUARD:
        need = 'a script whose own work stands under `if __name__ == "__main__":`'
        hint = "each process reads the script anew here; or leave workers out: one needs no guard"
        raise InputError([Problem("workers", need, "a script without that line", hint)])
    if attempts >= _MOST_ATTEMPTS:
        raise WorkersLostError(f"worker processes died {_MOST_ATTEMPTS} times; try fewer workers")


@dataclass(eq=False)
class _Worker:
    """A process with a pipe of its own: what happens to another cannot keep it waiting."""

    process: BaseProcess
    connection: Connection
    positions: deque[int] = field(default_factory=deque)  # of the blocks that it was given, in order

    @classmethod
    def started(cls, work: Callable[[Any], Any]) -> Self:
        """Start a process that does the work of blocks until it is ended."""
        ours, theirs = multiprocessing.Pipe()
        forked = _start_method() == "fork"
        context: Any = multiprocessing.get_context("fork" if forked else "spawn")
        # A fresh process gets the work by the pipe. Among its arguments it would be waited for, however
        # large, until the process has read it, and one that ends before would be waited for for ever.
        process = context.Process(target=_serve, args=(theirs, work if forked else None), daemon=True)
        process.start()
        # Now the process alone holds its end: when it is gone, whatever it was writing comes to an end.
        theirs.close()
        if not forked:
            with suppress(OSError):
                ours.send(work)
        return cls(process, ours)

    def take(self, left: deque[int], blocks: Sequence[Any]) -> None:
        """Give the process some of the blocks that are left."""
        while left and len(self.positions) < _AT_HAND:
            self.positions.append(left.popleft())
            try:
                self.connection.send(blocks[self.positions[-1]])
            except OSError:
                # It is gone, which its end of the pipe is about to tell.
                return

    def end(self) -> int | None:
        """End the process if it has not ended, and return its exit code."""
        self.process.kill()
        self.process.join()
        self.connection.close()
        return self.process.exitcode


def _serve(connection: Connection, work: Callable[[Any], Any] | None) -> None:
    """In a process: do the work, which comes by the pipe if it is not given, of one block after the other."""
    # Ctrl-C and a closing terminal go to the whole group; the parent alone decides.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_leave_with_the_parent, daemon=True).start()
    # What was there before stays as long as this process: to look for garbage in it would copy its memory.
    gc.freeze()
    do = connection.recv() if work is None else work
    while True:
        block = connection.recv()
        try:
            answer = True, do(block)
        except Exception as error:  # noqa: BLE001 - raised again by who asked
            error.add_note(f"in a worker process:\n{traceback.format_exc()}")
            answer = False, error
        hand_over(connection, answer)


def _leave_with_the_parent() -> None:
    """End this worker when its parent is gone, killed perhaps."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
