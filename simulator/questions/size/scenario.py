"""The scenarios that `size` simulates, and what it is given, checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from simulator.demand.shock_laws import LognormalShock
from simulator.errors import InputError, Problem, shown
from simulator.questions.solve.check import problems_of
from simulator.rules.bond import Bond
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import Cluster
from simulator.simulation.pipeline import check_sizes

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


def check_asked(
    scenario: Scenario,
    people: tuple[float, float],
    points: int,
    contracts: int | None,
    seed: int | None,
    workers: int,
) -> None:
    """Check what `size` is given."""
    if not isinstance(scenario, Scenario):
        raise InputError([Problem("scenario", "what load_scenario returns", shown(scenario))])
    problems = problems_of(
        lambda: check_people(people), lambda: check_size(scenario, points, contracts, seed, workers)
    )
    if problems:
        raise InputError(problems)


def check_people(people: tuple[float, float]) -> None:
    """Check the range of sizes."""
    low, high = people
    if not 1 <= low < high <= LARGEST / 10:
        need = f"a range LOW:HIGH from 1 to {LARGEST / 10:,.0f}, the lower first"
        raise InputError([Problem("people", need, f"{low:g}:{high:g}")])


def check_size(
    scenario: Scenario, points: int, contracts: int | None, seed: int | None, workers: int
) -> None:
    """Check what `size` is given, the range aside."""
    problems = []
    if not isinstance(points, int) or not 2 <= points <= _MOST_POINTS:
        problems.append(Problem("points", f"a whole number from 2 to {_MOST_POINTS}", shown(points)))
    simulation = scenario.settings.simulation
    problems += problems_of(
        lambda: check_sizes(
            simulation.contracts if contracts is None else contracts,
            simulation.seed if seed is None else seed,
            workers,
        )
    )
    if problems:
        raise InputError(problems)


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
