"""The shocks of a scenario, and what its last year or a history says of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.compounds.spend import LinePrices
from simulator.demand.fitted import Fitted
from simulator.demand.last_year import LastYear
from simulator.demand.shocks import ShockPlan
from simulator.records import FloatArray
from simulator.scenario.doubts import carries_fit, doubts_of
from simulator.scenario.pcts import pcts_of_shocks
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import Cluster, ScenarioFile


def shock_plan(scenario: Scenario) -> ShockPlan:
    """Return the shocks of a scenario, with what they fall on."""
    settings = scenario.settings
    shocks, lines = settings.shocks, settings.service_lines
    return ShockPlan(
        shocks,
        tuple(line.pct_shock or shocks.pct.size for line in lines),
        tuple(line.price_shock or shocks.price.size for line in lines),
        tuple(_practice_shares(cluster, scenario) for cluster in settings.clusters),
        doubts_of(settings),
        _fitted(scenario),
        pcts_of_shocks(settings),
    )


def _fitted(scenario: Scenario) -> Fitted | None:
    """Return the draws of a history, where the scenario has them and carries them."""
    settings, posterior = scenario.settings, scenario.posterior
    if posterior is None or not carries_fit(settings):
        return None
    years = settings.contract.financial_years
    base = years[0].start - posterior.years[-1]
    clusters, lines = (
        tuple(one.name for one in some) for some in (settings.clusters, settings.service_lines)
    )
    return Fitted(posterior, settings.fit.sha256 or "", clusters, lines, base, len(years))


def _practice_shares(cluster: Cluster, scenario: Scenario) -> dict[str, float]:
    """Return each practice's share of a cluster's people; practices of one size for a number of people."""
    if cluster.people is not None:
        number = max(round(cluster.people / scenario.settings.shocks.practice.people), 1)
        return {f"{cluster.name} {at + 1}": 1 / number for at in range(number)}
    table = scenario.practices.practices if scenario.practices else ()
    lists = {one.code: sum(one.people_by_group) for one in table if one.code in cluster.practices}
    everyone = sum(lists.values())
    return {code: people / everyone for code, people in lists.items()}


def known_last_year(
    settings: ScenarioFile,
    shocks: ShockPlan,
    spend_gbp: FloatArray,
    expected: FloatArray,
    prices: Sequence[LinePrices],
    years: int,
) -> LastYear:
    """Return what spend in the base year says of later years; takes arrays of shape (cluster, line)."""
    mean_gbp = np.array([line.unit_cost_gbp.mean_gbp for line in settings.service_lines])
    of_case = np.array([sum(line.chance_of_a_case) for line in settings.service_lines])
    index = np.array([price.price_index[0] for price in prices])
    # Nothing spent, by chance where few cases are expected, has no logarithm: it is taken to say nothing.
    per_case = np.array([price.totals is not None for price in prices])
    seen = per_case & (expected > 0) & (spend_gbp > 0)
    spent, cases = np.where(seen, spend_gbp, 1.0), np.where(seen, expected, 1.0)
    chance = np.where(seen, of_case, 0.0) / cases
    return LastYear.of(shocks, np.log(spent / (cases * mean_gbp * index)), chance, seen, years)
