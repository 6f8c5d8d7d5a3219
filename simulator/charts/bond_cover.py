"""How likely a bond of any size pays every overspend of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import (
    DARK,
    GREY,
    LIGHT,
    MOST_PANELS,
    WARM,
    framed,
    in_house_style,
    panels,
    rows_height_in,
    set_rows,
)
from simulator.charts.words import money, per_cent, per_cent_tick, pounds, sentence
from simulator.records import FloatArray
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import probability, quantile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CONFIDENCES = (0.90, 0.95, 0.99)
_POINTS = 121
_PATCH = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


@dataclass(frozen=True)
class _Cover:
    """One cluster's bond against what it must pay."""

    annual_budget_gbp: float
    posted: Estimate
    covers: Estimate
    needed: dict[float, Estimate]
    sizes_gbp: FloatArray
    curve: tuple[Estimate, ...]

    def of_budget(self, gbp: float) -> float:
        return gbp / self.annual_budget_gbp if self.annual_budget_gbp > 0 else 0.0


@in_house_style
def draw(study: Study, cluster: str | None = None) -> Chart:
    """How likely a bond of any size is to pay every overspend, with the posted bond marked."""
    import pandas as pd

    names = study.chosen(cluster)
    found = {name: _cover(study, name) for name in names}
    title = _title(found)
    subtitle = (
        "Chance that a bond pays all that reaches it over the contract under the scenario's rules, by its "
        "size as a share of the annual budget"
    )
    if len(names) > MOST_PANELS:
        legend = ". Bars: bonds that cover with 90% to 99%; dot: with 95%; upright: the bond posted"
        figure, grid = framed(title, subtitle + legend, study.source, rows_height_in(names, least_in=0.2))
        _draw_rows(figure.add_subplot(grid[0]), found)
    else:
        figure, axes = panels(title, subtitle, study.source, names)
        most = max((one.of_budget(float(one.sizes_gbp[-1])) for one in found.values()), default=0.0)
        for panel, one in zip(axes, found.values(), strict=True):
            _draw_curve(panel, one, large=len(names) == 1)
        axes[0].set_xlim(0, max(most, 1e-3))
        axes[0].set_ylim(0, 1.02)
    alt = f"{sentence(title)} " + " ".join(f"{name}: {_alt_text(one)}" for name, one in found.items())
    return Chart("bond-cover", title, figure, pd.DataFrame(_rows(found)), alt, study.source)


def _cover(study: Study, name: str) -> _Cover:
    to_pay = study.samples(name)["bond_needed_gbp"]
    budget = study.estimate(name, "annual_budget_gbp").value
    posted = study.estimate(name, "bond_posted_gbp")
    own = study.estimates_of(name).get("bond_covers_probability")
    # Without a bond, a contract is covered where nothing reaches one.
    covers = probability(to_pay < PENNY_GBP) if own is None else own
    needed = {level: quantile(to_pay, level) for level in CONFIDENCES}
    largest = max(1.08 * max(one.high for one in needed.values()), 1.2 * posted.value, 0.001 * budget)
    sizes = np.linspace(0.0, largest, _POINTS)
    curve = tuple(probability(to_pay - size < PENNY_GBP) for size in sizes)
    return _Cover(budget, posted, covers, needed, sizes, curve)


def _draw_curve(axes: Axes, one: _Cover, *, large: bool) -> None:
    x = [one.of_budget(float(size)) for size in one.sizes_gbp]
    axes.fill_between(
        x, [at.low for at in one.curve], [at.high for at in one.curve], color=LIGHT, linewidth=0
    )
    axes.plot(x, [at.value for at in one.curve], color=DARK)
    for level, needed in one.needed.items():
        if level != 0.95 and not large:
            continue
        place = one.of_budget(needed.value)
        axes.plot([0, place, place], [level, level, 0], color=GREY, linewidth=0.7, linestyle=(0, (4, 2)))
        axes.plot([place], [level], "o", color=DARK, markersize=4)
    if one.posted.value > 0:
        place = one.of_budget(one.posted.value)
        axes.plot([place, place], [0, one.covers.value], color=WARM, linewidth=1.6)
        axes.plot([place], [one.covers.value], "s", color=WARM, markersize=5)
    words = "\n".join(_lines(one, CONFIDENCES if large else (0.95,)))
    size = 8 if large else 7
    # The curve rises: the corner below it is free, or where it rises late the one above.
    low = one.curve[round(0.6 * _POINTS)].value > 0.4
    right, height, across, up = (0.99, 0.04, "right", "bottom") if low else (0.02, 0.9, "left", "top")
    axes.text(right, height, words, transform=axes.transAxes, ha=across, va=up, size=size, bbox=_PATCH)
    axes.xaxis.set_major_formatter(per_cent_tick)
    axes.yaxis.set_major_formatter(per_cent_tick)
    axes.grid(visible=True, axis="y")


