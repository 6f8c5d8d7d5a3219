"""Shares of variance against closed forms, and the coverage of their intervals."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from simulator.questions.explain.answer import ALL_SOURCES, Explanation
from simulator.questions.explain.ask import explain
from simulator.questions.explain.pieces import PowerSums, Source
from simulator.risk.estimate import Estimate
from simulator.simulation.draws import Draws
from tests.builders import Table, checked, cluster_of, line_of, scenario_of
from tests.references.checks import Comparison, FloatArray, misses, within

CONTRACTS = 100_000
CASES, COST_GBP, COST_CV, BURSTS = 500, 1000.0, 1.5, 1.4
SPEND_GBP = CASES * COST_GBP
PCT, LASTING, PASSING = 0.03, 0.02, 0.025
PERSISTENCE, FAIR_WEIGHT = 0.6, 0.25
CARRIED = 1 - FAIR_WEIGHT
"""Part of past spend that is in the budget; there is no growth here."""


def scenario(rule: Table, clusters: int = 1) -> Table:
    """One line and year; 500 cases a cluster, which come in bursts."""
    return scenario_of(
        contract={"start_year": 2010, "years": 1},
        shocks={
            "pct": {"size": {"law": "normal", "sd_share": PCT}, "persistence": PERSISTENCE},
            "cluster": {"law": "normal", "sd_share": LASTING},
            "cluster_year": {"law": "normal", "sd_share": PASSING},
        },
        budgets={"rule": rule},
        service_lines=[
            line_of(
                count={"model": "negative_binomial", "variance_to_mean": BURSTS},
                unit_cost_gbp={"model": "gamma", "mean": COST_GBP, "cv": COST_CV},
            )
        ],
        clusters=[cluster_of(f"cluster {number}") for number in range(clusters)],
        rules=[],
    )


EXPECTED_SPEND = {"rule": "expected_spend"}
TOOLKIT = {"rule": "toolkit", "fair_share_weight_by_year": [FAIR_WEIGHT], "uplift_share": 0.0}

# Variances of the pieces of one year's spend. With factors of mean one and independent draws:
_CLUSTER_SQUARE = (1 + LASTING**2) * (1 + PASSING**2)
YEAR = {
    Source.COUNTS: CASES * BURSTS * COST_GBP**2,
    Source.UNIT_COSTS: CASES * (COST_CV * COST_GBP) ** 2,
    Source.CLUSTER_YEAR: SPEND_GBP**2 * (1 + LASTING**2) * PASSING**2,
    Source.UNMEASURED_NEED: SPEND_GBP**2 * LASTING**2,
    Source.PCT_SHOCKS: SPEND_GBP**2 * PCT**2,
    Source.INTERACTION: SPEND_GBP**2 * PCT**2 * (_CLUSTER_SQUARE - 1),
}


def base_year_forms() -> dict[str, float]:
    """Covariance of each piece with the outturn where the budget carries most of past spend.

    The PCT-wide shock remembers the base year, as does its product with the lasting need, whose
    cross terms have the factor E[(P0 - 1)(P1 - 1)] (E[C0 C1] - 1) = persistence PCT**2 LASTING**2.
    """
    remembered = CARRIED * PERSISTENCE * SPEND_GBP**2 * PCT**2
    together = remembered * LASTING**2
    luck = sum(YEAR.values()) - YEAR[Source.UNMEASURED_NEED]
    return YEAR | {
        Source.UNMEASURED_NEED: YEAR[Source.UNMEASURED_NEED] * (1 - CARRIED) ** 2,
        Source.PCT_SHOCKS: YEAR[Source.PCT_SHOCKS] - remembered,
        Source.INTERACTION: YEAR[Source.INTERACTION] - together,
        Source.BASE_YEAR: CARRIED**2 * luck - remembered - together,
    }


FORMS = {
    "expected spend": (EXPECTED_SPEND, YEAR | {Source.BASE_YEAR: 0.0}),
    "past spend": (TOOLKIT, base_year_forms()),
}


@cache
def explained(case: str) -> Explanation:
    return explain(checked(scenario(FORMS[case][0])), draws=Draws(CONTRACTS, 4))


def shares_against(found: Explanation, covariances: dict[str, float]) -> list[Comparison]:
    whole = sum(covariances.values())
    comparisons = []
    for source, covariance in covariances.items():
        share = found.share(source)
        assert share is not None
        assert share.standard_error is not None
        exact = covariance / whole
        comparisons.append(Comparison(source, share.value, exact, share.standard_error))
    return comparisons


@pytest.mark.parametrize("case", FORMS)
def test_shares_have_the_closed_forms(case: str):
    assert misses(shares_against(explained(case), FORMS[case][1])) == []


@pytest.mark.parametrize("case", FORMS)
def test_the_whole_has_the_closed_form(case: str):
    sd = explained(case).sd_gbp()
    assert sd.standard_error is not None
    assert within(sd.value, math.sqrt(sum(FORMS[case][1].values())), sd.standard_error)


@pytest.mark.parametrize("source", YEAR)
def test_sds_have_the_closed_forms(source: Source):
    sd = explained("expected spend").sd_gbp(source)
    assert sd.standard_error is not None
    assert within(sd.value, math.sqrt(YEAR[source]), sd.standard_error)


def test_the_comparison_can_fail():
    """Were need booked gross, or the shock's memory forgotten, these forms would be right."""
    forms = base_year_forms()
    gross = forms | {Source.UNMEASURED_NEED: YEAR[Source.UNMEASURED_NEED]}
    forgetful = forms | {Source.PCT_SHOCKS: YEAR[Source.PCT_SHOCKS]}
    for wrong in (gross, forgetful):
        assert misses(shares_against(explained("past spend"), wrong))


