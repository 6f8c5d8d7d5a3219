"""How spend runs against the phased budget through a year, month by month."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import DARK, GREY, INK, LIGHT, MOST_PANELS, PALE, apart, in_house_style, panels
from simulator.charts.words import per_cent, per_cent_tick, pounds, sentence
from simulator.questions.months.ask import RunningPosition
from simulator.risk.account_book import ALL_CLUSTERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ENDS = (0.05, 0.5, 0.95)
_LABEL_IN = 0.14


@in_house_style
def draw(study: Study, cluster: str | None = None, year: str | None = None) -> Chart:
    """How spend runs against budget through a year: a fan by month, the first contract year by default."""
    names = study.chosen(cluster, with_pct=True)
    if len(names) > MOST_PANELS:
        names = (ALL_CLUSTERS,)
    found = study.running_position(year)
    title = _title(found, names)
    subtitle = (
        f"Spend less budget since the start of {found.year}, as a share of the year's budget (phased as "
        "demand is expected). Line: median; dark band: half of the contracts; pale band: nine in ten"
    )
    figure, axes = panels(title, subtitle, study.source, names)
    for panel, name in zip(axes, names, strict=True):
        _draw_fan(panel, found, name)
    for panel, name in zip(axes, names, strict=True):
        _write_ends(panel, found, name)
    table = found.frame().reset_index()
    said = " ".join(_alt_text(found, name) for name in names)
    data = table[table["cluster"].isin(names)].reset_index(drop=True)
    return Chart("running-position", title, figure, data, f"{sentence(title)} {said}", study.source)


def _draw_fan(axes: Axes, found: RunningPosition, name: str) -> None:
    """Draw one cluster's fan, as a share of the year's budget; its ends are written in pounds."""
    budget = found.budget_of(name)
    last = len(found.months)
    at = range(last + 1)
    fan = {
        level: [0.0, *(one.value / budget if budget > 0 else 0.0 for one in months)]
        for level, months in found.fan(name).items()
    }
    axes.fill_between(at, fan[0.05], fan[0.95], color=PALE, linewidth=0)
    axes.fill_between(at, fan[0.25], fan[0.75], color=LIGHT, linewidth=0)
    axes.plot(at, fan[0.5], color=DARK)
    axes.axhline(0, color=INK, linewidth=1)
    axes.set_xlim(0, last)
    axes.set_xticks(range(1, last + 1), [calendar.month_abbr[month][0] for month in found.months])
    axes.yaxis.set_major_formatter(per_cent_tick)
    axes.grid(visible=True, axis="y")


def _write_ends(axes: Axes, found: RunningPosition, name: str) -> None:
    """Write where the fan ends, once the scale is known."""
    budget = found.budget_of(name)
    if not budget > 0:
        axes.text(0.5, 0.6, "no budget", transform=axes.transAxes, ha="center", color=GREY)
        return
    ends = [found.fan(name)[level][-1].value for level in _ENDS]
    # Where nothing varies, once is enough.
    ends = ends if ends[-1] > ends[0] else ends[:1]
    low, high = axes.get_ylim()
    height_in = axes.get_position().height * axes.get_figure(root=True).get_size_inches()[1]  # type: ignore[union-attr]
    gap = _LABEL_IN * (high - low) / max(height_in, 0.5)
    for place, end in zip(apart([end / budget for end in ends], gap), ends, strict=True):
        axes.annotate(
            pounds(end),
            (len(found.months), place),
            (4, 0),
            textcoords="offset points",
            va="center",
            size=7.5,
            annotation_clip=False,
        )


def _title(found: RunningPosition, names: tuple[str, ...]) -> str:
    if len(names) > 1:
        return f"How does spend run against budget through {found.year}?"
    who = names[0]
    ends = found.overspent(names[0])[-1]
    return f"{who}: {found.year} ends overspent with a chance of {per_cent(ends)}"


def _alt_text(found: RunningPosition, name: str) -> str:
    fan, overspent = found.fan(name), found.overspent(name)
    who = name
    middle = len(found.months) // 2
    parts = [
        f"by the end of {calendar.month_name[found.months[at]]} the median is {pounds(fan[0.5][at].value)}, "
        f"nine in ten between {pounds(fan[0.05][at].value)} and {pounds(fan[0.95][at].value)}, "
        f"overspent with {per_cent(overspent[at])}"
        for at in dict.fromkeys((middle, len(found.months) - 1))
    ]
    return f"{who}: {'; '.join(parts)}."
