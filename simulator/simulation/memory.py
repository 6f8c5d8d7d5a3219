"""Whether memory holds a simulation, and how many contracts it would hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from simulator.errors import InputError, Problem
from simulator.scenario.schema import FEWEST_CONTRACTS
from simulator.simulation.draws import CONTRACTS_PER_BLOCK
from simulator.simulation.plan import Plan

_ARRAYS_OF_OUTTURN, _SAMPLES_BYTES = 3, 600
"""By contract, year and cluster: budget, spend, and one more on average, as a contract's year has; and what a
contract takes while the measures of one row are estimated, measured."""
_ARRAYS_OF_BLOCK, _MORE_BYTES = 8, 150_000_000
"""By contract, year, cluster and line while a block is drawn and paid; libraries that come, and tables."""
_ARRAYS_OF_LINES = 3
"""By contract, year, cluster and line: what was drawn, what was put together of it, and what is paid."""
_ARRAYS_SETTLED = 80
"""By contract, year and cluster while a question looks at every flow: somewhat more than measured."""
CELLS_AT_ONCE = 5_000_000
"""Contracts x years x clusters x lines whose books are made at a time: 40 MB an array, and there are eight;
a block of hundreds of clusters by ten years has 50 million or more."""
_FLOAT_BYTES = 8


@contextmanager
def enough_memory(plan: Plan, contracts: int, *, lines_kept: bool = False) -> Iterator[None]:
    """Refuse contracts that memory does not hold, before they are drawn or when it ends.

    With `lines_kept` the spend of each line is held for all of them, and every flow while it is looked at.
    """
    years, clusters, lines = plan.expected_counts.shape
    of_contract = _FLOAT_BYTES * _ARRAYS_OF_OUTTURN * years * clusters + _SAMPLES_BYTES
    if lines_kept:
        of_contract += _FLOAT_BYTES * years * clusters * (_ARRAYS_OF_LINES * lines + _ARRAYS_SETTLED)
    drawn = CONTRACTS_PER_BLOCK * years * clusters * lines
    of_block = _FLOAT_BYTES * (drawn + _ARRAYS_OF_BLOCK * min(drawn, CELLS_AT_ONCE)) + _MORE_BYTES
    try:
        _reserve(contracts * of_contract + of_block)
        yield
    except MemoryError:
        fit = _most_bytes(contracts * of_contract + of_block) - of_block
        raise InputError([_problem(contracts, fit // of_contract)]) from None


def _problem(contracts: int, fit: int) -> Problem:
    got = f"{contracts:,}"
    if fit < FEWEST_CONTRACTS:
        return Problem("contracts", "few enough for the memory that there is", got, "no number would fit")
    # No more than two digits are known.
    rounded = fit // 10 ** (len(str(fit)) - 2) * 10 ** (len(str(fit)) - 2)
    fits = min(rounded, contracts - 1)
    return Problem("contracts", f"about {fits:,} or fewer: that is what fits into memory here", got)


def _reserve(size: int) -> None:
    """Ask the system for memory, and give it back."""
    np.empty(size, dtype=np.uint8)


def _most_bytes(too_many: int) -> int:
    """Return how many bytes can be had at a time, to about a hundredth."""
    low, high = 0, too_many
    while high - low > max(low, _MORE_BYTES) / 100:
        middle = (low + high) // 2
        try:
            _reserve(middle)
            low = middle
        except MemoryError:
            high = middle
    return low
