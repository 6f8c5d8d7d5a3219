"""The checks of this tier catch errors of the size that matters, at the sizes of sample they use."""

from __future__ import annotations

import math

import numpy as np
import pytest

import simulator
from tests.references import direct, pairs
from tests.references.checks import (
    Comparison,
    FloatArray,
    mean_against,
    misses,
    probability_against,
    quantile_against,
    sd_against,
    two_samples,
    variance_against,
    within,
)
from tests.references.published import CASES

SIZE = 240_000
MEAN_COUNT = 50
LOGNORMAL = pairs.COSTS["lognormal"]


def plain_totals(seed: int, cost: direct.Cost = LOGNORMAL.plain) -> FloatArray:
    return direct.totals(direct.poisson(MEAN_COUNT), cost, SIZE, seed)


@pytest.fixture(scope="module")
def sound() -> FloatArray:
    return plain_totals(31)


@pytest.fixture(scope="module")
def other() -> FloatArray:
    return plain_totals(32)


def lighter_tail(totals: FloatArray, level: float, share: float) -> FloatArray:
    """Return totals of which a share of those beyond a quantile was put back to the median."""
    beyond = np.flatnonzero(totals > np.quantile(totals, level))
    thinned = totals.copy()
    thinned[beyond[: round(share * beyond.size)]] = np.median(totals)
    return thinned


def missed(found: list[Comparison]) -> str:
    return "\n".join(misses(found))


def test_sound_totals_pass(sound: FloatArray, other: FloatArray):
    assert misses(two_samples(sound, other)) == []


def test_one_per_cent_on_the_mean_cost_is_caught(sound: FloatArray):
    dear = plain_totals(33, direct.lognormal(1.01 * 1800, 1.6))
    assert "mean:" in missed(two_samples(sound, dear))
    exact = MEAN_COUNT * LOGNORMAL.plain.mean
    assert misses([mean_against(sound, exact)]) == []
    assert misses([mean_against(dear, exact)]) != []


def test_a_normal_total_is_caught_in_the_tail():
    """The normal approximation of Poisson(25) costs, uniform on (5, 95), has 0.56 of the tail."""
    sd = math.sqrt(25 * (50**2 + 90**2 / 12))
    normal = direct.generator(34).normal(1250, sd, 1_000_000)
    (case,) = [case for case in CASES if case.name == "Poisson of uniform"]
    caught = [fact.kind for fact in case.facts if misses([_compared(fact, normal)])]
    assert caught == ["tail", "quantile", "quantile", "quantile"]


def _compared(fact: object, totals: FloatArray) -> Comparison:
    if fact.kind == "quantile":
        return quantile_against(totals, fact.at, fact.exact, fact.rounding)
    if fact.kind == "tail":
        return probability_against(totals > fact.at, fact.exact, fact.rounding)
    return mean_against(totals, fact.exact, fact.rounding)


def test_a_normal_total_is_caught_beside_direct_totals(sound: FloatArray):
    normal = direct.generator(35).normal(sound.mean(), sound.std(), SIZE)
    report = missed(two_samples(sound, normal))
    assert "skewness:" in report
    assert "beyond the 0.99 quantile:" in report


def test_a_tail_a_fifth_too_light_is_caught(sound: FloatArray, other: FloatArray):
    light = lighter_tail(other, 0.99, 0.2)
    assert "beyond the 0.99 quantile:" in missed(two_samples(sound, light))
    law = simulator.compound(simulator.Poisson(mean=25), simulator.Uniform(low=5, high=95))
    totals = law.draw(1_000_000, seed=36)
    assert misses([quantile_against(totals, 0.999, 2217.4, 0.05)]) == []
    assert misses([quantile_against(lighter_tail(totals, 0.999, 0.2), 0.999, 2217.4, 0.05)]) != []


def test_an_sd_two_per_cent_too_small_is_caught(sound: FloatArray, other: FloatArray):
    narrow = other.mean() + 0.98 * (other - other.mean())
    assert "SD:" in missed(two_samples(sound, narrow))
    exact = math.sqrt(MEAN_COUNT) * math.hypot(LOGNORMAL.plain.mean, LOGNORMAL.plain.sd)
    assert misses([sd_against(other, exact), variance_against(other, exact**2)]) == []
    assert misses([sd_against(narrow, exact)]) != []
    assert misses([variance_against(narrow, exact**2)]) != []


def test_what_is_not_a_number_is_a_miss(sound: FloatArray):
    broken = sound.copy()
    broken[0] = np.nan
    assert misses([mean_against(broken, 1.0)]) != []
    assert misses([mean_against(np.full(10, 2.0), 1.0)]) != []
    assert not within(math.nan, 1.0, 0.1)


def test_errors_have_the_size_that_they_claim():
    """Of right answers one in 22 lies beyond two standard errors, and next to none beyond four."""
    chance = direct.generator(37)
    found: list[Comparison] = []
    for _ in range(300):
        one, another = chance.gamma(4, size=(2, 5000))
        found += two_samples(one, another)
        found += [mean_against(one, 4.0), sd_against(one, 2.0)]
        found.append(probability_against(one > 4, 0.4334701204, what="above the mean"))
    beyond_two = np.array([comparison.errors_apart > 2 for comparison in found])
    # Comparisons of one sample go together, so the error of this share is widened by two.
    assert misses([probability_against(beyond_two[::2], 0.0455)], limit=8) == []
    assert misses(found, limit=4.5) == []
