"""Every kind of shock against its exact moments, and that none moves what is expected."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simulator.demand.shocks import ShockDraws
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.plan import make_plan
from tests.builders import checked, cluster_of, line_of, scenario_of
from tests.references.checks import FloatArray, mean_against, misses

CONTRACTS = 40_000
SIZE = {"law": "lognormal", "sd_share": 0.1}
LOG_VARIANCE = math.log1p(0.1**2)
YEARS = 4
"""The base year and three of the contract."""
SHOCKS: dict[str, dict[str, Any]] = {
    "cluster_year": {"cluster_year": SIZE | {"persistence": 0.8}},
    "cluster_line": {"cluster_line": SIZE},
    "cluster_line_year": {"cluster_line_year": SIZE | {"persistence": 0.8}},
    "practice": {"practice": {"size": SIZE, "people": 2_500}},
    "drift": {"pct": {"growth_drift_sd_share": 0.05, "correlation": 0.5}},
    "price": {"price": {"size": SIZE, "correlation": 0.5, "persistence": 0.8}},
    "pct": {"pct": {"size": SIZE, "correlation": 0.5, "persistence": 0.8}},
}
BLOCK = Block(0, CONTRACTS)


def scenario(shocks: dict[str, Any]) -> Any:
    lines = [line_of(), line_of("prescribing", price_shock=None)]
    clusters = [cluster_of("North", 5_000), cluster_of("South", 20_000)]
    return scenario_of(
        contract={"start_year": 2010, "years": YEARS - 1},
        shocks=shocks,
        service_lines=[{key: one[key] for key in one if one[key] is not None} for one in lines],
        clusters=clusters,
    )


def drawn(shocks: dict[str, Any], seed: int = 1) -> ShockDraws:
    return make_plan(checked(scenario(shocks))).draw_shocks(RandomStreams(seed), BLOCK)


def logs(name: str) -> FloatArray:
    """Return the logarithms of the factors of North's first line in every year, (contract, year)."""
    draws = drawn(SHOCKS[name])
    if name == "price":
        return np.stack([np.log(draws.prices(year, 0, 0)) for year in range(YEARS)], axis=-1)
    return np.stack([np.log(draws.factors(year, 0, 0)) for year in range(YEARS)], axis=-1)


@pytest.mark.parametrize("name", ["pct", "cluster_year", "cluster_line_year", "price"])
def test_a_shock_that_persists_varies_alike_in_every_year(name: str) -> None:
    """AR(1) from its stationary law: the first year is no calmer than the third."""
    levels = logs(name) / math.sqrt(LOG_VARIANCE) + math.sqrt(LOG_VARIANCE) / 2
    comparisons = [mean_against(levels[:, year] ** 2, 1.0) for year in range(YEARS)]
    for apart in range(1, YEARS):
        products = levels[:, apart:] * levels[:, :-apart]
        comparisons += [mean_against(one, 0.8**apart) for one in products.T]
    assert misses(comparisons) == []


def test_the_check_of_persistence_can_fail() -> None:
    """Anew each year in place of persisting."""
    levels = np.log(drawn({"cluster_year": SIZE}).cluster_year[:, :2, 0]) / math.sqrt(LOG_VARIANCE)
    levels += math.sqrt(LOG_VARIANCE) / 2
    assert misses([mean_against(levels[:, 0] * levels[:, 1], 0.8)]) != []


def test_growth_that_drifts_makes_ever_more_of_cases() -> None:
    levels = logs("drift")
    assert (levels[:, 0] == 0).all()
    comparisons = []
    for year in range(1, YEARS):
        # Growth is the sum of its changes, the level that of growth: 1, then 1 + 4, then 1 + 4 + 9 changes.
        variance = 0.05**2 * sum(step**2 for step in range(1, year + 1))
        comparisons.append(mean_against((levels[:, year] + variance / 2) ** 2, variance))
    assert misses(comparisons) == []


def test_lines_share_a_part_of_drifts_and_prices() -> None:
    drift = drawn(SHOCKS["drift"]).drift
    price = drawn(SHOCKS["price"]).price
    assert drift is not None
    assert price is not None
    comparisons = []
    for factors, variance in ((drift[:, 1, 0], 0.05**2), (price[:, 2, 0], LOG_VARIANCE)):
        levels = (np.log(factors) + variance / 2) / math.sqrt(variance)
        comparisons.append(mean_against(levels[:, 0] * levels[:, 1], 0.5))
    assert misses(comparisons) == []


def test_need_by_practice_shrinks_with_their_number() -> None:
    """North has two practices of 2,500 people and South eight."""
    lasting = drawn(SHOCKS["practice"]).lasting
    comparisons = [
        mean_against((lasting[:, at] - 1) ** 2, 0.1**2 / practices) for at, practices in enumerate((2, 8))
    ]
    comparisons.append(mean_against((lasting[:, 0] - 1) * (lasting[:, 1] - 1), 0.0))
    assert misses(comparisons) == []


def test_a_clusters_lines_are_shaken_apart() -> None:
    lasting, passing = (drawn(SHOCKS[name]).cluster_line for name in ("cluster_line", "cluster_line_year"))
    assert lasting is not None
    assert passing is not None
    assert (lasting == lasting[:, :1]).all()
    comparisons = [
        mean_against((one[:, 0, 0, 0] - 1) * (one[:, 0, cluster, line] - 1), 0.0)
        for one in (lasting, passing)
        for cluster, line in ((0, 1), (1, 0), (1, 1))
    ]
    comparisons += [mean_against((one[:, 3, 1, 1] - 1) ** 2, 0.1**2) for one in (lasting, passing)]
    assert misses(comparisons) == []


@pytest.mark.parametrize("name", SHOCKS)
def test_no_shock_moves_expected_spend(name: str) -> None:
    plan = make_plan(checked(scenario(SHOCKS[name])))
    spend = plan.draw(RandomStreams(5), Block(0, 10_000)).gbp
    expected = np.broadcast_to(plan.expected_spend_gbp, spend.shape[1:])
    comparisons = [mean_against(spend[:, *at], float(expected[at])) for at in np.ndindex(expected.shape)]
    assert misses(comparisons) == []


@pytest.mark.parametrize("name", SHOCKS)
def test_a_shock_leaves_the_chance_of_all_else_as_it_is(name: str) -> None:
    """Turned on, it multiplies what the others make, contract by contract."""
    others = {"cluster": SIZE}
    without, alone, both = drawn(others), drawn(SHOCKS[name]), drawn(others | SHOCKS[name])
    expected = without.factors(2, 1, 1) * alone.factors(2, 1, 1)
    np.testing.assert_allclose(both.factors(2, 1, 1), expected, rtol=1e-12)
