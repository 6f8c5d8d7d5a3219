"""Directions and tolerances of `size`: each test names the break it is for.

A break is one sign, one constant or one index changed on purpose, which other tests let pass.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import simulator
from simulator.questions.size.answer import BOND as BOND_GBP
from simulator.questions.size.answer import (
    BOND_PER_HEAD,
    CHANCE_SD,
    SD,
    SHARE,
    SHARE_PER_HEAD,
    Sizes,
    overspend_column,
)
from simulator.questions.size.ask import NAME
from simulator.risk.estimation import quantile
from simulator.simulation.draws import Draws
from tests.builders import Table, checked, cluster_of, line_of, scenario_of
from tests.unit.problems import problems_of_call

# Paid en bloc nothing varies: GBP 100 a head and year, and a budget of as much.
CERTAIN = scenario_of(
    contract={"start_year": 2010, "years": 1},
    service_lines=[line_of(payment="block")],
    clusters=[cluster_of("North"), cluster_of("South", 20_000)],
)
SHORT = CERTAIN | {"budgets": {"rule": {"rule": "expected_spend", "margin_share": -0.01}}}
# 100 million cases of GBP 1: all chance is the shock's.
PLAIN = {"unit_cost_gbp": {"model": "empirical", "values": [1.0]}, "rate_per_1000": 1e6}
CONTRACTS, SEED = 2_000, 7
OWN = {"law": "normal", "sd_share": 0.03}
PCT_WIDE = {"pct": {"size": {"law": "normal", "sd_share": 0.02}}}


def sized(mapping: Table, people: tuple[float, float], contracts: int = 100, seed: int = SEED) -> Sizes:
    return simulator.size(checked(mapping), people, 2, draws=Draws(contracts, seed))


# A case a year in 40 people, of cv 10: chance adds a variance of 101 / (people / 40) to that of the shocks,
# which is a quarter of them even for the largest cluster that can be asked for, of ten million people.
RARE = scenario_of(
    contract={"start_year": 2010, "years": 1},
    service_lines=[line_of(rate_per_1000=25, unit_cost_gbp={"model": "gamma", "mean": 1000, "cv": 10})],
)
SHOCKED = RARE | {"shocks": PCT_WIDE | {"cluster_year": OWN}}
SMALL, LARGE = 1e6, 1e7
CERTAIN_COSTS = [line_of(**PLAIN)]
"""So many cases that there is next to no chance."""


@cache
def shocked() -> Sizes:
    return sized(SHOCKED, (SMALL, LARGE), CONTRACTS)


def variance(mapping: Table, people: float) -> float:
    """Variance of the outturn over the budget, from the same draws: those of the cluster's name."""
    scenario = checked(mapping | {"clusters": [cluster_of(NAME, people)]})
    outcomes = simulator.simulate(scenario, Draws(CONTRACTS, SEED)).outcomes
    left_gbp = (outcomes.budget_gbp - outcomes.spend_gbp).to_numpy()
    return float(left_gbp.var(ddof=1) / outcomes.budget_gbp.to_numpy().mean() ** 2)


def test_what_no_size_cures_holds_no_chance() -> None:
    # Breaks: chance of cases or of practices is left in, or shocks are left out; chance at another size; the
    # balance of another size; rows in another order.
    found, small = shocked(), variance(SHOCKED, SMALL)
    any_size = variance(SHOCKED | {"service_lines": CERTAIN_COSTS}, LARGE)
    assert found.any_size_sd_share.value == pytest.approx(np.sqrt(any_size), rel=1e-4)
    any_size = found.any_size_sd_share.value**2
    pct_alone = variance(RARE | {"shocks": PCT_WIDE, "service_lines": CERTAIN_COSTS}, LARGE)
    assert found.any_pool_sd_share.value == pytest.approx(np.sqrt(pct_alone), rel=1e-4)
    assert found.balance_people is not None
    large = variance(SHOCKED, LARGE)
    assert small - any_size > any_size > large - any_size
    # Between two sizes a variance is a line in 1 / people.
    slope = (small - large) / (1 / SMALL - 1 / LARGE)
    inverse = 1 / LARGE + (2 * any_size - large) / slope
    assert found.balance_people.value == pytest.approx(1 / inverse)
    assert [row.people for row in found.rows] == [SMALL, LARGE]
    for row in found.rows:
        of_row = variance(SHOCKED, row.people)
        assert row.whole[SD].value == pytest.approx(np.sqrt(of_row))
        assert row.whole[CHANCE_SD].value == pytest.approx(np.sqrt(of_row - any_size))
        assert row.whole[SHARE].value == pytest.approx(row.people * row.whole[SHARE_PER_HEAD].value)


