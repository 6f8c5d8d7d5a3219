"""Where surpluses go: each pound of them, and the practice share with its part by luck."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.charts.chart import Chart, measure_rows, with_ends
from simulator.charts.look import DARK, GREY, INK, LIGHT, PALE, WARM, ranked
from simulator.charts.panels import scale, worded, write_together
from simulator.charts.rows import BAR_IN, Beside, Rows, rows_at
from simulator.charts.sheet import Strip, on_slide, sheet
from simulator.charts.strips import Heading, Key, Plot, Sign, Words
from simulator.charts.study import Study, fan_of
from simulator.charts.style import Looks, in_house_style
from simulator.charts.words import money, per_cent, per_cent_tick, pounds, short, shortened
from simulator.plain_words import spaced
from simulator.records import Account, FloatArray
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import mean, mean_difference, probability
from simulator.sums import inner

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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
_EDGE: Looks = {"edgecolor": INK, "linewidth": 0.4}
_PENCE_IN = 1.4 * BAR_IN
_ROOM_FOR_WORDS = 0.08
"""Share of the width that a number needs."""


@in_house_style
def surplus_split(study: Study, cluster: str | None = None) -> Chart:
    """Where each pound of a surplus goes: practices, the PCT and reinvestment."""
    names = study.chosen_and_all(cluster)
    surplus = {name: mean(study.books[name].total_surplus_gbp) for name in names}
    parts = {name: _parts(study.books[name]) for name in names}
    looks = _looks(study.books[names[-1]])
    used = [look for reason, look in looks.items() if any(reason in found for found in parts.values())]
    title = _split_title(study.books[names[-1]], parts)
    subtitle = "Surpluses of the years of a contract, in pence of each pound and in pounds by cluster"
    # The largest surplus first; all together are the rule's bar, and have no row that dwarfs the others.
    clusters = ranked(names[: -1 if len(names) > 1 else None], lambda name: surplus[name].value)
    whose = "all clusters" if len(names) > 1 else names[0]
    amounts = Beside("mean surplus", [money(surplus[name]) for name in clusters])
    label = "mean of all simulated contracts"
    amount = Beside("mean surplus", [money(surplus[names[-1]])])
    rule = Rows([whose], (amount,), ticks=False, bar_in=_PENCE_IN)
    strips: list[Strip] = [
        Key([Sign(words, {"facecolor": colour} | _EDGE) for words, colour, _ in used]),
        Heading("Of each pound, in pence"),
        rule,
    ]
    if len(names) > 1:
        strips += [Heading("In pounds"), Rows(clusters, (amounts,), label=label)]
    strips = on_slide(strips, strips[:3])
    figure, axes = sheet(title, subtitle, study.source, strips)
    _draw_pence(axes[0], parts[names[-1]], looks)
    if len(axes) > 1:
        _draw_pounds(axes[1], [study.books[name] for name in clusters], looks)
    words = " ".join(f"{name}: {_split_words(parts[name], surplus[name], looks)}" for name in names)
    rows = [
        {"cluster": name, "goes_to": looks[reason][0], "flow": f"{reason}_gbp"}
        | with_ends("share_of_surplus", share)
        | with_ends("mean_gbp", mean(study.books[name].total_gbp(reason)))
        for name in names
        for reason, share in parts[name].items()
    ]
    return Chart.of("surplus-split", title, figure, rows, words, study.source)


def _looks(book: AccountBook) -> dict[str, Look]:
    """Return how each flow of surpluses looks, by its reason, in the order of the rules."""
    looks, of_the_pct = {}, itertools.cycle(_PCT_LOOKS)
    for reason, flow in book.flows.items():
        if flow.is_spend:
            continue
        if flow.payer == Account.CLUSTER and flow.payee == Account.PCT:
            looks[reason] = (f"PCT, {spaced(reason)}", *next(of_the_pct))
        elif flow.payer == Account.CLUSTER and flow.payee not in _STAYS and not flow.is_spend:
            looks[reason] = _LOOKS.get(flow.payee, (str(flow.payee), WARM, INK))
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
    error = float(np.sqrt(inner(left, left) / (left.size - 1) / left.size) / whole.mean())
    # Always the same share, up to the rounding of sums.
    return Estimate.with_error(value, error if error > 1e-9 else 0.0)


def _draw_pence(axes: Axes, parts: dict[str, Estimate], looks: dict[str, Look]) -> None:
    """Draw the one bar of the rule."""
    (place,), left = rows_at(axes), 0.0
    if not parts:
        axes.text(0.01, place, "no surplus in any contract", va="center", size=7.5, color=GREY)
    for reason, share in parts.items():
        _, colour, ink = looks[reason]
        axes.barh(place, share.value, left=left, height=_PENCE_IN, color=colour, **_EDGE)
        if share.value >= _ROOM_FOR_WORDS:
            pence = short(share, Unit.SHARE).replace("%", "p")
            axes.text(left + share.value / 2, place, pence, ha="center", va="center", size=7.5, color=ink)
        left += share.value
    # The last edge is a line of its own width.
    axes.set_xlim(0, 1.003 * max(left, 1.0))


def _draw_pounds(axes: Axes, books: list[AccountBook], looks: dict[str, Look]) -> None:
    """Draw a bar of pounds for each cluster, in the parts of the one above."""
    for place, book in zip(rows_at(axes), books, strict=True):
        left = 0.0
        for reason, (_, colour, _) in looks.items():
            paid = float(book.total_gbp(reason).mean()) if reason in book.flows else 0.0
            if paid:
                axes.barh(place, paid, left=left, height=BAR_IN, color=colour, **_EDGE)
            left += paid
    axes.set_xlim(0, max(axes.get_xlim()[1], 1.0))
    scale(axes, "x", pounds)


def _split_title(book: AccountBook, parts: dict[str, dict[str, Estimate]]) -> str:
    if not any(parts.values()):
        return "No contract ends a year with a surplus: there is nothing to split"
    kept = [reason for reason in parts[book.name] if book.flows[reason].payee == Account.PRACTICES]
    if len(kept) != 1:
        return (
            "Practices keep nothing of a surplus" if not kept else "Practices keep a surplus in several ways"
        )
    return f"Of each pound of surplus, practices keep {per_cent(parts[book.name][kept[0]], sign='p')}"


def _split_words(parts: dict[str, Estimate], surplus: Estimate, looks: dict[str, Look]) -> str:
    if not parts:
        return "no surplus."
    shares = ", ".join(f"{looks[reason][0]} {per_cent(share, sign='p')}" for reason, share in parts.items())
    return f"of surpluses of {money(surplus)}, {shares} in the pound."


_BINS = 40
_ALL_LUCK = "No cluster truly saves anything here, so all of it is luck"


@dataclass(frozen=True)
class _Share:
    """One cluster's practice share over the contract."""

    paid_gbp: FloatArray  # shape (contract,)
    luck_gbp: FloatArray  # in the same contracts, had no cluster truly saved anything
    total: Estimate  # mean
    luck: Estimate  # its part by luck
    skill: Estimate  # and by true saving
    none: Estimate  # probability of no share at all
    fan: dict[float, Estimate]  # quantiles of what is paid, by level


