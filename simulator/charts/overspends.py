"""Who pays overspends: how likely a bond of any size does, and what the pool and the PCT pay by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart, with_ends
from simulator.charts.panels import (
    MOST_PANELS,
    draw_band,
    legend_above,
    one_panel,
    panels,
    row_panel,
    scale,
    write_beside,
    write_near,
)
from simulator.charts.study import Study
from simulator.charts.style import DARK, DASHED, GREY, INK, LIGHT, PALE, PATCH, WARM, Looks, in_house_style
from simulator.charts.words import money, per_cent, per_cent_tick, pounds, range_in_per_cent
from simulator.records import Account, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, probability, quantile
from simulator.risk.positions import pct_payment_by_year_gbp
from simulator.rules.pool import Pool

if TYPE_CHECKING:
    from matplotlib.axes import Axes


CONFIDENCES = (0.90, 0.95, 0.99)
_POINTS = 121


@dataclass(frozen=True)
class _Cover:
    """One cluster's bond against what it must pay."""

    annual_budget_gbp: float
    posted: Estimate
    covers: Estimate  # how likely the posted one does
    needed: dict[float, Estimate]  # by how likely it shall cover
    sizes_gbp: FloatArray  # shape (size,)
    curve: tuple[Estimate, ...]  # how likely each covers

    def of_budget(self, gbp: float) -> float:
        return gbp / self.annual_budget_gbp if self.annual_budget_gbp > 0 else 0.0


@in_house_style
def bond_cover(study: Study, cluster: str | None = None) -> Chart:
    """How likely a bond of any size is to pay every overspend, with the posted bond marked."""
    names = study.chosen(cluster)
    found = {name: _cover(study, name) for name in names}
    title = _bond_title(found)
    subtitle = (
        "Chance that a bond pays all that reaches it over the contract under the scenario's rules, by its "
        "size as a share of the annual budget"
    )
    if len(names) > MOST_PANELS:
        legend = ". Bars: bonds that cover with 90% to 99%; dot: with 95%; upright: the bond posted"
        figure, axes = row_panel(title, subtitle + legend, study.source, names, least_in=0.2)
        _draw_rows(axes, found)
    else:
        figure, each = panels(title, subtitle, study.source, names)
        most = max((one.of_budget(float(one.sizes_gbp[-1])) for one in found.values()), default=0.0)
        for panel, one in zip(each, found.values(), strict=True):
            _draw_curve(panel, one, large=len(names) == 1)
        each[0].set(xlim=(0, max(most, 1e-3)), ylim=(0, 1.02))
    words = " ".join(f"{name}: {_bond_words(one)}" for name, one in found.items())
    return Chart.of("bond-cover", title, figure, _rows(found), words, study.source)


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
    draw_band(axes, [one.of_budget(float(size)) for size in one.sizes_gbp], one.curve)
    lines = []
    for level in CONFIDENCES if large else (0.95,):
        lines.append(f"{level:.0%} needs {money(one.needed[level])}")
        place = one.of_budget(one.needed[level].value)
        axes.plot([0, place, place], [level, level, 0], color=GREY, linewidth=0.7, linestyle=DASHED)
        axes.plot([place], [level], "o", color=DARK, markersize=4)
    if one.posted.value > 0:
        lines += [f"posted {pounds(one.posted.value)}", f"covers {per_cent(one.covers)}"]
        place = one.of_budget(one.posted.value)
        axes.plot([place, place], [0, one.covers.value], color=WARM, linewidth=1.6)
        axes.plot([place], [one.covers.value], "s", color=WARM, markersize=5)
    # The curve rises: the corner below it is free, or where it rises late the one above.
    low = one.curve[round(0.6 * _POINTS)].value > 0.4
    right, height, across, up = (0.99, 0.04, "right", "bottom") if low else (0.02, 0.9, "left", "top")
    corner: Looks = {"transform": axes.transAxes, "ha": across, "va": up, "size": 8 if large else 7}
    axes.text(right, height, "\n".join(lines), bbox=PATCH, **corner)
    axes.xaxis.set_major_formatter(per_cent_tick)
    scale(axes, "y", per_cent_tick)


def _draw_rows(axes: Axes, found: dict[str, _Cover]) -> None:
    for row, one in enumerate(found.values()):
        low, middle, high = (one.of_budget(one.needed[level].value) for level in CONFIDENCES)
        posted = one.of_budget(one.posted.value)
        axes.plot([low, high], [row, row], color=LIGHT, linewidth=5)
        axes.plot([middle], [row], "o", color=DARK, markersize=4)
        axes.plot([posted], [row], "|", color=WARM, markersize=9, markeredgewidth=1.8)
    words = [f"{money(one.needed[0.95])}; {per_cent(one.covers)}" for one in found.values()]
    write_beside(axes, "needed at 95%; posted covers", words)
    axes.set_xlim(left=0)
    scale(axes, "x", per_cent_tick)


def _bond_title(found: dict[str, _Cover]) -> str:
    if all(one.needed[0.99].value < PENNY_GBP for one in found.values()):
        return "No bond is needed: hardly a contract has an overspend"
    posted = [one for one in found.values() if one.posted.value > 0]
    if len(found) == 1:
        name, one = next(iter(found.items()))
        return f"{name} needs a bond of {money(one.needed[0.95])} to cover overspends with 95% chance"
    if not posted:
        return "How big a bond would each cluster need?"
    covered = range_in_per_cent(one.covers for one in posted)
    return f"The bond posted pays every overspend in {covered} of contracts"


