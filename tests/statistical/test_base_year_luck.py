"""Budgets: a lucky base year makes a tight one, and a part year has its part of everything."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simulator.simulation.result import Result
from tests.builders import cluster_of, line_of, scenario_of, simulated
from tests.references.checks import Comparison, FloatArray, mean_against, misses, sd_against
from tests.references.line_year import LineYear

CONTRACTS = 100_000
UPLIFT = 1.02
WEIGHTS = (0.0, 0.25, 0.6, 1.0)
DAYS_JULY_TO_MARCH = 274


def year_of(lasting: float = 0.0, passing: float = 0.03, share_of_year: float = 1.0) -> LineYear:
    return LineYear(800 * share_of_year, 1500.0, 1.3 * 1500, 1.5, lasting, passing)


def simulated_line(
    rule: dict[str, Any], lasting: float = 0.0, passing: float = 0.03, **contract: Any
) -> Result:
    """Simulate 8,000 people who use 100 cases a year for each 1,000."""
    scenario = scenario_of(
        contract={"start_year": 2010, "years": 1} | contract,
        shocks={
            "cluster": {"law": "lognormal", "sd_share": lasting},
            "cluster_year": {"law": "lognormal", "sd_share": passing},
        },
        budgets={"rule": rule},
        service_lines=[
            line_of(
                count={"model": "negative_binomial", "variance_to_mean": 1.5},
                unit_cost_gbp={"model": "lognormal", "mean": 1500, "cv": 1.3},
            )
        ],
        clusters=[cluster_of("Only", 8000)],
        rules=[],
    )
    return simulated(scenario, contracts=CONTRACTS, seed=6)


def budget_and_spend(result: Result, year: int = 0) -> tuple[FloatArray, FloatArray]:
    outcomes = result.contract_outcomes
    return outcomes.gbp("budget")[:, year, 0], outcomes.gbp("spend")[:, year, 0]


def covariance_against(one: FloatArray, other: FloatArray, exact: float, what: str) -> Comparison:
    products = (one - one.mean()) * (other - other.mean())
    return mean_against(products, exact, what=what)


def toolkit(weight: float, **more: Any) -> dict[str, Any]:
    return {
        "rule": "toolkit",
        "fair_share_weight_by_year": [weight],
        "uplift_share": UPLIFT - 1,
    } | more


@pytest.mark.parametrize("lasting", [0.0, 0.05])
def test_spend_has_the_exact_moments(lasting: float):
    law = year_of(lasting)
    _, spend = budget_and_spend(simulated_line({"rule": "expected_spend"}, lasting))
    assert misses([mean_against(spend, law.mean), sd_against(spend, law.sd)]) == []


@pytest.mark.parametrize("lasting", [0.0, 0.05])
@pytest.mark.parametrize("weight", WEIGHTS)
def test_regression_to_the_mean(weight: float, lasting: float):
    """Of the base year's deviation, 1 - weight goes into the budget and none but what lasts into spend."""
    law = year_of(lasting)
    moves = (1 - weight) * UPLIFT
    budget, spend = budget_and_spend(simulated_line(toolkit(weight), lasting))
    together = moves * law.covariance_of_years
    found = [
        mean_against(budget, UPLIFT * law.mean, rounding=1e-6, what="budget"),
        sd_against(budget, moves * law.sd),
        covariance_against(budget, spend, together, "budget and spend"),
        covariance_against(budget, spend - budget, together - moves**2 * law.variance, "and overspend"),
    ]
    # With fair shares alone the budget does not vary, up to rounding.
    assert misses(found if weight < 1 else found[:1]) == []
    assert weight < 1 or np.ptp(budget) < 1e-6


def test_a_lucky_base_year_makes_an_overspend_likely():
    """What a cluster would see: with historic budgets, a low one is a sign of luck that is over."""
    budget, spend = budget_and_spend(simulated_line(toolkit(0.0)))
    overspent = spend > budget
    lucky = budget < np.quantile(budget, 0.1)
    unlucky = budget > np.quantile(budget, 0.9)
    assert overspent[lucky].mean() > 0.75
    assert overspent[unlucky].mean() < 0.25


def test_rebased_budgets_follow_the_latest_year():
    law, weight = year_of(), 0.4
    result = simulated_line(toolkit(weight, historic_year="latest"), years=2)
    first_budget, first_spend = budget_and_spend(result, 0)
    second_budget, second_spend = budget_and_spend(result, 1)
    moves = (1 - weight) * UPLIFT
    found = [
        mean_against(second_budget, moves * law.mean + weight * UPLIFT**2 * law.mean),
        sd_against(second_budget, moves * law.sd),
        covariance_against(first_spend, second_budget, moves * law.variance, "spend and next budget"),
        covariance_against(first_budget, second_budget, 0.0, "two budgets"),
        covariance_against(first_spend, second_spend, 0.0, "two years' spend"),
    ]
    assert misses(found) == []


def test_a_part_year_has_its_part():
    part = DAYS_JULY_TO_MARCH / 365
    result = simulated_line({"rule": "expected_spend"}, start_month=7, years=2)
    for year, law in enumerate((year_of(share_of_year=part), year_of())):
        budget, spend = budget_and_spend(result, year)
        assert budget == pytest.approx(law.mean)
        assert misses([mean_against(spend, law.mean), sd_against(spend, law.sd)]) == []


def test_a_part_year_of_a_historic_budget():
    """The base year is whole: its luck comes into the part year's budget in proportion."""
    part, whole = DAYS_JULY_TO_MARCH / 365, year_of()
    weight = 0.25
    budget, _ = budget_and_spend(simulated_line(toolkit(weight), start_month=7))
    found = [
        mean_against(budget, part * UPLIFT * whole.mean),
        sd_against(budget, part * (1 - weight) * UPLIFT * whole.sd),
    ]
    assert misses(found) == []


def test_rebasing_on_a_part_year_scales_it_up():
    part, weight = DAYS_JULY_TO_MARCH / 365, 0.4
    first = year_of(share_of_year=part)
    result = simulated_line(toolkit(weight, historic_year="latest"), start_month=7, years=2)
    budget, _ = budget_and_spend(result, 1)
    _, spend = budget_and_spend(result, 0)
    moves = (1 - weight) * UPLIFT / part
    found = [
        sd_against(budget, moves * first.sd),
        covariance_against(budget, spend, moves * first.variance, "budget and spend before"),
    ]
    assert misses(found) == []


def test_a_common_shock_binds_clusters():
    """The whole PCT's shock does not cancel between clusters; what is their own does."""
    sd, cases = 0.05, 800.0
    scenario = scenario_of(
        contract={"start_year": 2010, "years": 1},
        shocks={"pct": {"size": {"law": "lognormal", "sd_share": sd}}},
        service_lines=[line_of(unit_cost_gbp={"model": "gamma", "mean": 1000, "cv": 1})],
        clusters=[cluster_of("One", 8000), cluster_of("Two", 8000)],
        rules=[],
    )
    spend = simulated(scenario, contracts=CONTRACTS, seed=7).contract_outcomes.gbp("spend")[:, 0]
    mean = cases * 1000.0
    alone = LineYear(cases, 1000.0, 1000.0, passing=sd).variance
    found = [
        covariance_against(spend[:, 0], spend[:, 1], (mean * sd) ** 2, "two clusters"),
        sd_against(spend.sum(axis=1), math.sqrt(2 * alone + 2 * (mean * sd) ** 2)),
    ]
    assert misses(found) == []
