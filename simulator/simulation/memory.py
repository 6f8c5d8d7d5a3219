"""Whether memory holds a simulation, and how many contracts it would hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from simulator.errors import InputError, Problem
from simulator.scenario.schema import FEWEST_CONTRACTS
from simulator.simulation.draws import CONTRACTS_PER_BLOCK
from simulator.simulation.gathering import ARRAYS_OF_OUTTURN
from simulator.simulation.part_of_plan import is_separable
from simulator.simulation.plan import Plan
from simulator.simulation.stored_array import FLOAT_BYTES

_SAMPLES_BYTES = 600
"""What a contract takes while the measures of one row are estimated, measured."""
_ARRAYS_OF_BLOCK, _MORE_BYTES = 8, 150_000_000
"""By contract, year, cluster and line while a block is drawn and paid; libraries that come, and tables."""
_ARRAYS_OF_LINES = 3
"""By contract, year, cluster and line: what was drawn, what was put together of it, and what is paid."""
_ARRAYS_SETTLED = 80
"""By contract, year and cluster while a question looks at every flow: somewhat more than measured."""
CELLS_AT_ONCE = 5_000_000
"""Contracts x years x clusters x lines whose books are made at a time: 40 MB an array, and there are eight;
a block of hundreds of clusters by ten years has 50 million or more."""
CELLS_DRAWN = 2_500_000
"""As many that are drawn at a time, of clusters that know nothing of each other: half, as each process has
them; with fewer, what all clusters have in common would be drawn too often."""
_LARGEST_IN_MEMORY = 250_000_000
"""Bytes of the outturn of all contracts: a larger one is kept on disk."""
_KEPT_BYTES = 2**25 - 2**17
"""Somewhat less than 32 MB, the largest array whose memory GNU's C library keeps after use: after one,
it keeps up to twice that. What it gives back to the system comes again slowly, 4 kB at a time."""
_TOGETHER = (1_000, 500, 250, 125, 50)
_CELLS_TOGETHER = 500_000
"""Contracts that are read from disk at a time, parts of a block, and their years x clusters at most."""


def together_on_disk(plan: Plan, contracts: int) -> int:
    """Return how many contracts stand together where the outturn is kept on disk; 0 where memory holds it."""
    years, clusters, _ = plan.expected_counts.shape
    cells = (years - 1) * clusters
    if contracts * cells * ARRAYS_OF_OUTTURN * FLOAT_BYTES <= _LARGEST_IN_MEMORY:
        return 0
    return next((size for size in _TOGETHER if size * cells <= _CELLS_TOGETHER), _TOGETHER[-1])


@contextmanager
def enough_memory(plan: Plan, contracts: int, *, lines_kept: bool = False) -> Iterator[None]:
    """Refuse contracts that memory does not hold, before they are drawn or when it ends.

    With `lines_kept` the spend of each line is held for all of them, and every flow while it is looked at.
    """
    years, clusters, lines = plan.expected_counts.shape
    of_contract = FLOAT_BYTES * ARRAYS_OF_OUTTURN * years * clusters + _SAMPLES_BYTES
    if lines_kept:
        of_contract += FLOAT_BYTES * years * clusters * (_ARRAYS_OF_LINES * lines + _ARRAYS_SETTLED)
    elif together_on_disk(plan, contracts):
        of_contract = _SAMPLES_BYTES
    drawn = CONTRACTS_PER_BLOCK * years * clusters * lines
    if not lines_kept and is_separable(plan):
        drawn = min(drawn, CELLS_DRAWN)
    of_block = FLOAT_BYTES * (drawn + _ARRAYS_OF_BLOCK * min(drawn, CELLS_AT_ONCE)) + _MORE_BYTES
    try:
        _reserve(_KEPT_BYTES)
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
