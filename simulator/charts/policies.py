"""Charts of many policies: a measure under every pair of two settings, and the frontier by two goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.answers.settings import setting, setting_value
from simulator.answers.table import column_named, heading_of, unit_of
from simulator.charts.chart import Chart, with_ends
from simulator.charts.look import DARK, GREY, INK, LIGHT
from simulator.charts.panels import one_panel, write_near, write_together
from simulator.charts.sheet import Strip, sheet
from simulator.charts.strips import SMALLEST, Heading, Key, Plot, Sign, Words
from simulator.charts.study import Study, source_of
from simulator.charts.style import DASHED, PATCH, Looks, apart, in_house_style, wrapped
from simulator.charts.words import in_words_of, phrase, short, tick_of
from simulator.errors import Problem, Problems, unknown
from simulator.questions.frontier.ask import (
    BEATEN,
    ON_FRONTIER,
    WITHIN_CHANCE,
    Frontier,
    find_frontier,
    frontier_question,
)
from simulator.questions.sweep.ask import Sweep, run_sweep
from simulator.questions.sweep.question import SweepQuestion, sweep_question
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.in_words import in_sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_CELL_IN, _MOST_IN = 0.42, 6.5
_WORDS_UP_TO = 8
"""Columns; with more, the numbers do not fit and stand in the table alone."""
Cells = dict[tuple[str, str], Estimate | None]


def heat_map(
    study: Study, cluster: str | None = None, *, vary: Sequence[str], measure: str = "overspend_probability"
) -> Chart:
    """A measure under every pair of two settings' values: --vary twice."""
    column, name = column_named(measure), cluster or ALL_CLUSTERS
    asked = sweep_question(study.scenario, vary, measures=[column], clusters=[name], draws=study.draws)
    _check(asked, column, name)
    return draw_map(run_sweep(asked, study.workers), column, name)


@in_house_style
def draw_map(sweep: Sweep, measure: str, cluster: str | None = None) -> Chart:
    """A measure under every pair of two settings' values."""
    name, asked = cluster or ALL_CLUSTERS, sweep.question
    _check(asked, measure, name)
    across, down = asked.ranges
    cells: Cells = {
        (policy[0], policy[1]): found.estimate if (found := sweep.estimate(number, measure, name)) else None
        for number, policy in enumerate(sweep.policies)
    }
    unit = unit_of(measure)
    keys = setting(across.key), setting(down.key)
    lowest, highest = (end(cells, key=lambda at: _value(cells[at])) for end in (min, max))
    title = _map_title(cells[lowest], cells[highest], in_words_of(measure), unit)
    whose = "" if name == ALL_CLUSTERS else f"{name}, by"
    given = f"the scenario as given has {phrase(sweep.base[name, measure], unit)}"
    values = [[setting_value(side.key, value) for value in side.values] for side in (across, down)]
    source = source_of(asked.scenario, asked.contracts, asked.seed)
    height = min(max(len(down.values) * _CELL_IN, 1.2), _MOST_IN) + 0.6
    figure, axes = one_panel(
        title, f"{whose or 'By'} {keys[0]} and {keys[1]}. The darker the higher; {given}", source, height
    )
    _draw_cells(axes, cells, across.values, down.values, unit)
    axes.set_xticks(range(len(values[0])), values[0])
    axes.set_yticks(range(len(values[1])), values[1])
    axes.set_xlabel(keys[0])
    # A long key must not stand above its axis.
    axes.set_ylabel(wrapped(keys[1], height - 0.6, 8.5))
    words = [f"For {in_sentence(name)} {given}."] + [
        f"{word} is {phrase(one, unit)}, at {keys[0]} {setting_value(across.key, at[0])} and {keys[1]} "
        f"{setting_value(down.key, at[1])}."
        for word, at in (("Lowest", lowest), ("Highest", highest))
        if (one := cells[at])
    ]
    rows = [
        {across.key: x, down.key: y, "cluster": name, "measure": measure} | with_ends("value", one)
        for (x, y), one in cells.items()
        if one
    ]
    return Chart.of("heat-map", title, figure, rows, " ".join(words), source)


