"""What each action did, and was worth for a pound spent on it, as a waterfall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulator.charts.chart import Chart, with_ends
from simulator.charts.look import DARK, GREY, INK, LIGHT, WARM
from simulator.charts.panels import scale, worded
from simulator.charts.rows import BAR_IN, Beside, Rows, rows_at
from simulator.charts.sheet import sheet
from simulator.charts.strips import Key, Sign
from simulator.charts.study import Study
from simulator.charts.style import in_house_style
from simulator.charts.words import MINUS, money, per_cent, pounds, short, shortened
from simulator.questions.worth.ask import INTERACTION, TOGETHER, Worth
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import in_sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WORDS = {INTERACTION: "what they bring together", TOGETHER: "all of them"}
_SIGNS = (
    Sign("saves more than it costs", {"facecolor": LIGHT, "edgecolor": "none"}),
    Sign("costs more than it saves", {"facecolor": WARM, "edgecolor": "none"}),
    Sign("all of them", {"facecolor": DARK, "edgecolor": "none"}),
    Sign("95% interval", {"color": INK, "linewidth": 1}),
)


@in_house_style
def actions(study: Study, cluster: str | None = None) -> Chart:
    """What each action that clusters take saves net of its cost, and for a pound spent on it."""
    alone = study.clusters[0] if len(study.clusters) == 1 else ALL_CLUSTERS
    (name,) = study.chosen(cluster or alone, with_pct=True)
    if not study.scenario.settings.actions:
        why = f"The scenario has no actions, so {in_sentence(name)} saves nothing by any."
        title = "Clusters do nothing about demand here"
        return Chart.of("actions", title, worded(title, study.source, why), [], why, study.source)
    found = [one for one in study.worth.rows if one.cluster == name]
    every, (*each, interaction, together) = study.worth.rows, found
    rows = [*sorted(each, key=lambda one: -one.net.value), interaction, together]
    title = _title(together.net, name)
    subtitle = (
        "Saved less cost over the contract, of what clusters answer for: each action alone on the same "
        "draws, and what all bring beyond that"
    )
    strip = Rows([_name(one) for one in rows], _beside(rows), least_in=0.27, apart=1)
    figure, (axes,) = sheet(title, subtitle, study.source, [Key(_SIGNS), strip])
    _draw(axes, rows)
    words = f"{name}: " + " ".join(_said(one) for one in rows)
    data = [
        {"cluster": one.cluster, "action": one.action}
        | with_ends("cost_gbp", one.cost)
        | with_ends("saved_gbp", one.saving)
        | with_ends("net_gbp", one.net)
        | with_ends("held_back_gbp", one.held_back)
        for one in (every if name == ALL_CLUSTERS else found)
    ]
    return Chart.of("actions", title, figure, data, words, study.source)


def _name(one: Worth) -> str:
    return _WORDS.get(one.action, one.action)


def _beside(rows: Sequence[Worth]) -> list[Beside]:
    """Return the numbers of each row; care held back only where there is some."""
    columns = [
        Beside("net", [money(one.net) for one in rows]),
        Beside("cost", [_amount(one.cost) for one in rows]),
        Beside("saved for £1", [money(one.per_pound) if one.per_pound else "" for one in rows]),
    ]
    if any(one.held_back.value for one in rows):
        columns.append(Beside("care held back", [_amount(one.held_back) for one in rows]))
    return columns


def _amount(one: Estimate) -> str:
    return short(one) if one.value else ""


def _draw(axes: Axes, rows: Sequence[Worth]) -> None:
    """Draw each row from where the one above ends; the last, all of them, from nothing."""
    end, above = 0.0, None
    for place, one in zip(rows_at(axes), rows, strict=True):
        start = 0.0 if one.action == TOGETHER else end
        net = one.net
        colour = DARK if one.action == TOGETHER else LIGHT if net.value > 0 else WARM
        axes.barh(place, net.value, left=start, height=BAR_IN, color=colour)
        axes.plot([start + net.low, start + net.high], [place, place], color=INK, linewidth=1)
        if above is not None:
            axes.plot([end, end], [above, place], color=GREY, linewidth=0.6, zorder=0)
        end, above = start + net.value, place
    axes.axvline(0, color=INK, linewidth=0.7)
    axes.use_sticky_edges = False
    axes.margins(x=0.04)
    scale(axes, "x", pounds)


def _title(net: Estimate, name: str) -> str:
    whose = "What clusters do" if name == ALL_CLUSTERS else f"What {shortened(name)} does"
    if not beyond_chance(net):
        return f"{whose} saves what it costs, within chance"
    more, less = ("saves", "costs") if net.value > 0 else ("costs", "saves")
    size = money(net).removeprefix(MINUS)
    return f"{whose} {more} {size} more than it {less}"


def _said(one: Worth) -> str:
    pays = f", pays in {per_cent(one.pays)} of contracts" if one.pays else ""
    held = f", {money(one.held_back)} of care held back" if one.held_back.value else ""
    return f"{_name(one)} net {money(one.net)}, cost {money(one.cost)}{pays}{held}."
