"""Measures of three contracts of two years and two clusters, worked by hand."""

from __future__ import annotations

import copy
import dataclasses
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.records import Account, Axes, Flow, Outcomes
from simulator.risk.account_book import account_books
from simulator.risk.measures import MEASURES, columns, summarise
from simulator.risk.positions import pct_build_up
from tests.unit.settling import terms_of

AXES = Axes(("2009/10", "2010/11", "2011/12"), ("North", "South"), ("admissions",))
TERMS = terms_of(
    2, 2, people=[100.0, 300.0], months=[[9, 9], [12, 12]], planned_gbp=[[80.0, 70.0], [100.0, 110.0]]
)
# Spend by contract, year and cluster against budgets of 75 and 100: North, then South.
SPEND = [[[80, 70], [98, 100]], [[75, 78], [95, 95]], [[76, 75], [101, 104]]]


PCT, CLUSTER, BOND = Account.PCT, Account.CLUSTER, Account.BOND
# Bonds of 5 for North and 3 for South, posted by practices; what is not drawn is given back.
POSTED = [[5.0, 3.0]] * 3
# What reaches each bond, by contract and year: North, then South; the sums are what bonds must be.
CLAIMS = [[[5, 0], [0, 0]], [[0, 3], [0, 0]], [[1, 0], [1, 4]]]


def _by_year(*cells: tuple[int, int, int, float]) -> NDArray[np.float64]:
    """Return amounts of three contracts, two years and two clusters, from those that are not zero."""
    amounts = np.zeros((3, 2, 2))
    for contract, year, cluster, gbp in cells:
        amounts[contract, year, cluster] = gbp
    return amounts


def _outcomes() -> Outcomes:
    budget = np.broadcast_to(np.array([[75.0], [100.0]]), (3, 2, 2))
    flows = {
        "bond_posted": Flow(Account.PRACTICES, BOND, np.stack([np.array(POSTED), np.zeros((3, 2))], axis=1)),
        "budget": Flow(PCT, CLUSTER, budget),
        "spend": Flow(CLUSTER, Account.PROVIDERS, np.array(SPEND, dtype=float), is_spend=True),
        "practice_share": Flow(CLUSTER, Account.PRACTICES, _by_year((1, 1, 0, 0.5), (1, 1, 1, 0.25))),
        "pct_return": Flow(CLUSTER, Account.POOL, _by_year((0, 0, 1, 2), (1, 1, 0, 4.5))),
        "reinvestment": Flow(CLUSTER, Account.REINVESTMENT, _by_year((0, 0, 1, 3))),
        # North draws 5 and then 1 and 1; South 3 and 3.
        "bond_draw": Flow(
            BOND,
            CLUSTER,
            _by_year((0, 0, 0, 5), (1, 0, 1, 3), (2, 0, 0, 1), (2, 1, 0, 1), (2, 1, 1, 3)),
        ),
        "pool_payment": Flow(Account.POOL, CLUSTER, _by_year((2, 1, 1, 0.5))),
        "uncovered_overspend": Flow(PCT, CLUSTER, _by_year((2, 1, 1, 0.5))),
        "bond_interest": Flow(PCT, BOND, _by_year((1, 1, 0, 0.1))),
        "bond_release": Flow(BOND, Account.PRACTICES, _by_year((0, 1, 1, 3), (1, 1, 0, 5.1), (2, 1, 0, 3))),
    }
    return Outcomes(
        axes=AXES,
        flows=flows,
        takes_part=np.ones((3, 2, 2), dtype=bool),
        annual_budget_gbp=np.full((3, 2), 100.0),
        bond_posted_gbp=np.array(POSTED),
        bond_claims_gbp=np.array(CLAIMS, dtype=float),
        bond_needed_gbp=np.array(CLAIMS, dtype=float).sum(axis=1),
        shared_bond_needed_gbp=np.array(CLAIMS, dtype=float).sum(axis=(1, 2))[:, None],
        held_back_gbp=np.zeros((3, 2, 2)),
    )


def _samples(
    measure: str, cluster: int | None, year: int = 0, outcomes: Outcomes | None = None
) -> list[float] | None:
    book = account_books(outcomes or _outcomes(), TERMS)[-1 if cluster is None else cluster]
    (found,) = [one for one in MEASURES if one.name == measure]
    samples = found.of(book, year)
    return None if samples is None else np.asarray(samples, dtype=float).tolist()


