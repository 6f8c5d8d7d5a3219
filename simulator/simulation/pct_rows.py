"""Estimates of several PCTs: each is settled and looked at alone, and all together are added up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from simulator.execution.blocks import run_blocks
from simulator.records import Axes, ClusterTerms, FloatArray
from simulator.risk.in_parts import Settled
from simulator.risk.measures import SummaryRow, summary_row
from simulator.risk.pcts_together import Named, SummedBook, book_of_sums, sums_of
from simulator.rules.by_pct import Clusters, clusters_of_pcts

_PCTS_AT_ONCE = 8
"""PCTs that a process looks at before it answers: the sums that it answers with are no larger for many."""
Alone = Callable[[Clusters], tuple[Sequence[SummaryRow], Settled]]
"""Gives the rows and the outcomes of the PCT that has these clusters, settled alone."""
Sums = dict[Named, FloatArray]


@dataclass(frozen=True, slots=True)
class RowsByPct:
    """Estimates where there are several PCTs."""

    rows: tuple[SummaryRow, ...]  # of each cluster, then of all together
    pcts: tuple[SummaryRow, ...]  # of each PCT
    together: SummedBook  # of all


def rows_by_pct(terms: ClusterTerms, axes: Axes, alone: Alone, workers: int) -> RowsByPct:
    """Estimate every measure."""
    named = list(clusters_of_pcts(axes))
    tasks = [named[at : at + _PCTS_AT_ONCE] for at in range(0, len(named), _PCTS_AT_ONCE)]
    found = dict(run_blocks(partial(_looked_at, alone), tasks, workers))
    # In order, so that sums are the same for any number of processes.
    sums: Sums = {}
    rows: dict[int, SummaryRow] = {}
    pcts: list[SummaryRow] = []
    for at in range(len(tasks)):
        of_clusters, of_pcts, own = found.pop(at)
        rows |= of_clusters
        pcts += of_pcts
        _add(sums, own)
    together = book_of_sums(sums, terms)
    in_order = (rows[at] for at in range(len(axes.clusters)))
    return RowsByPct((*in_order, summary_row(together)), tuple(pcts), together)


def _looked_at(
    alone: Alone, pcts: Sequence[tuple[str, Clusters]]
) -> tuple[dict[int, SummaryRow], list[SummaryRow], Sums]:
    """Return the rows of some PCTs' clusters by number, those of the PCTs, and sums of their books."""
    rows: dict[int, SummaryRow] = {}
    of_pcts: list[SummaryRow] = []
    sums: Sums = {}
    for name, clusters in pcts:
        found, settled = alone(clusters)
        numbers = np.arange(clusters.stop)[clusters].tolist() if isinstance(clusters, slice) else clusters
        rows |= dict(zip(numbers, found, strict=False))
        of_pcts.append(replace(found[-1], name=name))
        (own,) = settled.of_rows([len(numbers)], sums_of, lambda _, samples: samples)
        _add(sums, own)
    return rows, of_pcts, sums


def _add(sums: Sums, more: Sums) -> None:
    for name, samples in more.items():
        sums[name] = sums[name] + samples if name in sums else samples
