"""Total costs of a random number of cases: moments by hand, draws that stay, and wrong arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator import Empirical, Gamma, InputError, Lognormal, NegativeBinomial, Poisson, Uniform, compound

COUNT, COST = Poisson(mean=40), Lognormal(mean=100, cv=1.5)


def test_exact_moments() -> None:
    # Poisson: 25 * E[cost ** 2] = 25 * (14 ** 2 + 39); see the test of empirical costs.
    law = compound(Poisson(mean=25), Empirical.example())
    assert law.mean == pytest.approx(350)
    assert law.variance == pytest.approx(25 * 235)
    # Negative binomial: 6,000 cases of SD 2,880, and a count of variance 24,000 times 1,800 squared.
    law = compound(NegativeBinomial(mean=6000, variance_to_mean=4), Lognormal(mean=1800, cv=1.6))
    assert law.mean == pytest.approx(10_800_000)
    assert law.variance == pytest.approx(6000 * 2880**2 + 24_000 * 1800**2)
    # With a deductible and a limit the moments are the payer's: uniform on 0 to 50, half at 50.
    law = compound(Poisson(mean=2), Uniform(low=0, high=100, limit=50))
    assert law.mean == pytest.approx(75)
    assert law.variance == pytest.approx(2 * 5_000 / 3)


@pytest.mark.parametrize(
    "cost",
    [
        COST,
        COST.model_copy(update={"deductible": 20.0, "limit": 400.0}),
        Gamma(mean=10, cv=1),
        Empirical.example(),
    ],
    ids=["smooth", "layer", "known totals", "values"],
)
def test_the_first_draws_are_the_same_for_a_larger_number(cost: Any) -> None:
    law = compound(COUNT, cost)
    many = law.draw(10_500, seed=3)
    for fewer in (1, 37, 10_000, 10_001):
        assert np.array_equal(law.draw(fewer, seed=3), many[:fewer])


def test_the_seed_decides_and_zero_is_one() -> None:
    law = compound(COUNT, COST)
    assert np.array_equal(law.draw(50), law.draw(50, seed=0))
    assert np.array_equal(law.draw(50, seed=9), compound(COUNT, COST).draw(50, seed=9))
    assert not np.array_equal(law.draw(50, seed=0), law.draw(50, seed=1))


def test_no_case_costs_nothing_and_none_is_negative() -> None:
    totals = compound(Poisson(mean=0.5), COST).draw(2_000, seed=1)
    # exp(-0.5) = 0.6065 have no case: 4 SE are 0.044.
    assert abs((totals == 0).mean() - 0.6065) < 0.044
    assert totals.min() == 0


def test_totals_of_values_on_a_lattice_lie_on_it() -> None:
    totals = compound(
        NegativeBinomial(mean=300, variance_to_mean=2), Empirical(values=range(0, 400, 4))
    ).draw(500)
    assert np.array_equal(totals % 4, np.zeros(500))


@pytest.mark.parametrize(
    ("count", "cost", "where"),
    [
        (40, COST, ["count"]),
        (COST, COUNT, ["count", "unit_cost"]),
        (Poisson(), COST, ["count.mean"]),
        (None, "gamma", ["count", "unit_cost"]),
        (Poisson, COST, ["count"]),
    ],
)
def test_wrong_laws(count: Any, cost: Any, where: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        compound(count, cost)
    assert [problem.where for problem in caught.value.problems] == where


@pytest.mark.parametrize("n", [0, -1, 1.0, "5", None, True])
def test_wrong_numbers_of_draws(n: Any) -> None:
    with pytest.raises(InputError, match="a whole number from 1"):
        compound(COUNT, COST).draw(n)


@pytest.mark.parametrize("seed", [-1, 0.5, None, "a"])
def test_wrong_seeds(seed: Any) -> None:
    with pytest.raises(InputError, match="seed"):
        compound(COUNT, COST).draw(5, seed=seed)


def test_numpy_s_numbers_and_arrays_are_taken() -> None:
    assert compound(COUNT, COST).draw(np.int64(3), seed=np.int64(2)).shape == (3,)
    law = Empirical(values=np.array([5, 10, 20]), probabilities=np.array([0.2, 0.3, 0.5]))
    assert law == Empirical.example()
    assert type(law.values[0]) is float
    assert Empirical(values=range(3)).values == (0, 1, 2)
    assert Lognormal(mean=np.float64(2), cv=np.float64(1)).mean_gbp == pytest.approx(2)


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (95, "did you mean 0.95"),
        (-0.1, "between 0 and 1"),
        (1, "no nearer than 1e-9"),
        (0.0, "no nearer than 1e-9"),
        (float("nan"), "nan"),
        ([0.5, 1.5], "1.5"),
    ],
)
def test_what_is_no_probability_has_no_quantile(probability: Any, said: str) -> None:
    law = compound(COUNT, COST).exact()
    with pytest.raises(InputError, match=said):
        law.quantile(probability)
    assert law.quantile([1e-9, 0.5, 1 - 1e-9]).shape == (3,)
    assert law.quantile([]).shape == (0,)
