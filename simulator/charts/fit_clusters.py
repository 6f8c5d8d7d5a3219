"""What a fit says of clusters: their levels, raw and fitted, what each year was beyond them, and breaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.fit_words import seen_of, source_of
from simulator.charts.look import DARK, GREY, INK, WARM
from simulator.charts.panels import (
    label_rows,
    name_lines,
    one_panel,
    row_panel,
    rows_height_in,
    scale,
    worded,
    write_beside,
)
from simulator.charts.style import in_house_style, wrapped
from simulator.charts.words import per_cent_tick, shortened
from simulator.history.calendar_months import number_of, written
from simulator.plain_words import counted, spaced

if TYPE_CHECKING:
    from simulator.fitting.estimates import Figure
    from simulator.questions.fit.answer import FitAnswer
    from simulator.records import FloatArray

MOST_BREAKS = 20
"""The largest that fit a page with their names."""
_MINUS = "\N{MINUS SIGN}"


@in_house_style
def levels(answer: FitAnswer) -> Chart:
    """Lasting need of each cluster: raw from the history, fitted, and how far the history is believed."""
    # The highest need first.
    needs, fitted = answer.estimates.need, answer.posterior.clusters
    order = sorted(range(len(fitted)), key=lambda at: -needs[fitted[at]].value)
    clusters = [fitted[at] for at in order]
    raw, credible = raw_levels(answer)[order], credibility(answer)[order]
    figures = [needs[cluster] for cluster in clusters]
    title = _levels_title(clusters, figures)
    subtitle = (
        "Lasting need. Rings: raw spend at mean costs, all years; dots and lines: fitted, with 95% interval"
    )
    figure, axes = row_panel(title, subtitle, source_of(answer), clusters, top_in=0.2)
    for row, one in enumerate(figures):
        axes.plot([one.low, one.high], [row, row], color=DARK, linewidth=2)
        axes.plot([one.value], [row], "o", color=DARK, markersize=5)
        axes.plot([raw[row]], [row], "o", markerfacecolor="none", markeredgecolor=WARM, markersize=8)
    axes.axvline(1, color=INK, linewidth=0.7)
    scale(axes, "x", per_cent_tick)
    write_beside(axes, "credibility", [f"{share:.0%}" for share in credible])
    data = [
        {"cluster": cluster, "raw": float(raw[row]), "fitted": one.value, "low": one.low, "high": one.high}
        | {"credibility": float(credible[row])}
        for row, (cluster, one) in enumerate(zip(clusters, figures, strict=True))
    ]
    words = "; ".join(
        f"{cluster}: raw {raw[row]:.1%}, fitted {one.value:.1%} ({one.low:.1%} to {one.high:.1%}), "
        f"credibility {credible[row]:.0%}"
        for row, (cluster, one) in enumerate(zip(clusters, figures, strict=True))
    )
    return Chart.of("levels", title, figure, data, f"{words}.", source_of(answer))


def _levels_title(clusters: Sequence[str], figures: Sequence[Figure]) -> str:
    """Return which cluster's need differs most, if any does beyond what the history leaves open."""
    differ = [at for at, one in enumerate(figures) if not one.low <= 1 <= one.high]
    if not differ:
        return "No cluster's lasting need is known to differ from the others'"
    most = max(differ, key=lambda at: abs(figures[at].value - 1))
    return f"{shortened(clusters[most])} needs {figures[most].value:.0%} of what its people alone would say"


def raw_levels(answer: FitAnswer) -> FloatArray:
    """Return clusters' spend at mean costs over that of their people at all clusters' rates, (cluster,)."""
    seen, people = seen_of(answer)
    expected = people * (_summed(seen, (0, 2)) / _summed(people, (0, 2)))[:, None]
    return np.asarray(_valued(answer, seen, (1, 2)) / _valued(answer, expected, (1, 2)))


def credibility(answer: FitAnswer) -> FloatArray:
    """Return the part of what was not known of a cluster's level that the history took away, (cluster,).

    As in Bühlmann's formula: one less the variance of the log level over that of clusters at large.
    """
    posterior, draws = answer.posterior, answer.posterior.volume
    lasting = [line not in posterior.rare for line in posterior.lines]
    if not any(lasting):
        return np.zeros(len(posterior.clusters))
    after = draws.cluster_level.astype(float)[:, :, lasting].mean(axis=2).var(axis=0)
    values = draws.values(np.arange(posterior.rows))
    before = np.mean(values["sigma_c"] ** 2 + values["sigma_k"] ** 2 / sum(lasting))
    return np.asarray(np.clip(1 - after / before, 0, 1))


def residuals_of(answer: FitAnswer) -> FloatArray:
    """Return what years were beyond a cluster's lasting level and all clusters' year, shape (cluster, year).

    Cases of all lines valued at their mean costs, over those expected, less one. nan where nothing is known.
    """
    posterior = answer.posterior
    seen, people = seen_of(answer)
    level = np.exp(posterior.volume.cluster_level.astype(float)).mean(axis=0)[..., None]
    expected = people * level
    expected *= _summed(seen, 0) / _summed(expected, 0)
    return np.asarray(_valued(answer, seen, 1) / _valued(answer, expected, 1) - 1)


