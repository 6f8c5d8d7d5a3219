"""Scenarios side by side: what differs between them, and what that does beyond chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from simulator.answers.places import places_of, rows_shown, samples_at
from simulator.answers.table import column_named
from simulator.errors import InputError, Problem, Problems, shown
from simulator.questions.compare.answer import Comparison
from simulator.risk.paired import Place
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws


def compare(
    scenarios: Sequence[Scenario],
    *,
    measures: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda scenarios_done: None,
) -> Comparison:
    """Set scenarios side by side, on the same draws.

    Parameters
    ----------
    scenarios : sequence of Scenario
        Two or more. Differences are from the first.
    measures, clusters : sequence of str, optional
        Columns and rows of the summary that at least one scenario has; all of them when left out.
        The PCT's row is always there.
    draws : Draws
        For all scenarios; contracts and seed are those of the first when left out.
    progress : callable
        Called with the number of scenarios done.

    Returns
    -------
    Comparison
        Settings that differ; estimates and their differences.

    Raises
    ------
    InputError
        With every problem that was found.
    """
    scenarios = tuple(scenarios)
    places = check_comparison(scenarios, measures, clusters, draws)
    shared = SharedDraws.of(scenarios[0], draws)
    first = samples_at(shared.simulate(scenarios[0]), places)
    estimates = []
    for number, scenario in enumerate(scenarios):
        samples = samples_at(shared.simulate(scenario), places) if number else first
        estimates.append(samples.against(first))
        progress(number + 1)
    return Comparison(
        scenarios,
        shared.draws.contracts,
        shared.draws.seed,
        names_of(scenarios),
        tuple(estimates),
        tuple(map(column_named, measures or ())),
        rows_shown(places, clusters),
    )


def check_comparison(
    scenarios: Sequence[Scenario],
    measures: Sequence[str] | None,
    clusters: Sequence[str] | None,
    draws: Draws = Draws(),
) -> tuple[Place, ...]:
    """Check what `compare` is asked; return the rows and measures of all scenarios together."""
    for scenario in scenarios:
        if not isinstance(scenario, Scenario):
            raise InputError([Problem("scenarios", "what load_scenario returns", shown(scenario))])
    problems = Problems()
    if len(scenarios) < 2:
        problems.append(Problem("scenarios", "two or more to compare", str(len(scenarios))))
    for scenario in scenarios[:1]:
        with problems.noted():
            draws.of(scenario)
    places: tuple[Place, ...] = ()
    with problems.noted():
        places = places_of(scenarios, measures, clusters)
    problems.report()
    return places


def names_of(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Return a name for each scenario: its file's, with more where that is not enough to tell them apart."""
    stems = [PurePath(scenario.source).stem for scenario in scenarios]
    longer = [
        " ".join((scenario.source, *scenario.overrides)) if stems.count(stem) > 1 else stem
        for stem, scenario in zip(stems, scenarios, strict=True)
    ]
    return tuple(
        f"{name} ({longer[: at + 1].count(name)})" if longer.count(name) > 1 else name
        for at, name in enumerate(longer)
    )
