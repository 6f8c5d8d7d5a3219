"""Where spend ends: the outturn of the contract, and the chance of an overspend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.answers.table import Cell
from simulator.charts.chart import Chart, measure_rows, with_ends
from simulator.charts.panels import (
    MOST_PANELS,
    framed,
    panels,
    row_panel,
    rows_height_in,
    scale,
    set_rows,
    write_beside,
)
from simulator.charts.study import Study, fan_of
from simulator.charts.style import DARK, DOTTED, GREY, INK, LIGHT, PATCH, WARM, in_house_style
from simulator.charts.words import per_cent, per_cent_tick, range_in_per_cent
from simulator.records import BUDGET, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_BINS = 45
_SUBTITLE = "Spend of the whole contract as a share of its budget, less 100%"


@dataclass(frozen=True)
class _Outturn:
    """One cluster's outturn."""

    share: FloatArray  # spend over budget, less one, in each contract with a budget
    overspend: Estimate  # its probability
    beyond_bond: Estimate | None  # the probability that the bond is too small
    bond_share: float  # bond posted over the contract's budget; 0 for none
    fan: dict[float, Estimate]  # quantiles of the share, by level; none without a budget


@in_house_style
def outturn(study: Study, cluster: str | None = None) -> Chart:
    """Where spend ends against the budget: the spread of outturns, the budget line and the bond."""
    names = study.chosen(cluster, with_pct=True)
    found = {name: _outturn_of(study, name) for name in names}
    title = _outturn_title(found)
    has_bond = any(one.bond_share for one in found.values())
    if len(names) > MOST_PANELS:
        subtitle = f"{_SUBTITLE}. Half of the contracts end in the thick bar, nine in ten on the line"
        subtitle += has_bond * "; upright: the bond"
        figure, axes = row_panel(title, subtitle, study.source, names, least_in=0.2)
        _draw_rows(axes, found)
    else:
        subtitle = _SUBTITLE + has_bond * ". Dotted: the bond posted"
        figure, each = panels(title, subtitle, study.source, names)
        _draw_outturns(each, found)
    words = " ".join(f"{name}: {_outturn_words(one)}" for name, one in found.items())
    data = measure_rows({name: _measures(one) for name, one in found.items()})
    return Chart.of("outturn", title, figure, data, words, study.source)


def _outturn_of(study: Study, name: str) -> _Outturn:
    book = study.books[name]
    budget, spend = book.total_gbp(BUDGET), book.spend_gbp
    bond = book.bond_posted_gbp
    mean_budget = float(budget.mean())
    covers = study.estimates_of(name).get("bond_covers_probability")
    share = np.asarray((spend - budget)[budget > 0] / budget[budget > 0])
    return _Outturn(
        share,
        study.estimate(name, "overspend_probability"),
        _less(covers) if covers and bond.any() else None,
        float(bond.mean()) / mean_budget if mean_budget > 0 else 0.0,
        fan_of(share) if share.size else {},
    )


def _draw_outturns(axes: list[Axes], found: dict[str, _Outturn]) -> None:
    shares = [one.share for one in found.values() if one.share.size]
    if shares:
        bonds = [one.bond_share for one in found.values()]
        low = min(float(np.quantile(share, 0.001)) for share in shares)
        high = max(*(float(np.quantile(share, 0.999)) for share in shares), *bonds)
        room = 0.04 * max(high - low, 0.01)
        edges = np.linspace(min(low, 0.0) - room, max(high, 0.0) + room, _BINS + 1)
        # An edge at the budget: no bar is on both sides of it.
        edges += -edges[np.argmin(np.abs(edges))]
        for one, panel in zip(found.values(), axes, strict=True):
            _draw_outturn(panel, one, edges)
        axes[0].set_xlim(edges[0], edges[-1])
    for panel in axes:
        if not shares:
            panel.set_xticks([])
        panel.xaxis.set_major_formatter(per_cent_tick)
        panel.set_yticks([])
        panel.spines["left"].set_visible(False)


def _draw_outturn(axes: Axes, one: _Outturn, edges: FloatArray) -> None:
    if not one.share.size:
        axes.text(0.5, 0.5, "no budget to overspend", transform=axes.transAxes, ha="center", color=GREY)
        return
    # What lies beyond the edges is counted in the last bars.
    counts, _ = np.histogram(np.clip(one.share, edges[0], edges[-1]), edges)
    heights = counts / one.share.size
    over = edges[:-1] >= -1e-12
    for some, colour in ((~over, LIGHT), (over, WARM)):
        axes.bar(edges[:-1][some], heights[some], np.diff(edges)[some], align="edge", color=colour)
    top = 1.5 * float(heights.max())
    axes.set_ylim(0, max(top, axes.get_ylim()[1] if axes.get_autoscaley_on() is False else 0))
    axes.axvline(0, color=INK, linewidth=1)
    if one.bond_share:
        axes.axvline(one.bond_share, color=INK, linewidth=1, linestyle=DOTTED)
    left = f"within budget\n{per_cent(_less(one.overspend))}"
    axes.text(0.01, 0.98, left, transform=axes.transAxes, va="top", size=7.5, bbox=PATCH)
    right = f"overspend\n{per_cent(one.overspend)}"
    if one.beyond_bond:
        right += f"\nbond too small\n{per_cent(one.beyond_bond)}"
    axes.text(0.99, 0.98, right, transform=axes.transAxes, va="top", ha="right", size=7.5, bbox=PATCH)


