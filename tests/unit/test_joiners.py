"""Clusters that join or leave as agreed, or start in a month of their own."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from simulator import bond, charts, exact_risk, explain, luck, size
from simulator.charts.study import Study
from simulator.demand.expected_counts import LineRate
from simulator.errors import InputError
from simulator.questions.luck.estimates import SHARE, SHARE_PER_YEAR
from simulator.questions.months.ask import running_position
from simulator.records import BUDGET, CARE_HANDED_BACK, SPEND, Account, FinancialYear
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import make_plan
from tests.builders import BOND, POOL, SURPLUS, Table, checked, cluster_of, scenario_of, simulated
from tests.unit.problems import problems_of
from tests.unit.settling import BOND as TWO_PER_CENT
from tests.unit.settling import POOL as POOLED
from tests.unit.settling import SPLIT, moved, settled

CONTRACT = {"start_year": 2010, "start_month": 7, "years": 3}


def scenario(rules: list[Table] | None = None, **south: object) -> Table:
    clusters = [cluster_of("North"), cluster_of("South", 20_000, **south)]
    return scenario_of(contract=CONTRACT, clusters=clusters, rules=rules or [SURPLUS, BOND, POOL])


def test_months_inside() -> None:
    plan = make_plan(checked(scenario(first_year=2011, first_month=10, last_year=2011)))
    assert plan.terms.months.tolist() == [[9, 0], [12, 6], [12, 0]]
    assert plan.terms.year_months == (9, 12, 12)
    assert plan.terms.first_year.tolist() == [0, 1]
    assert plan.terms.last_year.tolist() == [2, 1]


def test_a_year_before_a_cluster_joins_has_none_of_its_months() -> None:
    scene = make_plan(checked(scenario(first_year=2011))).actions.scene
    # North's nine months make up the year; South has not begun.
    assert scene.months_of(0).sum(axis=0)[:, 0] == pytest.approx([1, 0])
    assert scene.months_of(1).sum(axis=0)[:, 0] == pytest.approx([1, 1])


def test_expected_cases_of_a_year_in_which_a_cluster_starts_are_of_its_months() -> None:
    plan = make_plan(checked(scenario(first_year=2011, first_month=10)))
    # 100 cases a year for each 1,000 of 20,000 people; from October 183 of 366 days. Before it joins, and
    # after, as ever.
    assert plan.expected_counts[:, 1, 0] == pytest.approx([2_000, 2_000 * 274 / 365, 1_000, 2_000])
    assert LineRate(100, 2010, 0, (1.0,) * 12).part_year_share(FinancialYear(2011, 10)) == 183 / 366


def test_each_joiner_posts_and_leaver_gets_back_its_bond_in_its_own_years() -> None:
    # One contract; by year and cluster. The second takes part in the middle year alone.
    budget = [[100, 100], [100, 100], [100, 100]]
    spend = [[100, 300], [100, 101], [100, 300]]
    months = [[12, 0], [12, 12], [12, 0]]
    settlement = settled([SPLIT, TWO_PER_CENT], budget, spend, months=months)
    assert moved(settlement, "bond_posted").tolist() == [[2, 0], [0, 2], [0, 0]]
    assert moved(settlement, "bond_draw").tolist() == [[0, 0], [0, 1], [0, 0]]
    assert moved(settlement, "bond_release").tolist() == [[0, 0], [0, 1], [2, 0]]
    assert moved(settlement, BUDGET)[:, 1].tolist() == [0, 100, 0]
    assert moved(settlement, SPEND)[:, 1].tolist() == [0, 101, 0]
    assert moved(settlement, CARE_HANDED_BACK).tolist() == [[0, 300], [0, 0], [0, 300]]
    assert settlement.posted_gbp.tolist() == [[2, 2]]
    assert settlement.claims_gbp[0].tolist() == [[0, 0], [0, 1], [0, 0]]
    assert settlement.ledger.balance(Account.BOND).tolist() == [[0, 0]]


def test_a_bond_is_not_topped_up_when_its_cluster_leaves_and_costs_only_its_own_months() -> None:
    rule = TWO_PER_CENT.model_copy(update={"top_up": True, "financing_share_per_year": 0.12})
    months = [[12, 6], [12, 12], [12, 0]]
    settlement = settled([SPLIT, rule], [[100, 100]] * 3, [[101, 101]] * 3, months=months)
    assert moved(settlement, "bond_top_up").tolist() == [[1, 1], [1, 0], [0, 0]]
    # 12% a year of 2, for half a year and a year; after a top-up of 1, of 3.
    assert moved(settlement, "bond_financing")[:, 1] == pytest.approx([0.12, 0.36, 0])


def test_a_share_that_is_held_is_released_when_its_cluster_leaves() -> None:
    rule = SPLIT.model_copy(update={"settlement": "whole_contract", "needs_bond": False})
    months = [[12, 12], [12, 12], [12, 0]]
    settlement = settled([rule, POOLED], [[100, 100]] * 3, [[90, 90], [95, 95], [120, 0]], months=months)
    assert moved(settlement, "share_held") == pytest.approx(np.array([[1, 1], [0.5, 0], [0, 0]]))
    # Of 15 one had saved 1.5 is the practices'; the other overspent by 5 in all.
    assert moved(settlement, "practice_share") == pytest.approx(np.array([[0, 0], [0, 1.5], [0, 0]]))


def test_a_joiner_keeps_its_draws_and_others_theirs() -> None:
    plain, joined = simulated(scenario()), simulated(scenario(first_year=2011, last_year=2011))
    spends = [one.contract_outcomes.gbp(SPEND) for one in (plain, joined)]
    assert (spends[0][:, :, 0] == spends[1][:, :, 0]).all()
    assert (spends[1][:, 1, 1] == spends[0][:, 1, 1]).all()
    assert not spends[1][:, [0, 2], 1].any()
    # The PCT still buys the care of those who are not in.
    care = joined.contract_outcomes.gbp(CARE_HANDED_BACK)[:, :, 1]
    assert (care[:, [0, 2]] == spends[0][:, [0, 2], 1]).all()
    bonds = [one.contract_outcomes.bond_posted_gbp[:, 1] for one in (plain, joined)]
    assert bonds[1] == pytest.approx(bonds[0])


def test_measures_of_years_outside_are_not_given_and_leaving_as_agreed_is_no_event() -> None:
    rules = [SURPLUS, BOND | {"when_exhausted": "leaves"}]
    estimates = simulated(scenario(rules, first_year=2011, last_year=2011)).rows[1].estimates
    of_years = {name for name in estimates if name.startswith("overspend_probability_year")}
    assert of_years == {"overspend_probability_year_2"}
    assert 0 < estimates["overspend_probability_year_2"].value < 1
    assert estimates["leaves_probability"].value == 0


@pytest.mark.parametrize(
    ("given", "need"),
    [
        ({"first_year": 2009}, "a financial year of the contract, 2010 to 2012"),
        ({"last_year": 2013}, "a financial year of the contract, 2010 to 2012"),
        ({"first_year": 2012, "last_year": 2011}, "2012, the cluster's first year, or later"),
        ({"first_month": 5}, "a month from the contract's first, 7, up to March"),
    ],
)
def test_dates_that_cannot_be(given: Table, need: str) -> None:
    (problem,) = problems_of(scenario(**given))
    assert problem.need == need


def test_the_running_position_is_of_those_who_are_in_from_their_own_month_on() -> None:
    given = checked(scenario(first_year=2011, first_month=10, last_year=2011))
    first, second = (running_position(given, year, draws=Draws(100, 1)) for year in ("2010/11", "2011/12"))
    assert first.clusters == ("North",)
    assert second.clusters == ("North", "South")
    assert not second.of("South")[:, :6].any()
    outcomes = simulate(given, Draws(100, 1)).contract_outcomes
    net = outcomes.gbp(SPEND)[:, 1, 1] - outcomes.gbp(BUDGET)[:, 1, 1]
    assert second.of("South")[:, -1] == pytest.approx(net)


def test_charts_of_months_are_of_the_first_year_in_which_a_cluster_is_in() -> None:
    study = Study(simulate(checked(scenario(first_year=2011)), Draws(100, 1)))
    titles = [charts.draw(study, "running-position", name).title for name in (None, "North", "South")]
    assert titles[0] == titles[1]
    assert [title[:15] for title in titles[1:]] == ["North: 2010/11 ", "South: 2011/12 "]
    with pytest.raises(InputError, match=r"cluster in 2010/11\n   must be: one of North"):
        charts.draw(study, "running-position", "South", year="2010/11")
    late = [cluster_of("North", first_year=2011), cluster_of("South", 20_000, first_year=2012)]
    assert running_position(checked(scenario() | {"clusters": late}), draws=Draws(100, 1)).year == "2011/12"


def test_explain_and_the_exact_method_leave_out_years_in_which_a_cluster_is_not_in() -> None:
    outside = {"first_year": 2011, "last_year": 2011}
    given = checked(scenario(**outside), "contract.start_month=4")
    sd = explain(given, draws=Draws(1_000, 1)).sd_gbp(cluster="South")
    result = simulate(given, Draws(1_000, 1))
    net = result.contract_outcomes.gbp(BUDGET)[:, :, 1] - result.contract_outcomes.gbp(SPEND)[:, :, 1]
    assert sd.value == pytest.approx(net.sum(axis=1).std(ddof=1), rel=0.02)
    rows = [row for row in exact_risk(given).rows if row.cluster == "South"]
    assert [row.year for row in rows] == ["2011/12"]
    estimates = result.rows[1].estimates["overspend_probability"]
    assert estimates.low <= rows[0].estimates["overspend_probability"].value <= estimates.high


def test_a_year_of_a_cluster_that_is_in_for_one_is_that_year() -> None:
    answer = luck(checked(scenario(first_year=2011, last_year=2011)), (0.01,), draws=Draws(500, 1))
    south, together = (answer.row(cluster=name).estimates for name in ("South", ALL_CLUSTERS))
    assert south[SHARE_PER_YEAR].value == pytest.approx(south[SHARE].value)
    # All together run for 33 months.
    assert together[SHARE_PER_YEAR].value == pytest.approx(together[SHARE].value / 2.75)


def test_a_bonds_years_are_those_of_its_cluster() -> None:
    given = checked(scenario(first_year=2011, first_month=10))
    answer = bond(given, "South", draws=Draws(500, 1))
    assert answer.years == ("2011/12", "2012/13")
    drawn = answer.summary["expected_bond_draw_gbp"].value
    assert answer.posted_facts["expected_draw_gbp_per_year"].value == pytest.approx(drawn / 1.5)


def test_what_a_cluster_needs_alone_does_not_depend_on_when_another_joins() -> None:
    rules = [SURPLUS, BOND | {"interest_share_per_year": 0.1}, POOL]
    given = scenario(rules)
    late = copy.deepcopy(given)
    late["clusters"][0]["first_year"] = 2012
    alone = [size(checked(one), (1_000, 2_000), 2, draws=Draws(500, 1)).pools[0] for one in (given, late)]
    assert alone[0].clusters == alone[1].clusters == ("South",)
    assert alone[0].joint_bond_gbp == alone[1].joint_bond_gbp
