"""Where a year that is under way will end: what was spent so far, and the fan of the rest."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from simulator.charts.chart import Chart
from simulator.charts.panels import MOST_PANELS, panels, scale, write_near
from simulator.charts.study import Study
from simulator.charts.style import DARK, DOTTED, GREY, INK, LIGHT, PALE, in_house_style
from simulator.charts.words import per_cent, per_cent_tick, pounds
from simulator.questions.forecast.answer import HIGH, LOW, Forecast
from simulator.questions.forecast.ask import forecast as ask
from simulator.risk.account_book import ALL_CLUSTERS

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes


@in_house_style
def forecast(
    study: Study, cluster: str | None = None, *, actuals: str | Path, budgets: str | Path | None = None
) -> Chart:
    """Where a year ends, given its first months: spend less budget so far, and a fan of the rest."""
    found = ask(study.scenario, actuals, budgets, draws=study.draws)
    names = found.rows if cluster is None else (cluster,)
    if len(names) > MOST_PANELS:
        names = (ALL_CLUSTERS,)
    chances = {name: per_cent(found.overspent(name)) for name in names}
    title = f"How does {found.label} end, with {found.months_known} of {len(found.months)} months known?"
    if len(names) == 1:
        title = f"{names[0]}: {found.label} ends overspent with a chance of {chances[names[0]]}"
    subtitle = (
        f"Spend less budget since the start of {found.label}, as a share of the year's budget (phased as "
        "spend is expected). Line: spend so far, then the median; bands: half of what may follow, and 95%"
    )
    figure, axes = panels(title, subtitle, study.source, names)
    for panel, name in zip(axes, names, strict=True):
        _draw(panel, found, name)
    table = found.frame("running position").reset_index()
    words = " ".join(_in_words(found, name, chances[name]) for name in names)
    data = table[table["cluster"].isin(names)].reset_index(drop=True)
    return Chart.of("forecast", title, figure, data, words, study.source)


def _draw(axes: Axes, found: Forecast, name: str) -> None:
    """Draw one cluster's year, as a share of its budget; where it ends is written in pounds."""
    budget, known, last = found.budget_of(name), found.months_known, len(found.months)
    axes.set_xlim(0, last)
    axes.set_xticks(range(1, last + 1), [calendar.month_abbr[month][0] for month in found.months])
    axes.axhline(0, color=INK, linewidth=1)
    axes.axvline(known, color=INK, linewidth=0.8, linestyle=DOTTED)
    scale(axes, "y", per_cent_tick)
    if not budget > 0:
        axes.text(0.5, 0.6, "no budget", transform=axes.transAxes, ha="center", color=GREY)
        return
    so_far = [0.0, *(found.position_so_far(name) / budget)]
    fan = {
        level: [so_far[-1], *(one.value / budget for one in months)]
        for level, months in found.fan(name).items()
    }
    to_come = range(known, last + 1)
    axes.fill_between(to_come, fan[LOW], fan[HIGH], color=PALE, linewidth=0)
    axes.fill_between(to_come, fan[0.25], fan[0.75], color=LIGHT, linewidth=0)
    axes.plot(to_come, fan[0.5], color=DARK, linewidth=1)
    axes.plot(range(known + 1), so_far, color=DARK, linewidth=2)
    end = fan[0.5][-1]
    write_near(axes, pounds(end * budget), (last, end), (4, 0), va="center", size=7.5, annotation_clip=False)


def _in_words(found: Forecast, name: str, chance: str) -> str:
    now = calendar.month_name[found.months[found.months_known - 1]]
    so_far = (
        f"{name}: {pounds(float(found.position_so_far(name)[-1]))} against the budget by the end of {now}"
    )
    if found.is_over:
        return f"{so_far}, and the year is over."
    low, middle, high = (pounds(found.fan(name)[level][-1].value) for level in (LOW, 0.5, HIGH))
    return (
        f"{so_far}; at the end of the year the median is {middle}, 95% between {low} and {high}, overspent "
        f"with {chance}."
    )
