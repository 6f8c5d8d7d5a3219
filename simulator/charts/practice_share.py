"""The practice share: how much of it, how often, and how much of that is luck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import (
    DARK,
    INK,
    LIGHT,
    WARM,
    framed,
    in_house_style,
    rows_height_in,
    set_rows,
    worded,
)
from simulator.charts.words import money, per_cent, pounds, sentence
from simulator.records import Account, FloatArray
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, mean_difference, probability, quantile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_BINS = 40
_ALL_LUCK = "No cluster truly saves anything here, so all of it is luck"


@dataclass(frozen=True)
class _Share:
    """One cluster's practice share over the contract."""

    paid_gbp: FloatArray
    luck_gbp: FloatArray
    """In the same contracts, had no cluster truly saved anything."""
    total: Estimate
    luck: Estimate
    skill: Estimate
    none: Estimate
    """Probability of no share at all."""
    quantiles: tuple[Estimate, ...]


@in_house_style
def draw(study: Study, cluster: str | None = None) -> Chart:
    """What practices may keep over the contract, split into luck and true saving."""
    import pandas as pd

    names = study.chosen(cluster)
    found = {name: _share(study, at) for at, name in enumerate(study.clusters) if name in names}
    all_luck = study.without_saving is study.result
    title = _title(found, all_luck=all_luck)
    if not any(one.paid_gbp.any() for one in found.values()):
        figure = worded(
            title, study.source, "Clusters take no practice share, post no bond for it, or have no surplus."
        )
    elif len(names) == 1:
        subtitle = "Share of contracts by practice share over the whole contract, in pounds"
        figure, grid = framed(title, subtitle, study.source, 2.8)
        _draw_spread(figure.add_subplot(grid[0]), found[names[0]], all_luck=all_luck)
    else:
        subtitle = (
            "Mean practice share over the whole contract, in pounds. Line: nine contracts in ten end on it"
        )
        figure, grid = framed(title, subtitle, study.source, rows_height_in(names))
        _draw_means(figure.add_subplot(grid[0]), found, all_luck=all_luck)
    said = " ".join(f"{name}: {_alt_text(one)}" for name, one in found.items())
    alt = f"{sentence(title)} {said}" + (f" {_ALL_LUCK}." if all_luck else "")
    return Chart("practice-share", title, figure, pd.DataFrame(_rows(found)), alt, study.source)


def _share(study: Study, at: int) -> _Share:
    paid, luck = (
        result.contract_outcomes.paid_gbp((Account.CLUSTER,), (Account.PRACTICES,))[:, :, at].sum(axis=1)
        for result in (study.result, study.without_saving)
    )
    name = study.clusters[at]
    return _Share(
        paid,
        luck,
        study.estimate(name, "practice_share_gbp"),
        mean(luck),
        mean_difference(paid, luck),
        probability(paid < PENNY_GBP),
        tuple(quantile(paid, level) for level in _LEVELS),
    )


def _draw_spread(axes: Axes, one: _Share, *, all_luck: bool) -> None:
    """Draw one cluster's contracts: those without a share apart, the others by its size."""
    top = max(float(np.quantile(one.paid_gbp, 0.999)), float(np.quantile(one.luck_gbp, 0.999)), 1.0)
    edges = np.linspace(0, top, _BINS + 1)

    def heights(paid: FloatArray) -> FloatArray:
        some = paid[paid >= PENNY_GBP]
        counts, _ = np.histogram(np.minimum(some, top), edges)
        return np.asarray(counts / paid.size)

    axes.bar(edges[:-1], heights(one.paid_gbp), np.diff(edges), align="edge", color=LIGHT)
    if not all_luck:
        axes.stairs(heights(one.luck_gbp), edges, color=WARM, linewidth=1.6)
    tallest = max(float(heights(one.paid_gbp).max()), float(heights(one.luck_gbp).max()), 1e-3)
    axes.set_ylim(0, 1.25 * tallest)
    axes.set_xlim(0, top)
    axes.axvline(one.total.value, ymax=0.97, color=INK, linewidth=1)
    to_left = one.total.value > 0.6 * top
    words = f" mean {money(one.total)} "
    axes.text(one.total.value, 1.2 * tallest, words, ha="right" if to_left else "left", va="top", size=8)
    luck = (
        _ALL_LUCK + "."
        if all_luck
        else f"luck {money(one.luck)} (orange outline: without true saving)\ntrue saving {money(one.skill)}"
    )
    axes.text(
        0.995,
        0.8,
        f"nothing at all in {per_cent(one.none)} of contracts\n(not drawn)\n{luck}",
        transform=axes.transAxes,
        ha="right",
        va="top",
        size=8,
        linespacing=1.4,
    )
    axes.xaxis.set_major_formatter(pounds)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.set_xlabel("practice share, where there is any")


def _draw_means(axes: Axes, found: dict[str, _Share], *, all_luck: bool) -> None:
    set_rows(axes, tuple(found))
    for row, one in enumerate(found.values()):
        axes.barh(row, one.luck.value, height=0.5, color=LIGHT)
        axes.barh(row, one.skill.value, left=one.luck.value, height=0.5, color=WARM, hatch="////")
        low, high = one.quantiles[0].value, one.quantiles[-1].value
        axes.plot([low, high], [row, row], color=DARK, linewidth=1)
        axes.plot([high], [row], "|", color=DARK, markersize=6)
        words = money(one.total)
        if not all_luck:
            words += f"; luck {money(one.luck)}"
        axes.text(1.01, row, words, transform=axes.get_yaxis_transform(), va="center", size=7.5)
    heading = "mean, all of it luck" if all_luck else "mean, and its part by luck"
    axes.text(1.01, 1.0, heading, transform=axes.transAxes, va="bottom", size=7.5, weight="bold")
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(pounds)
    axes.grid(visible=True, axis="x")


def _title(found: dict[str, _Share], *, all_luck: bool) -> str:
    if all(not one.total.value for one in found.values()):
        return "No practice share is paid in any simulated contract"
    if len(found) > 1:
        return (
            "Every pound of practice share is luck: nobody truly saves"
            if all_luck
            else "How much of the practice share is luck?"
        )
    name, one = next(iter(found.items()))
    return f"{name}: a practice share of {money(one.total)} on average" + (
        ", all of it luck" if all_luck else ""
    )


def _alt_text(one: _Share) -> str:
    low, high = pounds(one.quantiles[0].value), pounds(one.quantiles[-1].value)
    return (
        f"mean {money(one.total)} (luck {money(one.luck)}, true saving {money(one.skill)}), "
        f"none in {per_cent(one.none)} of contracts, nine in ten between {low} and {high}."
    )


def _rows(found: dict[str, _Share]) -> list[dict[str, str | float]]:
    rows: list[dict[str, str | float]] = []
    for name, one in found.items():
        measures = {
            "practice_share_gbp": one.total,
            "luck_gbp": one.luck,
            "true_saving_gbp": one.skill,
            "no_share_probability": one.none,
        }
        measures |= {
            f"practice_share_{100 * level:g}_gbp": at
            for level, at in zip(_LEVELS, one.quantiles, strict=True)
        }
        rows += [
            {
                "cluster": name,
                "measure": measure,
                "value": at.value,
                "value_low": at.low,
                "value_high": at.high,
            }
            for measure, at in measures.items()
        ]
    return rows
