"""What a fit says of chance: shocks before and after, how counts scatter, and the tails of unit costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from simulator.charts.chart import Chart
from simulator.charts.fit_words import source_of
from simulator.charts.look import DARK, GREY, INK, LIGHT, PALE, WARM
from simulator.charts.panels import framed, label_rows, panels, row_panel, scale, write_beside, write_together
from simulator.charts.style import in_house_style, wrapped
from simulator.charts.words import per_cent_tick, pounds
from simulator.fitting.priors import WORDS, SizePrior
from simulator.fitting.tails import tail_of
from simulator.plain_words import capitalised, spaced
from simulator.risk.in_words import rounded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulator.questions.fit.answer import FitAnswer
    from simulator.records import FloatArray

_ROW_IN, _AXIS_IN = 0.34, 0.75
_LABEL_IN = 2.5
_ENDS = np.array([-1.959964, 0.0, 1.959964])
"""Prior SDs at the ends of a 95% interval and at the median."""
_SDS_TICKS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
_OF_CORRELATIONS = {
    "phi": "of a PCT-wide shock, from year to year",
    "rho": "of a PCT-wide shock, between lines",
    "phi_d": "of a cluster's change, a year later",
}
_FEWEST_COSTS = 30
"""Below so many single costs a picture of their tail is one of chance."""


@in_house_style
def learned(answer: FitAnswer) -> Chart:
    """Each shock's SD and correlation: believed before, and after the history."""
    rows = learned_rows(answer)
    shares = [float(str(one["learned_share"])) for one in rows]
    most = sum(share >= 0.5 for share in shares)
    title = f"History settles half or more of {most} of {len(rows)} figures of shocks"
    subtitle = (
        "95% intervals. Broad: believed before; narrow, with a dot at its median: after the history. SDs on "
        "a log scale"
    )
    groups = [[one for one in rows if one["is_correlation"] is kind] for kind in (False, True)]
    height = _ROW_IN * len(rows) + _AXIS_IN * sum(map(bool, groups)) + 0.25
    figure, grid = framed(title, subtitle, source_of(answer), height)
    cells = grid[0].subgridspec(2, 1, height_ratios=[max(len(group), 1) for group in groups])
    for at, group in enumerate(groups):
        if group:
            axes = figure.add_subplot(cells[at, 0])
            _draw_learned(axes, group, is_log=at == 0)
    words = "; ".join(
        f"{one['figure']}: {_ends(one, 'prior_low', 'prior_high')} before, {_ends(one, 'low', 'high')} "
        f"after, learned {one['learned_share']:.0%}"
        for one in rows
    )
    return Chart.of("learned", title, figure, rows, f"{words}.", source_of(answer))


def _ends(one: Mapping[str, object], *keys: str) -> str:
    """Return the ends of an interval: SDs in per cent, correlations as they are."""
    numbers = [float(str(one[key])) for key in keys]
    if one["is_correlation"]:
        return " to ".join(f"{number:.2f}" for number in numbers)
    return " to ".join(per_cent_tick(float(f"{number:.2g}")) for number in numbers)


def learned_rows(answer: FitAnswer) -> list[dict[str, object]]:
    """Return a row for each SD and correlation that was learned: before, after, and by how much."""
    found: list[dict[str, object]] = []
    priors = answer.posterior.priors
    for model, figures in (("volume", answer.estimates.volume), ("price", answer.estimates.price)):
        for name, figure in figures.items():
            prior = priors.price_tau if (model, name) == ("price", "tau") else getattr(priors, name)
            if figure.learned is None or not isinstance(prior, SizePrior):
                continue
            low, _, high = prior.values(_ENDS)
            words = (
                _OF_CORRELATIONS.get(name)
                or WORDS["price_tau" if (model, name) == ("price", "tau") else name]
            )
            prefix = "" if (model, name) == ("price", "tau") or model == "volume" else "prices: "
            found.append(
                {
                    "model": model,
                    "figure": f"{prefix}{words.removesuffix(', SD')}",
                    "is_correlation": prior.correlation,
                }
                | {"prior_low": float(low), "prior": prior.centre, "prior_high": float(high)}
                | {"low": figure.low, "value": figure.value, "high": figure.high}
                | {"learned_share": float(np.clip(figure.learned, 0, 1))}
            )
    return found


