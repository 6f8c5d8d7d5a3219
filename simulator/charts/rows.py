"""Charts with one row a cluster, for as many clusters as there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.charts.style import INK
from simulator.charts.text_fit import wrapped
from simulator.risk.account_book import ALL_CLUSTERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAME_WIDTH_IN, _NAME_SIZE, _NAME_LINES = 1.55, 8.0, 3
_LINE_IN, _GAP_IN = 0.145, 0.09
_AXIS_IN = 0.45


def name_lines(name: str) -> str:
    """Return a cluster's name as it stands beside its row."""
    shown = "all clusters" if name == ALL_CLUSTERS else name
    return wrapped(shown, _NAME_WIDTH_IN, _NAME_SIZE, most_lines=_NAME_LINES)


def rows_height_in(names: Sequence[str], *, least_in: float = 0.27) -> float:
    """Return the height of axes with a row for each name, with their own labels."""
    return len(names) * max(_row_in(names), least_in) + _AXIS_IN


def set_rows(axes: Axes, names: Sequence[str], *, named: bool = True) -> None:
    """Give axes a row for each name, the first at the top; the PCT's set apart by a line."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [name_lines(name) for name in names] if named else [""] * len(names))
    axes.tick_params(axis="y", length=0, labelsize=_NAME_SIZE)
    axes.spines["left"].set_visible(False)
    if len(names) > 1 and names[-1] == ALL_CLUSTERS:
        axes.axhline(len(names) - 1.5, color=INK, linewidth=0.5)


def _row_in(names: Sequence[str]) -> float:
    return max(name_lines(name).count("\n") + 1 for name in names) * _LINE_IN + _GAP_IN
