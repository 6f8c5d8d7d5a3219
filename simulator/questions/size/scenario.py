"""The scenarios that `size` simulates, and what it is given, checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from simulator.demand.shock_laws import LognormalShock
from simulator.errors import InputError, Problem, Problems, shown
from simulator.rules.bond import Bond
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import Cluster
from simulator.simulation.draws import Draws

LARGEST = 1e8
"""People of a cluster so large that chance is next to nothing; as many as a scenario takes."""
NAME = "a cluster of any size"
"""Streams of chance are named by the cluster, so that all sizes share them and the curve is smooth."""
_MOST_POINTS = 50


def where_all_stay(scenario: Scenario) -> Scenario:
    """Return the scenario without leaving: what clusters that stay would share."""
    rules = tuple(
        rule.model_copy(update={"when_exhausted": "stays"}) if isinstance(rule, Bond) else rule
        for rule in scenario.settings.rules
    )
    return replace(scenario, settings=scenario.settings.model_copy(update={"rules": rules}))


def check_asked(scenario: Scenario, people: tuple[float, float], points: int, draws: Draws) -> None:
    """Check what `size` is given."""
    if not isinstance(scenario, Scenario):
        draws.of(scenario)
    problems = Problems()
    with problems.noted():
        check_people(people)
    with problems.noted():
        check_points(points)
    with problems.noted():
        draws.of(scenario)
    problems.report()


def check_people(people: tuple[float, float]) -> None:
    """Check the range of sizes."""
    low, high = people
    if not 1 <= low < high <= LARGEST / 10:
        need = f"a range LOW:HIGH from 1 to {LARGEST / 10:,.0f}, the lower first"
        raise InputError([Problem("people", need, f"{low:g}:{high:g}")])


def check_points(points: int) -> None:
    """Check the number of sizes."""
    if not isinstance(points, int) or not 2 <= points <= _MOST_POINTS:
        raise InputError([Problem("points", f"a whole number from 2 to {_MOST_POINTS}", shown(points))])


def one_cluster(scenario: Scenario, people: float) -> Scenario:
    """Return the scenario with one cluster of a size in place of its own."""
    answers_for = Counter((one.proportion, one.service_lines) for one in scenario.settings.clusters)
    (proportion, lines), _ = answers_for.most_common(1)[0]
    cluster = Cluster(name=NAME, people=people, proportion=proportion, service_lines=lines)
    return replace(scenario, settings=scenario.settings.model_copy(update={"clusters": (cluster,)}))


def only_pct_shocks(scenario: Scenario) -> Scenario:
    """Return the scenario without the clusters' own shocks: those that a pool would cure."""
    none = LognormalShock(sd_share=0.0)
    shocks = scenario.settings.shocks.model_copy(update={"cluster": none, "cluster_year": none})
    return replace(scenario, settings=scenario.settings.model_copy(update={"shocks": shocks}))
