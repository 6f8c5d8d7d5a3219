"""What drives risk: its sources, the size of a cluster, and settings one at a time, the strongest first."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.answers.table import column_named, heading_of
from simulator.charts.chart import Chart, with_ends
from simulator.charts.panels import draw_band, label_rows, one_panel, scale, worded, write_near
from simulator.charts.study import Study
from simulator.charts.style import DARK, DASHED, GREY, INK, LIGHT, WARM, in_house_style, wrapped
from simulator.charts.words import money, people, per_cent, per_cent_tick, phrase, tick_of, unit_of
from simulator.errors import InputError
from simulator.plain_words import listed
from simulator.questions.explain.answer import ALL_SOURCES, Explanation
from simulator.questions.explain.pieces import Source, sources_of
from simulator.questions.size.answer import CHANCE_SD, SD, Sizes
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.in_words import in_sentence, rounded
from simulator.risk.paired import Place, Samples
from simulator.scenario.scenario import Scenario
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_SOURCE_IN = 0.27
_NAMES = {
    Source.COUNTS: "chance: how many cases",
    Source.UNIT_COSTS: "chance: what a case costs",
    Source.CLUSTER_YEAR: "the cluster's year",
    Source.UNMEASURED_NEED: "need that weights do not measure",
    Source.PCT_SHOCKS: "shocks to the whole PCT",
    Source.CLUSTER_LINE: "a cluster's kinds of care",
    Source.DRIFT: "growth that drifts",
    Source.PRICES: "shocks to prices",
    Source.DOUBT: "figures that are not known",
    Source.LAST_YEAR: "last year's outturn",
    Source.BASE_YEAR: "luck of the budget's base year",
    Source.ACTIONS: "what clusters do",
    Source.INTERACTION: "shocks together",
}


@in_house_style
def variance(study: Study, cluster: str | None = None) -> Chart:
    """What drives the outturn: shares of its variance that add up to the whole."""
    alone = study.clusters[0] if len(study.clusters) == 1 else ALL_CLUSTERS
    (name,) = study.chosen(cluster or alone, with_pct=True)
    explanation = study.explanation
    shares = _shares(explanation, name)
    sd = explanation.sd_gbp(cluster=name)
    who = in_sentence(name)
    title = _variance_title(shares, who)
    subtitle = f"Shares of the variance of budget less spend over the whole contract; its SD is {money(sd)}"
    figure, axes = one_panel(title, subtitle, study.source, (len(shares) + 1) * _SOURCE_IN + 0.4)
    reached = 0.0
    for row, (_, share) in enumerate(shares):
        axes.barh(row, share.value, left=reached, height=0.62, color=LIGHT if share.value >= 0 else WARM)
        right = reached + max(share.value, share.high, 0.0)
        axes.plot([reached + share.low, reached + share.high], [row, row], color=DARK, linewidth=1.2)
        axes.plot([reached + share.value] * 2, [row - 0.31, row + 1.31], color=GREY, linewidth=0.6)
        axes.text(right + 0.012, row, per_cent(share), va="center", size=8)
        reached += share.value
    if shares:
        axes.barh(len(shares), reached, height=0.62, color=DARK)
        axes.text(reached + 0.012, len(shares), "100%", va="center", size=8)
    label_rows(axes, [*(_NAMES[source] for source, _ in shares), "all of it"])
    axes.set_xlim(right=1.18)
    axes.axvline(0, color=INK, linewidth=0.7)
    scale(axes, "x", per_cent_tick)
    parts = ", ".join(f"{_NAMES[source]} {per_cent(share)}" for source, share in shares) or "none"
    words = f"SD of budget less spend of {who}: {money(sd)}. Shares of its variance: {parts}."
    rows = [
        {"cluster": name, "source": source} | with_ends("share_of_variance", share)
        for source, share in [*shares, (ALL_SOURCES, Estimate(1, 1, 1))]
    ]
    return Chart.of("variance", title, figure, rows if shares else [], words, study.source)


def _shares(explanation: Explanation, name: str) -> list[tuple[Source, Estimate]]:
    """Return the sources that play a part."""
    found = ((source, explanation.share(source, name)) for source in sources_of(explanation.plan))
    return [(source, share) for source, share in found if share and (share.value or share.half_width)]


def _variance_title(shares: list[tuple[Source, Estimate]], who: str) -> str:
    if not shares:
        return f"Nothing makes the outturn of {who} vary: no service line is paid by the case"
    source, share = max(shares, key=lambda pair: pair[1].value)
    most = _NAMES[source].replace("chance: ", "chance in ")
    return f"What drives the outturn of {who}? Most: {most}, {per_cent(share)}"


_TICKS = tuple(digit * 10.0**power for power in range(-6, 2) for digit in (1, 2, 5))


@in_house_style
def size(study: Study, cluster: str | None = None) -> Chart:
    """How the spread of outturns falls with the size of a cluster, and what no size cures."""
    names = study.chosen(cluster)
    sizes = study.size
    title = _size_title(sizes)
    subtitle = (
        "SD of the whole contract's outturn, as a share of its budget, by registered people of a cluster of "
        "average need (both scales logarithmic)"
    )
    if _varies(sizes):
        figure, axes = one_panel(title, subtitle, study.source, 3.1)
        _draw_sizes(axes, sizes)
        _mark_clusters(axes, study, names)
    else:
        figure = worded(title, study.source, "The outturn of a cluster like most of these does not vary.")
    by_size = "; ".join(
        f"{people(row.people)} people: {per_cent(row.whole[SD])}, "
        f"by chance alone {per_cent(row.whole[CHANCE_SD])}"
        for row in sizes.rows
    )
    words = f"{by_size}. However large a cluster, {per_cent(sizes.any_size_sd_share)} is left."
    return Chart.of("size", title, figure, sizes.every_number(), words, study.source)


def _draw_sizes(axes: Axes, sizes: Sizes) -> None:
    at = [row.people for row in sizes.rows]
    whole = [row.whole[SD] for row in sizes.rows]
    chance = [row.whole[CHANCE_SD].value for row in sizes.rows]
    draw_band(axes, at, whole, "o-")
    axes.plot(at, chance, color=GREY, linestyle=DASHED)
    axes.set_xscale("log")
    axes.set_yscale("log")
    floor = sizes.any_size_sd_share
    if floor.value > 0:
        axes.axhline(floor.value, color=WARM, linewidth=1.2)
        words, across = f"what no size cures: {per_cent(floor)}", axes.get_yaxis_transform()
        write_near(axes, words, (0.005, floor.value), (0, -3), xycoords=across, va="top", size=8)
    write_near(axes, "all risk", (at[0], whole[0].value), (8, 4), weight="bold", color=DARK, size=8)
    middle = len(at) // 2 + 1
    on_line = (at[middle], chance[middle])
    write_near(axes, "chance alone", on_line, (-6, -4), ha="right", va="top", color=GREY, size=8)
    axes.xaxis.set_major_formatter(people)
    axes.yaxis.set_major_formatter(per_cent_tick)
    axes.set_yticks([one for one in _TICKS if axes.get_ylim()[0] <= one <= axes.get_ylim()[1]])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(lambda value, _: "")
    axes.grid(visible=True)
    axes.set_xlabel("registered people")


def _mark_clusters(axes: Axes, study: Study, names: tuple[str, ...]) -> None:
    """Mark the scenario's own clusters at the foot; name one that is asked for."""
    sizes, up = sorted(study.books[name].people for name in names), axes.get_xaxis_transform()
    for each in sizes:
        axes.plot([each, each], [0, 0.04], color=INK, linewidth=1, transform=up)
    words = f"{names[0]}: {people(sizes[0])}" if len(names) == 1 else "the scenario's clusters"
    write_near(axes, words, (sizes[len(names) // 2], 0.045), (0, 2), xycoords=up, ha="center", size=7.5)


def _varies(sizes: Sizes) -> bool:
    return all(row.whole[SD].value > 0 for row in sizes.rows)


def _size_title(sizes: Sizes) -> str:
    if not _varies(sizes):
        return "No cluster, of whatever size, has a risk here"
    if sizes.balance_people is None:
        return "Chance is all there is here: a larger cluster has less and less risk"
    number, _ = rounded(sizes.balance_people.value, sizes.balance_people.half_width)
    return f"Beyond about {number} people, most of a cluster's risk is not cured by size"


@dataclass(frozen=True, slots=True)
class Move:
    """One setting, or one of every line or cluster, set low and high."""

    words: str  # what is moved, and how far
    low: tuple[str, ...]  # settings as `Scenario.vary` takes them; none where that end is out of range
    high: tuple[str, ...]  # settings as `Scenario.vary` takes them; none where that end is out of range


_POINTS, _SHARE = "points", "share"
_USUAL = (
    ("growth of demand a year", "service_lines.*.growth_share", 0.01, _POINTS),
    ("growth of prices a year", "service_lines.*.price_growth_share", 0.01, _POINTS),
    ("true saving of demand", "clusters.*.true_saving_share", 0.01, _POINTS),
    ("spread of the cost of a case", "service_lines.*.unit_cost_gbp.cv", 0.25, _SHARE),
    ("SD of shocks to the whole PCT", "shocks.pct.size.sd_share", 0.5, _SHARE),
    ("SD of need that weights do not measure", "shocks.cluster.sd_share", 0.5, _SHARE),
    ("SD of a practice's need that weights do not measure", "shocks.practice.size.sd_share", 0.5, _SHARE),
    ("SD of shocks to a cluster's year", "shocks.cluster_year.sd_share", 0.5, _SHARE),
    ("uplift of budgets a year", "*rule.uplift_share", 0.01, _POINTS),
    ("margin of budgets", "*rule.margin_share", 0.01, _POINTS),
    ("practice share", "rules.surplus.practice_share", 0.5, _SHARE),
    ("PCT return", "rules.surplus.pct_return_share", 0.1, _POINTS),
    ("bond", "rules.bond.share_of_annual_budget", 0.5, _SHARE),
)
"""What is moved, its keys, and how far, in points or as a share of what it is: assumptions about what a
planner may be wrong by, or may decide. Where figures have an sd they are moved by that, and they alone."""


def usual_moves(scenario: Scenario) -> Iterator[Move]:
    """Yield what is moved unless the user says otherwise: what the scenario has of the usual settings."""
    numbers = dict(_numbers(scenario.settings.model_dump()))
    for words, keys, by, how in _USUAL:
        known = fnmatch.filter(numbers, keys)
        sds = {key.removesuffix(".sd"): numbers[key] for key in fnmatch.filter(numbers, f"{keys}.sd")}
        # A share of nothing is nothing.
        usual = {key: by if how == _POINTS else by * numbers[key] for key in known}
        moved = sds or {key: far for key, far in usual.items() if far}
        far = f"{100 * by:g}\N{NO-BREAK SPACE}{'point' if by == 0.01 else 'points'}"
        far = "one SD of what is not known" if sds else far if how == _POINTS else per_cent_tick(by)
        if moved:
            named = f"{words} ±\N{NO-BREAK SPACE}{far}"
            yield Move(named, *(_end(scenario, numbers, moved, way) for way in (-1, 1)))


def _end(
    scenario: Scenario, numbers: Mapping[str, float], moved: Mapping[str, float], way: int
) -> tuple[str, ...]:
    """Return the settings at one end of a move; none where they are out of range."""
    values = {key: numbers[key] if key in numbers else numbers[f"{key}.mean"] for key in moved}
    overrides = tuple(f"{key}={value + way * moved[key]!r}" for key, value in values.items())
    try:
        scenario.vary(*overrides)
    except InputError:
        return ()
    return overrides


def _numbers(of: object, key: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of settings with its key: rules are known by name, lines and clusters by place."""
    match of:
        case float() | int():
            yield key, of
        case Mapping():
            for name, value in of.items():
                yield from _numbers(value, f"{key}.{name}" if key else name)
        case list() | tuple():
            for at, item in enumerate(of):
                yield from _numbers(item, f"{key}.{item['rule'] if key == 'rules' else at}")


def given_moves(moves: Mapping[str, tuple[float, float]]) -> Iterator[Move]:
    """Yield moves of keys, each with its low and high value."""
    for key, (low, high) in moves.items():
        yield Move(f"{key}: {low:g}, {high:g}", (f"{key}={low!r}",), (f"{key}={high!r}",))


_MOVE_IN = 0.33
_ROOM = 0.27
"""For a number at either end, of the width between them."""
_NAME_IN, _NAME_SIZE = 2.1, 8.0
_ROUNDING = 1e-6
"""Smaller changes are rounding of sums."""
_DOWN, _UP = "down", "up"
Changes = dict[str, Estimate]
"""By direction: what the measure changes by."""


@in_house_style
def tornado(
    study: Study,
    cluster: str | None = None,
    measure: str = "overspend_probability",
    moves: Mapping[str, tuple[float, float]] | None = None,
) -> Chart:
    """What moves a measure: settings moved down and up, one at a time, the strongest first."""
    (name,) = study.chosen(cluster or ALL_CLUSTERS, with_pct=True)
    measure = column_named(measure)
    base = study.estimate(name, measure)
    chosen = usual_moves(study.scenario) if moves is None else given_moves(moves)
    found = _changes(study, (name, measure), chosen)
    most = {move: max((abs(one.value) for one in ways.values()), default=0.0) for move, ways in found.items()}
    order = sorted((move for move in found if most[move] > _ROUNDING), key=lambda move: -most[move])
    without = [move.words for move in found if move not in order]
    unit, heading, who = unit_of(measure), heading_of(measure), in_sentence(name)
    no_effect = f"Without any effect: {listed(without)}." if without else ""
    if order:
        title = f"What moves the {heading} of {who}? Most: {order[0].words}"
        subtitle = (
            f"Change of the {heading} of {phrase(base, unit)} when one setting alone is moved down "
            f"(pale) or up (dark), on the same draws of chance, with 95% intervals. {no_effect}"
        )
        figure, axes = one_panel(title, subtitle, study.source, len(order) * _MOVE_IN + 0.45)
        _draw_bars(axes, order, found, unit)
    else:
        title = f"No setting that was tried moves the {heading} of {who}"
        figure = worded(title, study.source, no_effect or "There is no setting to move.")
    words = [f"It is {phrase(base, unit)}."]
    for move in order:
        ways = ", ".join(f"{way} {phrase(one, unit, signed=True)}" for way, one in found[move].items())
        words.append(f"{move.words}: {ways}.")
    rows = [
        {"cluster": name, "measure": measure, "setting": move.words, "moved": way}
        | {"settings": " ".join(move.low if way == _DOWN else move.high), "base": base.value}
        | with_ends("change", one)
        for move, changes in found.items()
        for way, one in changes.items()
    ]
    return Chart.of("tornado", title, figure, rows, " ".join([*words, no_effect]), study.source)


def _changes(study: Study, place: Place, moves: Iterable[Move]) -> dict[Move, Changes]:
    """Return by move what the measure changes by."""
    draws = SharedDraws.of(study.scenario, study.draws)

    def of(result: Result) -> Samples:
        return Samples.of(result.contract_outcomes, result.plan.terms).at([place])

    own = of(study.result)
    found: dict[Move, Changes] = {}
    for move in moves:
        found[move] = {}
        for way, overrides in ((_DOWN, move.low), (_UP, move.high)):
            if overrides:
                moved = of(draws.simulate(study.scenario.vary(*overrides)))
                if (difference := moved.against(own)[place].difference) is not None:
                    found[move][way] = difference
    return found


def _draw_bars(axes: Axes, order: list[Move], found: dict[Move, Changes], unit: Unit) -> None:
    looks = {_DOWN: (-0.19, LIGHT), _UP: (0.19, DARK)}
    for row, move in enumerate(order):
        for way, one in found[move].items():
            offset, colour = looks[way]
            axes.barh(row + offset, one.value, height=0.36, color=colour)
            axes.plot([one.low, one.high], [row + offset] * 2, color=WARM, linewidth=1.2)
            left = one.value < 0
            end = min(one.value, one.low) if left else max(one.value, one.high)
            away, side = (-3, "right") if left else (3, "left")
            words, place = phrase(one, unit, signed=True), (end, row + offset)
            write_near(axes, words, place, (away, 0), ha=side, va="center", size=6.5, color=INK)
    label_rows(axes, [wrapped(move.words, _NAME_IN, _NAME_SIZE, most_lines=2) for move in order])
    axes.axvline(0, color=INK, linewidth=0.8)
    ends = [0.0, *(end for moved in found.values() for one in moved.values() for end in (one.low, one.high))]
    room = _ROOM * (max(ends) - min(ends))
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.xaxis.set_major_formatter(tick_of(unit, signed=True))
    axes.grid(visible=True, axis="x", color=GREY, alpha=0.2)
