"""Moments and tails of unit costs against scipy's laws and numeric integration."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.random_streams import RandomStreams
from simulator.spend.bounds import bulk_sd_gbp
from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.mixture import Mixture
from simulator.spend.pareto import Pareto
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.uniform import Uniform
from simulator.spend.unit_cost import UnitCost
from simulator.spend.working_range import cannot_be_drawn
from tests.unit.unit_cost_laws import COSTS, LAYERS, WHOLE, integral, layered

EACH = pytest.mark.parametrize(("name", "layer"), [(name, layer) for name in WHOLE for layer in LAYERS])


@EACH
def test_mean_and_variance(name: str, layer: str) -> None:
    law, reference, deductible, limit = layered(name, layer)
    if layer == "whole":
        mean, variance = (float(moment) for moment in reference.stats("mv"))
    else:
        mean = integral(reference, 1, 0, limit, deductible)
        variance = integral(reference, 2, 0, limit, deductible) - mean**2
    # The Pareto tail beyond 1e14, where the integral stops, has 1e-5 of the second moment.
    loose = 2e-4 if name == "pareto" and limit == math.inf else 1e-7
    assert law.mean_gbp == pytest.approx(mean, rel=1e-7)
    assert law.variance_gbp2 == pytest.approx(variance, rel=loose)


@EACH
def test_tail_probability(name: str, layer: str) -> None:
    law, reference, deductible, limit = layered(name, layer)
    costs = np.array(COSTS)
    expected = np.where(costs < limit, reference.sf(costs + deductible), 0.0)
    assert law.sf(costs) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@EACH
def test_cost_exceeded_with_a_probability(name: str, layer: str) -> None:
    law, reference, deductible, limit = layered(name, layer)
    probabilities = np.array([1.0, 0.999, 0.7, 0.2, 1e-3, 1e-12, 1e-60])
    expected = np.clip(reference.isf(probabilities) - deductible, 0, limit)
    assert law.isf(probabilities) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@EACH
def test_mean_excess_over_a_cost(name: str, layer: str) -> None:
    law, reference, deductible, limit = layered(name, layer)
    for cost in COSTS:
        expected = integral(reference, 1, cost, limit, deductible) if cost < limit else 0.0
        assert law.excess_mean(np.array([cost]))[0] == pytest.approx(expected, rel=2e-7, abs=1e-7), cost


@EACH
def test_second_moment_up_to_a_cost(name: str, layer: str) -> None:
    law, reference, deductible, limit = layered(name, layer)
    for cost in COSTS:
        expected = integral(reference, 2, 0, min(cost, limit), deductible)
        # The difference of two moments of the whole cost carries the rounding of the larger.
        assert law.limited_second_moment(np.array([cost]))[0] == pytest.approx(
            expected, rel=1e-7, abs=1e-6
        ), cost


@EACH
def test_lowest_cost_and_no_lattice(name: str, layer: str) -> None:
    law, reference, deductible, limit = layered(name, layer)
    lowest = min(max(float(reference.support()[0]) - deductible, 0.0), limit)
    assert law.lowest_gbp == pytest.approx(lowest, abs=1e-9)
    assert law.is_smooth
    assert law.lattice_span_gbp is None
    assert law.has_layer is (layer != "whole")


@EACH
def test_nothing_lies_beyond_everything(name: str, layer: str) -> None:
    law = layered(name, layer)[0]
    everything = np.array([math.inf])
    assert law.sf(everything)[0] == 0
    assert law.excess_mean(everything)[0] == 0
    second = law.limited_second_moment(everything)[0]
    assert second == pytest.approx(law.variance_gbp2 + law.mean_gbp**2)


def test_moments_by_hand() -> None:
    # Exponential of mean 500 beyond 300: the excess is again exponential, so 500 * exp(-0.6).
    assert Gamma(mean=500, cv=1, deductible=300).mean_gbp == pytest.approx(500 * math.exp(-0.6))
    # And with a limit of 600: 500 * (exp(-0.6) - exp(-1.8)).
    both = Gamma(mean=500, cv=1, deductible=300, limit=600)
    assert both.mean_gbp == pytest.approx(500 * (math.exp(-0.6) - math.exp(-1.8)))
    # Uniform from 0 to 100 with a limit of 50: half the time 50, else 25 on average.
    assert Uniform(low=0, high=100, limit=50).mean_gbp == pytest.approx(37.5)
    # E[cost squared] = 0.5 * 50 ** 2 + 0.5 * 50 ** 2 / 3 = 1666.67; less 37.5 squared.
    assert Uniform(low=0, high=100, limit=50).variance_gbp2 == pytest.approx(5_000 / 3 - 1_406.25)
    # Pareto: scale / (shape - 1), and scale ** 2 * shape / ((shape - 1) ** 2 * (shape - 2)).
    assert Pareto(shape=3, scale=1000).mean_gbp == pytest.approx(500)
    assert Pareto(shape=3, scale=1000).variance_gbp2 == pytest.approx(750_000)
    assert Lognormal(mean=2000, cv=1.5).variance_gbp2 == pytest.approx(3_000**2)


@pytest.mark.parametrize("shape", [1.5, 2.0])
def test_a_heavy_pareto_has_no_finite_variance(shape: float) -> None:
    assert Pareto(shape=shape, scale=100).mean_gbp == pytest.approx(100 / (shape - 1))
    assert Pareto(shape=shape, scale=100, deductible=50).variance_gbp2 == math.inf


@pytest.mark.parametrize("shape", [1.5, 2.0])
def test_a_heavy_pareto_is_held_by_its_limit(shape: float) -> None:
    law = Pareto(shape=shape, scale=100, limit=1_000)
    # Integrals of (1 + x / 100) ** -shape and of 2 x times that from 0 to 1,000, by trapezia.
    costs = np.linspace(0, 1_000, 200_001)
    beyond = (1 + costs / 100) ** -shape
    assert law.mean_gbp == pytest.approx(np.trapezoid(beyond, costs), rel=1e-7)
    second = np.trapezoid(2 * costs * beyond, costs)
    assert law.variance_gbp2 == pytest.approx(second - law.mean_gbp**2, rel=1e-6)


@pytest.mark.parametrize(
    ("law", "values", "message"),
    [
        (Pareto, {"shape": 1, "scale": 1, "limit": 5}, "greater than 1"),
        (Uniform, {"low": 5, "high": 5}, "low below high"),
        (Gamma, {"mean": 0, "cv": 1}, "greater than"),
        (Lognormal, {"mean": 1, "cv": 1, "limit": 0}, "greater than"),
        (Lognormal, {"mean": 1, "cv": 1, "deductible": -1}, "greater than or equal to 0"),
        (Gamma, {"mean": "1", "cv": 1}, "valid number"),
        (Gamma, {"mean": True, "cv": 1}, "valid number"),
    ],
)
def test_laws_that_are_none(law: type, values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        law(**values)


def test_a_mixture_may_have_a_kink_at_the_ends_of_each_part() -> None:
    parts = [Uniform(low=100, high=300), Uniform(low=150, high=900)]
    law = Mixture(parts=parts, probabilities=[0.5, 0.5], deductible=140, limit=200)
    # To the payer: below the deductible nothing, and no more than the limit.
    assert law.kinks_gbp.tolist() == pytest.approx([0, 160, 10, 200])


@pytest.mark.parametrize("cost", [Mixture.example(), Pareto.example()], ids=str)
def test_examples_are_drawn_as_they_say(cost: Mixture | Pareto) -> None:
    # GBP 0.9 x 500 + 0.1 x 3,000; 3,000 / (2.5 - 1).
    assert cost.mean_gbp == pytest.approx({Mixture: 750, Pareto: 2_000}[type(cost)])
    drawn = cost.draw(RandomStreams(1).generator("test"), 20_000)
    below = float((drawn < 1_000).mean())
    exact = 1 - float(cost.sf(np.array([1_000.0]))[0])
    assert below == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / drawn.size))


@pytest.mark.parametrize(
    ("cost", "mean", "sd"),
    [
        (Lognormal.example(), 2_080, 1.47 * 2_080),
        (Gamma.example(), 105, 0.6 * 105),
        (Uniform.example(), 50, 90 / math.sqrt(12)),
        (Empirical.example(), 14, math.sqrt(39)),
    ],
)
def test_examples_have_the_mean_and_the_spread_that_they_say(cost: UnitCost, mean: float, sd: float) -> None:
    assert (cost.mean_gbp, math.sqrt(cost.variance_gbp2)) == pytest.approx((mean, sd))


@pytest.mark.parametrize("name", WHOLE)
def test_of_a_cost_limited_to_nothing_there_is_nothing(name: str) -> None:
    assert WHOLE[name][0]._ground_limited_second_moment(np.array([0.0]))[0] == pytest.approx(0, abs=1e-6)


def test_a_cost_that_is_hardly_ever_more_than_nothing_is_refused() -> None:
    hardly = Empirical(values=(0, 1_000), probabilities=(1 - 1e-10, 1e-10))
    assert "at least once in 1,000,000,000 cases" in cannot_be_drawn(hardly)
    assert not cannot_be_drawn(Empirical(values=(0, 1_000), probabilities=(1 - 1e-8, 1e-8)))


def test_the_bulk_of_totals_leaves_out_the_rare_large_costs() -> None:
    # One cost in 100,000 is a million or more: nine in ten totals of ten have none, and spread by the rest.
    part = SmoothPart.of(
        Mixture(parts=(Uniform(low=0, high=100), Uniform(low=1e6, high=2e6)), probabilities=(0.99999, 1e-5))
    )
    assert bulk_sd_gbp(part, 10) < 2 * math.sqrt(10 * 100**2 / 12) < part.sd_gbp
