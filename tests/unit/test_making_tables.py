"""Tables made by a process beside this one are those that this one makes."""

from __future__ import annotations

import os
import platform

import numpy as np
import pytest

from simulator import Lognormal, NegativeBinomial
from simulator.compounds.making_tables import make_tables
from simulator.compounds.mean_tables import Cells, MeanTables

LOW, HIGH = 20.0, 8_000.0
MADE = MeanTables.made


def tables() -> list[MeanTables]:
    """Return the tables of two lines, the first of them of a third as well."""
    costs = (Lognormal(mean=1_800, cv=1.6), Lognormal(mean=90, cv=0.7))
    first, second = (MeanTables(NegativeBinomial(variance_to_mean=4), cost) for cost in costs)
    return [first, second, first]


def prepared(workers: int, called: list[None] | None = None) -> list[MeanTables]:
    of_lines = tables()
    missing = [(one, doubling) for one in of_lines for doubling in one.missing(LOW, HIGH)]
    make_tables(missing, workers, lambda: None if called is None else called.append(None))
    assert all(one.missing(LOW, HIGH) == [] for one in of_lines)
    return of_lines[:2]


def assert_alike(some: list[MeanTables], others: list[MeanTables]) -> None:
    for one, other in zip(some, others, strict=True):
        assert one.has_all((LOW, HIGH))
        assert all(map(np.array_equal, one._cells, other._cells))


@pytest.mark.skipif(platform.system() != "Linux", reason="elsewhere no process starts by fork")
@pytest.mark.parametrize("dies", [False, True])
def test_by_a_process_beside_this_one(monkeypatch: pytest.MonkeyPatch, dies: bool) -> None:
    alone, here, ours = prepared(1), list[int](), os.getpid()

    def made(self: MeanTables, doubling: int) -> Cells | None:
        if dies and os.getpid() != ours:
            os._exit(1)
        here.append(doubling)
        return MADE(self, doubling)

    monkeypatch.setattr(MeanTables, "made", made)
    called: list[None] = []
    assert_alike(prepared(2, called), alone)
    # Nine doublings of each of two: half of them, but where the other process has died.
    assert len(here) == (18 if dies else 9)
    assert len(called) == 1 + 9


def test_few_are_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    here: list[int] = []
    monkeypatch.setattr(MeanTables, "made", lambda self, at: here.append(at) or MADE(self, at))
    one = tables()[0]
    make_tables([(one, doubling) for doubling in one.missing(LOW, 4 * LOW)], 2)
    assert here == [4, 5, 6]
    assert one.missing(LOW, HIGH) == [7, 8, 9, 10, 11, 12]