@pytest.mark.parametrize(
    ("measure", "north", "south", "together"),
    [
        # Given: the first year's budget at the rate of a whole year.
        ("annual_budget_gbp", [100] * 3, [100] * 3, [200] * 3),
        ("budget_gbp", [175] * 3, [175] * 3, [350] * 3),
        ("spend_gbp", [178, 170, 177], [170, 173, 179], [348, 343, 356]),
        ("budget_less_spend_gbp", [-3, 5, -2], [5, 2, -4], [2, 7, -6]),
        # All together are within their budget in the first contract though North is not.
        ("overspend_probability", [1, 0, 1], [0, 0, 1], [0, 0, 1]),
        # North: 80 of 75, nothing, 76 and 101. South: nothing, 78 of 75, 104 of 100.
        # Together 150 and 198; 153 and 190; 151 and 205, of 150 and 200.
        ("overspend_any_year_probability", [1, 0, 1], [0, 1, 1], [0, 1, 1]),
        ("some_cluster_overspends_probability", None, None, [1, 1, 1]),
        # More than 2% of 175 = 3.5; of 350 = 7.
        ("large_overspend_probability", [0, 0, 0], [0, 0, 1], [0, 0, 0]),
        # North: 5; 0; 1 + 1. South: 0; 3; 4. Surpluses are not set off.
        ("expected_overspend_gbp", [5, 0, 2], [0, 3, 4], [5, 3, 6]),
        ("overspend_1_in_20_gbp", [5, 0, 2], [0, 3, 4], [5, 3, 6]),
        # Of budgets of 175, 175 and 350.
        (
            "overspend_1_in_20_share",
            *([5 / 175, 0, 2 / 175], [0, 3 / 175, 4 / 175], [5 / 350, 3 / 350, 6 / 350]),
        ),
        ("expected_surplus_gbp", [2, 5, 0], [5, 5, 0], [7, 10, 0]),
        ("bond_posted_gbp", [5] * 3, [3] * 3, [8] * 3),
        # Claims of 5, 0 and 2 on a bond of 5; of 0, 3 and 4 on one of 3.
        ("bond_covers_probability", [1, 1, 1], [1, 1, 0], [1, 1, 0]),
        ("bond_needed_gbp", [5, 0, 2], [0, 3, 4], None),
        # One bond of 8 would pay 5, 3 and 6.
        ("shared_bond_covers_probability", None, None, [1, 1, 1]),
        ("shared_bond_needed_gbp", None, None, [5, 3, 6]),
        ("expected_bond_draw_gbp", [5, 0, 2], [0, 3, 3], [5, 3, 5]),
        ("pool_payment_gbp", [0, 0, 0], [0, 0, 0.5], [0, 0, 0.5]),
        ("pct_payment_gbp", [0, 0, 0], [0, 0, 0.5], [0, 0, 0.5]),
        ("pool_and_bonds_cover_probability", None, None, [1, 1, 0]),
        ("practice_share_gbp", [0, 0.5, 0], [0, 0.25, 0], [0, 0.75, 0]),
        # 21 months are 1.75 years; 100 people, 300, and 400.
        ("practice_share_gbp_per_year", [0, 0.5 / 1.75, 0], [0, 0.25 / 1.75, 0], [0, 0.75 / 1.75, 0]),
        ("practice_share_gbp_per_head", [0, 0.005, 0], [0, 0.25 / 300, 0], [0, 0.75 / 400, 0]),
        ("pct_return_gbp", [0, 4.5, 0], [2, 0, 0], [2, 4.5, 0]),
        ("reinvestment_gbp", [0] * 3, [3, 0, 0], [3, 0, 0]),
        # North posts 5 and gets back 0; 5.1 with a share of 0.5; 3. South posts 3, gets 3; 0.25; 0.
        ("practice_net_gain_gbp", [-5, 0.6, -2], [0, -2.75, -3], [-5, -2.15, -5]),
        ("practice_better_off_probability", [0, 1, 0], [0, 0, 0], [0, 0, 0]),
        ("partner_net_gain_gbp", [0] * 3, [0] * 3, [0] * 3),
        ("lender_income_gbp", [0] * 3, [0] * 3, [0] * 3),
        ("providers_income_gbp", [178, 170, 177], [170, 173, 179], [348, 343, 356]),
        # Paid in 2 and 4.5; out 0.5.
        ("pool_balance_gbp", None, None, [2, 4.5, -0.5]),
        # Planned 80 + 100 for North, 70 + 110 for South.
        ("pct_planned_gbp", [180] * 3, [180] * 3, [360] * 3),
        # Budgets of 175, less what returned to the pool, and with interest of 0.1; 1 more for South.
        ("pct_cost_gbp", [175, 170.6, 175], [173, 175, 176], [348, 345.6, 351]),
        ("pct_net_position_gbp", [5, 9.4, 5], [7, 5, 4], [12, 14.4, 9]),
    ],
)
def test_a_measure(
    measure: str,
    north: list[float] | None,
    south: list[float] | None,
    together: list[float] | None,
) -> None:
    for cluster, expected in ((0, north), (1, south), (None, together)):
        found = _samples(measure, cluster)
        assert found == (None if expected is None else pytest.approx(expected)), cluster