def test_pooling_of_four_equal_clusters():
    """Independent chances keep half of their SD, shared ones all of it."""
    pooled = explain(checked(scenario(EXPECTED_SPEND, clusters=4)), draws=Draws(40_000, 4))
    for source in YEAR:
        share = pooled.pooled_share(source)
        assert share is not None
        assert share.standard_error is not None
        if source == Source.PCT_SHOCKS:
            assert share.value == pytest.approx(1)
        elif source == Source.INTERACTION:
            continue
        else:
            assert within(share.value, 0.5, share.standard_error), source
    assert pooled.pooled_share(Source.BASE_YEAR) is None


ROUNDS, DRAWS = 1_500, 2_000
COVERED = 0.95
COVERAGE_MARGIN = 4 * math.sqrt(COVERED * (1 - COVERED) / ROUNDS)


def _rounds() -> list[PowerSums]:
    """Two sources in two clusters: one common to both, one of each cluster's own, with long tails."""
    generator = np.random.default_rng(7)
    found = []
    for _ in range(ROUNDS):
        common = generator.standard_normal(DRAWS)
        own = generator.standard_exponential((DRAWS, 2)) - 1
        found.append(
            PowerSums.of([_placed(np.stack([common, common], axis=1)), _placed(own - 0.4 * common[:, None])])
        )
    return found


def _placed(by_cluster: FloatArray) -> FloatArray:
    return by_cluster[:, None, :, None]


def coverage(estimates: list[Estimate | None], exact: float, stretch: float = 1.0) -> float:
    """Share of the intervals, stretched about their estimates, that hold the exact value."""
    return float(np.mean([abs(one.value - exact) <= stretch * one.half_width for one in estimates if one]))


def test_intervals_cover():
    """In a cluster p = x and q = e - 0.4 x, x and e of variance 1: T = 0.6 x + e has 1.36.

    Cov(p, T) = 0.6, so the share is 0.6 / 1.36. The SD of q is the root of 1.16; that of both
    clusters' q together the root of 2 + 0.64, over twice the root of 1.16.
    """
    rounds = _rounds()
    answers = {
        "share": ([one.share((0, 0, 0, 0)) for one in rounds], 0.6 / 1.36),
        "SD": ([one.sd((1, 0, 0, 0), DRAWS) for one in rounds], math.sqrt(1.16)),
        "pooled": ([one.pooled(1, 0, DRAWS) for one in rounds], math.sqrt(2.64) / (2 * math.sqrt(1.16))),
    }
    for what, (estimates, exact) in answers.items():
        assert len(estimates) == ROUNDS
        assert abs(coverage(estimates, exact) - COVERED) <= COVERAGE_MARGIN, what
        for wrong in (0.8, 1.3):
            assert abs(coverage(estimates, exact, wrong) - COVERED) > COVERAGE_MARGIN, what


def test_intervals_of_simulated_contracts_cover():
    form = base_year_forms()
    given = checked(scenario(TOOLKIT))
    found = [explain(given, draws=Draws(1_000, seed)) for seed in range(200)]
    for source in (Source.COUNTS, Source.UNMEASURED_NEED, Source.PCT_SHOCKS, Source.BASE_YEAR):
        exact = form[source] / sum(form.values())
        covered = coverage([one.share(source) for one in found], exact)
        assert abs(covered - COVERED) <= 4 * math.sqrt(COVERED * (1 - COVERED) / 200), source


def test_a_constant_share_has_no_error():
    only = [one.share((0, 0, 0, 0)) for one in [PowerSums.of([_placed(np.ones((3, 1)))])]]
    assert only == [Estimate(1.0, 1.0, 1.0, 0.0)]
    assert explained("past spend").share(ALL_SOURCES) == Estimate(1.0, 1.0, 1.0, 0.0)
