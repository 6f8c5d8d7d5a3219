"""Risk against the size of a cluster: what size cures, and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import DARK, GREY, INK, LIGHT, WARM, framed, in_house_style, worded
from simulator.charts.words import people, per_cent, per_cent_tick, sentence
from simulator.questions.size.answer import CHANCE_SD, SD, Sizes
from simulator.risk.in_words import rounded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS = tuple(digit * 10.0**power for power in range(-6, 2) for digit in (1, 2, 5))


@in_house_style
def draw(study: Study, cluster: str | None = None) -> Chart:
    """How the spread of outturns falls with the size of a cluster, and what no size cures."""
    names = study.chosen(cluster)
    sizes = study.size
    title = _title(sizes)
    subtitle = (
        "SD of the whole contract's outturn, as a share of its budget, by registered people of a cluster of "
        "average need (both scales logarithmic)"
    )
    if _varies(sizes):
        figure, grid = framed(title, subtitle, study.source, 3.1)
        axes = figure.add_subplot(grid[0])
        _draw_sizes(axes, sizes)
        _mark_clusters(axes, study, names)
    else:
        figure = worded(title, study.source, "The outturn of a cluster like most of these does not vary.")
    said = "; ".join(
        f"{row.people:,.0f} people: {per_cent(row.whole[SD])}, "
        f"by chance alone {per_cent(row.whole[CHANCE_SD])}"
        for row in sizes.rows
    )
    alt = f"{sentence(title)} {said}. However large a cluster, {per_cent(sizes.any_size_sd_share)} is left."
    table = sizes.every_number()
    return Chart("size", title, figure, table, alt, study.source)


def _draw_sizes(axes: Axes, sizes: Sizes) -> None:
    at = [row.people for row in sizes.rows]
    whole = [row.whole[SD] for row in sizes.rows]
    chance = [row.whole[CHANCE_SD].value for row in sizes.rows]
    axes.fill_between(at, [one.low for one in whole], [one.high for one in whole], color=LIGHT, linewidth=0)
    axes.plot(at, [one.value for one in whole], "o-", color=DARK, markersize=4)
    axes.plot(at, chance, color=GREY, linestyle=(0, (4, 2)))
    axes.set_xscale("log")
    axes.set_yscale("log")
    floor = sizes.any_size_sd_share
    if floor.value > 0:
        axes.axhline(floor.value, color=WARM, linewidth=1.2)
        axes.annotate(
            f"what no size cures: {per_cent(floor)}",
            (0.005, floor.value),
            (0, -3),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="top",
            size=8,
        )
    axes.annotate(
        "all risk",
        (at[0], whole[0].value),
        (8, 4),
        textcoords="offset points",
        size=8,
        weight="bold",
        color=DARK,
    )
    middle = len(at) // 2 + 1
    axes.annotate(
        "chance alone",
        (at[middle], chance[middle]),
        (-6, -4),
        textcoords="offset points",
        ha="right",
        va="top",
        size=8,
        color=GREY,
    )
    axes.xaxis.set_major_formatter(people)
    axes.yaxis.set_major_formatter(per_cent_tick)
    axes.set_yticks([one for one in _TICKS if axes.get_ylim()[0] <= one <= axes.get_ylim()[1]])
    axes.yaxis.set_minor_formatter(lambda value, _: "")
    axes.xaxis.set_minor_formatter(lambda value, _: "")
    axes.grid(visible=True)
    axes.set_xlabel("registered people")


def _mark_clusters(axes: Axes, study: Study, names: tuple[str, ...]) -> None:
    """Mark the scenario's own clusters at the foot; name one that is asked for."""
    for name in names:
        size = study.books[name].people
        axes.plot([size, size], [0, 0.04], color=INK, linewidth=1, transform=axes.get_xaxis_transform())
    words = (
        f"{names[0]}: {study.books[names[0]].people:,.0f}" if len(names) == 1 else "the scenario's clusters"
    )
    place = sorted(study.books[name].people for name in names)[len(names) // 2]
    axes.annotate(
        words,
        (place, 0.045),
        (0, 2),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        size=7.5,
    )


def _varies(sizes: Sizes) -> bool:
    return all(row.whole[SD].value > 0 for row in sizes.rows)


def _title(sizes: Sizes) -> str:
    if not _varies(sizes):
        return "No cluster, of whatever size, has a risk here"
    if sizes.balance_people is None:
        return "Chance is all there is here: a larger cluster has less and less risk"
    number, _ = rounded(sizes.balance_people.value, sizes.balance_people.half_width)
    return f"Beyond about {number} people, most of a cluster's risk is not cured by size"