def test_a_measure_by_year() -> None:
    # North: 80 and 98, 75 and 95, 76 and 101 against 75 and 100. At the budget is not over it.
    name = "overspend_probability_year_{year}"
    assert _samples(name, 0, 0) == [1, 0, 1]
    assert _samples(name, 0, 1) == [0, 0, 1]
    # Over by 5 and nothing in the first year, by 1 and by 1 in the third contract.
    overspends = [_samples("overspend_1_in_20_gbp_year_{year}", 0, year) for year in range(2)]
    assert overspends == [[5, 0, 1], [0, 0, 1]]
    assert _samples("expected_overspend_gbp_year_{year}", 0, 1) == [0, 0, 1]
    shares = [_samples("overspend_1_in_20_share_year_{year}", 0, year) for year in range(2)]
    assert shares == [pytest.approx([5 / 75, 0, 1 / 75]), pytest.approx([0, 0, 1 / 100])]
    # North's bond stays its practices' own until it is drawn: 5 in the first year, 1 and 1.
    gains = [_samples("practice_net_gain_gbp_year_{year}", 0, year) for year in range(2)]
    assert gains == [[-5, 0, -1], [pytest.approx(0), pytest.approx(0.6), -1]]
    # Planned 80 and 100; a budget of 75 and of 100, 4.5 back and 0.1 of interest.
    nets = [_samples("pct_net_position_gbp_year_{year}", 0, year) for year in range(2)]
    assert nets == [[5, 5, 5], [0, pytest.approx(4.4), 0]]


def test_a_heading_has_the_year_s_label_or_its_number() -> None:
    second = columns(2)["overspend_probability_year_2"]
    assert second.heading(["2010/11", "2011/12"]).replace("2011/12", "year 2") == second.heading()
    assert "year 2" in second.heading()


def test_a_year_after_a_cluster_has_left_is_no_year_within_budget() -> None:
    inside = np.ones((3, 2, 2), dtype=bool)
    inside[2, 1, 0] = False
    outcomes = dataclasses.replace(_outcomes(), takes_part=inside)
    # North left after the first year of the last contract: that contract does not count in the second.
    name = "overspend_probability_year_{year}"
    assert _samples(name, 0, 1, outcomes) == [0, 0, pytest.approx(math.nan, nan_ok=True)]
    assert _samples("leaves_probability", 0, 0, outcomes) == [0, 0, 1]
    assert _samples("leaves_probability_year_{year}", 0, 0, outcomes) == [0, 0, 1]
    assert _samples("leaves_probability_year_{year}", 0, 1, outcomes) is None
    assert _samples("leaves_probability", None, 0, outcomes) == [0, 0, 1]
    assert _samples("leaves_probability", 1, 0, outcomes) == [0, 0, 0]
    (row, *_) = summarise(outcomes, TERMS)
    assert row.estimates["overspend_probability_year_2"].value == 0
    assert row.estimates["overspend_probability_year_1"].value == pytest.approx(2 / 3)


def test_a_partner_who_posts_the_bond_bears_its_draws() -> None:
    outcomes = _outcomes()
    for reason, changes in {"bond_posted": "payer", "bond_release": "payee"}.items():
        outcomes.flows[reason] = dataclasses.replace(outcomes.flows[reason], **{changes: Account.PARTNER})
    # North's practices keep their share of 0.5; the partner loses 5, gains 0.1, loses 2.
    assert _samples("practice_net_gain_gbp", 0, 0, outcomes) == [0, 0.5, 0]
    assert _samples("partner_net_gain_gbp", 0, 0, outcomes) == pytest.approx([-5, 0.1, -2])


