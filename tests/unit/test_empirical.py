"""Costs that take observed values, the atoms that layers make, and lattices; worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.random_streams import RandomStreams
from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.uniform import Uniform

LAW = Empirical(values=(5, 10, 20), probabilities=(0.2, 0.3, 0.5))
COSTS = np.array([0.0, 5.0, 7.0, 10.0, 19.0, 20.0, 30.0])


def test_moments() -> None:
    # 1 + 3 + 10 = 14; 5 + 30 + 200 = 235, less 14 squared.
    assert LAW.mean_gbp == pytest.approx(14)
    assert LAW.variance_gbp2 == pytest.approx(39)
    assert LAW.lowest_gbp == 5


def test_tails() -> None:
    assert LAW.sf(COSTS) == pytest.approx([1, 0.8, 0.8, 0.5, 0.5, 0, 0])
    # Above 7: 0.3 * 3 + 0.5 * 13. Above 10: 0.5 * 10. Above 19: 0.5 * 1.
    assert LAW.excess_mean(COSTS) == pytest.approx([14, 9, 7.4, 5, 0.5, 0, 0])
    # Up to 7: 0.2 * 25 + 0.8 * 49 = 44.2. Up to 10: 5 + 30 + 0.5 * 100 = 85. Up to 19: 35 + 0.5 * 361.
    assert LAW.limited_second_moment(COSTS) == pytest.approx([0, 25, 44.2, 85, 215.5, 235, 235])
    assert LAW.isf(np.array([1.0, 0.9, 0.6, 0.3, 0.01])) == pytest.approx([5, 5, 10, 20, 20])


def test_a_layer_of_it() -> None:
    law = Empirical(values=(5, 10, 20), probabilities=(0.2, 0.3, 0.5), deductible=6, limit=10)
    # The payer's costs are 0, 4 and 10: 1.2 + 5 = 6.2; 4.8 + 50 = 54.8, less 6.2 squared.
    assert law.mean_gbp == pytest.approx(6.2)
    assert law.variance_gbp2 == pytest.approx(16.36)
    assert law.sf(np.array([0.0, 4.0, 9.0, 10.0])) == pytest.approx([0.8, 0.5, 0.5, 0])
    assert law.lowest_gbp == 0
    assert law.lattice_span_gbp == pytest.approx(2)


def test_equal_probabilities_order_and_repeats() -> None:
    # 7 twice and 1: mean 5, second moment (1 + 49 + 49) / 3 = 33.
    law = Empirical(values=(7, 1, 7))
    assert law.mean_gbp == pytest.approx(5)
    assert law.variance_gbp2 == pytest.approx(8)
    assert law.sf(np.array([1.0])) == pytest.approx([2 / 3])


@pytest.mark.parametrize(
    ("values", "span"),
    [
        ((5, 10, 20), 5),
        ((0, 6, 15), 3),
        ((0.25, 1.0), 0.25),
        ((0.1, 0.2, 0.7), 0.1),
        ((8,), 8),
        ((0, 0, 9), 9),
        # Multiples of a penny, but no more than 65,536 of them to the largest.
        ((0.01, 1_000.0), None),
        ((1.0, math.sqrt(2)), None),
    ],
)
def test_lattice_span(values: tuple[float, ...], span: float | None) -> None:
    assert Empirical(values=values).lattice_span_gbp == (span and pytest.approx(span))


def test_draws_are_of_the_values_with_a_layer() -> None:
    law = Empirical(values=(5, 10, 20), deductible=6, limit=10)
    drawn = law.draw(RandomStreams(1).generator("test"), 1_000)
    assert set(drawn.tolist()) == {0, 4, 10}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"values": ()}, "values from 0 to"),
        ({"values": (0, 0)}, "one of them above 0"),
        ({"values": (-1, 2)}, "values from 0 to"),
        ({"values": (0, np.nextafter(1e12, 2e12))}, "to 1e12"),
        ({"values": (0, np.nextafter(1e-6, 0))}, "one of them above 0"),
        ({"values": (1, 2), "probabilities": (1,)}, "for each value"),
        ({"values": (1, 2), "probabilities": (-0.5, 1.5)}, "zero or more, for each value"),
        ({"values": (1, 2), "probabilities": (0.5, 0.4)}, "add up to 1"),
        ({"values": (1, math.nan)}, "finite"),
        ({"values": "12"}, "valid tuple"),
        ({"values": {1, 2}}, "valid tuple"),
        ({"values": np.ones((2, 2))}, "size 1"),
    ],
)
def test_values_that_make_no_law(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Empirical(**given)


def test_values_from_end_to_end_make_a_law() -> None:
    assert Empirical(values=(0, 1e12)).mean_gbp == pytest.approx(5e11)
    assert Empirical(values=(0, 1e-6)).mean_gbp == pytest.approx(5e-7)


def test_atoms_of_a_layer() -> None:
    # Exponential of mean 500: nothing is paid below 300, the limit from 900.
    part = SmoothPart.of(Gamma(mean=500, cv=1, deductible=300, limit=600))
    assert part.has_atoms
    assert part.zero_probability == pytest.approx(1 - math.exp(-0.6))
    assert part.limit_probability == pytest.approx(math.exp(-1.8))
    assert part.probability == pytest.approx(math.exp(-0.6) - math.exp(-1.8))
    # What lies between is an exponential cut off at 600: 500 - 600 / (exp(1.2) - 1).
    assert part.mean_gbp == pytest.approx(500 - 600 / math.expm1(1.2))


def test_the_smooth_part_and_the_atoms_make_up_the_whole() -> None:
    law = Lognormal(mean=2000, cv=1.5, deductible=100, limit=5000)
    part = SmoothPart.of(law)
    mean = part.probability * part.mean_gbp + part.limit_probability * 5_000
    second = part.probability * (part.sd_gbp**2 + part.mean_gbp**2) + part.limit_probability * 5_000**2
    assert mean == pytest.approx(law.mean_gbp)
    assert second - mean**2 == pytest.approx(law.variance_gbp2)


def test_draws_of_the_smooth_part_lie_between_the_atoms() -> None:
    part = SmoothPart.of(Lognormal(mean=2000, cv=1.5, deductible=100, limit=5000))
    drawn = part.draw(RandomStreams(1).generator("test"), 10_000)
    assert drawn.min() > 0
    assert drawn.max() < 5_000
    assert abs(drawn.mean() - part.mean_gbp) < 4 * part.sd_gbp / 100


@pytest.mark.parametrize("law", [Uniform(low=5, high=95), LAW, Empirical(values=(1, 9), deductible=2)])
def test_no_atoms_apart(law: Uniform | Empirical) -> None:
    part = SmoothPart.of(law)
    assert not part.has_atoms
    assert (part.probability, part.mean_gbp) == (1, pytest.approx(law.mean_gbp))


def test_a_value_may_have_no_probability() -> None:
    law = Empirical(values=(1, 2, 3), probabilities=(0.5, 0, 0.5))
    assert (law.mean_gbp, law.variance_gbp2) == pytest.approx((2, 1))


def test_the_law_to_the_payer_is_what_is_answered_for_and_how_likely_it_is() -> None:
    values, probabilities = Empirical(values=(2, 6, 12), deductible=2, limit=8).payer_law()
    assert values.tolist() == [0, 4, 8]
    assert probabilities == pytest.approx([1 / 3] * 3)
