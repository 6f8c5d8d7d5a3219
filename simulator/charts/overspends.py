"""Who pays overspends: how likely a bond of any size does, and what the pool and the PCT pay by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart, with_ends
from simulator.charts.look import DARK, GREY, INK, LIGHT, PALE, WARM, look, ranked
from simulator.charts.panels import draw_band, panels, scale, write_near, write_together
from simulator.charts.rows import Beside, Rows, rows_at
from simulator.charts.sheet import sheet
from simulator.charts.strips import Abreast, Key, Sign, across
from simulator.charts.study import Study
from simulator.charts.style import DASHED, PATCH, Looks, in_house_style, width_in
from simulator.charts.words import money, per_cent, per_cent_tick, pounds, range_in_per_cent, short, shortened
from simulator.records import Account, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, probability, quantile
from simulator.risk.positions import pct_payment_by_year_gbp
from simulator.rules.pool import Pool

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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
    """The bond that pays every overspend with a chance of 90 to 99%, and the one posted."""
    names = study.chosen(cluster)
    found = {name: _cover(study, name) for name in names}
    title = _bond_title(found)
    subtitle = (
        "Chance that a bond pays all that reaches it over the contract under the scenario's rules, by its "
        "size as a share of the annual budget"
    )
    if len(names) > 1:
        # The bond that a cluster lacks most comes first.
        found = dict(ranked(found.items(), lambda pair: pair[1].of_budget(pair[1].needed[0.95].value)))
        figure = _draw_rows(found, title, study.source)
    else:
        figure, (axes,) = panels(title, subtitle, study.source, names)
        (one,) = found.values()
        _draw_curve(axes, one)
        axes.set(xlim=(0, max(one.of_budget(float(one.sizes_gbp[-1])), 1e-3)), ylim=(0, 1.02))
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


def _draw_curve(axes: Axes, one: _Cover) -> None:
    draw_band(axes, [one.of_budget(float(size)) for size in one.sizes_gbp], one.curve)
    lines = []
    for level in CONFIDENCES:
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
    corner: Looks = {"transform": axes.transAxes, "ha": across, "va": up, "size": 8}
    axes.text(right, height, "\n".join(lines), bbox=PATCH, **corner)
    write_together(axes.xaxis, per_cent_tick)
    scale(axes, "y", per_cent_tick)


def _draw_rows(found: dict[str, _Cover], title: str, source: str) -> Figure:
    """Draw a row for each cluster."""
    posted: Looks = {"color": WARM, "marker": "|", "linewidth": 0, "markersize": 10, "markeredgewidth": 2}
    has_bond = any(one.posted.value > 0 for one in found.values())
    signs = [
        Sign("covers with 90 to 99% chance", {"facecolor": LIGHT, "edgecolor": "none"}),
        Sign("with 95%", {"color": DARK, "marker": "o", "linewidth": 0, "markersize": 5}),
        *has_bond * [Sign("the bond posted", posted)],
    ]
    needed = Beside("needed for 95%", [money(one.needed[0.95]) for one in found.values()])
    covers = Beside(
        "posted covers", [per_cent(one.covers) if one.posted.value > 0 else "none" for one in found.values()]
    )
    subtitle = "The bond that would pay all that reaches it over the contract under the scenario's rules"
    rows = Rows(list(found), (needed, *has_bond * (covers,)), label="bond, share of the annual budget")
    figure, (axes,) = sheet(title, subtitle, source, [Key(signs), rows])
    for place, one in zip(rows_at(axes), found.values(), strict=True):
        low, middle, high = (one.of_budget(one.needed[level].value) for level in CONFIDENCES)
        axes.plot([low, high], [place, place], color=LIGHT, linewidth=6)
        axes.plot([middle], [place], "o", color=DARK, markersize=5)
        if one.posted.value > 0:
            axes.plot([one.of_budget(one.posted.value)], [place], **posted)
    axes.set_xlim(left=0)
    scale(axes, "x", per_cent_tick)
    return figure


def _bond_title(found: dict[str, _Cover]) -> str:
    if all(one.needed[0.99].value < PENNY_GBP for one in found.values()):
        return "No bond is needed: hardly a contract has an overspend"
    posted = [one for one in found.values() if one.posted.value > 0]
    if len(found) == 1:
        name, one = next(iter(found.items()))
        return f"{shortened(name)} needs a bond of {money(one.needed[0.95])} for 95% cover"
    needed = [one.of_budget(one.needed[0.95].value) for one in found.values()]
    enough = range_in_per_cent(Estimate(share, share, share) for share in needed)
    if not posted:
        return f"A bond that covers with 95% chance is {enough} of the annual budget"
    covered = range_in_per_cent(one.covers for one in posted)
    return f"Bonds posted cover {covered} of contracts; 95% needs {enough} of budget"


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


_IN, _OUT, _PCT, _BALANCE = "paid in", "paid out", "paid by the PCT", "left in the pool"
_WHAT = (_IN, _OUT, _PCT, _BALANCE)
_PANELS = {
    _IN: ("Paid into the pool", LIGHT),
    _OUT: ("Paid out of the pool", DARK),
    _BALANCE: ("Left in it at the year's end", PALE),
    _PCT: ("Overspends that the PCT pays", WARM),
}
"""Flows, what there is, and the PCT's own money apart."""
_LEFT_IN, _RIGHT_IN = 0.6, 0.1
_TURNED_YEAR_IN = 0.3
"""Further room that a year takes that is written upwards."""
_LABEL_SIZE = 7.5