def test_a_cluster_without_a_share_has_no_bond_that_could_cover() -> None:
    terms = dataclasses.replace(TERMS, takes_share=np.array([True, False]))
    (found,) = [one for one in MEASURES if one.name == "bond_covers_probability"]
    north, south, together = account_books(_outcomes(), terms)
    assert found.of(south) is None
    assert found.of(north).tolist() == [True, True, True]
    # Together: every bond that is posted.
    assert found.of(together).tolist() == [True, True, True]


def test_the_position_of_the_pct_is_the_sum_of_its_parts() -> None:
    *_, together = account_books(_outcomes(), TERMS)
    found = pct_build_up(together)
    words = {words: round(one.value, 9) for words, one in found.parts}
    # Planned 360 less budgets of 350; 2, 4.5 and 0 back; 0.5 of the pool and of the PCT in one of three.
    assert words == {
        "planned care less budgets": 10,
        "PCT return": round(6.5 / 3, 9),
        "pool payment": round(-0.5 / 3, 9),
        "uncovered overspend": round(-0.5 / 3, 9),
        "bond interest": round(-0.1 / 3, 9),
    }
    assert found.total.value == pytest.approx(sum(words.values()))


_CLUSTERS = [("cluster 0", 100), ("cluster 1", 300)]


def test_rows_are_the_clusters_and_then_all_together() -> None:
    rows = summarise(_outcomes(), TERMS)
    assert [(row.name, row.people) for row in rows] == [*_CLUSTERS, ("All clusters together", 400)]
    assert rows[0].estimates["spend_gbp"].value == pytest.approx(175)
    assert rows[0].estimates["overspend_probability_year_2"].value == pytest.approx(1 / 3)
    assert "pool_balance_gbp" not in rows[0].estimates
    assert "pool_balance_gbp" in rows[2].estimates


def test_blocks_fill_outcomes_up_to_the_number_asked_for() -> None:
    whole = Outcomes.empty(5, AXES)
    assert whole.fill(0, _outcomes()) == 3
    assert whole.fill(3, _outcomes()) == 2
    assert whole.gbp("spend")[3:].tolist() == SPEND[:2]
    assert whole.gbp("bond_top_up").shape == (5, 2, 2)
    assert whole.flows["spend"].payee is Account.PROVIDERS
    assert whole.bond_needed_gbp[3:].tolist() == _outcomes().bond_needed_gbp[:2].tolist()
    assert whole.overspend_gbp[0, 0].tolist() == [5, 0]
    assert whole.surplus_gbp[0, 1].tolist() == [2, 0]


def test_practices_loss_is_a_share_of_the_bond_of_the_same_contract() -> None:
    """North loses all of 5, gains 0.6, and loses 2 of 5; all together 5, 2.15 and 5 of 8."""
    assert _samples("practice_loss_of_bond_1_in_20_share", 0) == pytest.approx([1, -0.6 / 5, 2 / 5])
    assert _samples("practice_loss_of_bond_1_in_20_share", None) == pytest.approx([5 / 8, 2.15 / 8, 5 / 8])


def test_where_no_bond_is_posted_there_is_no_share_of_it_to_lose() -> None:
    posted = np.array([[0.0, 3.0], *POSTED[1:]])
    without = dataclasses.replace(_outcomes(), bond_posted_gbp=posted)
    lost = _samples("practice_loss_of_bond_1_in_20_share", 0, outcomes=without)
    assert lost is not None
    assert [math.isnan(one) for one in lost] == [True, False, False]


def test_the_pool_runs_dry_where_an_overspend_is_left_after_it() -> None:
    """Only the third contract's second year has one."""
    assert _samples("pool_runs_dry_probability_year_{year}", None, 0) == [0, 0, 0]
    assert _samples("pool_runs_dry_probability_year_{year}", None, 1) == [0, 0, 1]
    assert _samples("pool_runs_dry_probability", None) == [0, 0, 1]
    flows = {name: flow for name, flow in _outcomes().flows.items() if name != "pool_payment"}
    without = dataclasses.replace(_outcomes(), flows=flows)
    assert _samples("pool_runs_dry_probability", None, outcomes=without) is None


def test_a_measure_is_itself_in_another_process() -> None:
    # What goes there is made as a copy is: of its name.
    assert all(copy.copy(one) is one for one in MEASURES)
