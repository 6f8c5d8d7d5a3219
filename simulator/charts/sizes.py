"""How the spread of outturns falls with the size of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.look import DARK, GREY, INK, WARM
from simulator.charts.panels import draw_band, worded
from simulator.charts.sheet import Strip, sheet
from simulator.charts.strips import Key, Plot, Sign
from simulator.charts.study import Study
from simulator.charts.style import DASHED, Looks, in_house_style
from simulator.charts.words import about_people, people, per_cent, per_cent_tick, shortened
from simulator.questions.size.answer import CHANCE_SD, SD, Sizes
from simulator.risk.in_words import rounded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FLOOR: Looks = {"color": WARM, "linewidth": 1.2}
_MARK: Looks = {"color": WARM, "marker": "D", "linewidth": 0, "markersize": 4.5} | {
    "markeredgecolor": INK,
    "markeredgewidth": 0.5,
}
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
        people_of = [study.books[name].people for name in names]
        strips: list[Strip] = [Key(_signs(sizes, people_of, names)), Plot(3.2, right_in=0.25, below_in=0.45)]
        figure, (axes,) = sheet(title, subtitle, study.source, strips)
        _draw_sizes(axes, sizes)
        _mark_clusters(axes, sizes, people_of)
    else:
        figure = worded(title, study.source, "The outturn of a cluster like most of these does not vary.")
    by_size = "; ".join(
        f"{people(row.people)} people: {per_cent(row.whole[SD])}, "
        f"by chance alone {per_cent(row.whole[CHANCE_SD])}"
        for row in sizes.rows
    )
    words = f"{by_size}. However large a cluster, {per_cent(sizes.any_size_sd_share)} is left."
    return Chart.of("size", title, figure, sizes.every_number(), words, study.source)


def _signs(sizes: Sizes, people_of: Sequence[float], names: Sequence[str]) -> list[Sign]:
    """Return what lines and marks stand for."""
    floor = sizes.any_size_sd_share
    ends = " to ".join(dict.fromkeys(about_people(end) for end in (min(people_of), max(people_of))))
    whose = shortened(names[0]) if len(names) == 1 else "the scenario's clusters"
    return [
        Sign("all risk, with its 95% interval", {"color": DARK, "linewidth": 2}),
        Sign("chance alone", {"color": GREY, "linestyle": DASHED}),
        *[Sign(f"what no size cures: {per_cent(floor)}", _FLOOR)] * (floor.value > 0),
        Sign(f"{whose}: {ends} people", _MARK),
    ]


def _draw_sizes(axes: Axes, sizes: Sizes) -> None:
    at = [row.people for row in sizes.rows]
    draw_band(axes, at, [row.whole[SD] for row in sizes.rows], "o-")
    axes.plot(at, [row.whole[CHANCE_SD].value for row in sizes.rows], color=GREY, linestyle=DASHED)
    axes.set_xscale("log")
    axes.set_yscale("log")
    if sizes.any_size_sd_share.value > 0:
        axes.axhline(sizes.any_size_sd_share.value, **_FLOOR)
    axes.xaxis.set_major_formatter(people)
    axes.yaxis.set_major_formatter(per_cent_tick)
    axes.set_yticks([one for one in _TICKS if axes.get_ylim()[0] <= one <= axes.get_ylim()[1]])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(lambda value, _: "")
    axes.grid(visible=True)
    axes.set_xlabel("registered people")


def _mark_clusters(axes: Axes, sizes: Sizes, people_of: Sequence[float]) -> None:
    """Mark clusters on the curve."""
    curve = np.log([(row.people, row.whole[SD].value) for row in sizes.rows]).T
    risk = np.exp(np.interp(np.log(np.maximum(people_of, 1.0)), *curve))
    axes.plot(people_of, risk, **_MARK)


def _varies(sizes: Sizes) -> bool:
    return all(row.whole[SD].value > 0 for row in sizes.rows)


def _size_title(sizes: Sizes) -> str:
    if not _varies(sizes):
        return "No cluster, of whatever size, has a risk here"
    if sizes.balance_people is None:
        return "Risk here is chance alone: the larger a cluster, the less it has"
    number, _ = rounded(sizes.balance_people.value, sizes.balance_people.half_width)
    return f"Beyond about {number} people, size cures little of a cluster's risk"
