"""Budgets of one line, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.budgets.budget_rule import LineBasis
from simulator.budgets.budgets import LineBudget, set_budgets
from simulator.budgets.expected_spend import ExpectedSpend
from simulator.budgets.per_head import PerHead
from simulator.budgets.toolkit import Toolkit
from simulator.questions.check.answer import expected_annual_budgets_gbp
from simulator.records import Spend
from simulator.simulation.plan import make_plan
from tests.builders import checked, line_of, scenario_of
from tests.unit.settling import terms_of

# One contract, two clusters; the first contract year, a year after the base year.
FIRST = LineBasis(
    year=0,
    years_since_base=1,
    growth_share=0.05,
    finished_gbp=(np.array([[1_000.0, 4_000.0]]),),
    fair_share_gbp=np.array([2_000.0, 3_000.0]),
    expected_gbp=np.array([1_500.0, 3_600.0]),
    people=np.array([10.0, 30.0]),
    part_of_budget=np.ones(2),
    given_gbp=np.array([1_100.0, 4_100.0]),
)
SECOND = replace(
    FIRST, year=1, years_since_base=2, finished_gbp=(np.array([[1_300.0, 4_200.0]]), *FIRST.finished_gbp)
)


def _toolkit(*weights: float, **changes: object) -> Toolkit:
    return Toolkit(fair_share_weight_by_year=weights, **changes)


def test_toolkit_blends_historic_spend_with_fair_shares() -> None:
    # A quarter of the way: (0.75 * 1,000 + 0.25 * 2,000) * 1.02, (0.75 * 4,000 + 0.25 * 3,000) * 1.02.
    budget = _toolkit(0.25, uplift_share=0.02).annual_budget_gbp(FIRST)
    assert budget == pytest.approx(np.array([[1_275.0, 3_825.0]]))


def test_toolkit_at_its_ends() -> None:
    assert _toolkit(0.0, uplift_share=0.0).annual_budget_gbp(FIRST) == pytest.approx(FIRST.base_gbp)
    assert _toolkit(1.0, uplift_share=0.0).annual_budget_gbp(FIRST)[0] == pytest.approx(FIRST.fair_share_gbp)


def test_the_pace_of_change_is_by_contract_year_and_its_last_holds() -> None:
    rule = _toolkit(0.0, 0.5, uplift_share=0.0)
    assert rule.annual_budget_gbp(FIRST)[0, 0] == pytest.approx(1_000)
    assert rule.annual_budget_gbp(SECOND)[0, 0] == pytest.approx(1_500)
    assert rule.annual_budget_gbp(replace(SECOND, year=7, finished_gbp=8 * FIRST.finished_gbp))[
        0, 0
    ] == pytest.approx(1_500)


def test_the_uplift_is_for_each_year_since_the_base() -> None:
    # 1.02 squared is 1.0404: (0.5 * 1,000 + 0.5 * 2,000) * 1.0404.
    assert _toolkit(0.5, uplift_share=0.02).annual_budget_gbp(SECOND)[0, 0] == pytest.approx(1_560.6)


def test_without_an_uplift_of_its_own_expected_growth_is_used() -> None:
    # 5% a year for two years: 1,500 * 1.1025.
    assert _toolkit(0.5).annual_budget_gbp(SECOND)[0, 0] == pytest.approx(1_653.75)


def test_rebasing_on_the_latest_year() -> None:
    rule = _toolkit(0.5, uplift_share=0.02, historic_year="latest")
    # Last year's 1,300 uplifted once, the fair share twice: 0.5 * 1,326 + 0.5 * 2,080.80.
    assert rule.annual_budget_gbp(SECOND)[0, 0] == pytest.approx(1_703.4)
    # In the first year the base year is the latest there is: 0.5 * 1,020 + 0.5 * 2,040.
    assert rule.annual_budget_gbp(FIRST)[0, 0] == pytest.approx(1_530)


def test_per_head() -> None:
    rule = PerHead(gbp_per_head=200, uplift_share=0.1)
    # 10 and 30 people at 200, uplifted twice by 10%: 1.21.
    assert rule.annual_budget_gbp(SECOND) == pytest.approx([2_420, 7_260])


def test_a_part_of_a_budget_per_head() -> None:
    rule = PerHead(gbp_per_head=200)
    part = replace(FIRST, part_of_budget=np.array([0.25, 0.5]))
    # A quarter of 2,000 and half of 6,000.
    assert rule.annual_budget_gbp(part) == pytest.approx([500, 3_000])


def test_a_rule_for_all_lines_is_about_the_whole_budget() -> None:
    # 100 a head for all lines: 100 and 9 for each person are planned for admissions, 2,000 and 9 for
    # prescribing, so that it is divided as 100 to 18; costly referrals have 7 of their own.
    lines = [
        line_of(),
        line_of("prescribing", rate_per_1000=2000, unit_cost_gbp={"model": "gamma", "mean": 9, "cv": 1.2}),
        line_of("costly referrals", budget_rule={"rule": "per_head", "gbp_per_head": 7}),
    ]
    rule = {"rule": {"rule": "per_head", "gbp_per_head": 100}}
    plan = make_plan(checked(scenario_of(budgets=rule, service_lines=lines)))
    budgets = expected_annual_budgets_gbp(plan)
    # 5,000 and 20,000 people.
    assert budgets.sum(axis=1) == pytest.approx([535_000, 2_140_000])
    assert budgets[0] == pytest.approx([500_000 * 100 / 118, 500_000 * 18 / 118, 35_000])


def test_expected_spend_with_a_margin() -> None:
    assert ExpectedSpend().annual_budget_gbp(FIRST) == pytest.approx([1_500, 3_600])
    assert ExpectedSpend(margin_share=-0.025).annual_budget_gbp(FIRST) == pytest.approx([1_462.5, 3_510])


TERMS = terms_of(2, 2, people=FIRST.people)


def _line(rule: object, part_year_share: tuple[float, ...] = (1.0, 1.0)) -> LineBudget:
    expected = np.tile(FIRST.expected_gbp, (len(part_year_share), 1))
    parts = np.ones_like(expected)
    given = np.tile(FIRST.given_gbp, (len(part_year_share), 1))
    return LineBudget(
        rule,
        0.05,
        np.tile(np.array(part_year_share)[:, None], 2),
        FIRST.fair_share_gbp,
        expected,
        parts,
        given,
    )


def _spend() -> Spend:
    # One line: the base year, and two contract years of one contract and two clusters.
    contract = np.array([[[975.0, 3_150.0], [1_000.0, 4_000.0]]])
    return Spend(np.concatenate([FIRST.base_gbp[:, None, :, None], contract[..., None]], axis=1))


def test_a_part_year_gets_its_part_of_the_budget() -> None:
    line = _line(PerHead(gbp_per_head=200), (0.75, 1.0))
    budgets = set_budgets(_spend(), [line], TERMS, 0.0, 1)
    assert budgets.budget_gbp[0, :, :, 0] == pytest.approx(np.array([[1_500.0, 4_500.0], [2_000.0, 6_000.0]]))
    # The bond goes by the rate of a whole year.
    assert budgets.annual_gbp[0, :, 0] == pytest.approx([2_000, 6_000])


def test_the_latest_year_is_made_whole_before_it_counts_as_historic() -> None:
    line = _line(_toolkit(0.0, historic_year="latest", uplift_share=0.0), (0.75, 1.0))
    budgets = set_budgets(_spend(), [line], TERMS, 0.0, 1)
    # Nine months cost 975 and 3,150: at the rate of a year 1,300 and 4,200.
    assert budgets.budget_gbp[0, 1, :, 0] == pytest.approx([1_300, 4_200])
    assert budgets.budget_gbp[0, 0, :, 0] == pytest.approx([750, 3_000])


def test_the_top_slice_is_held_back() -> None:
    line = _line(PerHead(gbp_per_head=200), (0.75, 1.0))
    budgets = set_budgets(_spend(), [line], TERMS, 0.02, 1)
    # 2% of 1,500 and 4,500; the rate of the year, too, is after the slice.
    assert budgets.top_slice_gbp[0, 0, :, 0] == pytest.approx([30, 90])
    assert budgets.budget_gbp[0, 0, :, 0] == pytest.approx([1_470, 4_410])
    assert budgets.annual_gbp[0, :, 0] == pytest.approx([1_960, 5_880])


def test_each_line_has_its_own_rule() -> None:
    spend = Spend(np.ones((1, 2, 2, 2)))
    lines = [_line(PerHead(gbp_per_head=1), (1.0,)), _line(ExpectedSpend(), (1.0,))]
    budgets = set_budgets(spend, lines, terms_of(2, 1, people=FIRST.people), 0.0, 1)
    assert budgets.budget_gbp[0, 0].tolist() == [[10, 1_500], [30, 3_600]]


def test_uplifts_count_from_the_base_year() -> None:
    budgets = set_budgets(_spend(), [_line(PerHead(gbp_per_head=100, uplift_share=0.1))], TERMS, 0.0, 3)
    # Three years after the base 1.331, then 1.4641.
    assert budgets.budget_gbp[0, :, 0, 0] == pytest.approx([1_331, 1_464.1])
