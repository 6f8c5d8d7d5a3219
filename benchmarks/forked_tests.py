"""Tests in a process that is forked from one which has imported the libraries, and nothing of the project."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

# Hypothesis has been imported before pytest could look into it, which does no harm.
QUIETLY = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
MEMORY_BYTES = 6 * 2**30
"""A mistake must not take the memory of the machine."""


_PATIENCE, _PATIENCE_SECONDS = 5, 20.0
"""A test that takes so many times as long, and so much more for what its file needs, does not end."""


@dataclass(eq=False)
class Watcher:
    """A plugin of pytest: which tests run, in which order, how long each took, and which failed first."""

    order: Mapping[str, float] | None = None  # tests to run, in order, with their seconds; all if None
    seconds: dict[str, float] = field(default_factory=dict)  # by test, with its set-up and what ends it
    failed: str = ""  # the first that failed, or where collecting did

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the tests that are asked for, in their order."""
        if self.order is not None:
            places = {name: place for place, name in enumerate(self.order)}
            kept = [item for item in items if item.nodeid in places]
            items[:] = sorted(kept, key=lambda item: places[item.nodeid])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Have the system end a test that does not end itself."""
        if self.order is not None:
            signal.setitimer(signal.ITIMER_PROF, _PATIENCE * self.order[nodeid] + _PATIENCE_SECONDS)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take down how a part of a test went."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take down what cannot be imported."""
        if report.failed:
            self.failed = self.failed or report.nodeid


@dataclass(frozen=True)
class Ran:
    """What came of some tests."""

    code: int | None  # pytest's exit code; None if time ran out
    failed: str = ""  # the first test that failed
    seconds: dict[str, float] = field(default_factory=dict)  # by test
    libraries: tuple[str, ...] = ()  # modules of others that they needed


def import_once(libraries: Sequence[str]) -> None:
    """Import what tests need of others, for every process that is forked from now on."""
    for name in libraries:
        with suppress(ImportError):
            import_module(name)


def run(
    folder: Path, options: Sequence[str], order: Mapping[str, float] | None = None, limit: float | None = None
) -> Ran:
    """Run tests on the project in a folder, with options of pytest, for so many seconds at most.

    Where an order is given, only its tests run, and one that takes far longer than it did is ended.
    """
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_tests, args=(theirs, folder, options, order)
    )
    process.start()
    theirs.close()
    try:
        ran = ours.recv() if ours.poll(limit) else Ran(None)
    except EOFError:
        # The system ended it: what no test outlives is seen.
        ran = Ran(-1, "a test that does not end, or ends the process")
    process.join(1.0)
    # What it has started goes with it.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    return ran


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in {"simulator", "tests"}


def _tests(
    answer: Connection, folder: Path, options: Sequence[str], order: Mapping[str, float] | None
) -> None:
    """In the process: run the tests, quietly."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.chdir(folder)
    with Path(os.devnull).open("w", encoding="utf-8") as nothing:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nothing.fileno(), stream.fileno())
    # Whoever asks has used a little of the project; its copy is what is to be tested.
    for name in [name for name in sys.modules if _is_ours(name)]:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    os.environ["PYTHONPATH"] = str(folder)
    watcher = Watcher(order)
    code = int(pytest.main([*QUIETLY, *options], plugins=[watcher]))
    if not watcher.failed and code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        watcher.failed = f"pytest itself, with exit code {code}"
    libraries = tuple(name for name in sys.modules if not _is_ours(name))
    answer.send(Ran(code, watcher.failed, watcher.seconds, libraries))
