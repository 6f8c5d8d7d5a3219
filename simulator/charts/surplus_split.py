"""Where each pound of a surplus goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart
from simulator.charts.rows import rows_height_in, set_rows
from simulator.charts.study import Study
from simulator.charts.style import DARK, GREY, INK, LIGHT, PALE, WARM, framed, in_house_style
from simulator.charts.words import money, per_cent, sentence
from simulator.records import FloatArray, Reason
from simulator.risk.account_book import PCT_ROW, PENNY_GBP, AccountBook
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.mean import mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GOES_TO = {
    Reason.PRACTICE_SHARE: ("practices", DARK, "white"),
    Reason.REINVESTMENT: ("reinvested in care", LIGHT, INK),
    Reason.PCT_RETURN: ("PCT's pool", PALE, INK),
    Reason.DEFICIT_REPAID: ("earlier overspends", GREY, "white"),
    Reason.CORRIDOR_RETURN: ("PCT, by the corridor", WARM, INK),
    Reason.UNSHARED_SURPLUS: ("PCT, unshared", "white", INK),
}
_ROOM_FOR_WORDS = 0.08
"""Share of the width that a number needs."""


@in_house_style
def draw(study: Study, cluster: str | None = None) -> Chart:
    """Where each pound of a surplus goes: practices, the PCT and reinvestment."""
    import pandas as pd

    names = study.chosen(cluster, with_pct=True)
    if cluster is None and len(names) > 1:
        names = (*names, PCT_ROW)
    surplus = {name: mean(study.books[name].total_surplus_gbp) for name in names}
    parts = {name: _parts(study.books[name]) for name in names}
    used = [reason for reason in _GOES_TO if any(reason in found for found in parts.values())]
    title = _title(names, parts)
    subtitle = (
        "Pence of each pound of the years' surpluses over the contract, and the mean surplus of a contract"
    )
    figure, grid = framed(title, subtitle, study.source, rows_height_in(names) + 0.3)
    axes = figure.add_subplot(grid[0])
    set_rows(axes, names)
    for row, name in enumerate(names):
        _draw_row(axes, row, parts[name])
        axes.text(
            1.01, row, money(surplus[name]), transform=axes.get_yaxis_transform(), va="center", size=7.5
        )
    _name_parts(axes, used)
    axes.text(1.01, 1.0, "surplus", transform=axes.transAxes, va="bottom", size=7.5, weight="bold")
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}p")
    said = " ".join(f"{_named(name)}: {_said(parts[name], surplus[name])}" for name in names)
    data = pd.DataFrame(_rows(study, names, parts))
    return Chart("surplus-split", title, figure, data, f"{sentence(title)} {said}", study.source)


def _parts(book: AccountBook) -> dict[Reason, Estimate]:
    """Return the share of all surpluses that goes each way; nothing where there is none."""
    surplus = book.total_surplus_gbp
    if surplus.mean() < PENNY_GBP:
        return {}
    paid = {reason: book.total_gbp(reason) for reason in _GOES_TO}
    return {reason: _ratio(gbp, surplus) for reason, gbp in paid.items() if gbp.mean() >= PENNY_GBP}


def _ratio(part: FloatArray, whole: FloatArray) -> Estimate:
    """Estimate mean(part) / mean(whole), with the error of a ratio (Cochran 1977, section 2.11)."""
    value = float(part.mean() / whole.mean())
    left = part - value * whole
    error = float(np.sqrt(left @ left / (left.size - 1) / left.size) / whole.mean())
    # Always the same share, up to the rounding of sums.
    error = error if error > 1e-9 else 0.0
    return Estimate(value, value - CONFIDENCE_Z * error, value + CONFIDENCE_Z * error, error)


def _draw_row(axes: Axes, row: int, parts: dict[Reason, Estimate]) -> None:
    if not parts:
        axes.text(0.01, row, "no surplus in any contract", va="center", size=7.5, color=GREY)
    left = 0.0
    for reason, share in parts.items():
        _, colour, ink = _GOES_TO[reason]
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


def _name_parts(axes: Axes, used: list[Reason]) -> None:
    """Write what the colours are above the bars, in the bars' order."""
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=_GOES_TO[reason][1], edgecolor=INK, linewidth=0.4, label=_GOES_TO[reason][0])
        for reason in used
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


def _title(names: tuple[str, ...], parts: dict[str, dict[Reason, Estimate]]) -> str:
    whole = parts[names[-1]]
    if not any(parts.values()):
        return "No contract ends a year with a surplus: there is nothing to split"
    if not whole or Reason.PRACTICE_SHARE not in whole:
        return "Where does each pound of a surplus go?"
    return f"Of each pound of surplus, practices keep {per_cent(whole[Reason.PRACTICE_SHARE], sign='p')}"


def _said(parts: dict[Reason, Estimate], surplus: Estimate) -> str:
    if not parts:
        return "no surplus."
    shares = ", ".join(
        f"{_GOES_TO[reason][0]} {per_cent(share, sign='p')}" for reason, share in parts.items()
    )
    return f"of surpluses of {money(surplus)}, {shares} in the pound."


def _named(name: str) -> str:
    return "All clusters together" if name == PCT_ROW else name


def _rows(
    study: Study, names: tuple[str, ...], parts: dict[str, dict[Reason, Estimate]]
) -> list[dict[str, str | float]]:
    rows: list[dict[str, str | float]] = []
    for name in names:
        for reason, share in parts[name].items():
            gbp = mean(study.books[name].total_gbp(reason))
            row: dict[str, str | float] = {
                "cluster": name,
                "goes_to": _GOES_TO[reason][0],
                "flow": f"{reason}_gbp",
            }
            row |= {
                "share_of_surplus": share.value,
                "share_of_surplus_low": share.low,
                "share_of_surplus_high": share.high,
            }
            rows.append(row | {"mean_gbp": gbp.value, "mean_gbp_low": gbp.low, "mean_gbp_high": gbp.high})
    return rows
