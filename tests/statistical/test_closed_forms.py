"""One cluster and year with spend normal about the budget: every answer has a closed form.

Expected cases are so many (100 million at GBP 1) that chance in counts adds an SD of 0.01% of the
budget, which is allowed for; what varies is the cluster's shock of the year.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from simulator.simulation.result import Result
from tests.builders import SURPLUS, cluster_of, line_of, scenario_of, simulated
from tests.references.checks import (
    Comparison,
    FloatArray,
    mean_against,
    misses,
    probability_against,
    quantile_against,
    sd_against,
    within,
)
from tests.references.normal_spend import PRINTED_PERCENT, NormalSpend

CONTRACTS = 250_000
CASES = 1e8
SDS = tuple(PRINTED_PERCENT)


def exact(sd_share: float, margin_share: float = 0.0) -> NormalSpend:
    """Return the law of spend over budget: the shock's variance, and the counts'."""
    sd = math.sqrt(sd_share**2 + 1 / CASES)
    return NormalSpend(sd / (1 + margin_share), 1 / (1 + margin_share))


@cache
def simulated_normal(sd_share: float, margin_share: float = 0.0) -> Result:
    scenario = scenario_of(
        contract={"start_year": 2010, "years": 1},
        shocks={"cluster_year": {"law": "normal", "sd_share": sd_share}},
        budgets={"rule": {"rule": "expected_spend", "margin_share": margin_share}},
        service_lines=[line_of(rate_per_1000=1e6, unit_cost_gbp={"model": "empirical", "values": [1.0]})],
        clusters=[cluster_of("Only", 100_000)],
        rules=[SURPLUS | {"needs_bond": False}],
    )
    return simulated(scenario, contracts=CONTRACTS, seed=4)


def shares_of_budget(result: Result, amounts_gbp: FloatArray) -> FloatArray:
    budget = result.contract_outcomes.gbp("budget")[:, 0, 0]
    return amounts_gbp[:, 0, 0] / budget


def worst_against(sample: FloatArray, expected: float, cut: float, share: float = 0.05) -> Comparison:
    """Compare the mean of the worst `share` with its error.

    E[cut + max(x - cut, 0) / share] is that mean when `cut` is the quantile, and is flat in `cut`
    there (Rockafellar & Uryasev 2000, J. Risk 2(3):21-41): so the exact cut serves, and the error
    is that of a mean.
    """
    return mean_against(cut + np.maximum(sample - cut, 0.0) / share, expected, what="mean of the worst")


@pytest.mark.parametrize("sd_share", SDS)
def test_outcomes_have_the_closed_forms(sd_share: float):
    result, law = simulated_normal(sd_share), exact(sd_share)
    outcomes = result.contract_outcomes
    surplus = shares_of_budget(result, outcomes.surplus_gbp)
    overspend = shares_of_budget(result, outcomes.overspend_gbp)
    practices = shares_of_budget(result, outcomes.gbp("practice_share"))
    found = [
        mean_against(surplus, law.expected_surplus, what="surplus"),
        mean_against(overspend, law.expected_overspend, what="overspend"),
        mean_against(practices, law.practice_share(), what="practice share"),
        sd_against(overspend - surplus, law.sd),
        quantile_against(overspend, 0.95, law.bond_needed()),
        worst_against(overspend, law.mean_of_worst(), law.bond_needed()),
        probability_against(overspend > 0, 0.5, what="overspend"),
        probability_against(overspend > 0.02, law.overspend_probability(0.02), what="over 2%"),
    ]
    assert misses(found) == []


@pytest.mark.parametrize("sd_share", SDS)
def test_budgets_that_are_too_small(sd_share: float):
    """With budgets 2.5% too small most contracts overspend: the closed forms off the middle."""
    result, law = simulated_normal(sd_share, -0.025), exact(sd_share, -0.025)
    outcomes = result.contract_outcomes
    overspend = shares_of_budget(result, outcomes.overspend_gbp)
    found = [
        mean_against(overspend, law.expected_overspend, what="overspend"),
        mean_against(shares_of_budget(result, outcomes.surplus_gbp), law.expected_surplus, what="surplus"),
        probability_against(overspend > 0, law.overspend_probability(), what="overspend"),
        quantile_against(overspend, 0.95, law.bond_needed()),
    ]
    assert misses(found) == []


@pytest.mark.parametrize("sd_share", SDS)
def test_the_summary_says_the_same(sd_share: float):
    """The estimates that users read, with their own standard errors and intervals."""
    result, law = simulated_normal(sd_share), exact(sd_share)
    budget = 1e8
    (only, _) = result.rows
    expected = {
        "expected_surplus_gbp": law.expected_surplus,
        "expected_overspend_gbp": law.expected_overspend,
        "practice_share_gbp": law.practice_share(),
    }
    for column, share in expected.items():
        estimate = only.estimates[column]
        assert within(estimate.value, share * budget, estimate.standard_error), column
    spread = {
        "bond_needed_gbp": law.bond_needed() * budget,
        "overspend_probability": 0.5,
        "large_overspend_probability": law.overspend_probability(0.02),
    }
    for column, value in spread.items():
        estimate = only.estimates[column]
        # Half of a 95% interval is close to two standard errors.
        assert within(estimate.value, value, estimate.half_width / 1.96), column


@pytest.mark.parametrize("sd_share", SDS)
def test_the_printed_table_is_the_closed_form(sd_share: float):
    law = NormalSpend(sd_share)
    values = (law.expected_surplus, law.practice_share(), law.bond_needed(), law.mean_of_worst())
    for printed, value in zip(PRINTED_PERCENT[sd_share], values, strict=True):
        decimals = len(printed.split(".")[1])
        assert 100 * value == pytest.approx(float(printed), abs=0.5 * 10**-decimals)
    assert law.expected_surplus == law.expected_overspend
