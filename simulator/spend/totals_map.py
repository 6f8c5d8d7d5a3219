"""Map from standard normals to totals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.spend.level_tables import COLUMNS, Z_STEPS_PER_UNIT, Z_TOP, LevelTables
from simulator.spend.unit_cost import FloatArray

_COMPARED_ONE_BY_ONE = 3
"""With so few levels between, comparing is quicker than looking up."""
_LONGEST_LOOK_UP = 2**16
_LAST_NORMAL = Z_TOP - 1e-9


class TotalsMap:
    """Maps normals to totals by tables: linear in the normal and in 1 / sqrt(count)."""

    def __init__(self, tables: LevelTables) -> None:
        self._tables = tables
        self._mean_gbp = tables.part.mean_gbp
        self._lowest_gbp = tables.part.unit_cost.lowest_gbp
        self._first_cells: dict[tuple[int, ...], NDArray[np.int64]] = {}

    def totals(self, counts: NDArray[np.int64], normals: FloatArray) -> FloatArray:
        """Return the totals that belong to some normals.

        Takes ``counts`` of shape (totals,), ``normals`` of shape (totals,). Returns shape (totals,): totals
        in pounds, rising with the normals.
        """
        levels = self._tables.levels(int(counts.min()), int(counts.max()))
        cells = self._tables.cells(levels)
        place = np.clip(normals, -Z_TOP, _LAST_NORMAL)
        place += Z_TOP
        place *= Z_STEPS_PER_UNIT
        cell = place.astype(np.int64)
        place -= cell
        self._add_level(cell, counts, levels)
        totals = cells.slope.take(cell)
        totals *= place
        totals += cells.start.take(cell)
        totals *= np.sqrt(counts, out=place)
        totals -= cells.per_root.take(cell)
        totals += np.multiply(counts, self._mean_gbp, out=place)
        np.maximum(totals, counts * self._lowest_gbp if self._lowest_gbp else 0.0, out=totals)
        return self._tables.on_lattice(totals, levels[-1])

    def _add_level(self, cell: NDArray[np.int64], counts: NDArray[np.int64], levels: tuple[int, ...]) -> None:
        """Move cells, in place, on to those of the last level that each count reaches."""
        inner = levels[1:-1]
        if len(inner) <= _COMPARED_ONE_BY_ONE:
            for level in inner:
                cell += COLUMNS * (counts >= level)
        elif levels[-1] - levels[0] > _LONGEST_LOOK_UP:
            cell += COLUMNS * np.searchsorted(inner, counts, side="right")
        else:
            if levels not in self._first_cells:
                every = np.arange(levels[0], levels[-1] + 1)
                self._first_cells[levels] = COLUMNS * np.searchsorted(inner, every, side="right")
            cell += self._first_cells[levels].take(counts - levels[0])

    def prepare(self, low_count: int, high_count: int) -> None:
        """Compute the tables for a range of counts now."""
        self._tables.prepare(self._tables.levels(low_count, high_count))
