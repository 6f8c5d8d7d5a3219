"""The register of charts, and drawing one by its name."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getdoc, signature

from simulator.charts import (
    bond_cover,
    frontier,
    heat_map,
    outturn,
    overspend,
    pool,
    practice_share,
    running_position,
    size,
    surplus_split,
    tornado,
    variance,
)
from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.errors import InputError, Problem, shown, unknown
from simulator.scenario.scenario import Scenario
from simulator.simulation.result import Result

CHARTS: dict[str, Callable[..., Chart]] = {
    "outturn": outturn.draw,
    "overspend": overspend.draw,
    "bond-cover": bond_cover.draw,
    "practice-share": practice_share.draw,
    "surplus-split": surplus_split.draw,
    "variance": variance.draw,
    "running-position": running_position.draw,
    "size": size.draw,
    "pool": pool.draw,
    "tornado": tornado.draw,
    "heat-map": heat_map.of_study,
    "frontier": frontier.of_study,
}
"""The register of charts of a study."""


def draw(of: Study | Result | Scenario, name: str, cluster: str | None = None, **options: object) -> Chart:
    """Draw a chart.

    Parameters
    ----------
    of : Study, Result or Scenario
        A scenario is simulated first; a `Study` remembers what several charts need.
    name : str
        One of `CHARTS`.
    cluster : str, optional
        Only this one; all when left out.
    **options
        What the chart takes besides.

    Returns
    -------
    Chart
        To show, or to save.

    Raises
    ------
    InputError
        For what there is not.
    """
    if problems := unknown("chart", name, tuple(CHARTS)):
        raise InputError(problems)
    return CHARTS[name](_study(of), cluster, **options)


def needed(name: str) -> tuple[str, ...]:
    """Return the options without which a chart cannot be drawn: it is left out where all are."""
    options = signature(CHARTS[name]).parameters.values()
    return tuple(one.name for one in options if one.kind is one.KEYWORD_ONLY and one.default is one.empty)


def about(name: str) -> str:
    """Return what a chart of the register shows, in a sentence."""
    return (getdoc(CHARTS[name]) or "").partition("\n")[0]


def _study(of: object) -> Study:
    match of:
        case Study():
            return of
        case Result():
            return Study(of)
        case Scenario():
            from simulator.simulation.pipeline import simulate

            return Study(simulate(of))
    raise InputError([Problem("what to draw", "a Study, a Result or a Scenario", shown(of))])
