"""Whatever law of counts and costs a scenario may name is drawn right, or refused when it is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import InputError, compound
from simulator.demand.negative_binomial import NegativeBinomial
from simulator.demand.poisson import Poisson
from simulator.spend.unit_cost import UnitCost
from tests.builders import Table, checked, line_of, scenario_of

DRAWS = 4_000


def ten_to(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda power: float(10**power))


cvs = ten_to(-6, 1)
grounds = st.one_of(
    st.builds(lambda mean, cv: {"model": "gamma", "mean": mean, "cv": cv}, ten_to(-3, 8), cvs),
    st.builds(lambda mean, cv: {"model": "lognormal", "mean": mean, "cv": cv}, ten_to(-3, 8), cvs),
    st.builds(
        lambda excess, scale: {"model": "pareto", "shape": 1 + excess, "scale": scale},
        ten_to(-3, 1),
        ten_to(-3, 9),
    ),
    st.builds(
        lambda high, part: {"model": "uniform", "low": high * (1 - part), "high": high},
        ten_to(-3, 8),
        ten_to(-5.9, 0),
    ),
    st.builds(
        lambda size, step: {"model": "empirical", "values": [step * (at * at + 1) for at in range(size)]},
        st.sampled_from([1, 2, 40]),
        ten_to(-3, 6),
    ),
)


@st.composite
def costs(draw: Any) -> Table:
    """Return a cost of any size and spread, with a deductible or a limit far from it or near."""
    law = draw(grounds)
    size = law.get("mean") or law.get("scale") or law.get("high") or law["values"][-1]
    layer = {
        key: min(size * draw(ten_to(-9, 5)), 1e12)
        for key in draw(st.sets(st.sampled_from(["deductible", "limit"])))
    }
    return law | {key: amount for key, amount in layer.items() if amount >= 1e-6}


def allowed(cost: Table, count: Table, cases: float) -> UnitCost | None:
    """Return the law as a scenario reads it; None if it is refused."""
    line = line_of(unit_cost_gbp=cost, count=count, rate_per_1000=cases / 25)
    try:
        (read,) = checked(scenario_of(service_lines=[line])).settings.service_lines
    except InputError:
        return None
    return read.unit_cost_gbp


@settings(max_examples=60)
@given(cost=costs(), ratio=ten_to(0.01, 3), cases=ten_to(0, 6), bursts=st.booleans())
def test_an_allowed_law_is_drawn_with_its_moments(
    cost: Table, ratio: float, cases: float, bursts: bool
) -> None:
    count = {"model": "negative_binomial", "variance_to_mean": ratio} if bursts else {"model": "poisson"}
    unit_cost = allowed(cost, count, cases)
    if unit_cost is None:
        return
    of_count = NegativeBinomial(mean=cases, variance_to_mean=ratio) if bursts else Poisson(mean=cases)
    law = compound(of_count, unit_cost)
    totals, sd = law.draw(DRAWS, seed=11), law.variance**0.5
    # A total that a hundredth of the contracts cannot show has no SD to compare.
    if sd > 10 * law.mean:
        return
    assert abs(totals.mean() - law.mean) < 6 * sd / DRAWS**0.5
    assert 0.4 * sd < totals.std() < 2.5 * sd or sd < 1e-9 * law.mean


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ({"model": "pareto", "shape": 1.01, "scale": 1000, "limit": 1e10}, "spread shows in a simulation"),
        ({"model": "pareto", "shape": 2.05, "scale": 1000}, "spread shows in a simulation"),
        ({"model": "gamma", "mean": 1000, "cv": 1, "deductible": 20_000}, "spread shows in a simulation"),
        ({"model": "gamma", "mean": 1000, "cv": 1, "deductible": 100_000}, "more than nothing at least once"),
        ({"model": "empirical", "values": [0, 5], "probabilities": [1 - 1e-7, 1e-7]}, "spread shows"),
        ({"model": "pareto", "shape": 2.5, "scale": 1e9, "limit": 1e-6}, "more of the cost than rounding"),
        (
            {"model": "uniform", "low": 5, "high": 3000, "deductible": 2999.999},
            "more of the cost than rounding",
        ),
    ],
)
def test_laws_beyond_the_range_are_refused_with_what_must_hold(cost: Table, said: str) -> None:
    with pytest.raises(InputError, match=said):
        checked(scenario_of(service_lines=[line_of(unit_cost_gbp=cost)]))


@pytest.mark.parametrize("ratio", [1001, 1e6])
def test_bursts_beyond_the_range_are_refused(ratio: float) -> None:
    count = {"model": "negative_binomial", "variance_to_mean": ratio}
    with pytest.raises(InputError, match="at most 1000"):
        checked(scenario_of(service_lines=[line_of(count=count)]))


def test_totals_most_of_which_are_nothing_are_drawn() -> None:
    # exp(-10) of costs exceed a deductible of ten times their mean; what is left is exponential again.
    unit_cost = allowed(
        {"model": "gamma", "mean": 1000, "cv": 1, "deductible": 10_000}, {"model": "poisson"}, 500
    )
    assert unit_cost is not None
    law = compound(Poisson(mean=500), unit_cost)
    totals = law.draw(200_000, seed=3)
    assert law.mean == pytest.approx(500 * 1000 * np.exp(-10))
    assert totals.mean() == pytest.approx(law.mean, abs=4 * law.variance**0.5 / 200_000**0.5)
    assert totals.std() == pytest.approx(law.variance**0.5, rel=0.1)
