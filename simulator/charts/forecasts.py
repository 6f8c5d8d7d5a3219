"""Where a year that is under way will end: what was spent so far, and the fan of the rest."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import in_house_style
from simulator.charts.words import per_cent, pounds, range_in_per_cent, short
from simulator.charts.years import YearFan, opening, phased, rows_to_draw, year_chart
from simulator.questions.forecast.answer import HIGH, LOW, Forecast
from simulator.questions.forecast.ask import forecast as ask

if TYPE_CHECKING:
    from pathlib import Path


@in_house_style
def forecast(
    study: Study, cluster: str | None = None, *, actuals: str | Path, budgets: str | Path | None = None
) -> Chart:
    """Where a year ends, given its first months: spend less budget so far, and a fan of the rest."""
    found = ask(study.scenario, actuals, budgets, draws=study.draws)
    names = rows_to_draw((cluster,) if cluster else study.only or found.rows)
    chances = {name: per_cent(found.overspent(name)) for name in names}
    ends = range_in_per_cent(found.overspent(name) for name in names)
    title = f"After {found.months_known} months, chances that {found.label} ends overspent are {ends}"
    if len(names) == 1:
        title = f"{opening(names[0])}: {found.label} ends overspent with a chance of {chances[names[0]]}"
    subtitle = (
        f"{phased('spend', found.label)}. Line: spend so far, then the median; bands: half of what may "
        "follow, and 95%"
    )
    fans = {
        name: YearFan(found.months, found.budget_of(name), found.position_so_far(name), found.fan(name))
        for name in names
    }
    words = [_in_words(found, name, chances[name]) for name in names]
    table = found.frame("running position")
    return year_chart("forecast", title, subtitle, study, fans, words, table)


def _in_words(found: Forecast, name: str, chance: str) -> str:
    now = calendar.month_name[found.months[found.months_known - 1]]
    so_far = (
        f"{name}: {pounds(float(found.position_so_far(name)[-1]))} against the budget by the end of {now}"
    )
    if found.is_over:
        return f"{so_far}, and the year is over."
    low, middle, high = (short(found.fan(name)[level][-1]) for level in (LOW, 0.5, HIGH))
    return (
        f"{so_far}; at the end of the year the median is {middle}, 95% between {low} and {high}, overspent "
        f"with {chance}."
    )