@in_house_style
def pool(study: Study, cluster: str | None = None) -> Chart:
    """The PCT's pool by year: paid in, paid out and left, and the overspends that the PCT pays."""
    (name,) = study.chosen(cluster or ALL_CLUSTERS, with_pct=True)
    found = {
        (year, what): mean(gbp[:, at])
        for what, gbp in _flows(study.books[name]).items()
        for at, year in enumerate(study.years)
    }
    title = _pool_title(study, name)
    subtitle = (
        "Means of all simulated contracts by year, with 95% intervals. What flows in and out of the pool has "
        "one scale, the others their own"
    )
    headings = [heading for heading, _ in _PANELS.values()]
    wide = look().size.width_in / across(len(headings)) - _LEFT_IN - _RIGHT_IN
    room = 0.92 * wide / len(study.years)
    turned_in = _TURNED_YEAR_IN * (max(width_in(year, _LABEL_SIZE) for year in study.years) > room)
    panels = Abreast(headings, 1.9 + turned_in, left_in=_LEFT_IN, below_in=0.25 + turned_in)
    figure, axes = sheet(title, subtitle, study.source, [panels])
    for panel, (what, (_, colour)) in zip(axes, _PANELS.items(), strict=True):
        _draw_years(panel, study.years, [found[year, what] for year in study.years], colour, room)
    most = max(panel.get_ylim()[1] for panel in axes[:2])
    for panel in axes[:2]:
        panel.set_ylim(top=most)
    words = " ".join(
        f"{year}: {', '.join(f'{what} {money(found[year, what])}' for what in _WHAT)}."
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


def _draw_years(
    axes: Axes, years: tuple[str, ...], estimates: list[Estimate], colour: str, room_in: float
) -> None:
    """Draw the bars of one panel, one for each year, which has so much room."""
    ends: Looks = {"elinewidth": 1, "ecolor": INK, "capsize": 2}
    edge: Looks = {"edgecolor": INK, "linewidth": 0.4, "error_kw": ends}
    errors = np.array([[one.value - one.low, one.high - one.value] for one in estimates]).T
    axes.bar(range(len(years)), [one.value for one in estimates], 0.75, yerr=errors, color=colour, **edge)
    words = [short(one) for one in estimates]
    turned = 90 * (max(width_in(text, _LABEL_SIZE) for text in words) > room_in)
    for place, (one, text) in enumerate(zip(estimates, words, strict=True)):
        above = (place, max(one.high, 0.0))
        looks: Looks = {"ha": "center", "va": "bottom", "size": _LABEL_SIZE, "rotation": turned}
        write_near(axes, text, above, (0, 4), bbox=PATCH | {"pad": 0.5}, **looks)
    are_wide = max(width_in(year, _LABEL_SIZE) for year in years) > room_in
    axes.set_xticks(range(len(years)), years, rotation=90 * are_wide)
    axes.tick_params(axis="x", length=0, labelsize=_LABEL_SIZE)
    axes.axhline(0, color=INK, linewidth=0.7)
    if not any(one.value for one in estimates):
        axes.set(ylim=(0, 1), yticks=[0])
    scale(axes, "y", pounds)
    # Each bar has its number: lines would only run through it.
    axes.grid(visible=False)
    axes.margins(y=0.3)


def _pool_title(study: Study, name: str) -> str:
    estimate = study.estimate(name, "pct_payment_gbp")
    what = "Overspends" if name == ALL_CLUSTERS else shortened(name)
    if not any(isinstance(rule, Pool) for rule in study.scenario.settings.rules):
        return f"{what}: there is no pool, and the PCT pays {money(estimate)}"
    paid = study.estimate(name, "pool_payment_gbp")
    return f"{what}: the pool pays {money(paid)}, the PCT {money(estimate)}"