def _draw_learned(axes: Axes, rows: list[dict[str, object]], *, is_log: bool) -> None:
    """Draw intervals before and after, a row for each figure."""
    label_rows(axes, [wrapped(str(one["figure"]), _LABEL_IN, 8, most_lines=2) for one in rows])

    def number(one: dict[str, object], key: str) -> float:
        return float(str(one[key]))

    for row, one in enumerate(rows):
        axes.plot([number(one, "prior_low"), number(one, "prior_high")], [row, row], color=PALE, linewidth=9)
        axes.plot([number(one, "low"), number(one, "high")], [row, row], color=DARK, linewidth=3)
        axes.plot([number(one, "value")], [row], "o", color=DARK, markersize=6)
    if is_log:
        axes.set_xscale("log")
        low, high = axes.get_xlim()
        ticks = [tick for tick in _SDS_TICKS if low <= tick <= high]
        axes.set_xticks(ticks)
        axes.set_xticks([], minor=True)
        axes.set_title("SDs")
    else:
        axes.set_xlim(-0.02, 1.02)
        axes.set_title("correlations")
    scale(axes, "x", per_cent_tick if is_log else lambda value, _: f"{value:g}")
    write_beside(axes, "learned", [f"{number(one, 'learned_share'):.0%}" for one in rows])


@in_house_style
def scatter(answer: FitAnswer) -> Chart:
    """Variance-to-mean of counts, by third of units' size."""
    law = answer.history.month_law
    known = [at for at in range(len(law.lines)) if np.isfinite(law.v[at]) and not law.spend_only[at]]
    known.sort(key=lambda at: -law.v[at])
    names = [spaced(law.lines[at]) for at in known]
    widest = known[0]
    title = (
        f"Counts of {spaced(law.lines[widest])} scatter most: {law.v[widest]:.1f} times as much as Poisson's"
    )
    subtitle = (
        "Variance of a month's count over its mean, with 95% intervals; left of the line less than Poisson"
    )
    figure, axes = row_panel(title, subtitle, source_of(answer), names, least_in=0.5, top_in=0.35)
    looks = (("smallest third", LIGHT, "v"), ("middle", GREY, "o"), ("largest third", WARM, "^"))
    for third, (label, hue, marker) in enumerate(looks):
        values, errors = law.v_by_size[known, third], 1.96 * law.v_by_size_se[known, third]
        heights = np.arange(len(known)) + 0.22 * (third - 1)
        axes.errorbar(
            values, heights, xerr=errors, fmt=marker, color=hue, markersize=5, linewidth=1.5, label=label
        )
    axes.axvline(1, color=INK, linewidth=0.7)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    scale(axes, "x", lambda value, _: f"{value:g}")
    write_beside(axes, "all units", [" ± ".join(rounded(law.v[at], 1.96 * law.v_se[at])) for at in known])
    data = [
        {"line": law.lines[at], "units": label, "v": float(law.v_by_size[at, third])}
        | {"standard_error": float(law.v_by_size_se[at, third])}
        for at in known
        for third, (label, *_) in enumerate(looks)
    ]
    words = "; ".join(
        f"{name}: {law.v[at]:.2f} of all units, "
        + ", ".join(f"{label} {law.v_by_size[at, third]:.2f}" for third, (label, *_) in enumerate(looks))
        for name, at in zip(names, known, strict=True)
    )
    return Chart.of(
        "scatter", title, figure, data, f"{words}.".replace("nan", "not known"), source_of(answer)
    )


def costs_of(answer: FitAnswer) -> dict[str, FloatArray]:
    """Return single costs of lines that have enough of them for a picture."""
    given = answer.history.costs_gbp
    return {line: costs for line, costs in given.items() if costs.size >= _FEWEST_COSTS and costs.std() > 0}


