"""What the PCT may lose: the chance that the contract costs it more than any amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart, with_ends
from simulator.charts.look import DARK, GREY, INK, WARM, look
from simulator.charts.panels import draw_band, scale, worded, write_near
from simulator.charts.sheet import sheet
from simulator.charts.strips import Key, Plot, Sign
from simulator.charts.study import Study
from simulator.charts.style import DASHED, PATCH, Looks, in_house_style, line_spacing
from simulator.charts.words import money, per_cent, per_cent_tick, pounds, shortened
from simulator.records import FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import probability, quantile
from simulator.risk.estimators import Quantile
from simulator.risk.positions import pct_net_by_year_gbp, pct_net_gbp

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 81
_ODDS = ((2, "one in two"), (5, "one in five"), (20, "one in twenty"), (100, "one in a hundred"))
_TITLED = 20
_WHOLE = "whole contract"


@dataclass(frozen=True)
class _Cost:
    """What the PCT pays beyond its plan."""

    whole_gbp: FloatArray  # shape (contract,); below zero where it gains
    by_year_gbp: FloatArray  # shape (contract, year)
    loses: Estimate  # probability
    at_odds: dict[int, Estimate]  # cost that is exceeded in one contract out of so many
    sizes_gbp: FloatArray  # shape (size,)
    curve: tuple[Estimate, ...]  # how likely each is exceeded


@in_house_style
def exposure(study: Study, cluster: str | None = None) -> Chart:
    """What the PCT may lose: the chance that the contract costs it more than any amount beyond its plan."""
    (name,) = study.chosen(cluster or ALL_CLUSTERS, with_pct=True)
    cost = _cost_of(study, name)
    title = _exposure_title(name, cost)
    if np.ptp(cost.whole_gbp) < PENNY_GBP:
        why = f"In every contract the PCT pays {pounds(float(cost.whole_gbp[0]))} beyond its plan."
        figure = worded(title, study.source, why)
    else:
        subtitle = "Chance that the care of a contract costs the PCT more than it planned, by how much more"
        signs = [Sign("the whole contract, with its 95% interval", {"color": DARK, "linewidth": 2})]
        if len(study.years) > 1:
            signs.append(Sign("each year alone", {"color": GREY, "linewidth": 0.8}))
        signs.append(
            Sign("one contract in so many", {"color": WARM, "marker": "o", "linewidth": 0, "markersize": 5})
        )
        plot = Plot(3.0, left_in=0.55, right_in=0.25, below_in=0.42)
        figure, (axes,) = sheet(title, subtitle, study.source, [Key(signs), plot])
        _draw_curve(axes, cost)
    words = _exposure_words(cost)
    rows: list[dict[str, object]] = [
        {"cluster": name, "span": _WHOLE, "what": "curve", "cost_gbp": float(size)}
        | with_ends("exceeded_probability", one)
        for size, one in zip(cost.sizes_gbp, cost.curve, strict=True)
    ]
    for few, one in cost.at_odds.items():
        chance = with_ends("exceeded_probability", Estimate(1 / few, 1 / few, 1 / few))
        rows.append(
            {"cluster": name, "span": _WHOLE, "what": f"1 in {few}", "cost_gbp": one.value}
            | chance
            | {"cost_gbp_low": one.low, "cost_gbp_high": one.high}
        )
    return Chart.of("exposure", title, figure, rows, words, study.source)


def _cost_of(study: Study, name: str) -> _Cost:
    book = study.books[name]
    whole, by_year = -pct_net_gbp(book), -pct_net_by_year_gbp(book)
    enough = [few for few, _ in _ODDS if len(whole) >= Quantile(1 - 1 / few).fewest_contracts]
    at_odds = {few: quantile(whole, 1 - 1 / few) for few in enough}
    low, high = (float(np.quantile(whole, level)) for level in (0.005, 0.998))
    sizes = np.linspace(min(low, 0.0), max(high, 0.0, min(low, 0.0) + 1), _POINTS)
    curve = tuple(probability(whole > size) for size in sizes)
    return _Cost(whole, by_year, probability(whole > PENNY_GBP), at_odds, sizes, curve)


def _draw_curve(axes: Axes, cost: _Cost) -> None:
    for year in cost.by_year_gbp.T if cost.by_year_gbp.shape[1] > 1 else ():
        chances = [float((year > size).mean()) for size in cost.sizes_gbp]
        axes.plot(cost.sizes_gbp, chances, color=GREY, linewidth=0.8)
    draw_band(axes, cost.sizes_gbp.tolist(), cost.curve)
    for few, one in cost.at_odds.items():
        axes.plot([one.value, one.value], [0, 1 / few], color=WARM, linewidth=0.8, linestyle=DASHED)
        axes.plot([one.value], [1 / few], "o", color=WARM, markersize=5)
        write_near(axes, f"1 in {few}", (one.value, 1 / few), (6, 6), size=7.5, bbox=PATCH | {"pad": 0.5})
    # The curve falls: the corner above on the right is free.
    told = {few: money(cost.at_odds[few]) for few, _ in _ODDS if few in cost.at_odds}
    lines = [f"{words} contracts costs at least {told[few]}" for few, words in _ODDS if few in told]
    if not look().size.names_in and told:
        # A column has no room for sentences.
        lines = ["costs at least", *(f"1 in {few}: {said}" for few, said in told.items())]
    corner: Looks = {"ha": "right", "va": "top", "size": 8, "linespacing": line_spacing(1.6), "bbox": PATCH}
    axes.text(0.99, 0.97, "\n".join(lines), transform=axes.transAxes, **corner)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set(xlim=(cost.sizes_gbp[0], cost.sizes_gbp[-1]), ylim=(0, 1.02))
    axes.set_xlabel("cost to the PCT beyond its plan; below zero it gains", size=7.5, labelpad=2)
    scale(axes, "y", per_cent_tick)
    scale(axes, "x", pounds)


def _exposure_title(name: str, cost: _Cost) -> str:
    whose = "The PCT" if name == ALL_CLUSTERS else f"{shortened(name)}: the PCT"
    contracts = " contracts" * (name == ALL_CLUSTERS)
    worst = cost.at_odds.get(_TITLED)
    if worst is None:
        return f"{whose} loses in {per_cent(cost.loses)} of contracts"
    if worst.value < PENNY_GBP:
        return f"{whose} gains in at least 19 contracts of twenty"
    return f"{whose} loses {money(worst)} or more once in twenty{contracts}"


def _exposure_words(cost: _Cost) -> str:
    names = dict(_ODDS)
    parts = [f"{names[few]} contracts costs at least {money(one)}" for few, one in cost.at_odds.items()]
    said = "; ".join(parts) or "there are too few contracts to say how much"
    loses = per_cent(cost.loses)
    return f"The PCT pays more than it planned with a chance of {loses}. Beyond its plan, {said}."
