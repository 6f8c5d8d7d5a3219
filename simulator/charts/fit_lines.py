"""What a fit says of each line: its demand in the years to come, and its seasons, beside what happened."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.fit_words import observed_by, seen_of, source_of
from simulator.charts.look import DARK, GREY, INK, LIGHT, PALE
from simulator.charts.panels import panels, scale
from simulator.charts.strips import SMALLEST
from simulator.charts.style import in_house_style
from simulator.charts.words import per_cent_tick
from simulator.fitting.future import future
from simulator.history.calendar_months import financial_year_of
from simulator.plain_words import capitalised, spaced
from simulator.random_streams import RandomStreams

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulator.fitting.observed import Months
    from simulator.questions.fit.answer import FitAnswer
    from simulator.records import FloatArray

AHEAD = 3
"""Years that a fan shows, as many as a contract usually runs."""
SHARES = (0.95, 0.8, 0.5)
_HUES = (PALE, LIGHT, "#6fa3c7")
_MONTHS = (*range(3, 12), *range(3))
"""Of a financial year, from April."""


@in_house_style
def fan(answer: FitAnswer) -> Chart:
    """Demand by line: what happened, the fitted trend, and ranges of the years to come."""
    posterior = answer.posterior
    seen, trend, drawn = _seen_rates(answer), _trend(answer), _drawn(answer)
    base = drawn[:, 0].mean(axis=0)
    places = [(1 + sign * share) / 2 for share in SHARES for sign in (-1, 1)]
    ends = np.quantile(drawn / base, places, axis=0)
    middle = np.median(drawn / base, axis=0)
    half = float(np.median((ends[1] - ends[0])[1] / middle[1] / 2))
    title = f"A year on, 95% ranges of demand reach {half:.0%} either side"
    subtitle = (
        "Cases per weighted person, fitted last year = 100%. Dots: what happened; dashes: fitted trend; "
        "bands: 50, 80 and 95% of draws, without the chance in counts"
    )
    figure, grid = panels(title, subtitle, source_of(answer), [spaced(line) for line in posterior.lines])
    last = posterior.years[-1]
    ahead = np.arange(last, last + AHEAD + 1)
    for at, axes in enumerate(grid):
        for band, hue in enumerate(_HUES):
            low, high = ends[2 * band, :, at], ends[2 * band + 1, :, at]
            axes.fill_between(ahead, low, high, color=hue, linewidth=0)
        axes.plot(ahead, middle[:, at], color=DARK)
        axes.plot(posterior.years, trend[:, at] / base[at], "--", color=GREY, linewidth=1.2)
        axes.plot(posterior.years, seen[:, at] / base[at], "o", color=INK, markersize=3.5)
        _set_years(axes, (*posterior.years[:-1], *ahead.tolist()))
        scale(axes, "y", per_cent_tick)
    data = [
        {
            "line": line,
            "year": year,
            "seen_per_1000": 1000 * seen[row, at],
            "trend_per_1000": 1000 * trend[row, at],
        }
        for at, line in enumerate(posterior.lines)
        for row, year in enumerate(posterior.years)
    ]
    names = [f"{end}_{share:.0%}_per_1000".replace("%", "") for share in SHARES for end in ("low", "high")]
    data += [
        {"line": line, "year": int(year), "median_per_1000": 1000 * middle[row, at] * base[at]}
        | {name: 1000 * float(ends[place, row, at] * base[at]) for place, name in enumerate(names)}
        for at, line in enumerate(posterior.lines)
        for row, year in enumerate(ahead)
    ]
    words = "; ".join(
        f"{spaced(line)}: {ends[0, 1, at]:.0%} to {ends[1, 1, at]:.0%} of {last} a year on, "
        f"{ends[0, -1, at]:.0%} to {ends[1, -1, at]:.0%} after {AHEAD}"
        for at, line in enumerate(posterior.lines)
    )
    return Chart.of("fan", title, figure, data, f"{words}.", source_of(answer))


def _seen_rates(answer: FitAnswer) -> FloatArray:
    """Return cases per weighted person in whole years, of all clusters, shape (year, line)."""
    seen, people = seen_of(answer)
    with np.errstate(invalid="ignore"):
        return np.asarray((np.nansum(seen, axis=0) / np.nansum(people, axis=0)).T)


def _weights(answer: FitAnswer) -> FloatArray:
    """Return each cluster's part of the people in the last year that it has, shape (cluster, line)."""
    people = np.nan_to_num(observed_by(answer).weighted_people[:, :, -1])
    return np.asarray(people / np.maximum(people.sum(axis=0), np.finfo(float).tiny))


