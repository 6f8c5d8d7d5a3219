"""Budgets that rest on shadow years: right on average, and as close as the law of one series allows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator import shadow
from simulator.questions.shadow.answer import NEXT_SD
from simulator.questions.shadow.ask import ShadowRuns
from simulator.random_streams import RandomStreams
from simulator.records import BUDGET, SPEND, Block
from simulator.simulation.draws import Draws
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.references.checks import mean_against, misses

LASTING, PASSING, PERSISTENCE = 0.04, 0.03, 0.8
PEOPLE = 20_000
DRAWS = Draws(20_000, 1)


def scenario(**changes: object) -> Table:
    """One cluster, one line of 2,000 cases a year, level need and passing need; nothing else."""
    shocks = {
        "cluster": {"law": "lognormal", "sd_share": LASTING},
        "cluster_year": {"law": "lognormal", "sd_share": PASSING, "persistence": PERSISTENCE},
    }
    given = {"shocks": shocks, "service_lines": [line_of()], "clusters": [cluster_of("Only", PEOPLE)]}
    return scenario_of(**(given | changes))


def exact_sd(known: int) -> float:
    """The SD of the next year's log of spend given so many years: the variance that kriging leaves."""
    lasting, passing = math.log1p(LASTING**2), math.log1p(PASSING**2)
    # Poisson cases of gamma costs with a CV of 1: two for each case.
    chance = math.log1p(2 / (0.1 * PEOPLE))
    years = np.arange(-known, 1) + 1
    signal = lasting + passing * PERSISTENCE ** np.abs(np.subtract.outer(years, years))
    past, now = signal[:-1, :-1] + chance * np.eye(known), signal[:-1, -1]
    left = signal[-1, -1] + chance - (now @ np.linalg.solve(past, now) if known else 0.0)
    return math.sqrt(left)


def test_each_year_leaves_the_sd_that_the_law_says() -> None:
    answer = shadow(checked(scenario()), 4, draws=DRAWS)
    for known in answer.years:
        found = answer.row(known).estimates[NEXT_SD]
        error = (found.high - found.low) / 3.92
        # Of amounts, not logarithms: larger by a part of about its square.
        assert found.value == pytest.approx(math.sqrt(math.expm1(exact_sd(known) ** 2)), abs=4 * error + 2e-4)
    # One year tells much, and further ones little (FIELD.md 4: 4.4%, 2.9%, 2.9%, 2.9%).
    sds = [answer.row(known).estimates[NEXT_SD].value for known in answer.years]
    assert sds[0] - sds[1] > 3 * (sds[1] - sds[4])


def test_budgets_are_right_on_average_whatever_is_known() -> None:
    runs = ShadowRuns.of(checked(scenario(clusters=[cluster_of("A"), cluster_of("B", 40_000)])), 3)
    drawn = runs.draw(RandomStreams(2), Block(0, 20_000))
    comparisons = [
        mean_against(one.gbp(BUDGET)[:, year, cluster] - one.gbp(SPEND)[:, year, cluster], 0.0)
        for one in drawn
        for year in range(2)
        for cluster in range(2)
    ]
    assert misses(comparisons) == []


def test_what_one_cluster_spends_tells_of_another_where_shocks_are_the_pcts() -> None:
    pct = {"pct": {"size": {"law": "lognormal", "sd_share": 0.1}, "persistence": 0.9}}
    small, large = cluster_of("Small", 2_000), cluster_of("Large", 500_000)
    alone = shadow(checked(scenario(shocks=pct, clusters=[small])), 1, draws=DRAWS)
    beside = shadow(checked(scenario(shocks=pct, clusters=[small, large])), 1, draws=DRAWS)
    sds = [one.row(1, "Small").estimates[NEXT_SD].value for one in (alone, beside)]
    assert sds[1] < 0.95 * sds[0]


@pytest.mark.parametrize("of", ["line", "prices", "list"])
def test_two_years_tell_growth_that_nobody_knows(of: str) -> None:
    unknown = {"mean": 0.03, "sd": 0.05}
    growth = {"line": {"growth_share": unknown}, "prices": {"price_growth_share": unknown}}.get(of, {})
    line = line_of(rate_per_1000=1_000, rate_year=2009, **growth)
    lists = {"list_growth_share": unknown} if of == "list" else {}
    large = scenario(shocks={}, service_lines=[line], clusters=[cluster_of("Only", 1_000_000, **lists)])
    answer = shadow(checked(large), 2, draws=Draws(5_000, 1))
    sds = [answer.row(known).estimates[NEXT_SD].value for known in answer.years]
    # One year tells where demand stands; with a second its growth is known, and chance of 0.1% is left.
    assert sds[1] == pytest.approx(0.05, rel=0.1)
    assert sds[2] < 0.1 * sds[1]


def test_practices_learn_to_save_while_nothing_is_paid() -> None:
    ramp = cluster_of("Only", PEOPLE, true_saving_share_by_year=[0.0, 0.05, 0.1])
    answer = shadow(checked(scenario(clusters=[ramp])), 2, draws=Draws(2_000, 1))
    shares = [answer.row(known).estimates["practice_share_gbp"].value for known in answer.years]
    assert shares[0] < shares[1] < shares[2]
    runs = ShadowRuns.of(checked(scenario(clusters=[ramp])), 2)
    saved = [plan.expected_counts[1:, 0, 0] / 2_000 for plan in runs.plans]
    assert [list(np.round(1 - one, 9)) for one in saved] == [[0, 0.05], [0.05, 0.1], [0.1, 0.1]]


def test_one_year_is_worth_much_and_further_years_little() -> None:
    """The outturns of 901 US Medicare group-years (FIELD: SD of 4.37, 2.91, 2.88 and 2.88% after 0 to 3).

    One tells of the next with a correlation of 0.746, the square root of 1 - (2.91 / 4.37)^2. Taken here as
    need that drifts by 0.9 a year and chance of 6,060 cases: the shape of later years is not put in.
    """
    shocks = {"cluster_year": {"law": "lognormal", "sd_share": 0.0397, "persistence": 0.9}}
    groups = scenario(shocks=shocks, clusters=[cluster_of("Only", 60_600)])
    sds = []
    for known in range(4):
        outcomes = simulated(groups, f"contract.shadow_years={known}", contracts=20_000).contract_outcomes
        sds.append(float((1 - outcomes.gbp(SPEND) / outcomes.gbp(BUDGET))[:, 0, 0].std()))
    assert sds == pytest.approx([0.0437, 0.0291, 0.0288, 0.0288], abs=0.003)
    assert sds[0] - sds[1] > 10 * (sds[1] - sds[2]) > 0
