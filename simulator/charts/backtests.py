"""How well fits would have predicted before: ranges that held, and where outturns lay in them."""

from __future__ import annotations

from simulator.charts.chart import Chart
from simulator.charts.look import DARK, GREY, INK, LIGHT
from simulator.charts.panels import framed, one_panel, scale
from simulator.charts.style import in_house_style
from simulator.charts.words import per_cent_tick
from simulator.plain_words import capitalised, counted
from simulator.questions.backtest.answer import BacktestAnswer
from simulator.questions.backtest.predicted import CARRIED

_ROW_IN, _GAP_IN = 0.3, 0.9
_MEANT = 0.95
_PANEL_IN = 2.2


@in_house_style
def coverage(answer: BacktestAnswer) -> Chart:
    """How often ranges of 95% held, by method and years ahead."""
    rows = answer.coverage()
    first = rows[0]
    ahead = counted(first.ahead, "year")
    title = f"{capitalised(ahead)} ahead, ranges of 95% held {first.counted(_MEANT)} outturns"
    subtitle = (
        f"{capitalised(first.method)}, and otherwise: share of cases in %, by years ahead, from "
        f"{counted(len(answer.origins), 'origin')}; lines: 95% intervals, an origin counted as one trial"
    )
    source = f"{answer.scenario.settings.title}; {answer.history.source}."
    figure, axes = one_panel(title, subtitle, source, _ROW_IN * len(rows) + _GAP_IN)
    for at, row in enumerate(rows):
        held = row.held
        axes.barh(at, held.value, height=0.62, color=LIGHT)
        axes.plot([held.low, held.high], [at, at], color=DARK, linewidth=2.2)
        axes.text(1.03, at, row.counted(_MEANT), va="center", size=7.5, color=INK)
    axes.axvline(_MEANT, color=INK, linewidth=1)
    axes.set_yticks(range(len(rows)), [f"{counted(row.ahead, 'year')}: {row.method}" for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.16)
    axes.set_xticks([0, 0.5, _MEANT])
    scale(axes, "x", per_cent_tick)
    data = [
        {"years_ahead": row.ahead, "method": row.method, "cases": row.counted(_MEANT)}
        | {"held": row.held.value, "low": row.held.low, "high": row.held.high}
        for row in rows
    ]
    words = "; ".join(f"{row.ahead} ahead, {row.method}: {row.counted(_MEANT)}" for row in rows)
    return Chart.of("coverage", title, figure, data, f"{words}.", source)


@in_house_style
def places(answer: BacktestAnswer) -> Chart:
    """Where outturns lay in what the fits predicted, by tenth."""
    from matplotlib.ticker import MaxNLocator

    counts = {f"{counted(ahead, 'year')} ahead": cases for ahead, cases in answer.tenths().items()}
    heading, found = next(iter(counts.items()))
    title = (
        f"{capitalised(heading)}, the lowest tenth held {found[0]} of {sum(found)} outturns, the highest "
        f"{found[-1]}"
    )
    subtitle = (
        "Cases by tenth of what was predicted; level bars if all is right: "
        f"{sum(found) / len(found):.3g} in each. {capitalised(CARRIED)}"
    )
    source = f"{answer.scenario.settings.title}; {answer.history.source}."
    figure, grid = framed(title, subtitle, source, _PANEL_IN)
    cells = grid[0].subgridspec(1, len(counts))
    for at, (heading, found) in enumerate(counts.items()):
        axes = figure.add_subplot(cells[0, at])
        axes.bar(range(1, len(found) + 1), found, color=LIGHT, width=0.85)
        axes.axhline(sum(found) / len(found), color=GREY, linewidth=1)
        axes.set_xticks([1, len(found)], ["lowest", "highest"])
        axes.set_title(heading)
        scale(axes, "y", lambda value, _: f"{value:g}")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    data = [
        {"years_ahead": heading, "tenth": tenth, "cases": cases}
        for heading, found in counts.items()
        for tenth, cases in enumerate(found, start=1)
    ]
    words = "; ".join(f"{heading}: {', '.join(map(str, found))}" for heading, found in counts.items())
    return Chart.of("places", title, figure, data, f"Cases by tenth, the lowest first. {words}.", source)
