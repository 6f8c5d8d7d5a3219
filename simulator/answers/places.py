"""Which rows and measures of scenarios are asked for, and which of them a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.answers.table import column_named
from simulator.errors import Problems, unknown
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.measures import columns
from simulator.risk.paired import Place, Samples
from simulator.scenario.scenario import Scenario
from simulator.simulation.result import Result


def places_of(
    scenarios: Iterable[Scenario], measures: Sequence[str] | None, clusters: Sequence[str] | None
) -> tuple[Place, ...]:
    """Return the rows and measures asked for that any scenario has, all clusters together among the rows."""
    every: dict[Place, None] = {}
    known: dict[str, None] = {}
    for scenario in scenarios:
        settings = scenario.settings
        for row in (*(cluster.name for cluster in settings.clusters), ALL_CLUSTERS):
            for name, column in columns(settings.contract.years).items():
                known[name] = None
                if column.measure.is_of(row):
                    every[row, name] = None
    rows = list(dict.fromkeys(row for row, _ in every))
    wanted = known if measures is None else tuple(map(column_named, measures))
    wanted_rows = rows if clusters is None else (ALL_CLUSTERS, *clusters)
    problems = Problems(one for name in wanted for one in unknown("measure", name, list(known)))
    problems += [one for name in clusters or () for one in unknown("cluster", name, rows)]
    problems.report()
    return tuple((row, name) for row, name in every if row in wanted_rows and name in wanted)


def rows_shown(places: Sequence[Place], clusters: Sequence[str] | None) -> tuple[str, ...]:
    """Return all clusters together and those asked for; every row where these have none of the measures."""
    having = dict.fromkeys(row for row, _ in places)
    asked = dict.fromkeys((ALL_CLUSTERS, *(clusters or ())))
    return tuple(row for row in asked if row in having) or tuple(having)


def samples_at(result: Result, places: Sequence[Place]) -> Samples:
    """Return the samples of some rows and measures; without those that the result has not."""
    return Samples.of(result.contract_outcomes, result.plan.terms).at(places)