def _draw_rows(axes: Axes, found: dict[str, _Outturn]) -> None:
    for row, one in enumerate(found.values()):
        if not one.fan:
            continue
        lowest, low, middle, high, highest = (level.value for level in one.fan.values())
        axes.plot([lowest, highest], [row, row], color=DARK, linewidth=1)
        axes.plot([low, high], [row, row], color=DARK, linewidth=4)
        axes.plot([middle], [row], "|", color="white", markersize=5)
        if one.bond_share:
            axes.plot([one.bond_share], [row], "|", color=WARM, markersize=8, markeredgewidth=1.5)
    chances = [per_cent(one.overspend) if one.fan else "" for one in found.values()]
    write_beside(axes, "overspend", chances)
    axes.axvline(0, color=INK, linewidth=1)
    scale(axes, "x", per_cent_tick)


def _outturn_title(found: dict[str, _Outturn]) -> str:
    if len(found) > 1:
        return "How far from its budget does each cluster end?"
    name, one = next(iter(found.items()))
    if not one.fan:
        return f"{name} has no budget to overspend"
    low, high = (_from_budget(one.fan[level].value) for level in (0.05, 0.95))
    return f"{name} ends between {low} and {high} nine times in ten"


def _from_budget(share: float) -> str:
    return f"{abs(100 * share):.1f}% {'over' if share > 0 else 'under'}"


def _less(one: Estimate) -> Estimate:
    return Estimate(1 - one.value, 1 - one.high, 1 - one.low)


def _outturn_words(one: _Outturn) -> str:
    if not one.fan:
        return "no budget."
    words = f"overspends with probability {per_cent(one.overspend)}"
    if one.beyond_bond:
        words += f", its bond is too small with {per_cent(one.beyond_bond)}"
    low, middle, high = (_from_budget(one.fan[level].value) for level in (0.05, 0.5, 0.95))
    return f"{words}; median {middle}, nine in ten between {low} and {high}."


def _measures(one: _Outturn) -> dict[str, Cell]:
    """Return the chart's data of one cluster."""
    measures: dict[str, Cell] = {"overspend_probability": one.overspend}
    if one.beyond_bond:
        measures["bond_too_small_probability"] = one.beyond_bond
    measures |= {f"outturn_share_{100 * level:g}": share for level, share in one.fan.items()}
    return measures | {"bond_share_of_budget": one.bond_share}


_PANELS_ABREAST = 4
_WHOLE = "whole contract"


@in_house_style
def overspend(study: Study, cluster: str | None = None) -> Chart:
    """How likely is an overspend: each cluster, by year and over the whole contract."""
    names = study.chosen_and_all(cluster)
    columns = {year: f"overspend_probability_year_{at}" for at, year in enumerate(study.years, start=1)}
    # One year is the whole contract.
    columns = ({} if len(columns) == 1 else columns) | {_WHOLE: "overspend_probability"}
    # A year in which a cluster takes no part has no chance.
    found = {
        (name, period): one
        for period, column in columns.items()
        for name in names
        if (one := study.estimates_of(name).get(column)) is not None
    }
    rows = [
        {"cluster": name, "period": period} | with_ends("overspend_probability", one)
        for (name, period), one in found.items()
    ]
    title = _overspend_title(study, names)
    subtitle = "Chance that spend exceeds budget, in %, with 95% intervals"
    deep = -(-len(columns) // _PANELS_ABREAST)
    across = min(len(columns), _PANELS_ABREAST)
    figure, grid = framed(title, subtitle, study.source, deep * (rows_height_in(names) + 0.2))
    cells = grid[0].subgridspec(deep, across)
    for at, period in enumerate(columns):
        axes = figure.add_subplot(cells[at // across, at % across])
        set_rows(axes, names, named=at % across == 0)
        _draw_period(axes, [found.get((name, period)) for name in names])
        axes.set_title(period)
    chances = "; ".join(f"{name} {per_cent(found[name, _WHOLE])}" for name in names)
    words = f"Chance that the whole contract's spend exceeds its budget: {chances}."
    return Chart.of("overspend", title, figure, rows, words, study.source)


def _draw_period(axes: Axes, estimates: list[Estimate | None]) -> None:
    """Draw one period's points, each with its number on the side that has room."""
    for row, one in enumerate(estimates):
        if one is None:
            continue
        axes.barh(row, one.value, height=0.62, color=LIGHT)
        axes.plot([one.low, one.high], [row, row], color=DARK, linewidth=2.2)
        place, side = (one.low - 0.03, "right") if one.value > 0.55 else (one.high + 0.03, "left")
        axes.text(place, row, per_cent(one, sign=""), ha=side, va="center", size=7.5, color=INK)
    axes.set_xlim(0, 1.02)
    axes.set_xticks([0, 0.5, 1])
    scale(axes, "x", per_cent_tick)
    # The last label of a panel would run into the first of the next.
    first, _, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")


def _overspend_title(study: Study, names: tuple[str, ...]) -> str:
    clusters = names[:1] if len(names) == 1 else [name for name in names if name != ALL_CLUSTERS]
    of_all = [study.estimate(name, "overspend_probability") for name in clusters]
    if len(of_all) == 1:
        return f"{names[0]}: {per_cent(of_all[0])} chance of overspending the whole contract"
    if not any(one.value for one in of_all):
        return "No cluster overspends in any simulated contract"
    if all(one.value == 1 for one in of_all):
        return "Every cluster overspends in every simulated contract"
    return f"Chance that a cluster overspends the whole contract: {range_in_per_cent(of_all)}"
