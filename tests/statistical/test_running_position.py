"""Months have the law of compounds that add up to the year that `simulate` draws at once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulator.questions.months.ask import Months, RunningPosition, running_position
from simulator.simulation.draws import Draws
from simulator.simulation.plan import make_plan
from tests.builders import checked, cluster_of, line_of, scenario_of
from tests.references.checks import LIMIT, mean_against, misses, variance_against

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


def test_the_months_of_high_and_of_low_years() -> None:
    """Given the year, what some months spend has the mean of their share of its expected cases."""
    one_line = SCENARIO | {"service_lines": LINES[2:]}
    found = running_position(checked(one_line), draws=Draws(CONTRACTS, 7)).of("North")
    share = np.cumsum(Months(make_plan(checked(one_line)), 1).shares[:, 0])
    quarters = np.array_split(np.argsort(found[:, -1]), 4)
    apart = [
        mean_against(found[one, at] - share[at] * found[one, -1], 0.0) for one in quarters for at in (2, 5)
    ]
    assert misses(apart) == []
    # The check can fail: months that know nothing of their year.
    shuffled = np.random.default_rng(1).permutation(found[:, 5])
    alone = [mean_against(shuffled[one] - share[5] * found[one, -1], 0.0) for one in quarters]
    assert len(misses(alone)) == 4


def test_months_are_as_skewed_as_their_law() -> None:
    """Poisson cases at exponential costs: the third central moment is 6 * expected cases * mean ** 3."""
    cost = {"model": "gamma", "mean": 1000, "cv": 1.0}
    rare = line_of("rare", rate_per_1000=4, unit_cost_gbp=cost)
    scenario = checked(SCENARIO | {"service_lines": [rare]})
    found = running_position(scenario, draws=Draws(CONTRACTS, 7)).of("North")
    plan = make_plan(scenario)
    third = 6 * 1000.0**3 * plan.expected_counts[1, 0, 0] * np.cumsum(Months(plan, 1).shares[:, 0])
    cubes = [month**3 for month in found.T]
    assert misses([mean_against(cube, exact) for cube, exact in zip(cubes, third, strict=True)]) == []
    # The check can fail. In the middle of a year a bridge of independent months to its total, m + w (T - S)
    # with w the share of the year that is over, has a quarter of the third moment.
    assert misses([mean_against(cubes[4], third[4] / 4)])


def test_shocks_move_every_month_alike() -> None:
    """Variance at a month's end is w * chance + (w * expected spend * SD of the shock) ** 2."""
    shock = {"cluster_year": {"law": "lognormal", "sd_share": 0.1}}
    scenario = checked(SCENARIO | {"shocks": shock})
    found = running_position(scenario, draws=Draws(CONTRACTS, 7)).of("North")
    plan = make_plan(scenario)
    costs = np.array([line.unit_cost_gbp.mean_gbp for line in plan.settings.service_lines])
    expected_gbp = np.cumsum(plan.expected_counts[1, 0] * Months(plan, 1).shares @ costs)
    means, chance = moments_by_month()
    variances = chance + (0.1 * expected_gbp) ** 2
    assert moment_misses(found, means, variances) == []
    assert moment_misses(found, means, chance + (0.12 * expected_gbp) ** 2)


def test_a_limit_per_case_holds_in_its_months() -> None:
    """The variance to a month's end is expected cases * mean square of a limited cost."""
    limited = {"rule": "per_case_limit", "limit_gbp": 20_000}
    scenario = checked(SCENARIO | {"service_lines": LINES[2:], "rules": [limited]})
    found = running_position(scenario, draws=Draws(CONTRACTS, 7)).of("North")
    plan = make_plan(scenario)
    cost = plan.settings.service_lines[0].unit_cost_gbp
    cases = plan.expected_counts[1, 0, 0] * np.cumsum(Months(plan, 1).shares[:, 0])
    budget_gbp = running_position(scenario, draws=Draws(100)).budget_of("North")
    means = cases * cost.mean_gbp - budget_gbp * cases / cases[-1]
    assert moment_misses(found, means, cases * (cost.mean_gbp**2 + cost.variance_gbp2)) == []
    # The check can fail: a tenth more for every case.
    assert moment_misses(found, means, 1.1 * cases * (cost.mean_gbp**2 + cost.variance_gbp2))


def test_overspent_is_a_share_of_contracts() -> None:
    found = positions()
    last = found.of("North")[:, -1]
    estimate = found.overspent("North")[-1]
    assert estimate.value == pytest.approx((last > 0).mean())
    assert estimate.high - estimate.low < LIMIT / np.sqrt(CONTRACTS)
