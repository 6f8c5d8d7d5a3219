"""Differences of two policies on the same contracts, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import interval_ranks, mean_difference, probability_difference
from simulator.risk.estimators import Estimator, Mean, Probability, Quantile, TailMean

SPEND = np.random.default_rng(7).gamma(4, 25, 1_000)
OTHER = SPEND + np.random.default_rng(8).normal(0, 5, 1_000)


def answers(begun: int, ended: int, both: int, of: int) -> Estimate:
    """Return the difference where so many events begin, end or stay with the change."""
    at = np.arange(of)
    stays = at >= of - both
    return probability_difference((at < begun) | stays, ((at >= begun) & (at < begun + ended)) | stays)


def test_mean_of_three_differences() -> None:
    # 4 - 1, 5 - 4 and 4 - 5: mean 1, squares of deviations 4 + 0 + 4 = 8, SD 2, over sqrt(3); no skewness.
    estimate = mean_difference(np.array([4.0, 5.0, 4.0]), np.array([1.0, 4.0, 5.0]))
    assert estimate.value == 1
    assert estimate.standard_error == pytest.approx(2 / math.sqrt(3))
    assert estimate.high == pytest.approx(1 + CONFIDENCE_Z * 2 / math.sqrt(3))


@pytest.mark.parametrize(
    ("begun", "ended", "both", "of", "error", "low", "high"),
    [
        # Bonett and Price by hand, z = 1.95996. 1 begins and 7 end of 21 (Bentur et al. 2009):
        # shares 2/23 and 8/23, apart by -6/23 = -0.26087, variance (10/23 - 36/529) / 23 = 0.015945.
        (1, 7, 1, 21, 0.126273, -0.508361, -0.013378),
        # 6 and 16 of 161 (Cavo et al. 2012): -10/163, variance (24/163 - (10/163)^2) / 163 = 0.00088019.
        (6, 16, 59, 161, 0.029668, -0.119498, -0.003202),
        # None of 98 differ: 0, variance 2/100 / 100.
        (0, 0, 40, 98, 0.0141421, -0.0277181, 0.0277181),
        # All 10 begin: 10/12, variance (1 - 100/144) / 12 = 0.025463; cut off at 1.
        (10, 0, 0, 10, 0.159571, 0.520580, 1.0),
    ],
)
def test_probabilities(
    begun: int, ended: int, both: int, of: int, error: float, low: float, high: float
) -> None:
    estimate = answers(begun, ended, both, of)
    assert estimate.value == (begun - ended) / of
    assert estimate.standard_error == pytest.approx(error, abs=1e-6)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=2e-6)


@pytest.mark.parametrize("of", [1, 2, 7, 30])
def test_the_interval_of_a_probability_holds_the_estimate(of: int) -> None:
    for begun in range(of + 1):
        for ended in range(of + 1 - begun):
            # An Estimate whose interval does not hold its value cannot be made.
            assert answers(begun, ended, 0, of).high <= 1
            assert answers(begun, ended, 0, of).low >= -1


def test_a_quantile_of_twice_the_amounts() -> None:
    # Of 1 to 100, ends of the interval are as many pounds apart as ranks: density 1/100, 1 / density 100.
    # The 5 contracts above 95 are above 190 when doubled: each moves the first by 100 / 100 and the
    # second by 200 / 100, the difference by 1. Variance of 5 in 100: 0.05 x 0.95 x 100^2 = 475.
    base = np.arange(1.0, 101.0)
    estimate = Quantile(0.95).difference(2 * base, base)
    assert estimate.value == 95
    assert estimate.standard_error == pytest.approx(math.sqrt(475 / 100))
    assert (
        estimate.high - 95
        == pytest.approx(95 - estimate.low)
        == pytest.approx(CONFIDENCE_Z * math.sqrt(4.75))
    )


def test_a_quantile_exceeded_by_other_contracts() -> None:
    # The same amounts the other way round: 5 contracts move it by +100 / 100, 5 others by -100 / 100.
    # Mean nothing, variance 10 x 100^2 / 100 = 1,000.
    base = np.arange(1.0, 101.0)
    estimate = Quantile(0.95).difference(base[::-1], base)
    assert estimate.value == 0
    assert estimate.standard_error == pytest.approx(math.sqrt(1_000 / 100))


def test_against_nothing_the_error_is_that_of_the_quantile_itself() -> None:
    low, high = interval_ranks(SPEND.size, 0.95)
    in_order = np.sort(SPEND)
    density = (high - low) / SPEND.size / (in_order[high] - in_order[low])
    estimate = Quantile(0.95).difference(SPEND, np.zeros(SPEND.size))
    assert estimate.value == in_order[949]
    assert estimate.standard_error == pytest.approx(math.sqrt(0.95 * 0.05 / SPEND.size) / density)


@pytest.mark.parametrize("kind", [Mean(), Quantile(0.95), TailMean(0.05)])
@pytest.mark.parametrize("samples", [SPEND, np.zeros(100), np.maximum(SPEND - 150, 0)], ids=len)
def test_a_policy_does_not_differ_from_itself(kind: Estimator, samples: np.ndarray) -> None:
    assert kind.difference(samples, samples.copy()) == Estimate(0, 0, 0, 0)


def test_a_probability_that_did_not_change_may_still_have() -> None:
    estimate = Probability().difference(SPEND > 150, SPEND > 150)
    assert estimate.value == 0
    # Where none of n differ, 3 / n is the rule of thumb for the most that may (here for either way).
    assert 2 / 1_000 < estimate.high == -estimate.low < 3 / 1_000


@pytest.mark.parametrize("kind", [Mean(), Probability(), Quantile(0.95), TailMean(0.05)])
def test_the_other_way_round_it_is_the_opposite(kind: Estimator) -> None:
    one, other = (SPEND > 150, OTHER > 140) if isinstance(kind, Probability) else (SPEND, OTHER)
    there, back = kind.difference(other, one), kind.difference(one, other)
    assert there.value == -back.value != 0
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.standard_error == pytest.approx(back.standard_error)


@pytest.mark.parametrize("kind", [Mean(), Probability(), Quantile(0.95), TailMean(0.05)])
def test_the_difference_is_that_of_the_estimates_and_its_error_smaller(kind: Estimator) -> None:
    changed, base = (OTHER > 140, SPEND > 150) if isinstance(kind, Probability) else (OTHER, SPEND)
    difference, after, before = kind.difference(changed, base), kind.estimate(changed), kind.estimate(base)
    assert difference.value == pytest.approx(after.value - before.value)
    assert difference.half_width < 0.7 * math.hypot(after.half_width, before.half_width)


def test_contracts_that_count_under_one_policy_alone_carry_its_error() -> None:
    # Means of 2 and 2.5. Each of two that count of four moves the first twice as much: by -2, 0, 2, 0; the
    # second by -1.5, -0.5, 0.5, 1.5. Their difference, -0.5, 0.5, 1.5, -1.5, has a mean square of 1.25.
    changed, base = np.array([1.0, np.nan, 3.0, np.nan]), np.array([1.0, 2.0, 3.0, 4.0])
    found = Mean().between(changed, base)
    assert found is not None
    assert (found.value, found.standard_error) == (-0.5, pytest.approx(math.sqrt(1.25 / 4)))


@pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
def test_what_moves_a_quantile_adds_up_to_nothing_and_has_its_error(level: float) -> None:
    samples = np.arange(1_000.0)
    moves = Quantile(level).influence(samples)
    error = Quantile(level).estimate(samples).half_width / CONFIDENCE_Z
    assert moves.mean() == pytest.approx(0.0, abs=1e-9)
    assert moves.std() / math.sqrt(samples.size) == pytest.approx(error)
