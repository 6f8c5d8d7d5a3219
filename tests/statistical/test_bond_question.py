"""The bond question where spend is normal about the budget, and against the exact method.

Cases are so many (100 million at GBP 1) that chance in counts adds an SD of 0.01% of the budget,
which is allowed for.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulator.exact.method import exact_risk
from simulator.questions.bond.answer import NO_TOP_UP, TOP_UP, BondAnswer
from simulator.questions.bond.ask import bond
from simulator.risk.estimate import Estimate
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from tests.builders import SURPLUS, checked, cluster_of, line_of, scenario_of
from tests.references.bond_on_normal_spend import BondOnNormalSpend, saving_that_repays
from tests.references.checks import (
    Comparison,
    mean_against,
    misses,
    probability_against,
    quantile_against,
    within,
)

CONTRACTS = 100_000
BUDGET = 1e8
CONFIDENCES = (0.9, 0.95, 0.99)
BOND = 0.03


def normal_scenario(sd: float, years: int, **rule: Any) -> Scenario:
    posted = {"rule": "bond", "share_of_annual_budget": BOND} | rule
    return checked(
        scenario_of(
            contract={"start_year": 2010, "years": years},
            shocks={"cluster_year": {"law": "normal", "sd_share": sd}},
            budgets={"rule": {"rule": "expected_spend"}},
            service_lines=[line_of(rate_per_1000=1e6, unit_cost_gbp={"model": "empirical", "values": [1.0]})],
            clusters=[cluster_of("Only", 100_000)],
            rules=[SURPLUS, posted],
        )
    )


@cache
def asked(sd: float, years: int, **rule: Any) -> BondAnswer:
    return bond(
        normal_scenario(sd, years, **rule), "Only", confidences=CONFIDENCES, draws=Draws(CONTRACTS, 7)
    )


def law_of(sd: float, **settings: float) -> BondOnNormalSpend:
    return BondOnNormalSpend(math.sqrt(sd**2 + 1 / BUDGET), BOND, **settings)


def against(what: str, estimate: Estimate, share_of_budget: float) -> Comparison:
    """Compare an amount, by the error that its own interval shows."""
    return Comparison(what, estimate.value, share_of_budget * BUDGET, estimate.half_width / 1.96)


@pytest.mark.parametrize("sd", [0.02, 0.05])
def test_one_year(sd: float) -> None:
    answer, law = asked(sd, 1), law_of(sd)
    samples, facts = answer.samples, answer.posted_facts
    draws, share = samples.draws_gbp[:, 0] / BUDGET, samples.practice_share_gbp[:, 0] / BUDGET
    found = [
        mean_against(draws, law.draw, what="draw"),
        mean_against(share, law.share, what="practice share"),
        mean_against(samples.gain_gbp / BUDGET, law.gain, what="gain"),
        probability_against(samples.unpaid_gbp[:, 0] > 0, law.runs_out, what="runs out"),
        probability_against(samples.gain_gbp > 0, law.better_off, what="better off"),
        against("expected draw", facts["expected_bond_draw_gbp"], law.draw),
        against("expected share", facts["practice_share_gbp"], law.share),
        # Half of all contracts have no surplus; in 5% the surplus is as large as 5% of overspends.
        against("95% of shares", facts["practice_share_95_gbp"], 0.1 * law.topped_up_bond(0.95, 1)),
    ]
    assert misses(found) == []
    expected = {
        "runs_out_probability": law.runs_out,
        "never_drawn_probability": 0.5,
        "practice_better_off_probability": 0.5,
    }
    for name, value in expected.items():
        assert within(facts[name].value, value, facts[name].half_width / 1.96), name
    for confidence in CONFIDENCES:
        needed = law.topped_up_bond(confidence, 1)
        assert misses([quantile_against(samples.claims_gbp[:, 0], confidence, needed * BUDGET)]) == []
        for period in answer.periods:
            assert answer.needed_gbp[period, confidence] == answer.needed_gbp["2010/11", confidence]


def test_better_off_only_if_the_surplus_pays_for_the_financing() -> None:
    money = {"interest": 0.005, "financing": 0.06}
    answer = asked(0.05, 1, interest_share_per_year=0.005, financing_share_per_year=0.06)
    law = law_of(0.05, **money)
    assert law.better_off < 0.4
    assert (
        misses(
            [
                mean_against(answer.samples.gain_gbp / BUDGET, law.gain, what="gain"),
                probability_against(answer.samples.gain_gbp > 0, law.better_off, what="better off"),
            ]
        )
        == []
    )


@pytest.mark.parametrize(
    "money",
    [{}, {"interest": 0.01}, {"financing": 0.08}, {"interest": 0.01, "financing": 0.05}],
    ids=["plain", "interest", "financing", "both"],
)
def test_the_saving_that_repays_the_bond(money: dict[str, float]) -> None:
    rule = {f"{name}_share_per_year": value for name, value in money.items()}
    saving = asked(0.05, 1, **rule).saving_needed.share_of_demand
    assert saving is not None
    assert saving.standard_error is not None
    assert 0 < saving.standard_error < 0.001
    assert within(saving.value, saving_that_repays(0.05, BOND, **money), saving.standard_error)


def test_three_years_without_top_up_against_the_exact_method() -> None:
    answer = asked(0.02, 3)
    (*_, whole) = exact_risk(answer.scenario).rows
    for confidence in CONFIDENCES:
        exact_gbp = whole.estimates[f"bond_{100 * confidence:.0f}_gbp"].value
        needed = answer.needed_gbp[NO_TOP_UP, confidence]
        assert within(needed.value, exact_gbp, needed.half_width / 1.96)
        sums = answer.samples.claims_gbp.sum(axis=1)
        assert misses([quantile_against(sums, confidence, exact_gbp)]) == []
        covers = answer.covers(exact_gbp, top_up=False)
        assert within(covers.value, confidence, covers.half_width / 1.96)


@pytest.mark.parametrize("top_up", [False, True])
def test_three_years_topped_up_cover_the_largest(top_up: bool) -> None:
    answer, law = asked(0.02, 3, top_up=top_up), law_of(0.02)
    for confidence in CONFIDENCES:
        largest = law.topped_up_bond(confidence, 3)
        needed = answer.needed_gbp[TOP_UP, confidence]
        assert within(needed.value, largest * BUDGET, needed.half_width / 1.96)
        covers = answer.covers(largest * BUDGET, top_up=True)
        assert within(covers.value, confidence, covers.half_width / 1.96)


def test_a_bond_that_is_topped_up_starts_each_year_anew() -> None:
    answer, law = asked(0.02, 3, top_up=True), law_of(0.02)
    for at, year in enumerate(answer.years):
        facts = answer.year_facts(year)
        first = law.runs_out * (1 - law.runs_out) ** at
        chance = facts["first_runs_out_probability"]
        assert within(chance.value, first, chance.half_width / 1.96)
        assert misses([against(year, facts["expected_bond_draw_gbp"], law.draw)]) == []
    topped_up = answer.posted_facts["expected_top_up_gbp"]
    assert misses([against("two top-ups", topped_up, 2 * law.draw)]) == []


def test_one_bond_for_three_years_is_used_up_in_turn() -> None:
    """Without top-up a year's draw is what the sum of overspends adds below the bond."""
    answer = asked(0.05, 3)
    generator = np.random.default_rng(11)
    overspends = np.maximum(generator.normal(0, law_of(0.05).sd, (400_000, 3)), 0)
    paid = np.diff(np.minimum(overspends.cumsum(axis=1), BOND), axis=1, prepend=0)
    empty = overspends.cumsum(axis=1) > BOND
    for at, year in enumerate(answer.years):
        facts = answer.year_facts(year)
        draw, chance = facts["expected_bond_draw_gbp"], facts["first_runs_out_probability"]
        error = math.hypot(draw.half_width / 1.96 / BUDGET, paid[:, at].std() / math.sqrt(400_000))
        assert within(draw.value / BUDGET, float(paid[:, at].mean()), error)
        first = float((empty[:, at] & ~empty[:, :at].any(axis=1)).mean())
        assert within(chance.value, first, math.hypot(chance.half_width / 1.96, math.sqrt(first / 400_000)))


def test_these_checks_can_fail() -> None:
    answer, law = asked(0.02, 3), law_of(0.02)
    wrong_sum = answer.needed_gbp[NO_TOP_UP, 0.95]
    assert not within(wrong_sum.value, law.topped_up_bond(0.95, 3) * BUDGET, wrong_sum.half_width / 1.96)
    saving = asked(0.05, 1).saving_needed.share_of_demand
    assert saving is not None
    without = saving_that_repays(0.05, BOND, interest=0.01)
    assert not within(saving.value, without, saving.standard_error or 0)
