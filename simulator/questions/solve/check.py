"""What `solve` is given, checked before anything is simulated."""

from __future__ import annotations

import math
from dataclasses import replace

from simulator.errors import InputError, Problem, Problems, shown, unknown
from simulator.questions.solve.condition import Condition, read_condition
from simulator.questions.solve.scale import Scale
from simulator.questions.sweep.ranges import SETTLED_ONCE
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws

GRID_POINTS = 9
TOLERANCE = 0.001
_WIDEST_TOLERANCE = 0.1
_WHOLE_RANGE = 1_000
"""In a range as wide as this, whole numbers are as fine as the usual tolerance."""


def check_solve(
    scenario: Scenario,
    key: str,
    low: float,
    high: float,
    so_that: str,
    cluster: str | None,
    tolerance: float,
    draws: Draws,
) -> tuple[Condition, Scale]:
    """Return the condition and the range, if `solve` can be asked; InputError with all that is wrong."""
    if not isinstance(scenario, Scenario):
        draws.of(scenario)
    problems = Problems()
    condition = scale = None
    with problems.noted():
        condition = check_question(scenario, so_that, cluster, tolerance, draws)
    with problems.noted():
        scale = check_range(scenario, key, low, high)
    if condition is None or scale is None:
        raise InputError(problems)
    return condition, scale


def check_question(
    scenario: Scenario, so_that: str, cluster: str | None, tolerance: float, draws: Draws
) -> Condition:
    """Return what is to hold, if the question is right but for the range."""
    settings, row = scenario.settings, ALL_CLUSTERS if cluster is None else cluster
    names = (*(one.name for one in settings.clusters), ALL_CLUSTERS)
    problems, condition = Problems(unknown("cluster", row, names)), None
    if not _number(tolerance) or not 0 < tolerance <= _WIDEST_TOLERANCE:
        need = f"a share of the range, above 0 and up to {_WIDEST_TOLERANCE}"
        problems.append(Problem("tolerance", need, shown(tolerance)))
    with problems.noted():
        condition = read_condition(so_that, row, settings.contract.years)
    with problems.noted():
        draws.of(scenario)
    if problems or condition is None:
        raise InputError(dict.fromkeys(problems))
    return condition


def check_range(scenario: Scenario, key: str, low: float, high: float) -> Scale:
    """Check the range that is to be searched: that the scenario takes each value of a grid over it."""
    if key.partition(".")[0].strip() == SETTLED_ONCE:
        hint = "all values share the same draws: use --contracts and --seed"
        raise InputError([Problem("--vary", f"a key outside [{SETTLED_ONCE}]", key, hint)])
    if not (_number(low) and _number(high) and low < high):
        need = "a range LOW:HIGH of two numbers, the lower first"
        raise InputError([Problem(f"range of {key}", need, f"{shown(low)} to {shown(high)}")])
    scale = Scale(low, high)
    scale = replace(scale, whole=_whole(scenario, key, scale))
    problems: dict[str, Problem] = {}
    # The ends first: they are what was given.
    for value in (low, high, *scale.grid(GRID_POINTS)):
        try:
            varied_by(scenario, key, scale.text(value))
        except InputError as error:
            for problem in error.problems:
                problems.setdefault(problem.need, problem)
    if problems:
        raise InputError(problems.values())
    return scale


def varied_by(scenario: Scenario, key: str, text: str) -> Scenario:
    """Return the scenario with a value of the key."""
    try:
        return scenario.vary(f"{key}={text}")
    except InputError as error:
        raise InputError(
            replace(problem, where=problem.where.replace("--set ", "--vary, at "))
            for problem in error.problems
        ) from None


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _whole(scenario: Scenario, key: str, scale: Scale) -> bool:
    """Return whether to search whole numbers: where a fraction is refused, or would say no more."""
    if scale.low != round(scale.low) or scale.high != round(scale.high):
        return False
    if scale.high - scale.low >= _WHOLE_RANGE:
        return True
    try:
        scenario.vary(f"{key}={scale.low + 0.5}")
    except InputError:
        # Whatever else is wrong with it is found when the ends are tried.
        return True
    return False
