"""Every published compound distribution is reproduced, tails included."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import simulator
from tests.references import published
from tests.references.checks import (
    Comparison,
    FloatArray,
    mean_against,
    misses,
    probability_against,
    quantile_against,
    variance_against,
)
from tests.references.published import CASES, Case, Fact

DRAWS = 1_000_000


@cache
def law_of(case: Case) -> simulator.Compound:
    kind, mean, *variance = case.count
    count = {
        "poisson": lambda: simulator.Poisson(mean=mean),
        # The geometric law with mean m has the variance m (1 + m).
        "geometric": lambda: simulator.NegativeBinomial(mean=mean, variance_to_mean=1 + mean),
        "negative binomial": lambda: simulator.NegativeBinomial(
            mean=mean, variance_to_mean=variance[0] / mean
        ),
    }[kind]()
    cost = _cost(*case.cost)
    deductible, limit = case.layer
    layered = cost.model_copy(update={"deductible": deductible, "limit": limit})
    return simulator.compound(count, layered)


def _cost(name: str, numbers: tuple[float, ...]) -> simulator.spend.unit_cost.UnitCost:
    match name:
        case "values":
            return simulator.Empirical(values=numbers)
        case "values and probabilities":
            half = len(numbers) // 2
            return simulator.Empirical(values=numbers[:half], probabilities=numbers[half:])
        case "uniform":
            return simulator.Uniform(low=numbers[0], high=numbers[1])
        case "exponential":
            return simulator.Gamma(mean=numbers[0], cv=1)
        case "lognormal":
            mean, cv = published.lognormal_mean_and_cv(*numbers)
            return simulator.Lognormal(mean=mean, cv=cv)
        case "pareto":
            return simulator.Pareto(shape=numbers[0], scale=numbers[1])
    raise ValueError(name)


@cache
def draws_of(case: Case) -> FloatArray:
    return law_of(case).draw(DRAWS, seed=2010)


def compare(fact: Fact, totals: FloatArray) -> Comparison:
    match fact.kind:
        case "mean":
            return mean_against(totals, fact.exact, fact.rounding)
        case "variance":
            return variance_against(totals, fact.exact, fact.rounding)
        case "cdf":
            return probability_against(totals <= fact.at, fact.exact, fact.rounding)
        case "tail":
            return probability_against(totals > fact.at, fact.exact, fact.rounding)
        case "stop_loss":
            return mean_against(np.maximum(totals - fact.at, 0.0), fact.exact, fact.rounding)
        case "quantile":
            return quantile_against(totals, fact.at, fact.exact, fact.rounding)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_published_facts_hold(case: Case):
    totals = draws_of(case)
    assert misses(compare(fact, totals) for fact in case.facts) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_stated_moments_are_the_published_ones(case: Case):
    law = law_of(case)
    stated = {"mean": law.mean, "variance": law.variance}
    for fact in case.facts:
        if fact.kind in stated:
            assert stated[fact.kind] == pytest.approx(fact.exact, abs=fact.rounding, rel=1e-9)


def test_rounding_is_half_of_the_last_digit():
    assert Fact("quantile", 0.9, "29.98").rounding == pytest.approx(0.005)
    assert Fact("quantile", 0.99, "2488").rounding == pytest.approx(0.5)
    assert Fact("tail", 2000, "0.006982").rounding == pytest.approx(5e-7)
