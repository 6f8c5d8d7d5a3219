"""Budgets that rest on several years: spend before the base year, and its correlation with later years."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.plan import Plan, make_plan
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.references.checks import mean_against, misses, within
from tests.unit.problems import problems_of

WEIGHTS = [0.1, 0.3, 0.6]
CONTRACTS = 20_000
SHOCKS = {
    "cluster_year": {"law": "lognormal", "sd_share": 0.1, "persistence": 0.8},
    "pct": {
        "size": {"law": "lognormal", "sd_share": 0.05},
        "persistence": 0.5,
        "growth_drift_sd_share": 0.05,
    },
}


def scenario(weights: list[float], **changes: object) -> Table:
    rule = {"rule": "toolkit", "fair_share_weight_by_year": [0.0], "uplift_share": 0.02}
    line = line_of(growth_share=0.05, price_growth_share=0.03, rate_year=2009)
    budgets = {"rule": rule | {"base_year_weights": weights}}
    clusters = [cluster_of("North", 200_000, list_growth_share=0.01), cluster_of("South", 100_000)]
    given = {"budgets": budgets, "service_lines": [line], "clusters": clusters, "shocks": SHOCKS}
    return scenario_of(**(given | changes))


def plan_of(**changes: object) -> Plan:
    return make_plan(checked(scenario(WEIGHTS, **changes)))


def test_earlier_years_have_their_means_and_the_correlations_of_the_series() -> None:
    plan = plan_of()
    spend = plan.draw(RandomStreams(1), Block(0, CONTRACTS))
    years = [year[:, 0, 0] for year in spend.base_years_gbp]
    # 200,000 people, 100 cases for each 1,000 at GBP 1,000 in 2009/10; growth, prices and lists before.
    ago = np.arange(3)
    means = 20e6 / (1.05 * 1.03 * 1.01) ** ago
    assert misses(mean_against(*pair) for pair in zip(years, means, strict=True)) == []
    logs = np.log(years)
    own, pct = np.log(1.01), np.log1p(0.05**2)
    counts = 2 / (20_000 * np.array([1, 1 / (1.05 * 1.01), 1 / (1.05 * 1.01) ** 2]))
    found = np.cov(logs)
    for one in range(3):
        for other in range(3):
            apart = abs(one - other)
            exact = own * 0.8**apart + pct * 0.5**apart + (counts[one] if one == other else 0)
            # Of a covariance of normals: half of it is as for a variance, half of the two variances.
            error = np.sqrt((exact**2 + found[one, one] * found[other, other]) / CONTRACTS)
            assert within(found[one, other], exact, error)


def test_the_base_year_and_all_later_ones_keep_their_draws() -> None:
    one, several = (simulated(scenario(weights)) for weights in ([1.0], WEIGHTS))
    spend = [result.contract_outcomes.gbp("spend") for result in (one, several)]
    assert (spend[0] == spend[1]).all()
    budgets = [result.contract_outcomes.gbp("budget") for result in (one, several)]
    assert (budgets[0] != budgets[1]).all()


def test_a_budget_is_the_weighted_sum_of_years_brought_to_the_base_year_by_the_uplift() -> None:
    plan = plan_of()
    spend = plan.draw(RandomStreams(2), Block(0, 50))
    base, before, first = (year[:, 1, 0] for year in spend.base_years_gbp)
    expected = 1.02 * (0.6 * base + 0.3 * 1.02 * before + 0.1 * 1.02**2 * first)
    assert plan.set_budgets(spend).budget_gbp[:, 0, 1, 0] == pytest.approx(expected)


def test_rebased_budgets_rest_on_the_latest_years_of_all() -> None:
    changes = scenario(WEIGHTS)["budgets"]["rule"] | {"historic_year": "latest"}
    plan = make_plan(checked(scenario(WEIGHTS) | {"budgets": {"rule": changes}}))
    spend = plan.draw(RandomStreams(2), Block(0, 50))
    latest, base, before = spend.gbp[:, 1, 1, 0], spend.gbp[:, 0, 1, 0], spend.base_years_gbp[1][:, 1, 0]
    expected = 1.02 * (0.6 * latest + 0.3 * 1.02 * base + 0.1 * 1.02**2 * before)
    assert plan.set_budgets(spend).budget_gbp[:, 1, 1, 0] == pytest.approx(expected)


def test_a_block_contract_was_paid_as_planned_before_too() -> None:
    line = line_of(growth_share=0.05, price_growth_share=0.03, rate_year=2009, payment="block")
    plan = plan_of(service_lines=[line])
    base, *before = plan.draw(RandomStreams(1), Block(0, 10)).base_years_gbp
    assert base[:, 0, 0] == pytest.approx(np.full(10, 20e6))
    for ago, year in enumerate(before, start=1):
        # Plans follow growth of cases and prices, and know nothing of lists.
        assert year[:, 0, 0] == pytest.approx(np.full(10, 20e6 / (1.05 * 1.03) ** ago))


def test_doubt_about_growth_is_the_other_way_round_before_the_base_year() -> None:
    line = line_of(growth_share={"mean": 0.0, "sd": 0.05}, rate_year=2009)
    plan = make_plan(checked(scenario(WEIGHTS, service_lines=[line], shocks={})))
    spend = plan.draw(RandomStreams(3), Block(0, CONTRACTS))
    before, after = np.log(spend.base_years_gbp[2][:, 0, 0]), np.log(spend.gbp[:, 2, 0, 0])
    # Two years back and two on: the same unknown growth, one against the other.
    assert np.corrcoef(before, after)[0, 1] == pytest.approx(-0.99, abs=0.01)


def test_weights_must_add_up_and_go_with_a_simulated_base_year(tmp_path: Path) -> None:
    (problem,) = problems_of(scenario([0.5, 0.6]))
    assert problem.need == "base_year_weights of at most 5 years that add up to 1"
    (tmp_path / "last.csv").write_text("cluster,line,spend_gbp\nNorth,admissions,2e7\nSouth,admissions,1e7\n")
    mapping = scenario(WEIGHTS)
    mapping["budgets"]["historic"] = {"csv": "last.csv"}
    (problem,) = problems_of(mapping, folder=tmp_path)
    assert problem.where.endswith("budgets.rule.base_year_weights")