@in_house_style
def mean_excess(answer: FitAnswer) -> Chart:
    """What costs above a threshold are beyond it on average: rising where the tail is heavy."""
    tails = {line: tail_of(costs) for line, costs in costs_of(answer).items()}
    heaviest = max(tails, key=lambda line: tails[line].top_share)
    title = f"The dearest 1% of {spaced(heaviest)} take {tails[heaviest].top_share:.0%} of its pounds"
    subtitle = "Mean excess over a threshold, against the threshold; band: 95%. A rising line is a heavy tail"
    figure, grid = panels(title, subtitle, source_of(answer), [spaced(line) for line in tails])
    for axes, tail in zip(grid, tails.values(), strict=True):
        half = 1.96 * tail.mean_excess_se_gbp
        low, high = tail.mean_excess_gbp - half, tail.mean_excess_gbp + half
        axes.fill_between(tail.thresholds_gbp, low, high, color=LIGHT, linewidth=0)
        axes.plot(tail.thresholds_gbp, tail.mean_excess_gbp, color=DARK)
        write_together(axes.xaxis, pounds)
        axes.locator_params(axis="x", nbins=4)
        scale(axes, "y", pounds)
    data = [
        {
            "line": line,
            "threshold_gbp": float(at),
            "mean_excess_gbp": float(excess),
            "standard_error": float(error),
        }
        for line, tail in tails.items()
        for at, excess, error in zip(
            tail.thresholds_gbp, tail.mean_excess_gbp, tail.mean_excess_se_gbp, strict=True
        )
    ]
    words = "; ".join(
        f"{spaced(line)}: {tail.costs:,} costs, mean {pounds(tail.mean_gbp)}, CV {tail.cv:.2f}, "
        f"largest 1% of costs {tail.top_share:.0%} of pounds, "
        f"without the largest the CV moves {tail.cv_change:.0%}"
        for line, tail in tails.items()
    )
    return Chart.of("mean-excess", title, figure, data, f"{words}.", source_of(answer))


def lognormal_quantiles(costs_gbp: FloatArray) -> FloatArray:
    """Return where a lognormal law with the costs' mean and CV has its quantiles, lowest first, (case,)."""
    mean, cv = float(costs_gbp.mean()), float(costs_gbp.std() / costs_gbp.mean())
    sigma = np.sqrt(np.log1p(cv**2))
    places = (np.arange(costs_gbp.size) + 0.5) / costs_gbp.size
    return np.asarray(mean * np.exp(sigma * ndtri(places) - sigma**2 / 2))


@in_house_style
def quantiles(answer: FitAnswer) -> Chart:
    """Single costs against the lognormal law of their mean and CV."""
    given = costs_of(answer)
    law = {line: lognormal_quantiles(costs) for line, costs in given.items()}
    off = {
        line: float(np.quantile(costs, 0.99) / np.quantile(law[line], 0.99) - 1)
        for line, costs in given.items()
    }
    worst = max(off, key=lambda line: abs(off[line]))
    way = "above" if off[worst] > 0 else "below"
    named, share = capitalised(spaced(worst)), abs(off[worst])
    title = f"{named}: the 99% point of costs lies {share:.0%} {way} the lognormal's"
    subtitle = (
        "Costs seen, against a lognormal law with their mean and CV, in order; on the line they are alike"
    )
    figure, grid = panels(title, subtitle, source_of(answer), [spaced(line) for line in given])
    data = []
    for axes, (line, costs) in zip(grid, given.items(), strict=True):
        seen = np.sort(costs)
        positive = seen > 0
        axes.plot(law[line][positive], seen[positive], ".", color=DARK, markersize=3)
        ends = [min(law[line][positive].min(), seen[positive].min()), max(law[line].max(), seen.max())]
        axes.plot(ends, ends, color=GREY, linewidth=0.8)
        axes.set_xscale("log")
        axes.set_yscale("log")
        write_together(axes.xaxis, pounds)
        scale(axes, "y", pounds)
        data += [
            {"line": line, "lognormal_gbp": float(at), "seen_gbp": float(one)}
            for at, one in zip(law[line], seen, strict=True)
        ]
    words = "; ".join(
        f"{spaced(line)}: 99% point {share:+.0%} of the lognormal's" for line, share in off.items()
    )
    return Chart.of("quantiles", title, figure, data, f"{words}.", source_of(answer))
