"""Where each pound of a surplus goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import (
    DARK,
    GREY,
    INK,
    LIGHT,
    PALE,
    WARM,
    framed,
    in_house_style,
    rows_height_in,
    set_rows,
)
from simulator.charts.words import money, per_cent, sentence
from simulator.plain_words import spaced
from simulator.records import Account, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP, AccountBook
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS = {
    Account.PRACTICES: ("practices", DARK, "white"),
    Account.REINVESTMENT: ("reinvested in care", LIGHT, INK),
    Account.POOL: ("PCT's pool", PALE, INK),
}
"""By who gets it; the PCT gets money for several reasons, which are told apart."""
_PCT_LOOKS = ((GREY, "white"), (WARM, INK), ("white", INK))
_STAYS = (Account.PROVIDERS, Account.HELD)
"""What goes there is no surplus, or waits to be split."""
Look = tuple[str, str, str]
"""Words, the colour of the bar, and of what is written on it."""
_ROOM_FOR_WORDS = 0.08
"""Share of the width that a number needs."""


@in_house_style
def draw(study: Study, cluster: str | None = None) -> Chart:
    """Where each pound of a surplus goes: practices, the PCT and reinvestment."""
    import pandas as pd

    names = study.chosen(cluster, with_pct=True)
    if cluster is None and len(names) > 1:
        names = (*names, ALL_CLUSTERS)
    surplus = {name: mean(study.books[name].total_surplus_gbp) for name in names}
    parts = {name: _parts(study.books[name]) for name in names}
    looks = _looks(study.books[names[-1]])
    used = [look for reason, look in looks.items() if any(reason in found for found in parts.values())]
    title = _title(study.books[names[-1]], parts)
    subtitle = (
        "Pence of each pound of the years' surpluses over the contract, and the mean surplus of a contract"
    )
    figure, grid = framed(title, subtitle, study.source, rows_height_in(names) + 0.3)
    axes = figure.add_subplot(grid[0])
    set_rows(axes, names)
    for row, name in enumerate(names):
        _draw_row(axes, row, parts[name], looks)
        axes.text(
            1.01, row, money(surplus[name]), transform=axes.get_yaxis_transform(), va="center", size=7.5
        )
    _name_parts(axes, used)
    axes.text(1.01, 1.0, "surplus", transform=axes.transAxes, va="bottom", size=7.5, weight="bold")
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}p")
    said = " ".join(f"{name}: {_alt_text(parts[name], surplus[name], looks)}" for name in names)
    data = pd.DataFrame(_rows(study, names, parts, looks))
    return Chart("surplus-split", title, figure, data, f"{sentence(title)} {said}", study.source)


def _looks(book: AccountBook) -> dict[str, Look]:
    """Return how each flow of surpluses looks, by its reason, in the order of the rules."""
    ways = {
        reason: flow.payee
        for reason, flow in book.flows.items()
        if flow.payer == Account.CLUSTER and flow.payee not in _STAYS
    }
    to_the_pct = [reason for reason, payee in ways.items() if payee == Account.PCT]
    looks = {}
    for reason, payee in ways.items():
        if payee == Account.PCT:
            colour, ink = _PCT_LOOKS[to_the_pct.index(reason) % len(_PCT_LOOKS)]
            looks[reason] = (f"PCT, {spaced(reason)}", colour, ink)
        else:
            looks[reason] = _LOOKS.get(payee, (str(payee), WARM, INK))
    return looks


def _parts(book: AccountBook) -> dict[str, Estimate]:
    """Return the share of all surpluses that goes each way; nothing where there is none."""
    surplus = book.total_surplus_gbp
    if surplus.mean() < PENNY_GBP:
        return {}
    paid = {reason: book.total_gbp(reason) for reason in _looks(book)}
    return {reason: _ratio(gbp, surplus) for reason, gbp in paid.items() if gbp.mean() >= PENNY_GBP}


def _ratio(part: FloatArray, whole: FloatArray) -> Estimate:
    """Estimate mean(part) / mean(whole), with the error of a ratio (Cochran 1977, section 2.11)."""
    value = float(part.mean() / whole.mean())
    left = part - value * whole
    error = float(np.sqrt(left @ left / (left.size - 1) / left.size) / whole.mean())
    # Always the same share, up to the rounding of sums.
    error = error if error > 1e-9 else 0.0
    return Estimate(value, value - CONFIDENCE_Z * error, value + CONFIDENCE_Z * error, error)


def _draw_row(axes: Axes, row: int, parts: dict[str, Estimate], looks: dict[str, Look]) -> None:
    if not parts:
        axes.text(0.01, row, "no surplus in any contract", va="center", size=7.5, color=GREY)
    left = 0.0
    for reason, share in parts.items():
        _, colour, ink = looks[reason]
        axes.barh(row, share.value, left=left, height=0.62, color=colour, edgecolor=INK, linewidth=0.4)
        if share.value >= _ROOM_FOR_WORDS:
            axes.text(
                left + share.value / 2,
                row,
                per_cent(share, sign="p"),
                ha="center",
                va="center",
                size=7.5,
                color=ink,
            )
        left += share.value


def _name_parts(axes: Axes, used: list[Look]) -> None:
    """Write what the colours are above the bars, in the bars' order."""
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=colour, edgecolor=INK, linewidth=0.4, label=words) for words, colour, _ in used
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        borderaxespad=0.2,
        handlelength=1.2,
        columnspacing=1.2,
        fontsize=7.5,
    )


def _title(book: AccountBook, parts: dict[str, dict[str, Estimate]]) -> str:
    if not any(parts.values()):
        return "No contract ends a year with a surplus: there is nothing to split"
    kept = [reason for reason in parts[book.name] if book.flows[reason].payee == Account.PRACTICES]
    if len(kept) != 1:
        return "Where does each pound of a surplus go?"
    return f"Of each pound of surplus, practices keep {per_cent(parts[book.name][kept[0]], sign='p')}"


def _alt_text(parts: dict[str, Estimate], surplus: Estimate, looks: dict[str, Look]) -> str:
    if not parts:
        return "no surplus."
    shares = ", ".join(f"{looks[reason][0]} {per_cent(share, sign='p')}" for reason, share in parts.items())
    return f"of surpluses of {money(surplus)}, {shares} in the pound."


def _rows(
    study: Study,
    names: tuple[str, ...],
    parts: dict[str, dict[str, Estimate]],
    looks: dict[str, Look],
) -> list[dict[str, str | float]]:
    rows: list[dict[str, str | float]] = []
    for name in names:
        for reason, share in parts[name].items():
            gbp = mean(study.books[name].total_gbp(reason))
            row: dict[str, str | float] = {
                "cluster": name,
                "goes_to": looks[reason][0],
                "flow": f"{reason}_gbp",
            }
            row |= {
                "share_of_surplus": share.value,
                "share_of_surplus_low": share.low,
                "share_of_surplus_high": share.high,
            }
            rows.append(row | {"mean_gbp": gbp.value, "mean_gbp_low": gbp.low, "mean_gbp_high": gbp.high})
    return rows