def test_a_spread_of_a_twentieth_of_a_per_cent_is_seen() -> None:
    # Break: taken for the rounding of sums.
    steady = {"cluster_year": {"law": "normal", "sd_share": 0.0005}}
    found = sized(RARE | {"shocks": steady, "service_lines": [line_of(**PLAIN)]}, (SMALL, LARGE), CONTRACTS)
    assert found.any_size_sd_share.value == pytest.approx(0.0005, rel=0.06)
    assert found.rows[1].whole[SD].value == pytest.approx(0.0005, rel=0.06)


def test_what_may_be_chance_is_no_balance() -> None:
    # Break: a balance wherever something is seen, although its interval holds zero: of so wild a shock few
    # contracts tell little.
    wild = RARE | {"shocks": {"cluster": {"law": "lognormal", "sd_share": 2.0}}}
    found = sized(wild, (SMALL, LARGE), 200)
    assert found.any_size_sd_share.value > 0
    assert found.any_size_sd_share.low == 0
    assert found.balance_people is None


def test_without_shocks_nothing_is_left_at_all() -> None:
    # Break: the chance of a cluster that is merely large.
    practices = {"practice": {"size": OWN, "people": 100_000}}
    for shocks in ({}, practices):
        found = sized(RARE | {"shocks": shocks}, (SMALL, LARGE))
        assert found.any_size_sd_share.high == found.any_pool_sd_share.high == 0


def test_overspends_are_counted_above_shares_of_the_budget() -> None:
    # Breaks: below instead of above; of spend instead of budget. GBP 1 over a budget of 99 is 1.0101%.
    row = sized(SHORT, (1_000, 2_000), contracts=100).rows[1]
    found = [row.whole[overspend_column(share)].value for share in (0.0, 0.01, 0.02, 0.05)]
    assert found == [1, 1, 0, 0]
    assert row.whole[BOND_GBP].value == pytest.approx(2_000)
    assert row.whole[BOND_PER_HEAD].value == pytest.approx(1)
    assert row.whole[BOND_PER_HEAD].low <= row.whole[BOND_PER_HEAD].high
    # A budget that is met to the penny is not overspent.
    met = sized(CERTAIN, (1_000, 2_000), contracts=100).rows[1]
    assert met.whole[overspend_column(0.0)].value == 0


def test_each_year_has_its_own_row() -> None:
    # Break: the first year's spend in every row. Only the second year overspends: its fair share is less.
    growing = [line_of(payment="block", price_growth_share=0.1)]
    past = {"rule": "toolkit", "fair_share_weight_by_year": [0.0], "uplift_share": 0.1}
    mapping = CERTAIN | {"contract": {"start_year": 2010, "years": 2}, "service_lines": growing}
    found = sized(
        mapping | {"budgets": {"rule": past | {"uplift_share": 0.05}}}, (1_000, 2_000), contracts=100
    )
    by_year = [found.rows[0].by_span[year][overspend_column(0.05)].value for year in ("2010/11", "2011/12")]
    assert by_year == [0, 1]


