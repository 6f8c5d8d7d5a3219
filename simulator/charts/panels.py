"""Small multiples: a panel for each cluster, on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.charts.style import WIDTH_IN, framed
from simulator.charts.text_fit import wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PANELS = 9
"""With more clusters than this, a row for each is easier to read than a panel for each."""
_ABREAST = 3
_TALL_IN, _LOW_IN = 2.7, 1.7
_TITLE_LINES = 2


def panels(title: str, subtitle: str, source: str, names: Sequence[str]) -> tuple[Figure, list[Axes]]:
    """Return a figure with axes for each name, one large or several small, on the same scales."""
    across = min(len(names), _ABREAST if len(names) != 4 else 2)
    deep = -(-len(names) // across)
    height = _TALL_IN if len(names) == 1 else deep * _LOW_IN + 0.4
    figure, grid = framed(title, subtitle, source, height)
    cells = grid[0].subgridspec(deep, across)
    found: list[Axes] = []
    for at, name in enumerate(names):
        first = found[0] if found else None
        axes = figure.add_subplot(cells[at // across, at % across], sharex=first, sharey=first)
        found.append(axes)
        if len(names) > 1:
            axes.set_title(wrapped(name, WIDTH_IN / across - 0.6, 8.5, bold=True, most_lines=_TITLE_LINES))
            below_is_free = at + across >= len(names)
            axes.tick_params(labelbottom=below_is_free, labelleft=at % across == 0)
    return figure, found