def _trend(answer: FitAnswer) -> FloatArray:
    """Return the fitted trend without any year's shocks, mean of draws, shape (year, line)."""
    draws, years = answer.posterior.volume, np.array(answer.posterior.years)
    common = (np.exp(draws.cluster_level.astype(float)) * _weights(answer)).sum(axis=1)
    lines = draws.level.astype(float), draws.growth.astype(float)
    rates = [(np.exp(lines[0] + lines[1] * (year - years[-1])) * common).mean(axis=0) for year in years]
    return np.stack(rates)


def _drawn(answer: FitAnswer) -> FloatArray:
    """Return draws of all clusters' cases per weighted person, shape (row, year, line)."""
    posterior, streams = answer.posterior, RandomStreams(answer.seed)

    def normals(*names: str) -> FloatArray:
        return np.asarray(streams.generator("fan", *names).standard_normal(posterior.rows))

    volume, _ = future(posterior, np.arange(posterior.rows), AHEAD, normals)
    return np.asarray((np.exp(volume) * _weights(answer)).sum(axis=2))


def _set_years(axes: Axes, years: tuple[int, ...]) -> None:
    """Label financial years by their ends, every second one where there are many."""
    step = 1 + len(years) // 7
    shown = years[::-step][::-1]
    axes.set_xticks(shown, [f"{year % 100:02}/{(year + 1) % 100:02}" for year in shown], size=SMALLEST)


@in_house_style
def season(answer: FitAnswer) -> Chart:
    """Seasons by line: each whole year's own, and the one fitted."""
    months, law = answer.history.months, answer.history.month_law
    found = {line: seasons_by_year(months, at) for at, line in enumerate(law.lines)}
    known = {line: at for at, line in enumerate(law.lines) if np.isfinite(law.season[at]).all()}
    peaks = {line: float(law.season[at].max()) for line, at in known.items()}
    clearest = max(known, key=lambda line: _clearness(found[line], law.season[known[line]]))
    named, above = capitalised(spaced(clearest)), peaks[clearest] - 1
    title = f"{named}: the clearest season, {above:.0%} above the mean at its peak"
    subtitle = "Cases a day over the year's mean, April first. Thick: fitted; thin: each whole year"
    figure, grid = panels(title, subtitle, source_of(answer), [spaced(line) for line in known])
    names = [calendar.month_abbr[month + 1][0] for month in _MONTHS]
    data = []
    for axes, (line, at) in zip(grid, known.items(), strict=True):
        for shares in found[line].values():
            axes.plot(range(12), shares, color=LIGHT, linewidth=1)
        axes.plot(range(12), law.season[at][list(_MONTHS)], color=DARK, linewidth=2)
        axes.set_xticks(range(12), names, size=SMALLEST)
        scale(axes, "y", per_cent_tick)
        for place, month in enumerate(_MONTHS):
            by_year = {str(year): float(shares[place]) for year, shares in found[line].items()}
            data.append({"line": line, "month": month + 1, "fitted": float(law.season[at][month])} | by_year)

    def at_its(line: str, place: int) -> str:
        return f"{calendar.month_name[place + 1]}, {law.season[known[line]][place]:.0%}"

    words = "; ".join(
        f"{spaced(line)}: highest in {at_its(line, int(law.season[at].argmax()))}, "
        f"lowest in {at_its(line, int(law.season[at].argmin()))}"
        for line, at in known.items()
    )
    return Chart.of("season", title, figure, data, f"{words}.", source_of(answer))


def _clearness(years: dict[int, FloatArray], fitted: FloatArray) -> float:
    """Return how much a fitted season moves, over how much single years lie about it."""
    away = [shares - fitted[list(_MONTHS)] for shares in years.values()]
    return float(fitted.std() / np.sqrt(np.mean(np.square(away)))) if away and np.any(away) else 0.0


def seasons_by_year(months: Months, line: int) -> dict[int, FloatArray]:
    """Return each whole financial year's cases a day over its mean, April first, shape (12,)."""
    counts = (
        months.counts[:, line] if np.isfinite(months.counts[:, line]).any() else months.spend_gbp[:, line]
    )
    years = np.array([financial_year_of(month) for month in months.months])
    days = np.array([calendar.monthrange(*month)[1] for month in months.months])
    found = {}
    for year in np.unique(years):
        inside = years == year
        whole = counts[:, inside][np.isfinite(counts[:, inside]).all(axis=1)]
        if inside.sum() == len(_MONTHS) and whole.sum() > 0:
            daily = whole.sum(axis=0) / days[inside]
            found[int(year)] = daily / daily.mean()
    return found
