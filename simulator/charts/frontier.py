"""Policies by two goals, with those that no other beats on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.charts.chart import Chart
from simulator.charts.study import Study, source_of
from simulator.charts.style import DARK, GREY, INK, LIGHT, framed, in_house_style
from simulator.charts.words import sentence, setting, unit_of
from simulator.questions.frontier.answer import BEATEN, ON_FRONTIER, WITHIN_CHANCE, Frontier
from simulator.questions.frontier.ask import find_frontier, frontier_question
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import in_sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMED_UP_TO = 12
"""Policies of the frontier that are named at the foot of the chart; all are in its table."""
_LOOKS = {BEATEN: (3.5, GREY, "white"), WITHIN_CHANCE: (4.5, DARK, LIGHT), ON_FRONTIER: (6.0, DARK, DARK)}
"""Size, colour and filling of a policy's mark."""


@dataclass(frozen=True)
class _Policy:
    """A policy on the chart."""

    settings: dict[str, str]
    standing: str
    x: Estimate
    y: Estimate
    number: int | None
    """Its place on the frontier, from 1."""

    @property
    def words(self) -> str:
        return ", ".join(f"{setting(key)} {value}" for key, value in self.settings.items())


def of_study(
    study: Study,
    cluster: str | None = None,
    *,
    vary: Sequence[str],
    minimise: Sequence[str] = (),
    maximise: Sequence[str] = (),
) -> Chart:
    """Policies by two goals: those that no other beats, and those that are beaten."""
    name = ALL_CLUSTERS if cluster is None else cluster
    asked = frontier_question(
        study.scenario, vary, minimise, maximise, cluster=name, together=False, draws=study.draws
    )
    return draw(find_frontier(*asked, study.workers))


@in_house_style
def draw(frontier: Frontier) -> Chart:
    """Policies by two goals: those that no other beats, and those that are beaten."""
    import pandas as pd

    question, goals = frontier.sweep.question, frontier.goals
    units = [unit_of(goal.measure) for goal in goals]
    policies = [_policy(frontier, number) for number in range(len(question.policies))]
    best = sorted((one for one in policies if one.number), key=lambda one: one.number or 0)
    who = in_sentence(goals[0].cluster)
    title = f"{len(best)} of {len(policies)} policies are beaten by no other, for {who}"
    better = " and ".join(
        f"{'more' if goal.sign > 0 else 'less'} {unit.words}" for goal, unit in zip(goals, units, strict=True)
    )
    subtitle = (
        f"Better is {better}. Numbered and filled: beaten by none; pale: beaten within chance only; open: "
        "beaten. Lines: 95% intervals"
    )
    source = source_of(question.scenario, question.contracts, question.seed)
    figure, grid = framed(title, subtitle, _foot(best, source), 3.4)
    axes = figure.add_subplot(grid[0])
    _draw_policies(axes, policies, best)
    axes.set_xlabel(units[0].words)
    axes.set_ylabel(units[1].words)
    axes.xaxis.set_major_formatter(units[0].tick)
    axes.yaxis.set_major_formatter(units[1].tick)
    said = [
        f"{one.number}: {one.words}: {units[0].words} {units[0].text(one.x)}, "
        f"{units[1].words} {units[1].text(one.y)}."
        for one in best
    ]
    rows = [
        one.settings
        | {"standing": one.standing, "number": one.number or ""}
        | _fields(goals[0].measure, one.x)
        | _fields(goals[1].measure, one.y)
        for one in policies
    ]
    return Chart("frontier", title, figure, pd.DataFrame(rows), " ".join([sentence(title), *said]), source)


def _policy(frontier: Frontier, number: int) -> _Policy:
    sweep, best = frontier.sweep, frontier.policies
    paired = [sweep.estimate(number, goal.measure, goal.cluster) for goal in frontier.goals]
    # A frontier has both measures of every policy.
    x, y = (one.estimate for one in paired if one is not None)
    return _Policy(
        dict(zip(sweep.question.keys, sweep.policies[number], strict=True)),
        frontier.standing[number],
        x,
        y,
        best.index(number) + 1 if number in best else None,
    )


def _foot(best: list[_Policy], source: str) -> str:
    """Return the foot of the chart: the frontier's policies by their numbers, and the source."""
    named = [f"{one.number}: {one.words}." for one in best[:_NAMED_UP_TO]]
    if len(best) > _NAMED_UP_TO:
        named.append(f"{_NAMED_UP_TO + 1} to {len(best)}: in the table beside.")
    return " ".join([*named, source])


def _draw_policies(axes: Axes, policies: list[_Policy], best: list[_Policy]) -> None:
    for layer, (standing, (size, colour, filling)) in enumerate(_LOOKS.items(), start=2):
        for one in policies:
            if one.standing == standing:
                axes.plot(
                    [one.x.low, one.x.high], [one.y.value] * 2, color=colour, linewidth=0.7, zorder=layer
                )
                axes.plot(
                    [one.x.value] * 2, [one.y.low, one.y.high], color=colour, linewidth=0.7, zorder=layer
                )
                axes.plot(
                    [one.x.value],
                    [one.y.value],
                    "o",
                    markersize=size,
                    color=colour,
                    markerfacecolor=filling,
                    zorder=layer,
                )
    dashed = (0, (4, 2))
    axes.plot(
        [one.x.value for one in best],
        [one.y.value for one in best],
        color=DARK,
        linewidth=0.8,
        linestyle=dashed,
    )
    for one in best[:_NAMED_UP_TO]:
        place = (one.x.value, one.y.value)
        axes.annotate(
            str(one.number), place, (4, 4), textcoords="offset points", size=8, weight="bold", color=INK
        )
    axes.margins(0.08)
    axes.grid(visible=True)


def _fields(measure: str, estimate: Estimate) -> dict[str, str | int | float]:
    return {measure: estimate.value, f"{measure}_low": estimate.low, f"{measure}_high": estimate.high}