def _draw_rows(axes: Axes, found: dict[str, _Cover]) -> None:
    set_rows(axes, tuple(found))
    for row, one in enumerate(found.values()):
        low, middle, high = (one.of_budget(one.needed[level].value) for level in CONFIDENCES)
        axes.plot([low, high], [row, row], color=LIGHT, linewidth=5)
        axes.plot([middle], [row], "o", color=DARK, markersize=4)
        axes.plot(
            [one.of_budget(one.posted.value)], [row], "|", color=WARM, markersize=9, markeredgewidth=1.8
        )
        words = f"{money(one.needed[0.95])}; {per_cent(one.covers)}"
        axes.text(1.01, row, words, transform=axes.get_yaxis_transform(), va="center", size=7.5)
    axes.text(
        1.01,
        1.0,
        "needed at 95%; posted covers",
        transform=axes.transAxes,
        va="bottom",
        size=7.5,
        weight="bold",
    )
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(per_cent_tick)
    axes.grid(visible=True, axis="x")


def _lines(one: _Cover, levels: Sequence[float]) -> list[str]:
    """Return what stands in the corner of a panel."""
    lines = [f"{level:.0%} needs {money(one.needed[level])}" for level in levels]
    if one.posted.value > 0:
        lines += [f"posted {pounds(one.posted.value)}", f"covers {per_cent(one.covers)}"]
    return lines


def _title(found: dict[str, _Cover]) -> str:
    if all(one.needed[0.99].value < PENNY_GBP for one in found.values()):
        return "No bond is needed: hardly a contract has an overspend"
    posted = [one for one in found.values() if one.posted.value > 0]
    if len(found) == 1:
        name, one = next(iter(found.items()))
        needed = f"needs a bond of {money(one.needed[0.95])} to cover overspends with 95% chance"
        return f"{name} {needed}"
    if not posted:
        return "How big a bond would each cluster need?"
    low, high = min(one.covers.value for one in posted), max(one.covers.value for one in posted)
    shown = " to ".join(dict.fromkeys((f"{100 * low:.0f}", f"{100 * high:.0f}")))
    return f"The bond posted pays every overspend in {shown}% of contracts"


def _alt_text(one: _Cover) -> str:
    needed = ", ".join(f"{money(at)} at {level:.0%}" for level, at in one.needed.items())
    if one.posted.value > 0:
        return f"posts {money(one.posted)}, which covers with {per_cent(one.covers)}; needs {needed}."
    return f"posts no bond; would need {needed}."


def _rows(found: dict[str, _Cover]) -> list[dict[str, str | float]]:
    rows: list[dict[str, str | float]] = []
    for name, one in found.items():
        for size, at in zip(one.sizes_gbp, one.curve, strict=True):
            rows.append(_row(name, "curve", float(size), one, at))
        rows.append(_row(name, "posted", one.posted.value, one, one.covers))
        rows += [
            _row(name, f"needed at {level:.0%}", needed.value, one, Estimate(level, level, level))
            | {"bond_gbp_low": needed.low, "bond_gbp_high": needed.high}
            for level, needed in one.needed.items()
        ]
    return rows


def _row(name: str, what: str, size_gbp: float, one: _Cover, covers: Estimate) -> dict[str, str | float]:
    return {
        "cluster": name,
        "what": what,
        "bond_gbp": size_gbp,
        "bond_share_of_annual_budget": one.of_budget(size_gbp),
        "covers_probability": covers.value,
        "covers_probability_low": covers.low,
        "covers_probability_high": covers.high,
    }
