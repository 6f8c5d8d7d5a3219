"""Jobs: tasks in processes of their own, one after the other, with progress and a way to stop them."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
import traceback
from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Lock
from typing import Any

from simulator.errors import InputError, Problem
from simulator.lab.tasks import Task, Told

MOST_WAITING, MOST_KEPT = 8, 40
LONGEST_SECONDS = 1_800
"""A job that takes longer is stopped: whoever has so much to do has the command."""
_LOOK_SECONDS = 0.05
_JOBS_OF_A_PROCESS = 20
"""Then a fresh one takes its place, so that whatever libraries keep is given back."""
_NICENESS = 5
"""Processes give way to whoever moves a slider."""


class State(StrEnum):
    """What has become of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"  # what was asked cannot be answered: `problems` say why
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self not in {State.WAITING, State.RUNNING}


@dataclass(eq=False)
class Job:
    """A task that was taken on."""

    name: str  # nobody can guess it
    task: Task
    folder: Path  # for its files
    state: State = State.WAITING
    done: int = 0
    of: int | None = None  # how much there is to do, where that is known
    result: Told | None = None
    problems: tuple[Problem, ...] = ()
    _stop: Event = field(default_factory=Event, repr=False)

    def cancel(self) -> None:
        """Stop it; what it has written goes."""
        self._stop.set()
        if self.state is State.WAITING:
            self.state = State.CANCELLED

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody wants it to stop."""
        return self._stop.is_set()

    def take(self, state: State, *said: Any) -> None:
        """Note what its process says."""
        match state:
            case State.RUNNING:
                self.done, self.of = said
            case State.DONE:
                (self.result,) = said
            case _:
                (self.problems,) = said
        # Last: whoever sees that it is over finds all that came of it.
        self.state = state

    def fail(self, problem: Problem) -> None:
        """Note that it came to nothing, and why."""
        self.problems, self.state = (problem,), State.FAILED


class Jobs:
    """The queue: so many jobs at a time as processors can spare, and no more waiting than is sensible."""

    def __init__(self, folder: Path, at_once: int | None = None) -> None:
        self._folder = folder
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        size = at_once or max((os.cpu_count() or 1) - 1, 1)
        self._threads = ThreadPoolExecutor(size)
        self._lock = Lock()
        self._is_closing = False
        # One waits, with all that it needs imported, for whoever asks first.
        self._spare = deque([_Worker.started()])

    def submit(self, task: Task) -> Job:
        """Take a task on, or return the job that has done it: its answer would be the same.

        InputError for one that the lab does not take, or while the queue is full.
        """
        task.check()
        with self._lock:
            for job in self._jobs.values():
                if job.state is State.DONE and job.task == task:
                    self._jobs.move_to_end(job.name)
                    return job
            waiting = sum(not job.state.is_over for job in self._jobs.values())
            if waiting >= MOST_WAITING:
                hint = "cancel one, or wait until one is done"
                raise InputError(
                    [Problem("jobs", f"fewer than {MOST_WAITING} at a time", f"{waiting}", hint)]
                )
            name = os.urandom(16).hex()
            job = self._jobs[name] = Job(name, task, self._folder / name)
            self._let_go()
        self._threads.submit(self._oversee, job)
        return job

    def get(self, name: str) -> Job:
        """Return a job; KeyError for one that there is not, or not any more."""
        return self._jobs[name]

    def close(self) -> None:
        """Stop everything."""
        self._is_closing = True
        for job in self._jobs.values():
            job.cancel()
        self._threads.shutdown(cancel_futures=True)
        while self._spare:
            self._spare.pop().end()

    def _let_go(self) -> None:
        """Forget the oldest jobs that are over, with their files."""
        over = [job for job in self._jobs.values() if job.state.is_over]
        for job in over[: max(len(self._jobs) - MOST_KEPT, 0)]:
            del self._jobs[job.name]
            shutil.rmtree(job.folder, ignore_errors=True)

    def _oversee(self, job: Job) -> None:
        if job.is_cancelled:
            return
        job.state = State.RUNNING
        job.folder.mkdir(parents=True)
        worker = self._spare.pop() if self._spare else _Worker.started()
        worker.work_on(job)
        if not worker.is_used_up:
            self._spare.append(worker)
        else:
            worker.end()
            if not self._is_closing:
                # The next one gets ready before it is asked for.
                self._spare.append(_Worker.started())
        if job.state is not State.DONE:
            shutil.rmtree(job.folder, ignore_errors=True)


@dataclass(eq=False)
class _Worker:
    """A process that works on one task after the other, until somebody stops it."""

    process: BaseProcess
    connection: Connection
    jobs: int = 0  # worked on so far
    is_used_up: bool = False

    @classmethod
    def started(cls) -> _Worker:
        """Return a fresh one; spawned, and so the same on every system."""
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_work, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours)

    def work_on(self, job: Job) -> None:
        """See a job through, to whatever end."""
        self.jobs += 1
        until = time.monotonic() + LONGEST_SECONDS
        try:
            self.connection.send((job.task, job.folder))
            while not job.state.is_over:
                if job.is_cancelled:
                    job.state = State.CANCELLED
                elif time.monotonic() > until:
                    need = f"one that is done in {LONGEST_SECONDS // 60} minutes"
                    job.fail(Problem("the job", need, "one that takes longer"))
                elif self.connection.poll(_LOOK_SECONDS):
                    job.take(*self.connection.recv())
        except (EOFError, OSError):
            job.fail(Problem("the job", "a process that goes on", "one that died, out of memory perhaps"))
        answered = job.state in {State.DONE, State.REFUSED}
        self.is_used_up = not answered or self.jobs >= _JOBS_OF_A_PROCESS

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.join()
        self.connection.close()


def _work(connection: Connection) -> None:
    """Work on tasks: what a process of its own runs."""
    # An interrupt at the keyboard goes to the lab, which ends its processes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    with suppress(EOFError):
        while True:
            task, folder = connection.recv()
            try:
                found = task.work(folder, lambda done, of: connection.send((State.RUNNING, done, of)))
                connection.send((State.DONE, found))
            except InputError as error:
                connection.send((State.REFUSED, error.problems))
            except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for an answer
                traceback.print_exc()
                problem = Problem("the job", "one that can be done", f"{type(error).__name__}: {error}")
                connection.send((State.FAILED, (problem,)))
