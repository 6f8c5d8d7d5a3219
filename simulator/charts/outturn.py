"""The outturn of the whole contract: where spend ends, as a share of the budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    MOST_PANELS,
    WARM,
    framed,
    in_house_style,
    panels,
    rows_height_in,
    set_rows,
)
from simulator.charts.words import per_cent, per_cent_tick, sentence
from simulator.records import BUDGET, SPEND, FloatArray
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import quantile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_BINS = 45
_PATCH = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
_SUBTITLE = "Spend of the whole contract as a share of its budget, less 100%"


@dataclass(frozen=True)
class _Outturn:
    """One cluster's outturn."""

    share: FloatArray
    """Spend over budget, less one, in each contract with a budget."""
    overspend: Estimate
    beyond_bond: Estimate | None
    bond_share: float
    """Bond posted over the contract's budget; 0 for none."""
    quantiles: tuple[Estimate, ...]


@in_house_style
def draw(study: Study, cluster: str | None = None) -> Chart:
    """Where spend ends against the budget: the spread of outturns, the budget line and the bond."""
    import pandas as pd

    names = study.chosen(cluster, with_pct=True)
    found = {name: _outturn(study, name) for name in names}
    title = _title(found)
    has_bond = any(one.bond_share for one in found.values())
    subtitle = _SUBTITLE
    if len(names) > MOST_PANELS:
        subtitle += (
            ". Half of the contracts end in the thick bar, nine in ten on the line"
            + has_bond * "; upright: the bond"
        )
        figure, grid = framed(title, subtitle, study.source, rows_height_in(names, least_in=0.2))
        _draw_rows(figure.add_subplot(grid[0]), found)
    else:
        figure, axes = panels(title, subtitle + has_bond * ". Dotted: the bond posted", study.source, names)
        _draw_panels(axes, found)
    said = [f"{name}: {_alt_text(one)}" for name, one in found.items()]
    alt = f"{sentence(title)} {' '.join(said)}"
    return Chart("outturn", title, figure, pd.DataFrame(_rows(found)), alt, study.source)


def _outturn(study: Study, name: str) -> _Outturn:
    book = study.books[name]
    budget, spend = book.total_gbp(BUDGET), book.total_gbp(SPEND)
    bond = book.bond_posted_gbp
    mean_budget = float(budget.mean())
    covers = study.estimates_of(name).get("bond_covers_probability")
    share = np.asarray((spend - budget)[budget > 0] / budget[budget > 0])
    return _Outturn(
        share,
        study.estimate(name, "overspend_probability"),
        _less(covers) if covers and bond.any() else None,
        float(bond.mean()) / mean_budget if mean_budget > 0 else 0.0,
        tuple(quantile(share, level) for level in _LEVELS) if share.size else (),
    )


def _draw_panels(axes: list[Axes], found: dict[str, _Outturn]) -> None:
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
            _draw_panel(panel, one, edges)
        axes[0].set_xlim(edges[0], edges[-1])
    for panel in axes:
        if not shares:
            panel.set_xticks([])
        panel.xaxis.set_major_formatter(per_cent_tick)
        panel.set_yticks([])
        panel.spines["left"].set_visible(False)


def _draw_panel(axes: Axes, one: _Outturn, edges: FloatArray) -> None:
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
        axes.axvline(one.bond_share, color=INK, linewidth=1, linestyle=(0, (1, 1.5)))
    axes.text(
        0.01,
        0.98,
        f"within budget\n{per_cent(_less(one.overspend))}",
        transform=axes.transAxes,
        va="top",
        size=7.5,
        bbox=_PATCH,
    )
    words = f"overspend\n{per_cent(one.overspend)}"
    if one.beyond_bond:
        words += f"\nbond too small\n{per_cent(one.beyond_bond)}"
    axes.text(0.99, 0.98, words, transform=axes.transAxes, va="top", ha="right", size=7.5, bbox=_PATCH)


def _draw_rows(axes: Axes, found: dict[str, _Outturn]) -> None:
    set_rows(axes, tuple(found))
    for row, one in enumerate(found.values()):
        if not one.quantiles:
            continue
        lowest, low, middle, high, highest = (level.value for level in one.quantiles)
        axes.plot([lowest, highest], [row, row], color=DARK, linewidth=1)
        axes.plot([low, high], [row, row], color=DARK, linewidth=4)
        axes.plot([middle], [row], "|", color="white", markersize=5)
        if one.bond_share:
            axes.plot([one.bond_share], [row], "|", color=WARM, markersize=8, markeredgewidth=1.5)
        axes.text(
            1.01, row, per_cent(one.overspend), transform=axes.get_yaxis_transform(), va="center", size=7.5
        )
    axes.text(1.01, 1.0, "overspend", transform=axes.transAxes, va="bottom", size=7.5, weight="bold")
    axes.axvline(0, color=INK, linewidth=1)
    axes.xaxis.set_major_formatter(per_cent_tick)
    axes.grid(visible=True, axis="x")


def _title(found: dict[str, _Outturn]) -> str:
    if len(found) > 1:
        return "How far from its budget does each cluster end?"
    name, one = next(iter(found.items()))
    if not one.quantiles:
        return f"{name} has no budget to overspend"
    low, high = (_from_budget(one.quantiles[at].value) for at in (0, -1))
    return f"{name} ends between {low} and {high} nine times in ten"


def _from_budget(share: float) -> str:
    return f"{abs(100 * share):.1f}% {'over' if share > 0 else 'under'}"


def _less(one: Estimate) -> Estimate:
    return Estimate(1 - one.value, 1 - one.high, 1 - one.low)


def _alt_text(one: _Outturn) -> str:
    if not one.quantiles:
        return "no budget."
    words = f"overspends with probability {per_cent(one.overspend)}"
    if one.beyond_bond:
        words += f", its bond is too small with {per_cent(one.beyond_bond)}"
    low, middle, high = (_from_budget(one.quantiles[at].value) for at in (0, 2, 4))
    return f"{words}; median {middle}, nine in ten between {low} and {high}."


def _rows(found: dict[str, _Outturn]) -> list[dict[str, str | float]]:
    rows: list[dict[str, str | float]] = []
    for name, one in found.items():
        measures = {"overspend_probability": one.overspend, "bond_too_small_probability": one.beyond_bond}
        measures |= {
            f"outturn_share_{100 * level:g}": at for level, at in zip(_LEVELS, one.quantiles, strict=False)
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
            if at is not None
        ]
        rows.append({"cluster": name, "measure": "bond_share_of_budget", "value": one.bond_share})
    return rows