@in_house_style
def practice_share(study: Study, cluster: str | None = None) -> Chart:
    """What practices may keep over the contract, and how much of it is luck."""
    names = study.chosen(cluster)
    found = {name: _share(study, at) for at, name in enumerate(study.clusters) if name in names}
    all_luck = study.without_saving is study.result
    title = _share_title(found, all_luck=all_luck)
    if not any(one.paid_gbp.any() for one in found.values()):
        why = "Clusters take no practice share, post no bond for it, or have no surplus."
        figure = worded(title, study.source, why)
    elif len(names) == 1:
        figure = _spread(found[names[0]], title, study.source, all_luck=all_luck)
    else:
        # The largest share first.
        found = dict(ranked(found.items(), lambda pair: pair[1].total.value))
        figure = _draw_means(found, title, study.source, all_luck=all_luck)
    words = [f"{name}: {_share_words(one)}" for name, one in found.items()] + all_luck * [f"{_ALL_LUCK}."]
    data = measure_rows({name: _measures(one) for name, one in found.items()})
    return Chart.of("practice-share", title, figure, data, " ".join(words), study.source)


def _share(study: Study, at: int) -> _Share:
    paid, luck = (
        result.contract_outcomes.practice_share_gbp[:, :, at].sum(axis=1)
        for result in (study.result, study.without_saving)
    )
    total, none = study.estimate(study.clusters[at], "practice_share_gbp"), probability(paid < PENNY_GBP)
    return _Share(paid, luck, total, mean(luck), mean_difference(paid, luck), none, fan_of(paid))