def test_pools_net_within_a_year_but_not_between_years() -> None:
    # Breaks: overspends of one year paid by a surplus of another; each cluster's alone; the smallest
    # first; what is saved as a share of the joint bond, or with its sign turned.
    budgets = {"rule": {"rule": "expected_spend", "margin_share": 0.0}}
    saver = cluster_of("Saver", 3_000, true_saving_share=0.1)
    spender = cluster_of("Spender", 8_000, true_saving_share=-0.1)
    mapping = scenario_of(
        contract={"start_year": 2010, "years": 2},
        service_lines=[line_of(**PLAIN)],
        clusters=[saver, spender, cluster_of("Third", 5_000, true_saving_share=-0.1)],
        budgets=budgets,
    )
    found = sized(mapping, (1_000, 2_000), contracts=200)
    first, second, third = found.pools
    assert [row.clusters for row in found.pools] == [
        ("Spender",),
        ("Spender", "Third"),
        ("Spender", "Third", "Saver"),
    ]
    assert [row.people for row in found.pools] == [8_000, 13_000, 16_000]
    # A head costs GBP 1,000 a year: 10% of two years is 200 a head, less Saver's 600,000 in the pool.
    gbp = [[row.joint_bond_gbp.value, row.separate_bonds_gbp.value] for row in found.pools]
    assert np.array(gbp) == pytest.approx(
        np.array([[1.6e6, 1.6e6], [2.6e6, 2.6e6], [2.0e6, 2.6e6]]), rel=0.01
    )
    assert first.saved_share is None
    assert second.saved_share is not None
    assert third.saved_share is not None
    assert second.saved_share.value == pytest.approx(0, abs=0.002)
    assert third.saved_share.value == pytest.approx(0.6 / 2.6, abs=0.005)


def test_what_is_saved_is_told_for_a_penny_and_more() -> None:
    # Break: nothing is saved on small bonds. GBP 1 for each of 300 people.
    few = {"clusters": [cluster_of("North", 100), cluster_of("South", 200)]}
    for mapping, separate_gbp, saved in ((SHORT | few, 300, 0), (CERTAIN | few, 0, None)):
        both = sized(mapping, (1_000, 2_000)).pools[1]
        assert both.separate_bonds_gbp.value == pytest.approx(separate_gbp, abs=1e-6)
        assert (both.saved_share and both.saved_share.value) == pytest.approx(saved, abs=1e-9)


def test_a_pool_is_all_that_is_in_it() -> None:
    # Breaks: the outturn or bond of the last that joined; one year's surplus pays for another's overspend.
    mapping = scenario_of(
        shocks={"cluster_year": OWN},
        service_lines=[line_of(**PLAIN)],
        clusters=[cluster_of("One", 100_000), cluster_of("Two", 100_000)],
    )
    pools = sized(mapping, (1_000, 2_000), CONTRACTS).pools
    outcomes = simulator.simulate(checked(mapping), Draws(CONTRACTS, SEED)).outcomes
    over_gbp = (outcomes.spend_gbp - outcomes.budget_gbp).to_numpy()
    for number, pool in enumerate(pools, start=1):
        of_pool = over_gbp[:, :, :number].sum(axis=2)
        spread = of_pool.sum(axis=1).std(ddof=1) / (number * 2e8)
        assert pool.outturn_sd_share.value == pytest.approx(spread, rel=0.001)
        assert pool.joint_bond_gbp.value == quantile(np.maximum(of_pool, 0).sum(axis=1), 0.95).value


def test_the_range_of_sizes_and_points() -> None:
    # Breaks: other limits.
    scenario = checked(SHORT)
    rows = simulator.size(scenario, (1, 1e7), 50, draws=Draws(100)).rows
    assert (len(rows), rows[0].people, rows[-1].people) == (50, 1, 1e7)
    for people, points, where in (
        ((1.0, 1.1e7), 2, "people"),
        ((0.9, 1e3), 2, "people"),
        ((1.0, 1e3), 1, "points"),
        ((1.0, 1e3), 51, "points"),
    ):
        (problem,) = problems_of_call(
            lambda given=(people, points): simulator.size(scenario, *given, draws=Draws(100))
        )
        assert problem.where == where
