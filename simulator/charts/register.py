"""The register of charts, and drawing one by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, getdoc, signature

from simulator.charts.actions import actions
from simulator.charts.chart import Chart
from simulator.charts.drivers import tornado
from simulator.charts.exposures import exposure
from simulator.charts.forecasts import forecast
from simulator.charts.outturns import outturn, overspend
from simulator.charts.overspends import bond_cover, pool
from simulator.charts.policies import frontier, heat_map
from simulator.charts.regimes import regimes
from simulator.charts.sizes import size
from simulator.charts.study import Study
from simulator.charts.surpluses import practice_share, surplus_split
from simulator.charts.variances import variance
from simulator.charts.years import running_position
from simulator.errors import InputError, Problem, Problems, shown, unknown
from simulator.scenario.scenario import Scenario
from simulator.simulation.pipeline import simulate
from simulator.simulation.result import Result

CHARTS: dict[str, Callable[..., Chart]] = {
    "outturn": outturn,
    "overspend": overspend,
    "bond-cover": bond_cover,
    "practice-share": practice_share,
    "surplus-split": surplus_split,
    "variance": variance,
    "running-position": running_position,
    "size": size,
    "pool": pool,
    "exposure": exposure,
    "actions": actions,
    "tornado": tornado,
    "heat-map": heat_map,
    "frontier": frontier,
    "regimes": regimes,
    "forecast": forecast,
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
    Problems(unknown("chart", name, tuple(CHARTS))).report()
    return CHARTS[name](_study(of), cluster, **options)


def options_of(name: str) -> Mapping[str, Parameter]:
    """Return the options that a chart takes, by name; none for no chart."""
    return signature(CHARTS[name]).parameters if name in CHARTS else {}


def needed(name: str) -> tuple[str, ...]:
    """Return the options without which a chart cannot be drawn: it is left out where all are."""
    options = options_of(name).values()
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
            return Study(simulate(of))
    raise InputError([Problem("what to draw", "a Study, a Result or a Scenario", shown(of))])
