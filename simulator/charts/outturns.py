"""Where spend ends: the outturn of the contract, and the chance of an overspend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.answers.table import Cell
from simulator.charts.chart import Chart, measure_rows, with_ends
from simulator.charts.look import DARK, GREY, INK, LIGHT, WARM, ranked
from simulator.charts.panels import panels, scale, write_together
from simulator.charts.rows import BAR_IN, Beside, Rows, rows_at
from simulator.charts.sheet import Strip, on_slide, sheet
from simulator.charts.strips import Heading, Key, Plot, Sign
from simulator.charts.study import Study, fan_of
from simulator.charts.style import DOTTED, PATCH, Looks, in_house_style
from simulator.charts.words import per_cent, per_cent_tick, range_in_per_cent, shortened, shown_as
from simulator.plain_words import counted, in_letters
from simulator.records import BUDGET, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import PER_CENT, rounded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_BINS = 45
_MIDDLE: Looks = {"color": INK, "marker": "o", "markerfacecolor": "white", "markersize": 4.5, "linewidth": 0}
_AS_THE_BOND = "an overspend as large as the bond"
"""What is marked: the bond pays year by year, and may be used up where the whole contract ends below that."""
_SUBTITLE = "How far the whole contract's spend ends from its budget, as a share of the budget"


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
    if len(names) > 1:
        found = dict(ranked(found.items(), lambda pair: pair[1].overspend.value))
        figure = _draw_rows(found, title, study.source, has_bond=has_bond)
    else:
        subtitle = _SUBTITLE + has_bond * f". Dotted: {_AS_THE_BOND}"
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
        write_together(panel.xaxis, per_cent_tick)
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


def _draw_rows(found: dict[str, _Outturn], title: str, source: str, *, has_bond: bool) -> Figure:
    """Draw a row for each cluster."""
    signs = [
        Sign("nine contracts in ten", {"color": DARK, "linewidth": 1}),
        Sign("half of them", {"color": DARK, "linewidth": 5}),
        Sign("the middle one", _MIDDLE),
    ]
    bond: Looks = {"color": WARM, "marker": "|", "linewidth": 0, "markersize": 9, "markeredgewidth": 2}
    chances = [per_cent(one.overspend) if one.fan else "no budget" for one in found.values()]
    too_small = [per_cent(one.beyond_bond) if one.beyond_bond else "no bond" for one in found.values()]
    beside = (Beside("overspend", chances), *has_bond * (Beside("bond too small", too_small),))
    rows = Rows(list(found), beside, label="under budget to the left, over to the right")
    key = Key([*signs, *has_bond * [Sign(_AS_THE_BOND, bond)]])
    figure, (axes,) = sheet(title, _SUBTITLE, source, [key, rows])
    for place, one in zip(rows_at(axes), found.values(), strict=True):
        if not one.fan:
            continue
        lowest, low, middle, high, highest = (level.value for level in one.fan.values())
        axes.plot([lowest, highest], [place, place], color=DARK, linewidth=1)
        axes.plot([low, high], [place, place], color=DARK, linewidth=5)
        axes.plot([middle], [place], **_MIDDLE)
        if one.bond_share:
            axes.plot([one.bond_share], [place], **bond)
    axes.axvline(0, color=INK, linewidth=1)
    axes.locator_params("x", nbins=8, steps=[1, 2, 2.5, 5, 10])
    scale(axes, "x", per_cent_tick)
    return figure


def _outturn_title(found: dict[str, _Outturn]) -> str:
    if len(found) > 1:
        likely = sum(one.overspend.low > 0.5 for one in found.values())
        many = counted(len(found), "cluster")
        if not likely:
            beyond = "beyond chance " * any(one.overspend.value > 0.5 for one in found.values())
            return f"No cluster is {beyond}more likely than not to overspend"
        if likely == len(found):
            which = "Both clusters" if likely == 2 else f"All {many}"
        else:
            which = f"{in_letters(likely).capitalize()} of {many}"
        return f"{which} {'is' if likely == 1 else 'are'} more likely than not to overspend"
    name, one = next(iter(found.items()))
    if not one.fan:
        return f"{shortened(name)} has no budget to overspend"
    low, high = (_from_budget(one.fan[level]) for level in (0.05, 0.95))
    return f"{shortened(name)} ends between {low} and {high} nine times in ten"


def _from_budget(share: Estimate) -> str:
    digits, _ = rounded(abs(share.value), share.half_width, PER_CENT)
    return f"{digits}% {'over' if share.value > 0 else 'under'}"


def _less(one: Estimate) -> Estimate:
    return Estimate(1 - one.value, 1 - one.high, 1 - one.low)


def _outturn_words(one: _Outturn) -> str:
    if not one.fan:
        return "no budget."
    words = f"overspends with probability {per_cent(one.overspend)}"
    if one.beyond_bond:
        words += f", its bond is too small with {per_cent(one.beyond_bond)}"
    low, middle, high = (_from_budget(one.fan[level]) for level in (0.05, 0.5, 0.95))
    return f"{words}; median {middle}, nine in ten between {low} and {high}."


def _measures(one: _Outturn) -> dict[str, Cell]:
    """Return the chart's data of one cluster."""
    measures: dict[str, Cell] = {"overspend_probability": one.overspend}
    if one.beyond_bond:
        measures["bond_too_small_probability"] = one.beyond_bond
    measures |= {f"outturn_share_{100 * level:g}": share for level, share in one.fan.items()}
    return measures | {"bond_share_of_budget": one.bond_share}


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
    subtitle = "Chance that spend exceeds budget, with 95% intervals"
    together = len(names) > 1
    clusters = ranked(names[: -1 if together else None], lambda name: found[name, _WHOLE].value)
    ordered = (*clusters, *names[len(names) - together :])
    strips: list[Strip] = []
    if len(study.years) > 1:
        # The panel below it starts at nothing.
        start = f" (the axis starts at {per_cent_tick(first / 5)})" if (first := _fifths(found)[0]) else ""
        strips.append(Heading(f"In each year{start}"))
        if together:
            boxed: Looks = {"color": DARK, "linewidth": 1, "marker": "s", "markersize": 4, "markevery": [0]}
            signs = [Sign("all clusters together, with the 95% interval", boxed)]
            strips.append(
                Key([*signs, Sign("range of the clusters", {"facecolor": LIGHT, "edgecolor": "none"})])
            )
        strips += [Plot(1.5), Heading("Over the whole contract")]
    chances = [per_cent(found[name, _WHOLE]) for name in ordered]
    strips.append(Rows(list(map(shown_as, ordered)), (Beside("chance", chances),), apart=int(together)))
    strips = on_slide(strips, strips[-1:])
    figure, axes = sheet(title, subtitle, study.source, strips)
    if len(strips) > 1:
        _draw_trend(axes[0], study.years, ordered, found)
    _draw_chances(axes[-1], [found[name, _WHOLE] for name in ordered])
    words = f"Chance that the whole contract's spend exceeds its budget: {_chances(found, ordered)}."
    if len(study.years) > 1:
        trend = "; ".join(
            f"{year} {per_cent(one)}" for year in study.years if (one := found.get((ordered[-1], year)))
        )
        words += f" {shown_as(ordered[-1]).capitalize() if together else ordered[-1]} by year: {trend}."
    return Chart.of("overspend", title, figure, rows, words, study.source)


