"""A year month by month: the fan of spend less budget, for every contract or for a year that is under way."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.look import DARK, GREY, INK, LIGHT, PALE, look
from simulator.charts.panels import MOST_PANELS, panels, scale, write_near
from simulator.charts.strips import SMALLEST
from simulator.charts.study import Study
from simulator.charts.style import DOTTED, PATCH, apart, in_house_style
from simulator.charts.words import exact, money, per_cent, per_cent_tick, range_in_per_cent, short, shortened
from simulator.questions.months.ask import RunningPosition
from simulator.records import FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

_LABEL_IN = 0.23
"""Between figures beside a fan, before the layout has made room for words: panels are then lower."""


@dataclass(frozen=True)
class YearFan:
    """One row's year, as a share of its budget where it is drawn; its ends are written in pounds."""

    months: tuple[int, ...]  # calendar months, in order
    budget_gbp: float  # of the year
    so_far_gbp: FloatArray  # shape (month so far,); spend less budget at the end of each that is known
    # Quantiles at the end of each month to come, by level: two below the median, it, and two above.
    fan_gbp: Mapping[float, Sequence[Estimate]]

    def draw(self, axes: Axes) -> None:
        """Draw what is known, and the fan of what is not."""
        known, last = len(self.so_far_gbp), len(self.months)
        axes.set_xlim(0, last)
        axes.set_xticks(range(1, last + 1), [calendar.month_abbr[month][0] for month in self.months])
        axes.axhline(0, color=INK, linewidth=1)
        scale(axes, "y", per_cent_tick)
        if known:
            axes.axvline(known, color=INK, linewidth=0.8, linestyle=DOTTED)
        if not self.budget_gbp > 0:
            return
        so_far = np.concatenate([[0.0], self.so_far_gbp]) / self.budget_gbp
        fan = [
            [so_far[-1], *(one.value / self.budget_gbp for one in self.fan_gbp[level])]
            for level in sorted(self.fan_gbp)
        ]
        to_come = range(known, last + 1)
        axes.fill_between(to_come, fan[0], fan[4], color=PALE, linewidth=0)
        axes.fill_between(to_come, fan[1], fan[3], color=LIGHT, linewidth=0)
        axes.plot(to_come, fan[2], color=DARK, linewidth=1 if known else None)
        if known:
            axes.plot(range(known + 1), so_far, color=DARK, linewidth=2)

    def write_ends(self, axes: Axes) -> None:
        """Write where the fan ends, once the scale is known."""
        if not self.budget_gbp > 0:
            axes.text(0.5, 0.6, "no budget", transform=axes.transAxes, ha="center", color=GREY)
            return
        known = exact(float(self.so_far_gbp[-1])) if self.so_far_gbp.size else None
        low, _, middle, _, high = (
            known if known and not self.fan_gbp[level] else self.fan_gbp[level][-1]
            for level in sorted(self.fan_gbp)
        )
        # Where nothing varies, once is enough.
        ends = [low, middle, high] if high.value > low.value else [low]
        bottom, top = axes.get_ylim()
        height_in = axes.get_position().height * axes.get_figure(root=True).get_size_inches()[1]  # type: ignore[union-attr]
        gap = _LABEL_IN * (top - bottom) / max(height_in, 0.5)
        for place, end in zip(apart([end.value / self.budget_gbp for end in ends], gap), ends, strict=True):
            end_of_fan = (len(self.months), place)
            write_near(axes, short(end), end_of_fan, (4, 0), va="center", size=7.5, annotation_clip=False)


def rows_to_draw(names: Sequence[str]) -> tuple[str, ...]:
    """Return the rows that have panels: all together where they are too many."""
    few = len(names) <= MOST_PANELS and (len(names) == 1 or look().size.abreast > 1)
    return tuple(names) if few else (ALL_CLUSTERS,)


def year_chart(
    name: str,
    title: str,
    subtitle: str,
    study: Study,
    fans: Mapping[str, YearFan],
    words: Sequence[str],
    table: DataFrame,
) -> Chart:
    """Return a chart with a panel for each row's year; `words` are of each, and `table` has their numbers."""
    figure, axes = panels(title, subtitle, study.source, list(fans))
    for panel, fan in zip(axes, fans.values(), strict=True):
        fan.draw(panel)
    for panel, fan in zip(axes, fans.values(), strict=True):
        fan.write_ends(panel)
    # The corners beside the start of a fan are free.
    for heading, height, side in (("over budget", 0.98, "top"), ("under budget", 0.02, "bottom")):
        axes[0].text(
            0.01, height, heading, transform=axes[0].transAxes, va=side, size=SMALLEST, color=GREY, bbox=PATCH
        )
    rows = table.reset_index()
    data = rows[rows["cluster"].isin(fans)].reset_index(drop=True)
    return Chart.of(name, title, figure, data, " ".join(words), study.source)


def phased(what: str, year: str) -> str:
    """Return what stands on the axis of a year."""
    return (
        f"Spend less budget since the start of {year}, as a share of the year's budget (phased as {what} is "
        "expected)"
    )


@in_house_style
def running_position(study: Study, cluster: str | None = None, year: str | None = None) -> Chart:
    """How spend runs against budget through a year: a fan by month, the first contract year by default."""
    chosen = study.chosen(cluster, with_pct=True)
    found = study.running_position(study.first_year_of(cluster) if year is None else year)
    names = rows_to_draw(found.clusters if cluster is None and not study.only else chosen)
    subtitle = (
        f"{phased('demand', found.year)}. Line: median; dark band: half of the contracts; pale band: nine in "
        "ten"
    )
    fans = {
        name: YearFan(found.months, found.budget_of(name), np.zeros(0), found.fan(name)) for name in names
    }
    words = [_running_words(found, name) for name in names]
    title = _running_title(found, names)
    return year_chart("running-position", title, subtitle, study, fans, words, found.frame())


def _running_title(found: RunningPosition, names: tuple[str, ...]) -> str:
    if len(names) > 1:
        chances = range_in_per_cent(found.overspent(name)[-1] for name in names)
        return f"The chance that a cluster ends {found.year} overspent is {chances}"
    ends = found.overspent(names[0])[-1]
    return f"{opening(names[0])}: {found.year} ends overspent with a chance of {per_cent(ends)}"


def opening(name: str) -> str:
    """Return a row's name as a title starts with it."""
    return name if name == ALL_CLUSTERS else shortened(name)


def _running_words(found: RunningPosition, name: str) -> str:
    fan, overspent = found.fan(name), found.overspent(name)
    middle = len(found.months) // 2
    parts = [
        f"by the end of {calendar.month_name[found.months[at]]} the median is {money(fan[0.5][at])}, "
        f"nine in ten between {short(fan[0.05][at])} and {short(fan[0.95][at])}, "
        f"overspent with {per_cent(overspent[at])}"
        for at in dict.fromkeys((middle, len(found.months) - 1))
    ]
    return f"{name}: {'; '.join(parts)}."
