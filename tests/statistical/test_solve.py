"""`solve` against closed forms: one cluster and year with spend normal about its budget.

With a margin m on the expected spend e the budget is (1 + m) e, and P(spend > budget) = P(Z > m / sd);
the bond that covers 95% is 1.645 sd e where m is zero.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from simulator.questions.solve.ask import Solution, solve
from simulator.simulation.draws import Draws
from tests.builders import BOND, checked, cluster_of, line_of, scenario_of

CASES = 1e8
SD = 0.02
EXACT_SD = math.sqrt(SD**2 + 1 / CASES)
MARGIN = "budgets.rule.margin_share"
TOLERANCE = 0.001
SCENARIO = checked(
    scenario_of(
        contract={"start_year": 2010, "years": 1},
        shocks={"cluster_year": {"law": "normal", "sd_share": SD}},
        service_lines=[line_of(rate_per_1000=1e6, unit_cost_gbp={"model": "empirical", "values": [1.0]})],
        clusters=[cluster_of("Only", 100_000)],
        rules=[BOND],
    )
)
SEEDS = range(250)
ALLOWED = 4 * math.sqrt(0.95 * 0.05 / len(SEEDS))


def margin_for(probability: float) -> float:
    return EXACT_SD * NormalDist().inv_cdf(1 - probability)


def solved(so_that: str, contracts: int, seed: int = 1, high: float = 0.06) -> Solution:
    return solve(SCENARIO, MARGIN, 0.0, high, so_that, draws=Draws(contracts, seed))


@pytest.mark.parametrize(("probability", "sign"), [(0.1, "<"), (0.1, "<="), (0.1, ">="), (0.3, "<")])
def test_the_margin_for_a_chance_of_overspend(probability: float, sign: str):
    found = solved(f"overspend_probability {sign} {probability}", 100_000)
    (one,) = found.crossings
    # The chance falls as the margin rises: below a limit from some margin on, above it up to there.
    assert one.begins == sign.startswith("<")
    density = NormalDist(0, EXACT_SD).pdf(margin_for(probability))
    error = math.sqrt(probability * (1 - probability) / 100_000) / density
    assert abs(one.at.value - margin_for(probability)) <= 4 * error + 0.06 * TOLERANCE
    assert found.monotone
    # Half of the interval is close to two such errors.
    assert (one.high - one.low) / 2 == pytest.approx(1.96 * error, rel=0.1, abs=0.06 * TOLERANCE)


def test_a_bond_for_a_confidence():
    """The bond that covers with 95% probability is 1.645 SDs of a budget without margin."""
    key = "rules.bond.share_of_annual_budget"
    found = solve(SCENARIO, key, 0.0, 0.1, "bond_covers_probability >= 0.95", draws=Draws(100_000))
    (one,) = found.crossings
    exact = EXACT_SD * NormalDist().inv_cdf(0.95)
    error = math.sqrt(0.95 * 0.05 / 100_000) / NormalDist(0, EXACT_SD).pdf(exact)
    assert one.begins
    assert abs(one.at.value - exact) <= 4 * error + 0.1 * TOLERANCE


def test_the_interval_covers():
    intervals = []
    for seed in SEEDS:
        (one,) = solved("overspend_probability < 0.1", 500, seed).crossings
        intervals.append((one.low, one.at.value, one.high))
    low, at, high = np.array(intervals).T
    exact = margin_for(0.1)
    covered = np.mean((low <= exact) & (exact <= high))
    assert abs(covered - 0.95) <= ALLOWED
    # The comparison can fail: intervals of half the width cover about 67%, and a margin that is
    # 12% off is covered much less often.
    halved = np.mean(((low + at) / 2 <= exact) & (exact <= (at + high) / 2))
    assert abs(halved - 0.95) > ALLOWED
    assert abs(np.mean((low <= 1.12 * exact) & (1.12 * exact <= high)) - 0.95) > ALLOWED


def test_an_interval_that_the_range_clips():
    (one,) = solved("overspend_probability < 0.1", 500, high=0.026).crossings
    assert one.high_clipped
    assert one.high == 0.026
    assert not one.low_clipped
    found = solved("overspend_probability < 0.1", 500, high=0.026)
    assert any("stops at 2.6%, the upper end of the range" in words for words in found.sentences())


def test_within_error_of_the_target_nowhere():
    """0.022 is a little too small a margin for 10%, but 500 contracts cannot tell."""
    found = solved("overspend_probability < 0.1", 500, seed=3, high=0.022)
    assert found.crossings == ()
    assert "lies within sampling error at 2.2%" in found.sentences()[-1]


@pytest.mark.parametrize(("so_that", "where"), [("> 0.7", "nowhere"), ("<= 0.7", "everywhere")])
def test_met_nowhere_and_everywhere(so_that: str, where: str):
    found = solved(f"overspend_probability {so_that}", 500)
    assert found.crossings == ()
    assert f"holds {where} from 0% to 6%" in found.sentences()[0]


def test_the_same_for_the_same_seed_and_any_workers():
    found = [
        solve(
            SCENARIO,
            MARGIN,
            0.0,
            0.06,
            "overspend_probability < 0.1",
            tolerance=0.01,
            draws=Draws(10_000, 1, workers=workers),
        )
        for workers in (1, 1, 2)
    ]
    assert found[0].points == found[1].points == found[2].points
    assert found[0].crossings == found[2].crossings
    other = solved("overspend_probability < 0.1", 10_000, seed=2)
    assert other.crossings != found[0].crossings