def _chances(found: dict[tuple[str, str], Estimate], names: Sequence[str]) -> str:
    return "; ".join(f"{name} {per_cent(found[name, _WHOLE])}" for name in names)


def _fifths(found: dict[tuple[str, str], Estimate]) -> range:
    """Return the fifths that the axis of years has, from the first to the last: each is written."""
    ends = [end for one in found.values() for end in (one.low, one.high)]
    low, high = max(0.0, min(ends) - 0.03), min(1.0, max(ends) + 0.03)
    # Half of the scale at least: small steps must not look large.
    middle = min(max((low + high) / 2, 0.25), 0.75)
    bottom, top = min(low, middle - 0.25), max(high, middle + 0.25)
    return range(math.floor(round(5 * bottom, 6)), math.ceil(round(5 * top, 6)) + 1)


def _draw_trend(
    axes: Axes, years: Sequence[str], names: Sequence[str], found: dict[tuple[str, str], Estimate]
) -> None:
    """Draw the last name's chance by year with its intervals, and between which ones the others' lie."""
    *others, last = names
    of_year = {
        at: [one.value for name in others if (one := found.get((name, year)))]
        for at, year in enumerate(years)
    }
    drawn = [at for at, some in of_year.items() if some]
    least, most = ([end(of_year[at]) for at in drawn] for end in (min, max))
    # Its edge shows a range that is hardly one.
    axes.fill_between(drawn, least, most, color=LIGHT, linewidth=1.5)
    ones = [(at, one) for at, year in enumerate(years) if (one := found.get((last, year)))]
    axes.plot([at for at, _ in ones], [one.value for _, one in ones], color=DARK, linewidth=1, zorder=3)
    for at, one in ones:
        # As high as the interval, and so wide that the line does not hide it.
        axes.plot([at, at], [one.low, one.high], color=DARK, linewidth=6, solid_capstyle="butt", zorder=4)
    fifths = _fifths(found)
    axes.set_yticks([at / 5 for at in fifths])
    axes.set_ylim(fifths[0] / 5, fifths[-1] / 5)
    axes.set_xlim(-0.3, len(years) - 0.7)
    axes.set_xticks(range(len(years)), years)
    scale(axes, "y", per_cent_tick)


def _draw_chances(axes: Axes, estimates: Sequence[Estimate]) -> None:
    """Draw one bar for each."""
    for place, one in zip(rows_at(axes), estimates, strict=True):
        axes.barh(place, one.value, height=BAR_IN, color=LIGHT)
        axes.plot([one.low, one.high], [place, place], color=DARK, linewidth=2.2)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    scale(axes, "x", per_cent_tick)
    # The last would run into the numbers beside.
    axes.get_xticklabels()[-1].set_horizontalalignment("right")


def _overspend_title(study: Study, names: tuple[str, ...]) -> str:
    clusters = names[:1] if len(names) == 1 else [name for name in names if name != ALL_CLUSTERS]
    of_all = [study.estimate(name, "overspend_probability") for name in clusters]
    if len(of_all) == 1:
        return f"{shortened(names[0])}: {per_cent(of_all[0])} chance of overspending the contract"
    if not any(one.value for one in of_all):
        return "No cluster overspends in any simulated contract"
    if all(one.value == 1 for one in of_all):
        return "Every cluster overspends in every simulated contract"
    return f"The chance that a cluster overspends its contract is {range_in_per_cent(of_all)}"
