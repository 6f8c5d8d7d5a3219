"""The numbers of a chart as columns and as CSV, as pandas has them: its import takes longer than a chart."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Rows = Sequence[Mapping[str, object]]
"""Of data: what stands in each column."""


def columns_of(data: Rows | pd.DataFrame) -> dict[str, list[Any]]:
    """Return what stands in each column, as a table of pandas has it: in a column of numbers NaN for none."""
    if isinstance(data, Sequence):
        names = dict.fromkeys(name for row in data for name in row)
        columns = {name: _alike([row.get(name, math.nan) for row in data]) for name in names}
        if all(cells is not None for cells in columns.values()):
            return {name: cells or [] for name, cells in columns.items()}
        import pandas as pd

        data = pd.DataFrame(data)
    return {str(name): data[name].tolist() for name in data.columns}


def csv_of(data: Rows | pd.DataFrame) -> str:
    """Return data as CSV, to the last byte as pandas writes it."""
    columns = columns_of(data)
    file = io.StringIO()
    write = csv.writer(file, lineterminator="\n")
    write.writerow(columns)
    write.writerows(zip(*(map(_written, cells) for cells in columns.values()), strict=True))
    return file.getvalue()


def _alike(cells: Sequence[object]) -> list[Any] | None:
    """Return cells of one kind; None where pandas alone knows what becomes of several."""
    if all(isinstance(cell, str) for cell in cells):
        return list(cells)
    if any(isinstance(cell, bool) or not isinstance(cell, Real | None) for cell in cells):
        return None
    if all(cell is None for cell in cells):
        return None
    given: list[Any] = list(cells)
    if all(isinstance(cell, Integral) for cell in given):
        return [int(cell) for cell in given]
    return [math.nan if cell is None else float(cell) for cell in given]


def _written(cell: Any) -> Any:
    return "" if isinstance(cell, float) and math.isnan(cell) else cell
