"""Estimates and their intervals against hand values and the binomial law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulator.risk.estimate import CONFIDENCE_Z, Estimate, Unit
from simulator.risk.estimation import interval_ranks, mean, probability, quantile
from simulator.risk.in_words import phrase


def test_an_interval_must_hold_its_estimate() -> None:
    assert Estimate(2, 1, 4).half_width == 2
    assert Estimate(2, 2, 2).half_width == 0
    for low, high in [(3, 4), (0, 1), (4, 1), (math.nan, 3)]:
        with pytest.raises(ValueError, match="interval must hold"):
            Estimate(2, low, high)


def test_mean_of_four() -> None:
    # 1, 2, 4, 5: mean 3, deviations 4 + 1 + 1 + 4 = 10, SD sqrt(10 / 3), over sqrt(4); no skewness.
    estimate = mean(np.array([1.0, 2.0, 4.0, 5.0]))
    error = math.sqrt(10 / 3) / 2
    assert estimate.value == 3
    assert estimate.standard_error == pytest.approx(error)
    assert (estimate.low, estimate.high) == pytest.approx(
        (3 - CONFIDENCE_Z * error, 3 + CONFIDENCE_Z * error)
    )


def test_confidence_is_95_per_cent() -> None:
    assert pytest.approx(stats.norm.isf(0.025)) == CONFIDENCE_Z


@pytest.mark.parametrize("size", [500, 34_567])
def test_a_mean_of_many_skewed_samples(size: int) -> None:
    samples = np.random.default_rng(size).gamma(0.2, 1e5, size)
    found = mean(samples)
    assert found.value == pytest.approx(samples.mean(), rel=1e-12)
    assert found.standard_error == pytest.approx(samples.std(ddof=1) / math.sqrt(size), rel=1e-12)
    # Hall's cubic, as below, at either end.
    skewness = float(((samples - samples.mean()) ** 3).mean() / samples.std(ddof=1) ** 3)
    root = math.sqrt(size)
    for end, normal in ((found.low, CONFIDENCE_Z), (found.high, -CONFIDENCE_Z)):
        studentised = (found.value - end) / found.standard_error / root
        cubic = studentised + skewness * studentised**2 / 3 + skewness**2 * studentised**3 / 27
        assert root * (cubic + skewness / (6 * size)) == pytest.approx(normal, rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.3, 1e9 / 3])
def test_a_mean_that_does_not_vary_has_no_error(value: float) -> None:
    estimate = mean(np.full(1_000, value))
    assert estimate.standard_error == 0
    assert estimate.low == estimate.value == estimate.high == pytest.approx(value)


@pytest.mark.parametrize(
    ("happened", "of", "low", "high"),
    [
        # Wilson (1927) by hand, with z ** 2 = 3.8415: 5 of 10: 0.5 -+ sqrt(0.25 z2 / 10 + z2 ** 2 / 400)
        # / (1 + z2 / 10) = 0.5 -+ 0.26340.
        (5, 10, 0.23659, 0.76341),
        # 1 of 10: centre (0.1 + 0.19207) / 1.38415 = 0.21101, half 0.19313.
        (1, 10, 0.01788, 0.40415),
        # None of 10: from 0 to z2 / (10 + z2); all of 10 mirrors it.
        (0, 10, 0.0, 0.27753),
        (10, 10, 0.72247, 1.0),
    ],
)
def test_wilson_s_interval(happened: int, of: int, low: float, high: float) -> None:
    estimate = probability(np.arange(of) < happened)
    assert estimate.value == happened / of
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-5)
    assert estimate.standard_error is None


@pytest.mark.parametrize("contracts", [100, 777, 10_000])
def test_wilson_s_interval_in_scipy(contracts: int) -> None:
    for happened in {0, 1, contracts // 3, contracts - 1, contracts}:
        estimate = probability(np.arange(contracts) < happened)
        peer = stats.binomtest(happened, contracts).proportion_ci(method="wilson")
        assert (estimate.low, estimate.high) == pytest.approx((peer.low, peer.high), abs=1e-12)


def test_quantile_is_the_smallest_sample_that_enough_do_not_exceed() -> None:
    samples = np.random.default_rng(1).permutation(np.arange(1.0, 101.0))
    assert quantile(samples, 0.95).value == 95
    assert quantile(samples, 0.951).value == 96
    assert quantile(samples, 0.5).value == 50
    assert quantile(samples, 1.0).value == 100


@pytest.mark.parametrize("size", [150, 5_000, 7_013])
@pytest.mark.parametrize("level", [1e-4, 0.01, 0.05, 0.0999, 0.5, 0.9001, 0.95, 0.99, 0.9999])
def test_a_quantile_is_what_sorting_finds(size: int, level: float) -> None:
    # Only those about the rank are sorted, wherever in the order they stand and whatever is equal.
    normals = np.random.default_rng(size).standard_normal(size)
    rare = np.where(normals > 3, normals, 0.0)
    misled = normals.copy()
    misled[::32] = 9.0
    rising = np.sort(normals)
    cyclic = np.arange(size) % 32.0
    for samples in (normals, rising, rising[::-1], np.round(normals), rare, misled, -misled, cyclic):
        ordered = np.sort(samples)
        low_at, high_at = interval_ranks(size, level)
        found = quantile(samples, level)
        at = max(math.ceil(level * size - 1e-9) - 1, 0)
        assert (found.low, found.value, found.high) == (ordered[low_at], ordered[at], ordered[high_at])


def test_ends_are_order_statistics_of_the_samples() -> None:
    samples = np.arange(1.0, 1_001.0)[::-1]
    low, high = interval_ranks(1_000, 0.95)
    estimate = quantile(samples, 0.95)
    assert (estimate.low, estimate.high) == (low + 1, high + 1)


@pytest.mark.parametrize("size", [100, 101, 250, 1_000, 10_000, 1_000_000])
@pytest.mark.parametrize("level", [0.05, 0.5, 0.9, 0.95, 0.99])
def test_ranks_against_the_binomial_law(size: int, level: float) -> None:
    low, high = interval_ranks(size, level)
    law = stats.binom(size, level)
    # The quantile lies below sample number r, counted from 0, with P(B <= r); 2.5% on each side,
    # and one rank further in would be more.
    assert 0 <= low < high <= size - 1
    if low > 0:
        assert law.cdf(low) <= 0.025 < law.cdf(low + 1)
    if high < size - 1:
        assert law.cdf(high) >= 0.975 > law.cdf(high - 1)


def test_a_hundred_contracts_are_enough_for_the_bond_s_upper_end() -> None:
    # All of 72 samples lie below the 95% quantile with 0.95 ** 72 = 2.49%, all of 71 with 2.62%.
    assert 0.95**72 < 0.025 < 0.95**71
    assert interval_ranks(100, 0.95)[1] == 99
    # Of 100 samples the second largest is not enough, and the largest is.
    assert stats.binom.cdf(98, 100, 0.95) < 0.975 <= stats.binom.cdf(99, 100, 0.95)


def test_a_skewed_mean_has_hall_s_interval() -> None:
    # 90 nothings and 10 tens: mean 1, population variance 9; skewness 8/3, with 99 for 100 a little less.
    samples = np.array([0.0] * 90 + [10.0] * 10)
    found = mean(samples)
    error = 3 / math.sqrt(99)
    skewness = 8 / 3 * math.sqrt(99 / 100) ** 3
    assert found.standard_error == pytest.approx(error)
    for end, normal in ((found.low, CONFIDENCE_Z), (found.high, -CONFIDENCE_Z)):
        # The cubic of the studentised mean at the end is the normal again.
        studentised = (1 - end) / error / 10
        cubic = studentised + skewness * studentised**2 / 3 + skewness**2 * studentised**3 / 27
        assert 10 * (cubic + skewness / 600) == pytest.approx(normal)
    assert found.high - found.value > 1.96 * error > found.value - found.low
    assert not found.is_rough


@pytest.mark.parametrize(("overspends", "is_rough"), [(1, True), (2, False), (3, False), (40, False)])
def test_a_mean_that_too_few_contracts_carry_is_rough(overspends: int, is_rough: bool) -> None:
    found = mean(np.array([0.0] * (1_000 - overspends) + [5.0] * overspends))
    assert found.is_rough == is_rough
    assert ("?" in phrase(found, Unit.GBP)) == is_rough
    assert ("?" in phrase(found, Unit.GBP, signed=True)) == is_rough


def test_the_interval_mirrors() -> None:
    samples = np.random.default_rng(3).pareto(3, 500)
    found, mirrored = mean(samples), mean(-samples)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))
