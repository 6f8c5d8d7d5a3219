"""How the spread of outturns falls with the size of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.look import DARK, GREY, INK, WARM
from simulator.charts.panels import draw_band, worded, write_near, write_together
from simulator.charts.sheet import sheet
from simulator.charts.strips import Plot
from simulator.charts.study import Study
from simulator.charts.style import DASHED, in_house_style, wrapped
from simulator.charts.words import people, per_cent, per_cent_tick
from simulator.questions.size.answer import CHANCE_SD, SD, Sizes
from simulator.risk.in_words import rounded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS = tuple(digit * 10.0**power for power in range(-6, 2) for digit in (1, 2, 5))


@in_house_style
def size(study: Study, cluster: str | None = None) -> Chart:
    """How the spread of outturns falls with the size of a cluster, and what no size cures."""
    names = study.chosen(cluster)
    sizes = study.size
    title = _size_title(sizes)
    subtitle = (
        "SD of the whole contract's outturn, as a share of its budget, by registered people of a cluster of "
        "average need (both scales logarithmic)"
    )
    if _varies(sizes):
        figure, (axes,) = sheet(title, subtitle, study.source, [Plot(3.2, below_in=0.45)])
        _draw_sizes(axes, sizes)
        _mark_clusters(axes, sizes, study, names)
    else:
        figure = worded(title, study.source, "The outturn of a cluster like most of these does not vary.")
    by_size = "; ".join(
        f"{people(row.people)} people: {per_cent(row.whole[SD])}, "
        f"by chance alone {per_cent(row.whole[CHANCE_SD])}"
        for row in sizes.rows
    )
    words = f"{by_size}. However large a cluster, {per_cent(sizes.any_size_sd_share)} is left."
    return Chart.of("size", title, figure, sizes.every_number(), words, study.source)


def _draw_sizes(axes: Axes, sizes: Sizes) -> None:
    at = [row.people for row in sizes.rows]
    whole = [row.whole[SD] for row in sizes.rows]
    chance = [row.whole[CHANCE_SD].value for row in sizes.rows]
    draw_band(axes, at, whole, "o-")
    axes.plot(at, chance, color=GREY, linestyle=DASHED)
    axes.set_xscale("log")
    axes.set_yscale("log")
    floor = sizes.any_size_sd_share
    if floor.value > 0:
        axes.axhline(floor.value, color=WARM, linewidth=1.2)
        words, across = f"what no size cures: {per_cent(floor)}", axes.get_yaxis_transform()
        write_near(axes, words, (0.99, floor.value), (0, -4), xycoords=across, va="top", ha="right", size=8)
    write_near(axes, "all risk", (at[0], whole[0].value), (10, 3), weight="bold", color=DARK, size=8)
    middle = len(at) // 2 + 1
    on_line = (at[middle], chance[middle])
    write_near(axes, "chance alone", on_line, (-6, -4), ha="right", va="top", color=GREY, size=8)
    axes.xaxis.set_major_formatter(people)
    write_together(axes.yaxis, per_cent_tick)
    axes.set_yticks([one for one in _TICKS if axes.get_ylim()[0] <= one <= axes.get_ylim()[1]])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(lambda value, _: "")
    axes.grid(visible=True)
    axes.set_xlabel("registered people")


def _mark_clusters(axes: Axes, sizes: Sizes, study: Study, names: tuple[str, ...]) -> None:
    """Mark the scenario's clusters on the curve, with the sizes of the smallest and the largest."""
    at = sorted(study.books[name].people for name in names)
    curve = np.log([(row.people, row.whole[SD].value) for row in sizes.rows]).T
    risk = np.exp(np.interp(np.log(np.maximum(at, 1.0)), *curve))
    axes.plot(at, risk, "D", color=WARM, markersize=4.5, markeredgecolor=INK, markeredgewidth=0.5)
    words = ["the scenario's clusters", f"{people(at[0])} to {people(at[-1])} people"]
    if len(at) == 1:
        words = [wrapped(names[0], 2.5, 7.5, most_lines=2), f"{people(at[0])} people"]
    middle = len(at) // 2
    write_near(
        axes, "\n".join(words), (at[middle], risk[middle]), (0, 14), ha="center", va="bottom", size=7.5
    )


def _varies(sizes: Sizes) -> bool:
    return all(row.whole[SD].value > 0 for row in sizes.rows)


def _size_title(sizes: Sizes) -> str:
    if not _varies(sizes):
        return "No cluster, of whatever size, has a risk here"
    if sizes.balance_people is None:
        return "Risk here is chance alone: the larger a cluster, the less it has"
    number, _ = rounded(sizes.balance_people.value, sizes.balance_people.half_width)
    return f"Beyond about {number} people, size cures little of a cluster's risk"
