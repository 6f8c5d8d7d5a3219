"""What a scenario plans, before any chance; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.simulation.plan import Plan, make_plan, with_rules_of
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated

LINE = line_of(rate_year=2010, growth_share=0.1, price_growth_share=0.2)


def _plan(**changes: object) -> Plan:
    usual: Table = {"service_lines": [LINE], "clusters": [cluster_of("North", 1_000)]}
    return make_plan(checked(scenario_of(**(usual | changes))))


@pytest.mark.parametrize(
    ("month", "labels", "months"),
    [
        (4, ("2009/10", "2010/11", "2011/12"), (12, 12)),
        (7, ("2009/10", "2010/11", "2011/12"), (9, 12)),
        # January 2010 is in the financial year 2009/10.
        (1, ("2008/09", "2009/10", "2010/11"), (3, 12)),
        (3, ("2008/09", "2009/10", "2010/11"), (1, 12)),
    ],
)
def test_the_contract_s_years(month: int, labels: tuple[str, ...], months: tuple[int, ...]) -> None:
    plan = _plan(contract={"start_year": 2010, "start_month": month, "years": 2})
    assert plan.axes.years == labels
    assert plan.terms.year_months == months


def test_expected_counts_grow_and_true_savings_start_with_the_contract() -> None:
    plan = _plan(clusters=[cluster_of("North", 1_000, true_saving_share=0.2)])
    # 100 in 2010/11; before, 100 / 1.1; later 110; a fifth is avoided, but not in the base year.
    assert plan.expected_counts[:, 0, 0] == pytest.approx([100 / 1.1, 80, 88])


def test_prices_and_expected_spend_grow_together() -> None:
    plan = _plan()
    # GBP 1,000 in 2010/11 and 20% more each year; 100 cases and 10% more.
    assert plan.prices[0].price_index == pytest.approx([1 / 1.2, 1, 1.2])
    assert plan.prices[0].block_gbp[:, 0] == pytest.approx([100_000 / 1.32, 100_000, 132_000])
    assert plan.budgets[0].expected_gbp[:, 0] == pytest.approx([100_000, 132_000])
    assert plan.budgets[0].fair_share_gbp == pytest.approx([100_000 / 1.32])
    assert plan.budgets[0].growth_share == pytest.approx(0.32)


def test_budgets_and_block_contracts_follow_planned_growth_and_demand_its_own() -> None:
    block = LINE | {"name": "homes", "payment": "block"}
    plan = _plan(service_lines=[line | {"planned_growth_share": 0.0} for line in (LINE, block)])
    assert plan.expected_counts[:, 0, 0] == pytest.approx([100 / 1.1, 100, 110])
    for budget in plan.budgets:
        assert budget.growth_share == pytest.approx(0.2)
        assert budget.expected_gbp[:, 0] == pytest.approx([100_000, 120_000])
        assert budget.fair_share_gbp == pytest.approx([100_000 / 1.2])
    assert plan.prices[1].block_gbp[:, 0] == pytest.approx([100_000 / 1.2, 100_000, 120_000])
    assert plan.terms.planned_gbp[:, 0] == pytest.approx([200_000, 240_000])


def test_true_savings_do_not_lower_the_budget_or_a_block_contract() -> None:
    plan = _plan(clusters=[cluster_of("North", 1_000, true_saving_share=0.2)])
    assert plan.budgets[0].expected_gbp[:, 0] == pytest.approx([100_000, 132_000])
    assert plan.prices[0].block_gbp[1, 0] == pytest.approx(100_000)


def test_a_rate_without_a_year_is_of_the_first_contract_year() -> None:
    plan = _plan(service_lines=[line_of(growth_share=0.1)], contract={"start_year": 2015, "years": 1})
    assert plan.expected_counts[:, 0, 0] == pytest.approx([100 / 1.1, 100])


def test_what_a_cluster_answers_for() -> None:
    clusters = [
        cluster_of("North", proportion=0.5),
        cluster_of("South", service_lines=["prescribing"]),
        cluster_of("East", service_lines=[]),
    ]
    plan = make_plan(checked(scenario_of(clusters=clusters)))
    assert plan.responsibility.tolist() == [[0.5, 0.5], [0, 1], [0, 0]]


def test_the_terms_of_clusters() -> None:
    clusters = [cluster_of("North", takes_share=False), cluster_of("South", 7, bond_gbp=5)]
    terms = make_plan(checked(scenario_of(clusters=clusters))).terms
    assert terms.names == ("North", "South")
    assert terms.people.tolist() == [5_000, 7]
    assert terms.takes_share.tolist() == [False, True]
    assert np.isnan(terms.bond_gbp).tolist() == [True, False]


def test_a_block_contract_costs_what_was_planned() -> None:
    scenario = scenario_of(service_lines=[line_of(payment="block")], clusters=[cluster_of("North", 1_000)])
    spend = simulated(scenario).contract_outcomes.gbp("spend")
    assert spend == pytest.approx(np.full((100, 2, 1), 100_000.0))


def test_half_the_responsibility_is_half_of_budget_and_spend() -> None:
    half = [cluster | {"proportion": 0.5} for cluster in scenario_of()["clusters"]]
    whole, part = (simulated(one).contract_outcomes for one in (scenario_of(), scenario_of(clusters=half)))
    for reason in ("budget", "spend", "bond_posted", "practice_share"):
        assert part.gbp(reason) == pytest.approx(whole.gbp(reason) / 2), reason


def test_plans_share_the_tables_of_a_law_that_is_the_same() -> None:
    costs = {"model": "empirical", "values": [10.0, 250.0], "probabilities": [0.5, 0.5]}
    line = line_of(unit_cost_gbp=costs, rate_year=2010, growth_share=0.1, price_growth_share=0.2)
    (one,), (other,) = (_plan(service_lines=[line]).prices for _ in range(2))
    assert one.totals is other.totals is not None
    (limited,) = _plan(service_lines=[line | {"unit_cost_gbp": costs | {"limit": 200}}]).prices
    assert limited.totals is not one.totals


@pytest.mark.parametrize(
    ("settings", "is_as_planned"),
    [
        (["rules.surplus.practice_share=0.05"], True),
        (["rules.bond.top_up=true", "title=Other"], True),
        (["rules.per_case_limit.limit_gbp=5000"], False),
        (["budgets.top_slice_share=0.01"], False),
        (["clusters.North.takes_share=false"], False),
        (["contract.years=1"], False),
    ],
)
def test_rules_alone_ask_for_no_other_plan(settings: list[str], is_as_planned: bool) -> None:
    scenario = checked(scenario_of())
    plan, changed = make_plan(scenario), scenario.vary(*settings)
    found = with_rules_of(plan, scenario, changed)
    assert (found is not None) is is_as_planned
    if found is not None:
        assert found.settings.rules == make_plan(changed).settings.rules
        assert found.terms is plan.terms