def _spread(one: _Share, title: str, source: str, *, all_luck: bool) -> Figure:
    """Draw one cluster's contracts by the size of their share; those without one are told in words."""
    top = max(float(np.quantile(one.paid_gbp, 0.999)), float(np.quantile(one.luck_gbp, 0.999)), 1.0)
    edges = np.linspace(0, top, _BINS + 1)

    def heights(paid: FloatArray) -> FloatArray:
        some = paid[paid >= PENNY_GBP]
        counts, _ = np.histogram(np.minimum(some, top), edges)
        return np.asarray(counts / paid.size)

    mean_line: Looks = {"color": INK, "linewidth": 1}
    without: Looks = {"color": WARM, "linewidth": 1.6}
    signs = [
        Sign("practice share", {"facecolor": LIGHT, "edgecolor": "none"}),
        *[Sign("without true saving", without)] * (not all_luck),
        Sign(f"mean {money(one.total)}", mean_line),
    ]
    parts = f"Of the mean, luck is {money(one.luck)} and true saving {money(one.skill)}."
    words = [
        f"Nothing at all is paid in {per_cent(one.none)} of contracts, which are not drawn.",
        f"{_ALL_LUCK}." if all_luck else parts,
    ]
    subtitle = "Share of contracts by practice share over the whole contract, in pounds"
    plot = Plot(2.4, below_in=0.45)
    figure, (axes,) = sheet(title, subtitle, source, [Key(signs), plot, Words(words)])
    axes.bar(edges[:-1], heights(one.paid_gbp), np.diff(edges), align="edge", color=LIGHT)
    if not all_luck:
        axes.stairs(heights(one.luck_gbp), edges, **without)
    tallest = max(float(heights(one.paid_gbp).max()), float(heights(one.luck_gbp).max()), 1e-3)
    axes.set(xlim=(0, top), ylim=(0, 1.08 * tallest))
    axes.axvline(one.total.value, **mean_line)
    write_together(axes.xaxis, pounds)
    write_together(axes.yaxis, per_cent_tick)
    axes.set_xlabel("practice share, where there is any")
    return figure


def _draw_means(found: dict[str, _Share], title: str, source: str, *, all_luck: bool) -> Figure:
    """Draw a row for each cluster."""
    skilled: Looks = {"facecolor": WARM, "edgecolor": INK, "hatch": "////", "linewidth": 0.4}
    wasted: Looks = {"facecolor": "white", "edgecolor": WARM, "hatch": "....", "linewidth": 0.8}
    saves = any(one.skill.value > 0 for one in found.values())
    wastes = any(one.skill.value < 0 for one in found.values())
    signs = [
        Sign("by luck", {"facecolor": LIGHT, "edgecolor": "none"}),
        *saves * [Sign("by true saving", skilled)],
        *wastes * [Sign("lost by wasting", wasted)],
        Sign("nine contracts in ten", {"color": DARK, "linewidth": 1}),
    ]
    beside = [Beside("mean", [money(one.total) for one in found.values()])]
    if not all_luck:
        beside.append(Beside("by luck", [money(one.luck) for one in found.values()]))
    subtitle = "Practice share over the whole contract: its mean, and what nine contracts in ten end on"
    figure, (axes,) = sheet(title, subtitle, source, [Key(signs), Rows(list(found), beside)])
    for place, one in zip(rows_at(axes), found.values(), strict=True):
        paid_by_luck = min(one.luck.value, one.total.value)
        axes.barh(place, paid_by_luck, height=BAR_IN, color=LIGHT)
        looks = skilled if one.skill.value > 0 else wasted
        if one.skill.value:
            axes.barh(place, abs(one.skill.value), left=paid_by_luck, height=BAR_IN, **looks)
        low, high = one.fan[0.05].value, one.fan[0.95].value
        axes.plot([low, high], [place, place], color=DARK, linewidth=1)
        axes.plot([high], [place], "|", color=DARK, markersize=6)
    axes.set_xlim(left=0)
    scale(axes, "x", pounds)
    return figure


def _share_title(found: dict[str, _Share], *, all_luck: bool) -> str:
    if all(not one.total.value for one in found.values()):
        return "No practice share is paid in any simulated contract"
    if len(found) > 1:
        every_pound = "Every pound of practice share is luck: nobody truly saves"
        by_luck = sum(one.luck.value for one in found.values()) / sum(
            one.total.value for one in found.values()
        )
        if by_luck > 1:
            return "Practices would be paid more without what they save and waste"
        return (
            every_pound if all_luck else f"About {100 * by_luck:.0f}% of the practice share is paid for luck"
        )
    name, one = next(iter(found.items()))
    return f"{shortened(name)}: mean practice share {money(one.total)}{', all of it luck' * all_luck}"


def _share_words(one: _Share) -> str:
    low, high = short(one.fan[0.05]), short(one.fan[0.95])
    return (
        f"mean {money(one.total)} (luck {money(one.luck)}, true saving {money(one.skill)}), "
        f"none in {per_cent(one.none)} of contracts, nine in ten between {low} and {high}."
    )


def _measures(one: _Share) -> dict[str, Estimate]:
    """Return the chart's data of one cluster."""
    means = {"practice_share_gbp": one.total, "luck_gbp": one.luck, "true_saving_gbp": one.skill}
    quantiles = {f"practice_share_{100 * level:g}_gbp": gbp for level, gbp in one.fan.items()}
    return means | {"no_share_probability": one.none} | quantiles
