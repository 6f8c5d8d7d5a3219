"""Months drawn one by one make the year that `simulate` draws at once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulator.questions.months.ask import Months, RunningPosition, running_position
from simulator.simulation.draws import Draws
from simulator.simulation.plan import make_plan
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.references.checks import LIMIT, Comparison, mean_against, misses, variance_against

CONTRACTS = 40_000
NEGATIVE_BINOMIAL = {"model": "negative_binomial", "variance_to_mean": 3.0}
LINES = [
    line_of(count=NEGATIVE_BINOMIAL),
    line_of("prescribing", rate_per_1000=2000, unit_cost_gbp={"model": "lognormal", "mean": 9, "cv": 1.2}),
    line_of("rare", rate_per_1000=0.5, unit_cost_gbp={"model": "gamma", "mean": 20_000, "cv": 2.0}),
]
SCENARIO = scenario_of(
    contract={"start_year": 2010, "start_month": 7, "years": 2},
    service_lines=LINES,
    clusters=[cluster_of("North", 6000)],
    rules=[],
)
SHOCKS = {
    "pct": {"size": {"law": "lognormal", "sd_share": 0.03}, "persistence": 0.5},
    "cluster": {"law": "lognormal", "sd_share": 0.02},
    "cluster_year": {"law": "lognormal", "sd_share": 0.02},
}
TOOLKIT = {"rule": "toolkit", "fair_share_weight_by_year": [0.25], "uplift_share": 0.0}


@cache
def positions(year: str = "2010/11") -> RunningPosition:
    return running_position(checked(SCENARIO), year, draws=Draws(CONTRACTS, 7))


def moments_by_month() -> tuple[np.ndarray, np.ndarray]:
    """Return the exact mean and variance of spend less budget to the end of each month of 2010/11.

    Months are independent compounds: variance = expected count * (ratio * mean ** 2 + cost variance).
    The budget is the expectation, so the mean is nothing.
    """
    plan = make_plan(checked(SCENARIO))
    counts = plan.expected_counts[1, 0] * Months(plan, 1).shares
    variance = np.zeros(len(counts))
    for at, (line, ratio) in enumerate(zip(plan.settings.service_lines, (3.0, 1.0, 1.0), strict=True)):
        cost = line.unit_cost_gbp
        variance += counts[:, at] * (ratio * cost.mean_gbp**2 + cost.variance_gbp2)
    return np.zeros(len(counts)), np.cumsum(variance)


def moment_misses(position: np.ndarray, means: np.ndarray, variances: np.ndarray) -> list[str]:
    found = []
    for month, mean, variance in zip(position.T, means, variances, strict=True):
        found += misses([mean_against(month, mean), variance_against(month, variance)])
    return found


def test_every_month_has_the_exact_moments() -> None:
    means, variances = moments_by_month()
    assert moment_misses(positions().of("North"), means, variances) == []


def test_the_check_can_fail() -> None:
    means, variances = moments_by_month()
    # 3% of a standard deviation too much spend, or 10% too much variance.
    assert moment_misses(positions().of("North") + 0.03 * np.sqrt(variances), means, variances)
    assert moment_misses(positions().of("North"), means, 1.1 * variances)


def two_samples(one: np.ndarray, other: np.ndarray) -> list[str]:
    """Compare means, variances and the share above nothing of two independent samples."""
    found = []
    for what, of in (
        ("mean", lambda sample: sample),
        ("variance", lambda sample: (sample - sample.mean()) ** 2),
        ("third moment", lambda sample: (sample - sample.mean()) ** 3),
        ("overspend", lambda sample: (sample > 0).astype(float)),
    ):
        first, second = of(one), of(other)
        error = np.hypot(first.std() / np.sqrt(first.size), second.std() / np.sqrt(second.size))
        found.append(Comparison(what, float(first.mean()), float(second.mean()), float(error)))
    return misses(found)


def with_chance() -> Table:
    return SCENARIO | {"shocks": SHOCKS, "budgets": {"rule": TOOLKIT}}


@pytest.mark.parametrize("year", ["2010/11", "2011/12"])
def test_the_year_ends_as_in_simulate(year: str) -> None:
    """With all shocks, historic budgets and an independent seed."""
    found = running_position(checked(with_chance()), year, draws=Draws(CONTRACTS, 7))
    result = simulated(with_chance(), contracts=CONTRACTS, seed=8)
    outcomes, at = result.contract_outcomes, result.years.index(year)
    net = (outcomes.gbp("spend") - outcomes.gbp("budget"))[:, at, 0]
    assert two_samples(found.of("North")[:, -1], net) == []
    # The check can fail: 0.5% more spend in the year is seen.
    assert two_samples(found.of("North")[:, -1] + 0.01 * found.budget_of("North"), net)


def test_shocks_are_those_of_simulate_with_the_same_seed() -> None:
    # The same shocks move both; what is drawn anew is little in so large a cluster.
    big = with_chance() | {"clusters": [cluster_of("North", 5e7)]}
    found = running_position(checked(big), draws=Draws(2000, 7)).of("North")[:, -1]
    result = simulated(big, contracts=2000, seed=7)
    outcomes = result.contract_outcomes
    net = (outcomes.gbp("spend") - outcomes.gbp("budget"))[:, 0, 0]
    assert np.corrcoef(found, net)[0, 1] > 0.99


def test_overspent_is_a_share_of_contracts() -> None:
    found = positions()
    last = found.of("North")[:, -1]
    estimate = found.overspent("North")[-1]
    assert estimate.value == pytest.approx((last > 0).mean())
    assert estimate.high - estimate.low < LIMIT / np.sqrt(CONTRACTS)
