"""What differs between scenarios, and between regimes over one of them?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePath

from simulator.answers.places import places_of, rows_shown, samples_at
from simulator.answers.table import column_named
from simulator.errors import InputError, Problem, Problems, shown
from simulator.questions.compare.answer import Comparison
from simulator.questions.compare.regimes import AS_GIVEN, PARTIES, PRACTICE_SHARE, RegimeComparison
from simulator.questions.luck.ask import at_saving
from simulator.risk.paired import Place, Samples
from simulator.scenario.regimes import Regime, as_regimes, expanded
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws


def compare(
    scenarios: Sequence[Scenario],
    *,
    regimes: Iterable[str | Path | Regime] = (),
    measures: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda scenarios_done: None,
) -> Comparison:
    """Set scenarios side by side, on the same draws.

    Parameters
    ----------
    scenarios : sequence of Scenario
        Two or more, or one with regimes. Differences are from the first.
    regimes : iterable of str, Path or Regime
        Files of policy, each of which is laid over the one scenario; a name may have ``*`` in it.
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
        Settings that differ; estimates and their differences. With regimes a `RegimeComparison`, by party.

    Raises
    ------
    InputError
        With every problem that was found.
    """
    scenarios, laid = tuple(scenarios), as_regimes(expanded(regimes))
    scenarios = with_each(scenarios, laid)
    if laid:
        measures = tuple(map(column_named, measures or (one for party in PARTIES.values() for one in party)))
    places = check_comparison(scenarios, measures, clusters, draws)
    shared = SharedDraws.of(scenarios[0], draws)
    first = samples_at(shared.simulate(scenarios[0]), places)
    base_luck = _luck(shared, scenarios[0], places) if laid else None
    estimates, lucks = [], []
    for number, scenario in enumerate(scenarios):
        samples = samples_at(shared.simulate(scenario), places) if number else first
        estimates.append(samples.against(first))
        if base_luck is not None:
            luck = _luck(shared, scenario, places) if number else base_luck
            lucks.append({row: one for (row, _), one in luck.against(base_luck).items()})
        progress(number + 1)
    drawn = shared.draws.contracts, shared.draws.seed
    shown = tuple(map(column_named, measures or ())), rows_shown(places, clusters)
    if laid:
        names = told_apart((AS_GIVEN, *(regime.title for regime in laid)))
        return RegimeComparison(scenarios, *drawn, names, tuple(estimates), *shown, laid, tuple(lucks))
    return Comparison(scenarios, *drawn, names_of(scenarios), tuple(estimates), *shown)


def _luck(shared: SharedDraws, scenario: Scenario, places: Sequence[Place]) -> Samples:
    """Return what practices are paid in each contract while no cluster truly saves anything."""
    rows = dict.fromkeys(row for row, _ in places)
    return samples_at(shared.simulate(at_saving(scenario, 0.0)), [(row, PRACTICE_SHARE) for row in rows])


def with_each(scenarios: tuple[Scenario, ...], regimes: Sequence[Regime]) -> tuple[Scenario, ...]:
    """Return the scenario as given, and under each regime alone; scenarios as they are without regimes."""
    if not regimes:
        return scenarios
    problems = Problems()
    if len(scenarios) != 1:
        need, hint = "one, for regimes to be laid over", "compare regimes over one scenario at a time"
        problems.append(Problem("scenarios", need, str(len(scenarios)), hint))
    found = list(scenarios[:1])
    for regime in regimes if found else ():
        with problems.noted():
            found.append(scenarios[0].vary(regimes=[regime]))
    problems.report()
    return tuple(found)


def check_comparison(
    scenarios: Sequence[Scenario],
    measures: Sequence[str] | None,
    clusters: Sequence[str] | None,
    draws: Draws,
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
    with problems.noted():
        places = places_of(scenarios, measures, clusters)
    problems.report()
    return places


def names_of(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Return a name for each scenario: its file's, with more where that is not enough to tell them apart."""
    stems = [PurePath(scenario.source).stem for scenario in scenarios]
    longer = [
        " ".join((scenario.source, *scenario.laid_over)) if stems.count(stem) > 1 else stem
        for stem, scenario in zip(stems, scenarios, strict=True)
    ]
    return told_apart(longer)


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Return names, with a number behind those that several have."""
    return tuple(
        f"{name} ({names[: at + 1].count(name)})" if names.count(name) > 1 else name
        for at, name in enumerate(names)
    )