def _bond_words(one: _Cover) -> str:
    needed = ", ".join(f"{money(at)} at {level:.0%}" for level, at in one.needed.items())
    if one.posted.value > 0:
        return f"posts {money(one.posted)}, which covers with {per_cent(one.covers)}; needs {needed}."
    return f"posts no bond; would need {needed}."


def _rows(found: dict[str, _Cover]) -> list[dict[str, object]]:
    rows = []
    for name, one in found.items():
        at_sizes = zip(map(float, one.sizes_gbp), one.curve, strict=True)
        rows += [_row(name, "curve", size, one, covers) for size, covers in at_sizes]
        rows.append(_row(name, "posted", one.posted.value, one, one.covers))
        rows += [
            _row(name, f"needed at {level:.0%}", needed.value, one, Estimate(level, level, level))
            | {"bond_gbp_low": needed.low, "bond_gbp_high": needed.high}
            for level, needed in one.needed.items()
        ]
    return rows


def _row(name: str, what: str, size_gbp: float, one: _Cover, covers: Estimate) -> dict[str, object]:
    share = one.of_budget(size_gbp)
    row = {"cluster": name, "what": what, "bond_gbp": size_gbp, "bond_share_of_annual_budget": share}
    return row | with_ends("covers_probability", covers)


_IN, _OUT, _PCT, _BALANCE = "paid in", "paid out", "falls on the PCT", "left in the pool"
_LOOKS = {_IN: (LIGHT, None), _OUT: (DARK, None), _PCT: (WARM, None), _BALANCE: (PALE, "////")}
_WIDTH = 0.2
_FEW_YEARS = 3
"""With more, the bars are narrower than what is written on them."""


@in_house_style
def pool(study: Study, cluster: str | None = None) -> Chart:
    """The PCT's pool by year: paid in, paid out and left, and the overspends that fall on the PCT."""
    (name,) = study.chosen(cluster or ALL_CLUSTERS, with_pct=True)
    found = {
        (year, what): mean(gbp[:, at])
        for what, gbp in _flows(study.books[name]).items()
        for at, year in enumerate(study.years)
    }
    title = _pool_title(study, name)
    subtitle = (
        "Mean of all contracts by year, in pounds, with 95% intervals; left in the pool: at the year's end"
    )
    figure, axes = one_panel(title, subtitle, study.source, 2.9)
    _draw_years(axes, study.years, found)
    words = " ".join(
        f"{year}: {', '.join(f'{what} {money(found[year, what])}' for what in _LOOKS)}."
        for year in study.years
    )
    rows = [
        {"cluster": name, "year": year, "what": what} | with_ends("mean_gbp", one)
        for (year, what), one in found.items()
    ]
    return Chart.of("pool", title, figure, rows, words, study.source)


def _flows(book: AccountBook) -> dict[str, FloatArray]:
    """Return pounds by contract and year."""
    own, others = (Account.POOL,), tuple(account for account in Account if account != Account.POOL)
    paid_in, paid_out = book.paid_by_year_gbp(others, own), book.paid_by_year_gbp(own, others)
    balance = np.cumsum(paid_in - paid_out, axis=1)
    return {_IN: paid_in, _OUT: paid_out, _PCT: pct_payment_by_year_gbp(book), _BALANCE: balance}


def _draw_years(axes: Axes, years: tuple[str, ...], found: dict[tuple[str, str], Estimate]) -> None:
    rotation = 0 if len(years) <= _FEW_YEARS else 90
    ends = {"elinewidth": 1, "ecolor": INK, "capsize": 2}
    edge: Looks = {"edgecolor": INK, "linewidth": 0.4, "error_kw": ends}
    for at, (what, (colour, hatch)) in enumerate(_LOOKS.items()):
        places = np.arange(len(years)) + (at - 1.5) * _WIDTH
        estimates = [found[year, what] for year in years]
        heights = [one.value for one in estimates]
        errors = np.array([[one.value - one.low, one.high - one.value] for one in estimates]).T
        axes.bar(places, heights, _WIDTH * 0.92, yerr=errors, color=colour, hatch=hatch, label=what, **edge)
        for place, one in zip(places, estimates, strict=True):
            above = (place, max(one.high, 0.0))
            write_near(axes, pounds(one.value), above, (0, 2), ha="center", size=7, rotation=rotation)
    axes.set_xticks(range(len(years)), years)
    axes.tick_params(axis="x", length=0)
    axes.axhline(0, color=INK, linewidth=0.7)
    if not any(one.value for one in found.values()):
        axes.set(ylim=(0, 1), yticks=[0])
    scale(axes, "y", pounds)
    axes.margins(y=0.2 if rotation else 0.12)
    legend_above(axes, fontsize=8, ncols=4, handlelength=1.4, columnspacing=1.4)


def _pool_title(study: Study, name: str) -> str:
    estimate = study.estimate(name, "pct_payment_gbp")
    whose = "" if name == ALL_CLUSTERS else f" for {name}"
    if not any(isinstance(rule, Pool) for rule in study.scenario.settings.rules):
        return f"No pool pays{whose} here: {money(estimate)} of overspends falls on the PCT"
    paid = study.estimate(name, "pool_payment_gbp")
    return f"The pool pays {money(paid)} of overspends{whose}; {money(estimate)} falls on the PCT"
