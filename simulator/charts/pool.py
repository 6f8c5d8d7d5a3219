"""The PCT's pool over the contract: what is paid in and out, what is left, and what falls on the PCT."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import DARK, INK, LIGHT, PALE, WARM, framed, in_house_style
from simulator.charts.words import money, pounds, sentence
from simulator.records import Account, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, AccountBook
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean
from simulator.risk.positions import pct_payment_by_year_gbp
from simulator.rules.pool import Pool

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_IN, _OUT, _PCT, _BALANCE = "paid in", "paid out", "falls on the PCT", "left in the pool"
_LOOKS = {_IN: (LIGHT, None), _OUT: (DARK, None), _PCT: (WARM, None), _BALANCE: (PALE, "////")}
_WIDTH = 0.2
_FEW_YEARS = 3
"""With more, the bars are narrower than what is written on them."""


@in_house_style
def draw(study: Study, cluster: str | None = None) -> Chart:
    """The PCT's pool by year: paid in, paid out and left, and the overspends that fall on the PCT."""
    import pandas as pd

    (name,) = study.chosen(cluster or ALL_CLUSTERS, with_pct=True)
    found = {
        (year, what): mean(gbp[:, at])
        for what, gbp in _flows(study.books[name]).items()
        for at, year in enumerate(study.years)
    }
    title = _title(study, name)
    subtitle = (
        "Mean of all contracts by year, in pounds, with 95% intervals; left in the pool: at the year's end"
    )
    figure, grid = framed(title, subtitle, study.source, 2.9)
    _draw_years(figure.add_subplot(grid[0]), study.years, found)
    said = " ".join(
        f"{year}: " + ", ".join(f"{what} {money(found[year, what])}" for what in _LOOKS) + "."
        for year in study.years
    )
    rows = [
        {
            "cluster": name,
            "year": year,
            "what": what,
            "mean_gbp": one.value,
            "mean_gbp_low": one.low,
            "mean_gbp_high": one.high,
        }
        for (year, what), one in found.items()
    ]
    return Chart("pool", title, figure, pd.DataFrame(rows), f"{sentence(title)} {said}", study.source)


def _flows(book: AccountBook) -> dict[str, FloatArray]:
    """Return pounds by contract and year."""
    pool, others = (Account.POOL,), tuple(account for account in Account if account != Account.POOL)
    paid_in, paid_out = book.paid_by_year_gbp(others, pool), book.paid_by_year_gbp(pool, others)
    balance = np.cumsum(paid_in - paid_out, axis=1)
    return {_IN: paid_in, _OUT: paid_out, _PCT: pct_payment_by_year_gbp(book), _BALANCE: balance}


def _draw_years(axes: Axes, years: tuple[str, ...], found: dict[tuple[str, str], Estimate]) -> None:
    upright = 0 if len(years) <= _FEW_YEARS else 90
    for at, (what, (colour, hatch)) in enumerate(_LOOKS.items()):
        places = np.arange(len(years)) + (at - 1.5) * _WIDTH
        estimates = [found[year, what] for year in years]
        heights = [one.value for one in estimates]
        errors = np.array([[one.value - one.low, one.high - one.value] for one in estimates]).T
        axes.bar(
            places,
            heights,
            _WIDTH * 0.92,
            yerr=errors,
            color=colour,
            hatch=hatch,
            edgecolor=INK,
            linewidth=0.4,
            label=what,
            error_kw={"elinewidth": 1, "ecolor": INK, "capsize": 2},
        )
        for place, one in zip(places, estimates, strict=True):
            axes.annotate(
                pounds(one.value),
                (place, max(one.high, 0.0)),
                (0, 2),
                textcoords="offset points",
                ha="center",
                size=7,
                rotation=upright,
            )
    axes.set_xticks(range(len(years)), years)
    axes.tick_params(axis="x", length=0)
    axes.axhline(0, color=INK, linewidth=0.7)
    if not any(one.value for one in found.values()):
        axes.set_ylim(0, 1)
        axes.set_yticks([0])
    axes.yaxis.set_major_formatter(pounds)
    axes.grid(visible=True, axis="y")
    axes.margins(y=0.12 if upright == 0 else 0.2)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=4,
        borderaxespad=0.2,
        handlelength=1.4,
        columnspacing=1.4,
        fontsize=8,
    )


def _title(study: Study, name: str) -> str:
    estimate = study.estimate(name, "pct_payment_gbp")
    whose = "" if name == ALL_CLUSTERS else f" for {name}"
    has_pool = any(isinstance(rule, Pool) for rule in study.scenario.settings.rules)
    if not has_pool:
        return f"No pool pays{whose} here: {money(estimate)} of overspends falls on the PCT"
    paid = study.estimate(name, "pool_payment_gbp")
    return f"The pool pays {money(paid)} of overspends{whose}; {money(estimate)} falls on the PCT"
