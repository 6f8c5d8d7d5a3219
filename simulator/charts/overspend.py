"""How likely each cluster is to overspend, by year and over the whole contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import DARK, INK, LIGHT, framed, in_house_style, rows_height_in, set_rows
from simulator.charts.words import per_cent, per_cent_tick, sentence
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PANELS_ABREAST = 4
_WHOLE = "whole contract"


@in_house_style
def draw(study: Study, cluster: str | None = None) -> Chart:
    """How likely is an overspend: each cluster, by year and over the whole contract."""
    import pandas as pd

    names = study.chosen(cluster, with_pct=True)
    if cluster is None and len(names) > 1:
        names = (*names, ALL_CLUSTERS)
    columns = {year: f"overspend_probability_year_{at}" for at, year in enumerate(study.years, start=1)}
    # One year is the whole contract.
    columns = (
        {_WHOLE: "overspend_probability"}
        if len(columns) == 1
        else {**columns, _WHOLE: "overspend_probability"}
    )
    found = {
        (name, period): study.estimate(name, column) for period, column in columns.items() for name in names
    }
    rows = [
        {"cluster": name, "period": period, "overspend_probability": one.value}
        | {"overspend_probability_low": one.low, "overspend_probability_high": one.high}
        for (name, period), one in found.items()
    ]
    title = _title(study, names)
    subtitle = "Chance that spend exceeds budget, in %, with 95% intervals"
    deep = -(-len(columns) // _PANELS_ABREAST)
    across = min(len(columns), _PANELS_ABREAST)
    figure, grid = framed(title, subtitle, study.source, deep * (rows_height_in(names) + 0.2))
    cells = grid[0].subgridspec(deep, across)
    for at, period in enumerate(columns):
        axes = figure.add_subplot(cells[at // across, at % across])
        set_rows(axes, names, named=at % across == 0)
        _draw_period(axes, [found[name, period] for name in names])
        axes.set_title("whole contract" if period == _WHOLE else period)
    said = [f"{_named(name)} {per_cent(found[name, _WHOLE])}" for name in names]
    alt = f"{sentence(title)} Chance that the whole contract's spend exceeds its budget: {'; '.join(said)}."
    return Chart("overspend", title, figure, pd.DataFrame(rows), alt, study.source)


def _draw_period(axes: Axes, estimates: list[Estimate]) -> None:
    """Draw one period's points, each with its number on the side that has room."""
    for row, one in enumerate(estimates):
        axes.barh(row, one.value, height=0.62, color=LIGHT)
        axes.plot([one.low, one.high], [row, row], color=DARK, linewidth=2.2)
        inside = one.value > 0.55
        place = one.low - 0.03 if inside else one.high + 0.03
        side = "right" if inside else "left"
        axes.text(place, row, per_cent(one, sign=""), ha=side, va="center", size=7.5, color=INK)
    axes.set_xlim(0, 1.02)
    axes.set_xticks([0, 0.5, 1])
    axes.xaxis.set_major_formatter(per_cent_tick)
    # The last label of a panel would run into the first of the next.
    first, _, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    axes.grid(visible=True, axis="x")


def _title(study: Study, names: tuple[str, ...]) -> str:
    of_all = [
        study.estimate(name, "overspend_probability")
        for name in names
        if name != ALL_CLUSTERS or len(names) == 1
    ]
    if len(of_all) == 1:
        return f"{_named(names[0])}: {per_cent(of_all[0])} chance of overspending the whole contract"
    low, high = min(one.value for one in of_all), max(one.value for one in of_all)
    if high == 0:
        return "No cluster overspends in any simulated contract"
    if low == 1:
        return "Every cluster overspends in every simulated contract"
    shown = sorted({f"{100 * low:.0f}", f"{100 * high:.0f}"}, key=float)
    return f"Chance that a cluster overspends the whole contract: {' to '.join(shown)}%"


def _named(name: str) -> str:
    return name