def _valued(answer: FitAnswer, amounts: FloatArray, axis: int | tuple[int, ...]) -> FloatArray:
    """Return amounts of shape (cluster, line, year) at their lines' mean costs, added up over some axes."""
    costs, spend_only = answer.estimates.mean_cost_gbp, answer.posterior.spend_only
    lines = answer.posterior.lines
    prices = [1.0 if line in spend_only else costs[line].value if line in costs else 0.0 for line in lines]
    # Without any spend in the history all cases count alike.
    prices_gbp = np.array(prices) if any(prices) else np.ones(len(lines))
    return _summed(amounts * prices_gbp[:, None], axis)


def _summed(amounts: FloatArray, axis: int | tuple[int, ...]) -> FloatArray:
    """Return sums of what is known; nan where that is nothing."""
    sums = np.nansum(amounts, axis=axis)
    return np.asarray(np.where(sums > 0, sums, np.nan))


@in_house_style
def residuals(answer: FitAnswer) -> Chart:
    """What each cluster's year was beyond its lasting level and what all clusters had."""
    from matplotlib.colors import LinearSegmentedColormap

    posterior, found = answer.posterior, residuals_of(answer)
    row, column = np.unravel_index(int(np.nanargmax(np.abs(found))), found.shape)
    cluster, year, worst = posterior.clusters[row], posterior.years[column], float(found[row, column])
    title = f"Farthest from its own level was {shortened(cluster)} in {_year(year)}: {_signed(worst)}"
    subtitle = "Activity at mean costs over that expected of the cluster's level and of all clusters' year"
    height = rows_height_in(posterior.clusters) + 0.1
    figure, axes = one_panel(title, subtitle, source_of(answer), height)
    largest = max(float(np.nanmax(np.abs(found))), 0.01)
    hues = LinearSegmentedColormap.from_list("residuals", [DARK, "white", WARM])
    axes.imshow(found, cmap=hues, vmin=-largest, vmax=largest, aspect="auto")
    label_rows(axes, [name_lines(name) for name in posterior.clusters])
    axes.set_xticks(range(len(posterior.years)), [_year(one) for one in posterior.years])
    axes.tick_params(axis="x", length=0)
    for at in np.ndindex(*found.shape):
        if np.isfinite(found[at]):
            dark = found[at] < -0.6 * largest
            axes.text(
                at[1],
                at[0],
                _signed(float(found[at])),
                ha="center",
                va="center",
                size=8,
                color="white" if dark else INK,
            )
    data = [
        {"cluster": name, "year": year, "residual_share": float(found[at, place])}
        for at, name in enumerate(posterior.clusters)
        for place, year in enumerate(posterior.years)
    ]
    words = "; ".join(
        f"{name}: {', '.join(_signed(float(one)) for one in found[at] if np.isfinite(one))}"
        for at, name in enumerate(posterior.clusters)
    )
    return Chart.of(
        "residuals", title, figure, data, f"From {_year(posterior.years[0])} on. {words}.", source_of(answer)
    )


def _year(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02}"


def _signed(share: float) -> str:
    return f"{100 * share:+.1f}%".replace("-", _MINUS)


@in_house_style
def breaks(answer: FitAnswer) -> Chart:
    """Units whose share of a line moved, with the month."""
    found, source = answer.history.breaks, source_of(answer)
    if not found:
        title, words = "No unit's share of a line moved beyond chance", "There is no break to show."
        return Chart.of("breaks", title, worded(title, source, words), [], words, source)
    shown, many = found[:MOST_BREAKS], counted(len(found), "break").capitalize()
    title = f"{many} found; the clearest: {shortened(shown[0].unit)}, from {written(shown[0].month)}"
    more = f", the {MOST_BREAKS} clearest" if len(found) > MOST_BREAKS else ""
    subtitle = f"First month on the new level, and by how much the unit's share of the line moved{more}"
    labels = [wrapped(f"{one.unit}: {spaced(one.line)}", 2.2, 8, most_lines=2) for one in shown]
    height = sum(0.16 * (label.count("\n") + 1) + 0.12 for label in labels) + 0.6
    figure, axes = one_panel(title, subtitle, source, height)
    label_rows(axes, labels)
    months = answer.history.months.months
    axes.set_xlim(number_of(months[0]), number_of(months[-1]) + 1)
    axes.hlines(range(len(shown)), *axes.get_xlim(), color=GREY, linewidth=0.4)
    for row, one in enumerate(shown):
        marker, hue = ("^", WARM) if one.change > 0 else ("v", DARK)
        axes.plot([number_of(one.month)], [row], marker, color=hue, markersize=7)
    ticks = [month for month in months if month[1] == months[0][1]]
    axes.set_xticks([number_of(month) for month in ticks], [written(month) for month in ticks])
    beside = [f"{written(one.month)}: {_signed(one.change)}" for one in shown]
    write_beside(axes, "month and change", beside)
    data = [
        {"unit": one.unit, "line": one.line, "month": written(one.month)}
        | {"change_share": one.change, "sds": one.sds}
        for one in found
    ]
    return Chart.of("breaks", title, figure, data, f"{'; '.join(map(str, shown))}.", source)
