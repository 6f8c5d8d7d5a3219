"""What a page shows of a table that has a row for each of hundreds of clusters, or of PCTs: its extremes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from simulator.answers.table import Column, Table

MOST_ROWS = 20
"""Rows of clusters or of PCTs that a page shows one by one."""
_FIRST, _LAST = 10, 5
_BY_SIZE = f"the {_FIRST} largest and the {_LAST} smallest"
_AS_THEY_STAND = f"the first {_FIRST} and the last {_LAST}"


def is_shortened(table: Table) -> bool:
    """Return whether a page shows only some of a table's rows."""
    return table.columns[0].name in {"cluster", "pct"} and _rows(table) > MOST_ROWS


def shortened(tables: Sequence[Table]) -> list[Table]:
    """Return tables as a page shows them: PCTs as they stand, clusters by size where any table knows it."""
    sizes: dict[object, float] = {}
    for table in tables:
        names, *others = table.columns
        people = next((one.cells for one in others if one.name == "people"), ())
        counted = (one for one in zip(names.cells, people, strict=False) if names.name == "cluster")
        sizes |= {name: float(one) for name, one in counted if isinstance(one, int | float)}
    return [_shortened(table, sizes) if is_shortened(table) else table for table in tables]


def _shortened(table: Table, sizes: Mapping[object, float]) -> Table:
    rows, names, which = _rows(table), table.columns[0].cells, _AS_THEY_STAND
    order = list(range(rows))
    if table.columns[0].name == "cluster" and sizes.keys() >= set(names[:rows]):
        order.sort(key=lambda at: -sizes[names[at]])
        which = _BY_SIZE
    shown = [*order[:_FIRST], *order[-_LAST:], *range(rows, rows + table.rows_apart)]
    columns = tuple(_some(column, shown) for column in table.columns)
    return replace(table, title=f"{table.title} ({which} of {rows:,})", columns=columns)


def _rows(table: Table) -> int:
    return len(table.columns[0].cells) - table.rows_apart


def _some(column: Column, shown: list[int]) -> Column:
    unit = column.unit if not isinstance(column.unit, tuple) else tuple(column.unit[at] for at in shown)
    marked = tuple(column.marked[at] for at in shown) if column.marked else ()
    return replace(column, unit=unit, cells=tuple(column.cells[at] for at in shown), marked=marked)