def _map_title(lowest: Estimate | None, highest: Estimate | None, what: str, unit: Unit) -> str:
    if lowest is None or highest is None:
        return f"No policy has a {what}"
    ends = [short(one, unit) for one in (lowest, highest)]
    if ends[0] == ends[1]:
        return f"The {what} is {ends[0]} under every policy"
    return f"The {what} runs from {ends[0]} to {ends[1]}"


def _check(asked: SweepQuestion, measure: str, name: str) -> None:
    """Refuse a sweep without a map in it."""
    rows, columns = (tuple(dict.fromkeys(names)) for names in zip(*asked.places, strict=True))
    problems = Problems([*unknown("measure", measure, columns), *unknown("cluster", name, rows)])
    pairs, ranges = len({policy[:2] for policy in asked.policies}), asked.ranges
    if len(ranges) != 2 or pairs != len(ranges[0].values) * len(ranges[1].values):
        got = ", ".join(f"{one.key} ({len(one.values)})" for one in ranges)
        hint = "sweep two keys, without together"
        problems.append(Problem("sweep", "of two keys, each value of one with each of the other", got, hint))
    problems.report()


def _value(estimate: Estimate | None) -> float:
    return np.nan if estimate is None else estimate.value


def _draw_cells(axes: Axes, cells: Cells, across: tuple[str, ...], down: tuple[str, ...], unit: Unit) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    values = np.array([[_value(cells[x, y]) for x in across] for y in down])
    # One hue from pale to middling: what is written on it stays legible, in grey too.
    shades = LinearSegmentedColormap.from_list("house", ["#f3f5f6", "#6f9fc0"])
    edges = (np.arange(len(side) + 1) - 0.5 for side in (across, down))
    axes.pcolormesh(*edges, values, cmap=shades, edgecolor="white", linewidth=1)
    axes.set_xticks(range(len(across)), across, rotation=0 if len(across) <= _WORDS_UP_TO else 90)
    axes.set_yticks(range(len(down)), down)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if len(across) > _WORDS_UP_TO:
        return
    for at_y, y in enumerate(down):
        for at_x, x in enumerate(across):
            if one := cells[x, y]:
                words = phrase(one, unit).replace(" ± ", "\n± ")
                axes.text(at_x, at_y, words, ha="center", va="center", size=SMALLEST, color=INK)


_NUMBER_IN = 0.13
_NAMED_UP_TO = 12
"""Policies of the frontier that are named at the foot of the chart; all are in its table."""
_LOOKS = {BEATEN: (3.5, GREY, "white"), WITHIN_CHANCE: (4.5, DARK, LIGHT), ON_FRONTIER: (6.0, DARK, DARK)}
"""Size, colour and filling of a policy's mark."""
_WORDS = {ON_FRONTIER: "no other beats it", WITHIN_CHANCE: "beaten within chance only", BEATEN: "beaten"}


@dataclass(frozen=True)
class _Policy:
    """A policy on the chart."""

    settings: dict[str, str]  # by key
    standing: str  # as the answer says it
    x: Estimate  # the first goal
    y: Estimate  # the second
    number: int | None  # its place on the frontier, from 1

    @property
    def words(self) -> str:
        return "; ".join(
            f"{setting(key)} {setting_value(key, value)}" for key, value in self.settings.items()
        )


def frontier(
    study: Study,
    cluster: str | None = None,
    *,
    vary: Sequence[str],
    minimise: Sequence[str] = (),
    maximise: Sequence[str] = (),
) -> Chart:
    """Policies by two goals: those that no other beats, and those that are beaten."""
    name = cluster or ALL_CLUSTERS
    asked = frontier_question(
        study.scenario, vary, minimise, maximise, cluster=name, together=False, draws=study.draws
    )
    return draw_frontier(find_frontier(*asked, study.workers))


