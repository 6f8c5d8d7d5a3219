"""The lab: a scenario, regimes to lay over it, engines that have drawn it, and jobs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from simulator.errors import InputError, Problem
from simulator.lab.engine import Engine
from simulator.lab.jobs import Jobs
from simulator.scenario.regimes import Regime, read_regime
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws, SettledDraws

MOST_ENGINES = 4
"""Scenarios that are kept drawn at a time: some 60 MB each for the flagship at 5,000 contracts."""
MOST_DRAWN = 20_000
"""Contracts of an engine: more take a slider longer than a reader waits for it."""


@dataclass(eq=False)
class Lab:
    """What all pages share."""

    scenario: Scenario  # that a page opens with
    draws: Draws
    regimes: Mapping[str, Regime]  # by the name of their file
    folder: Path  # for uploads and documents; gone when the lab closes
    jobs: Jobs
    # What readers have sent and not looked at yet, by the reader's key: files by their owners' names.
    sent: dict[str, dict[str, bytes]] = field(default_factory=dict)
    _engines: OrderedDict[tuple[str, int, int], Engine] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def engine(self, scenario: Scenario | None = None, draws: Draws | None = None) -> Engine:
        """Return the engine of a scenario and draws; InputError for more contracts than a page can follow."""
        scenario = scenario or self.scenario
        settled = check_size(scenario, draws or self.draws)
        key = scenario.fingerprint, settled.contracts, settled.seed
        with self._lock:
            if key not in self._engines:
                self._engines[key] = Engine.of(scenario, Draws(*key[1:]), self.regimes)
            self._engines.move_to_end(key)
            while len(self._engines) > MOST_ENGINES:
                self._engines.popitem(last=False)
            return self._engines[key]

    def admit(self) -> str:
        """Return a key for a reader, who may send files under it until they leave; nobody can guess it."""
        key = os.urandom(16).hex()
        self.sent[key] = {}
        return key

    def taken(self, key: str) -> dict[str, bytes]:
        """Return what a reader has sent, once."""
        found, self.sent[key] = self.sent[key], {}
        return found


@contextmanager
def open_lab(scenario: Scenario, draws: Draws = Draws(), at_once: int | None = None) -> Iterator[Lab]:
    """Give a lab; its jobs end and its files go when it closes.

    InputError, before anything is made, for contracts that it does not take.
    """
    regimes = regimes_beside(scenario.folder)
    check_size(scenario, draws)
    folder = Path(tempfile.mkdtemp(prefix="cluster-risk-lab-"))
    jobs = Jobs(folder / "jobs", at_once)
    try:
        yield Lab(scenario, draws, regimes, folder, jobs)
    finally:
        jobs.close()
        shutil.rmtree(folder, ignore_errors=True)


def check_size(scenario: Scenario, draws: Draws) -> SettledDraws:
    """Return draws of a scenario; InputError for more contracts than a page can follow."""
    settled = draws.of(scenario)
    if settled.contracts > MOST_DRAWN:
        need, hint = f"at most {MOST_DRAWN:,} on the page", "the command takes more"
        raise InputError([Problem("contracts", need, f"{settled.contracts:,}", hint)])
    return settled


def regimes_beside(folder: Path) -> dict[str, Regime]:
    """Return the regimes in the folder of that name beside a scenario; what is none is left out."""
    found = {}
    for path in sorted((folder / "regimes").glob("*.toml")):
        try:
            found[path.stem] = read_regime(path)
        except InputError:
            continue
    return found
