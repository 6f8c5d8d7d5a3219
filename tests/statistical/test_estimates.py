"""Intervals of 95% hold the truth in 95% of replications, and intervals a fifth too narrow do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, probability, quantile
from tests.references import direct
from tests.references.checks import Comparison, misses, probability_against

REPLICATIONS = 2_000
CONTRACTS = 500
# Skewed like a cluster's spend, and with every answer known.
SPEND = stats.gamma(4, scale=25)
Holds = Callable[[Estimate, float], bool]

ESTIMATORS = {
    "mean": (mean, SPEND.mean()),
    "probability": (lambda sample: probability(sample > 150), SPEND.sf(150)),
    "small probability": (lambda sample: probability(sample > 250), SPEND.sf(250)),
    "quantile": (lambda sample: quantile(sample, 0.95), SPEND.ppf(0.95)),
    "median": (lambda sample: quantile(sample, 0.5), SPEND.ppf(0.5)),
}
# Discrete: these may hold the truth more often than 95%, and never much less.
CAUTIOUS = {"probability", "small probability", "quantile", "median"}


def holds(estimate: Estimate, truth: float) -> bool:
    return estimate.low <= truth <= estimate.high


def narrowly_holds(estimate: Estimate, truth: float) -> bool:
    """Return whether an interval whose ends are a fifth nearer to the estimate holds the truth."""
    low = estimate.value - 0.8 * (estimate.value - estimate.low)
    high = estimate.value + 0.8 * (estimate.high - estimate.value)
    return low <= truth <= high


def coverage(kind: str, covers: Holds) -> Comparison:
    estimator, truth = ESTIMATORS[kind]
    samples = direct.generator(41).gamma(4, 25, (REPLICATIONS, CONTRACTS))
    held = np.array([covers(estimator(sample), truth) for sample in samples])
    # Two per cent above 95% is what steps of one contract allow a discrete interval.
    centre, slack = (0.96, 0.01) if kind in CAUTIOUS else (0.95, 0.0)
    return probability_against(held, centre, slack, what=f"coverage of the {kind}")


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_intervals_hold_the_truth(kind: str):
    assert misses([coverage(kind, holds)]) == []


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_narrower_intervals_are_caught(kind: str):
    assert misses([coverage(kind, narrowly_holds)]) != []


def test_the_standard_error_is_the_spread_of_means():
    samples = direct.generator(42).gamma(4, 25, (REPLICATIONS, CONTRACTS))
    estimates = [mean(sample) for sample in samples]
    spread = float(np.std([estimate.value for estimate in estimates], ddof=1))
    claimed = float(np.mean([estimate.standard_error for estimate in estimates]))
    # The SD of so many nearly normal means has a relative error of 1 / sqrt(2 n).
    found = Comparison("standard error", spread, claimed, claimed / np.sqrt(2 * REPLICATIONS))
    assert misses([found]) == []


def test_estimates_are_unbiased():
    samples = direct.generator(43).gamma(4, 25, (REPLICATIONS, CONTRACTS))
    for kind, bias in (("mean", 0.0), ("probability", 0.0), ("quantile", 1.0)):
        estimator, truth = ESTIMATORS[kind]
        values = np.array([estimator(sample).value for sample in samples])
        error = float(values.std(ddof=1)) / np.sqrt(REPLICATIONS)
        # A sample quantile is biased by about 1 / (n density): a fraction of one spacing.
        spacing = bias / (CONTRACTS * SPEND.pdf(truth))
        assert misses([Comparison(kind, float(values.mean()), truth, error, spacing)]) == []