@in_house_style
def draw_frontier(frontier: Frontier) -> Chart:
    """Policies by two goals: those that no other beats, and those that are beaten."""
    asked, goals = frontier.sweep.question, frontier.goals
    units = [unit_of(goal.measure) for goal in goals]
    headings = [heading_of(goal.measure) for goal in goals]
    policies = [_policy(frontier, number) for number in range(len(asked.policies))]
    best = sorted((one for one in policies if one.number), key=lambda one: one.number or 0)
    who = in_sentence(goals[0].cluster)
    title = f"{len(best)} of {len(policies)} policies are beaten by no other, for {who}"
    better = " and ".join(f"{'more' if one.sign > 0 else 'less'} {heading_of(one.measure)}" for one in goals)
    subtitle = f"Better is {better}. Lines: 95% intervals"
    signs = [
        Sign(
            words,
            {"color": colour, "marker": "o", "linewidth": 0, "markersize": size, "markerfacecolor": fill},
        )
        for standing, words in _WORDS.items()
        if standing in frontier.standing
        for size, colour, fill in [_LOOKS[standing]]
    ]
    source = source_of(asked.scenario, asked.contracts, asked.seed)
    plot = Plot(3.2, left_in=0.75, right_in=0.25, below_in=0.45)
    named: list[Strip] = [Heading("Policies that no other beats"), Words(_named(best), across=2)]
    figure, (axes,) = sheet(title, subtitle, source, [Key(signs), plot, *named])
    _draw_policies(axes, policies, best)
    axes.set(xlabel=headings[0], ylabel=headings[1])
    write_together(axes.xaxis, tick_of(units[0]))
    write_together(axes.yaxis, tick_of(units[1]))
    words = " ".join(
        f"{one.number}: {one.words}: {headings[0]} {phrase(one.x, units[0])}, "
        f"{headings[1]} {phrase(one.y, units[1])}."
        for one in best
    )
    rows = [
        one.settings
        | {"standing": one.standing, "number": one.number or ""}
        | with_ends(goals[0].measure, one.x)
        | with_ends(goals[1].measure, one.y)
        for one in policies
    ]
    return Chart.of("frontier", title, figure, rows, words, source)


def _policy(frontier: Frontier, number: int) -> _Policy:
    sweep, best = frontier.sweep, frontier.policies
    paired = [sweep.estimate(number, goal.measure, goal.cluster) for goal in frontier.goals]
    # A frontier has both measures of every policy.
    x, y = (one.estimate for one in paired if one is not None)
    settings = dict(zip(sweep.question.keys, sweep.policies[number], strict=True))
    return _Policy(
        settings, frontier.standing[number], x, y, best.index(number) + 1 if number in best else None
    )


def _named(best: list[_Policy]) -> list[str]:
    """Return the frontier's policies by their numbers."""
    named = [f"{one.number}: {one.words}" for one in best[:_NAMED_UP_TO]]
    if len(best) > _NAMED_UP_TO:
        named.append(f"{_NAMED_UP_TO + 1} to {len(best)}: in the table beside")
    return named


def _draw_policies(axes: Axes, policies: list[_Policy], best: list[_Policy]) -> None:
    for layer, (standing, (size, colour, filling)) in enumerate(_LOOKS.items(), start=2):
        looks: Looks = {"color": colour, "linewidth": 0.7, "markersize": size, "markerfacecolor": filling}
        for one in policies:
            if one.standing == standing:
                axes.plot([one.x.low, one.x.high], [one.y.value] * 2, zorder=layer, **looks)
                axes.plot([one.x.value] * 2, [one.y.low, one.y.high], zorder=layer, **looks)
                axes.plot([one.x.value], [one.y.value], "o", zorder=layer, **looks)
    axes.plot(
        [one.x.value for one in best],
        [one.y.value for one in best],
        color=DARK,
        linewidth=0.8,
        linestyle=DASHED,
    )
    axes.margins(0.08)
    axes.grid(visible=True)
    # Beside the interval, where no line of its own runs through the number.
    named = sorted(best[:_NAMED_UP_TO], key=lambda one: one.y.value)
    low, high = axes.get_ylim()
    height_in = axes.get_position().height * axes.get_figure(root=True).get_size_inches()[1]  # type: ignore[union-attr]
    heights = apart([one.y.value for one in named], _NUMBER_IN * (high - low) / height_in)
    for one, height in zip(named, heights, strict=True):
        number: Looks = {"size": 8, "weight": "bold", "color": INK, "bbox": PATCH | {"pad": 0.5}}
        write_near(axes, str(one.number), (one.x.low, height), (-4, 0), ha="right", va="center", **number)
