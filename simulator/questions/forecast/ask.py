"""Where a year will end, given its first months."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from simulator.errors import InputError, Problem, Problems, shown
from simulator.questions.forecast.actuals import Actuals, read_actuals, read_budgets
from simulator.questions.forecast.answer import Forecast
from simulator.questions.forecast.rest import YearUnderWay
from simulator.questions.forecast.year_end import terms_beyond
from simulator.random_streams import RandomStreams
from simulator.records import FloatArray
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws, drawn_in_blocks
from simulator.simulation.plan import make_plan
from simulator.simulation.refusals import no_shadow_years, one_pct


def forecast(
    scenario: Scenario,
    actuals: str | Path,
    budgets: str | Path | None = None,
    *,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda contracts_done: None,
) -> Forecast:
    """Say where a contract year will end, given its first months.

    Parameters
    ----------
    scenario : Scenario
        What is simulated.
    actuals : str or Path
        CSV file with columns month, cluster, line, spend_gbp, and count where it is known: the first months
        of one contract year, each cluster with every line that is paid per case and that it answers for.
    budgets : str or Path, optional
        CSV file with columns cluster, budget_gbp: what was handed over for the year. The budgets that the
        scenario expects when left out.
    draws : Draws
        Years drawn, seed and processes.
    progress : callable
        Called with the number of years drawn so far.

    Returns
    -------
    Forecast
        Outturn, chance of an overspend, what the bond may lose and what saving would bring it back.

    Raises
    ------
    InputError
        With everything that is wrong with the files.
    """
    settled = draws.of(scenario)
    year = year_under_way(scenario, actuals, budgets)
    streams = RandomStreams(settled.seed)
    draw = partial(year.draw, year.learnt(streams), streams, settled.contracts)
    found: dict[int, tuple[FloatArray, FloatArray, FloatArray]] = {}
    for start, drawn in drawn_in_blocks(draw, settled):
        found[start] = drawn
        progress(min(sum(len(one[0]) for one in found.values()), settled.contracts))
    to_come_gbp, factors, worth_gbp = (
        np.concatenate([found[start][part] for start in sorted(found)]) for part in range(3)
    )
    outturn_gbp = year.outturn_gbp(to_come_gbp, worth_gbp)
    answer = (settled.contracts, settled.seed, year, to_come_gbp, worth_gbp, factors)
    return Forecast(scenario, *answer, year.settle(outturn_gbp))


def year_under_way(
    scenario: Scenario, actuals: str | Path, budgets: str | Path | None = None
) -> YearUnderWay:
    """Read what is known of a year; InputError with everything that is wrong with it."""
    plan, problems = make_plan(scenario), Problems()
    problems += [
        *terms_beyond(plan),
        *no_shadow_years(plan, "forecast"),
        *one_pct(scenario.settings, "forecast"),
    ]
    for action in plan.actions.drawn:
        need = (
            "actions that are known outright: what this one did is in the months so far, which do not tell "
            "how much of them that is"
        )
        hint = "--set 'actions=[]' leaves all out; the rest of the year is then as what was seen says"
        problems.append(Problem(f"{scenario.source}, actions", need, shown(action.name), hint))
    known: list[Actuals] = []
    given: dict[str, float] = {}
    with problems.noted():
        known.append(read_actuals(_path(actuals, "actuals"), plan))
    if budgets is not None:
        with problems.noted():
            told = [plan.axes.clusters[at] for one in known for at in one.clusters]
            given = read_budgets(_path(budgets, "budgets"), plan, told)
    problems.report()
    return YearUnderWay(plan, known[0], given)


def _path(given: object, what: str) -> Path:
    if not isinstance(given, (str, Path)):
        raise InputError([Problem(what, "the path of a CSV file", shown(given))])
    return Path(given)
