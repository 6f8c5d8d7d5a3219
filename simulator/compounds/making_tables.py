"""Making the tables of totals that are missing, by a process beside this one where there may be one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.compounds.mean_tables import Cells, MeanTables
from simulator.execution.blocks import Workers, beside, may_be_beside

Missing = tuple[MeanTables, int]
"""Tables, and a doubling of the mean that is not in them."""
_WORTH_A_PROCESS = 8
"""Doublings: to start one takes as long as three."""


def make_tables(
    missing: Sequence[Missing], workers: Workers = 1, alive: Callable[[], None] = lambda: None
) -> None:
    """Make tables now, for processes to share; call `alive` now and then: heavy tails take seconds."""
    alive()
    # Several lines may have the same tables.
    jobs = list({(id(tables), doubling): (tables, doubling) for tables, doubling in missing}.values())
    if len(jobs) < _WORTH_A_PROCESS or not may_be_beside(workers):
        _put([(tables, doubling, _made(tables, doubling, alive)) for tables, doubling in jobs])
        return
    ours, theirs = jobs[::2], jobs[1::2]
    with beside(lambda: [_made(*job) for job in theirs], workers) as of_other:
        made = [(*job, _made(*job, alive)) for job in ours]
        made += ((*job, cells) for job, cells in zip(theirs, of_other(), strict=True))
    _put(made)


def _made(tables: MeanTables, doubling: int, alive: Callable[[], None] = lambda: None) -> Cells | None:
    cells = tables.made(doubling)
    alive()
    return cells


def _put(made: Sequence[tuple[MeanTables, int, Cells | None]]) -> None:
    """Put what was made into the tables that it is of, all of each at a time."""
    of_tables = {id(tables): tables for tables, _, _ in made}
    for key, tables in of_tables.items():
        tables.put({doubling: cells for one, doubling, cells in made if id(one) == key})
