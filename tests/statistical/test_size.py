"""`size` against closed forms and the exact method.

With Poisson counts of mean n and unit costs of mean m and coefficient of variation c, a cluster
shock of SD s, a PCT-wide one of SD p and budgets at expected spend, the year's spend over its
expectation has the variance

    (1 + s^2) (1 + p^2) - 1  +  (1 + c^2) / n.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from simulator.exact.method import exact_risk
from simulator.questions.explain.ask import explain
from simulator.questions.explain.pieces import Source
from simulator.questions.size.answer import (
    BOND_PER_HEAD,
    CHANCE_SD,
    SD,
    SHARE_PER_HEAD,
    Sizes,
    overspend_column,
)
from simulator.questions.size.ask import one_cluster, size
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.scenario.scenario import Scenario, load_scenario
from simulator.simulation.draws import Draws
from tests.builders import SURPLUS, checked, cluster_of, line_of, scenario_of
from tests.e2e.command import FLAGSHIP, SMALL
from tests.references.checks import Comparison, misses

CASES_PER_HEAD, CV = 0.1, 1.0
OWN, PCT = 0.03, 0.02
CONTRACTS = 40_000
ANY_SIZE = (1 + OWN**2) * (1 + PCT**2) - 1


@cache
def scenario() -> Scenario:
    shocks = {
        "pct": {"size": {"law": "normal", "sd_share": PCT}},
        "cluster_year": {"law": "normal", "sd_share": OWN},
    }
    return checked(
        scenario_of(
            contract={"start_year": 2010, "years": 1},
            shocks=shocks,
            service_lines=[line_of()],
            clusters=[cluster_of("One", 20_000), cluster_of("Two", 20_000)],
            rules=[SURPLUS | {"needs_bond": False}],
        )
    )


@cache
def sizes() -> Sizes:
    return size(scenario(), (1_000, 1_000_000), 4, draws=Draws(CONTRACTS, 5))


def compared(what: str, found: Estimate, exact: float) -> Comparison:
    """Half of a 95% interval is 1.96 standard errors."""
    return Comparison(what, found.value, exact, found.half_width / CONFIDENCE_Z)


def closed_forms(cv: float = CV, own: float = OWN) -> list[Comparison]:
    answer, any_size = sizes(), (1 + own**2) * (1 + PCT**2) - 1
    found = []
    for row in answer.rows:
        chance = (1 + cv**2) / (CASES_PER_HEAD * row.people)
        found.append(compared(f"SD of {row.people:g}", row.whole[SD], math.sqrt(any_size + chance)))
        found.append(compared(f"chance of {row.people:g}", row.whole[CHANCE_SD], math.sqrt(chance)))
    assert answer.balance_people is not None
    balance = (1 + cv**2) / (CASES_PER_HEAD * any_size)
    return [
        *found,
        compared("any size", answer.any_size_sd_share, math.sqrt(any_size)),
        compared("any pool", answer.any_pool_sd_share, PCT),
        compared("balance", answer.balance_people, balance),
    ]


def test_spreads_have_the_closed_forms():
    assert misses(closed_forms()) == []


def test_sizes_of_one_practice_do_not_follow_the_square_root():
    """Up to 150,000 people a cluster is one practice here, whose own need is a part of chance at each."""
    of_practice, any_size = 0.02, ANY_SIZE
    base = scenario().settings.shocks
    shocks = base.model_dump() | {
        "practice": {"size": {"law": "normal", "sd_share": of_practice}, "people": 100_000}
    }
    mapping = scenario_of(
        contract={"start_year": 2010, "years": 1}, service_lines=[line_of()], shocks=shocks, rules=[]
    )
    lasting = (1 + any_size) * of_practice**2
    found = []
    for people in ((1_000, 100_000), (15_000, 60_000)):
        chance = size(checked(mapping), people, 3, draws=Draws(CONTRACTS, 5)).chance
        for part in (0.6, 1.0):
            exact = (1 + CV**2) / (CASES_PER_HEAD * (part * any_size - lasting))
            found.append(compared(f"{people}, {part}", chance.people_where_it_adds(part), exact))
        exact = (1 + CV**2) / (CASES_PER_HEAD * (0.03**2 - lasting))
        found.append(compared(f"{people}, an SD of 3%", chance.people_where_sd_is(0.03), exact))
    assert misses(found) == []


def test_without_shocks_nothing_is_left():
    """Even the largest cluster that is simulated has some chance: that is taken off."""
    only_chance = checked(scenario_of(contract={"start_year": 2010, "years": 1}))
    found = size(only_chance, (1_000, 10_000), 2, draws=Draws(10_000, 1))
    assert found.any_size_sd_share.low == 0
    assert found.balance_people is None
    assert "hardly any risk" in found.sentences()[2]


def test_the_comparison_can_fail():
    assert misses(closed_forms(cv=1.1))
    assert misses(closed_forms(own=0.029))


def test_a_pool_of_two_equal_clusters():
    """Own shocks and chance keep half of their variance, the PCT-wide shock all of it."""
    alone, both = sizes().pools
    chance = (1 + CV**2) / (CASES_PER_HEAD * 20_000)
    own = (1 + PCT**2) * OWN**2 + chance
    found = [
        compared("alone", alone.outturn_sd_share, math.sqrt(PCT**2 + own)),
        compared("both", both.outturn_sd_share, math.sqrt(PCT**2 + own / 2)),
    ]
    # The law is close to normal, so that the bonds are as the SDs are.
    assert both.saved_share is not None
    saved = 1 - math.sqrt((PCT**2 + own / 2) / (PCT**2 + own))
    found.append(compared("saved", both.saved_share, saved))
    assert misses(found) == []


def test_intervals_cover():
    """Of the size at which chance and shocks are even, which combines five moments."""
    exact = (1 + CV**2) / (CASES_PER_HEAD * ANY_SIZE)
    found = [
        size(scenario(), (1_000, 2_000), 2, draws=Draws(1_000, seed)).balance_people for seed in range(200)
    ]
    apart = np.array([(one.value - exact) / one.half_width for one in found if one])
    assert apart.size == 200
    allowed = 4 * math.sqrt(0.95 * 0.05 / 200)
    assert abs(np.mean(abs(apart) <= 1) - 0.95) <= allowed
    assert abs(np.mean(abs(apart) <= 0.5) - 0.95) > allowed


def test_what_no_pool_cures_is_the_piece_that_explain_names():
    """Where budgets do not follow past spend, PCT-wide shocks are one piece of `explain`."""
    rule = "{rule='expected_spend'}"
    by_need = load_scenario(FLAGSHIP, [f"budgets.rule={rule}", "doubt.carried=false"])
    names = [line.name for line in by_need.settings.service_lines]
    lines = [f"service_lines.{name}.budget_rule={rule}" for name in names]
    by_need = by_need.vary(*lines)
    found = size(by_need, (1_000, 2_000), 2, draws=Draws(10_000, 3)).any_pool_sd_share
    # Another seed: its error is independent.
    usual = one_cluster(by_need, 50_000)
    explained = explain(usual, draws=Draws(10_000, 4))
    sd, budget = explained.sd_gbp(Source.PCT_SHOCKS), explained.expected_budget_gbp["All clusters together"]
    error = math.hypot(found.half_width, sd.half_width / budget) / CONFIDENCE_Z
    assert misses([Comparison("SD", found.value, sd.value / budget, error)]) == []
    other = explained.sd_gbp(Source.CLUSTER_YEAR)
    assert misses([Comparison("SD", found.value, other.value / budget, error)])


@pytest.mark.parametrize("people", [1_000, 30_000, 1_000_000])
def test_overspends_against_the_exact_method(people: int):
    small = load_scenario(SMALL)
    found = size(small, (people, people * 2), 2, draws=Draws(20_000, 6)).rows[0]
    exact = exact_risk(one_cluster(small, people))
    comparisons = []
    for row in exact.rows:
        value = row.estimates["overspend_probability"].value
        estimate = found.by_span[row.year][overspend_column(0.0)]
        error = math.sqrt(value * (1 - value) / 20_000)
        comparisons.append(Comparison(row.year, estimate.value, value, error))
    assert len(comparisons) == 4
    assert misses(comparisons) == []
    shifted = [replace(one, expected=one.expected + 0.02) for one in comparisons]
    assert len(misses(shifted)) == 4


@pytest.mark.parametrize("path", [FLAGSHIP, SMALL])
def test_risk_falls_with_size_and_pooling(path):
    found = size(load_scenario(path), (1_000, 1_000_000), 7, draws=Draws(5_000, 1))
    for column in (SD, CHANCE_SD, BOND_PER_HEAD, SHARE_PER_HEAD):
        values = [row.whole[column] for row in found.rows]
        for smaller, larger in pairwise(values):
            assert larger.low <= smaller.high, column
        assert values[-1].high < values[0].low, column
    for pool in found.pools[1:]:
        assert pool.joint_bond_gbp.value <= pool.separate_bonds_gbp.value
        assert pool.saved_share is not None
        assert pool.saved_share.low > 0
        assert pool.outturn_sd_share.value >= found.any_pool_sd_share.low
