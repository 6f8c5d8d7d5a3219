"""A measure under every pair of two settings: a sweep as a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.answers.table import column_named
from simulator.charts.chart import Chart
from simulator.charts.study import Study, source_of
from simulator.charts.style import INK, framed, in_house_style, wrapped
from simulator.charts.words import Unit, sentence, setting, unit_of
from simulator.errors import InputError, Problem, unknown
from simulator.questions.sweep.answer import Sweep
from simulator.questions.sweep.ask import run_sweep
from simulator.questions.sweep.question import sweep_question
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import in_sentence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CELL_IN, _MOST_IN = 0.42, 6.5
_WORDS_UP_TO = 8
"""Columns; with more, the numbers do not fit and stand in the table alone."""
Cells = dict[tuple[str, str], Estimate | None]


def of_study(
    study: Study, cluster: str | None = None, *, vary: Sequence[str], measure: str = "overspend_probability"
) -> Chart:
    """A measure under every pair of two settings' values: --vary twice."""
    column, name = column_named(measure), ALL_CLUSTERS if cluster is None else cluster
    found = run_sweep(
        sweep_question(study.scenario, vary, measures=[column], clusters=[name], draws=study.draws),
        study.workers,
    )
    return draw(found, column, name)


@in_house_style
def draw(sweep: Sweep, measure: str, cluster: str | None = None) -> Chart:
    """A measure under every pair of two settings' values."""
    import pandas as pd

    name = ALL_CLUSTERS if cluster is None else cluster
    question = sweep.question
    _check(sweep, measure, name)
    across, down = question.ranges
    cells: Cells = {
        (policy[0], policy[1]): found.estimate if (found := sweep.estimate(number, measure, name)) else None
        for number, policy in enumerate(sweep.policies)
    }
    unit = unit_of(measure)
    who = in_sentence(name)
    names = setting(across.key), setting(down.key)
    title = f"The {unit.words} of {who}, by {names[0]} and {names[1]}"
    base = sweep.base[name, measure]
    subtitle = f"The darker the higher; the scenario as given has {unit.text(base)}"
    source = source_of(question.scenario, question.contracts, question.seed)
    height = min(max(len(down.values) * _CELL_IN, 1.2), _MOST_IN) + 0.6
    figure, grid = framed(title, subtitle, source, height)
    axes = figure.add_subplot(grid[0])
    _draw_cells(axes, cells, across.values, down.values, unit)
    axes.set_xlabel(names[0])
    # A long key must not stand above its axis.
    axes.set_ylabel(wrapped(names[1], height - 0.6, 8.5))
    lowest, highest = (end(cells, key=lambda at: _value(cells[at])) for end in (min, max))
    alt = f"{sentence(title)} The scenario as given has {unit.text(base)}. " + " ".join(
        f"{word} is {unit.text(one)}, at {names[0]} {at[0]} and {names[1]} {at[1]}."
        for word, at in (("Lowest", lowest), ("Highest", highest))
        if (one := cells[at])
    )
    rows = [
        {across.key: at[0], down.key: at[1], "cluster": name, "measure": measure}
        | {"value": one.value, "value_low": one.low, "value_high": one.high}
        for at, one in cells.items()
        if one
    ]
    return Chart("heat-map", title, figure, pd.DataFrame(rows), alt, source)


def _check(sweep: Sweep, measure: str, name: str) -> None:
    """Refuse a sweep without a map in it."""
    places, ranges = sweep.question.places, sweep.question.ranges
    problems = unknown("measure", measure, tuple(dict.fromkeys(column for _, column in places)))
    problems += unknown("cluster", name, tuple(dict.fromkeys(row for row, _ in places)))
    pairs = len({policy[:2] for policy in sweep.policies})
    is_map = len(ranges) == 2 and pairs == len(ranges[0].values) * len(ranges[1].values)
    if not is_map:
        got = ", ".join(f"{one.key} ({len(one.values)})" for one in ranges)
        hint = "sweep two keys, without together"
        problems.append(Problem("sweep", "of two keys, each value of one with each of the other", got, hint))
    if problems:
        raise InputError(problems)


def _value(estimate: Estimate | None) -> float:
    return np.nan if estimate is None else estimate.value


def _draw_cells(axes: Axes, cells: Cells, across: tuple[str, ...], down: tuple[str, ...], unit: Unit) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    values = np.array([[_value(cells[x, y]) for x in across] for y in down])
    # One hue from pale to middling: what is written on it stays legible, in grey too.
    shades = LinearSegmentedColormap.from_list("house", ["#f3f5f6", "#6f9fc0"])
    axes.pcolormesh(
        np.arange(len(across) + 1) - 0.5,
        np.arange(len(down) + 1) - 0.5,
        values,
        cmap=shades,
        edgecolor="white",
        linewidth=1,
    )
    axes.set_xticks(range(len(across)), across, rotation=0 if len(across) <= _WORDS_UP_TO else 90)
    axes.set_yticks(range(len(down)), down)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    if len(across) > _WORDS_UP_TO:
        return
    for at_y, y in enumerate(down):
        for at_x, x in enumerate(across):
            if one := cells[x, y]:
                axes.text(
                    at_x,
                    at_y,
                    unit.text(one).replace(" ± ", "\n± "),
                    ha="center",
                    va="center",
                    size=6.5,
                    color=INK,
                )
