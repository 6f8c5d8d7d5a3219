"""How many contracts are drawn, from which seed, by whom."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from simulator.errors import InputError, Problem, shown
from simulator.execution.blocks import Workers, run_blocks
from simulator.execution.dask_cluster import DaskCluster
from simulator.random_streams import LARGEST_SEED, SEEDS
from simulator.records import Block
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import FEWEST_CONTRACTS, MOST_CONTRACTS

if TYPE_CHECKING:
    from typing import Self


_WORTH_PROCESSES = 3_000_000
"""Totals of a year, a cluster and a line from which on other processes draw more quickly than they start, and
than shocks that are at hand are drawn again."""
CONTRACTS_PER_BLOCK = 5_000
"""Larger blocks make fewer generators, smaller ones spread over processes; part of what a seed means."""
Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of chance that an answer rests on.

    Parameters
    ----------
    contracts : int, optional
        Simulated contracts, 100 or more; the scenario's own number when left out. The first
        5,000 of 10,000 are the contracts of a run of 5,000.
    seed : int, optional
        Seed of chance; the scenario's own when left out.
    workers : int or DaskCluster
        Processes, or those of a cluster of machines; results are the same for any.
    """

    contracts: int | None = None
    seed: int | None = None
    workers: Workers = 1

    def of(self, scenario: Scenario) -> SettledDraws:
        """Return the draws for a scenario, checked.

        Parameters
        ----------
        scenario : Scenario
            Whose numbers stand for those that were left out.

        Returns
        -------
        SettledDraws
            Every number known.

        Raises
        ------
        InputError
            With every number that is out of range, or if there is no scenario.
        """
        if not isinstance(scenario, Scenario):
            raise InputError([Problem("scenario", "what load_scenario returns", shown(scenario))])
        own = scenario.settings.simulation
        contracts = own.contracts if self.contracts is None else self.contracts
        return SettledDraws(contracts, own.seed if self.seed is None else self.seed, self.workers)


@dataclass(frozen=True, slots=True)
class SettledDraws:
    """Draws whose every number is known and in range; InputError for others."""

    contracts: int
    seed: int
    workers: Workers = 1

    def __post_init__(self) -> None:
        problems = []
        contracts = self.contracts
        if not _is_whole(contracts) or not FEWEST_CONTRACTS <= contracts <= MOST_CONTRACTS:
            need = f"a whole number from {FEWEST_CONTRACTS} to {MOST_CONTRACTS:,}"
            few = _is_whole(contracts) and contracts < FEWEST_CONTRACTS
            hint = "fewer contracts cannot give the bond an interval" if few else ""
            problems.append(Problem("contracts", need, shown(contracts), hint))
        if isinstance(self.workers, DaskCluster):
            problems += self.workers.problems()
        elif not _is_whole(self.workers) or self.workers < 1:
            problems.append(Problem("workers", "a whole number, 1 or more", shown(self.workers)))
        if not _is_whole(self.seed) or not 0 <= self.seed <= LARGEST_SEED:
            problems.append(Problem("seed", SEEDS, shown(self.seed)))
        if problems:
            raise InputError(problems)

    def alone(self) -> Self:
        """Return the same draws by one process."""
        return replace(self, workers=1)

    def of_totals(self, totals: int) -> Self:
        """Return the same draws by one process where more are not worth starting for so many totals."""
        return self.alone() if totals < _WORTH_PROCESSES else self


def blocks_of(contracts: int) -> list[Block]:
    """Return the blocks of so many contracts, in order.

    The last one is whole, though it may be larger than needed: cut short, it would draw others.
    """
    numbers = range(math.ceil(contracts / CONTRACTS_PER_BLOCK))
    return [Block(number, CONTRACTS_PER_BLOCK) for number in numbers]


def drawn_in_blocks(work: Callable[[Block], Drawn], draws: SettledDraws) -> Iterator[tuple[int, Drawn]]:
    """Yield the first contract of each block and what was drawn of it, whichever is done first."""
    for number, drawn in run_blocks(work, blocks_of(draws.contracts), draws.workers):
        yield number * CONTRACTS_PER_BLOCK, drawn


def _is_whole(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)
