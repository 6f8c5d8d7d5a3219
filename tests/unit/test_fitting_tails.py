"""Tails of unit costs, against samples and laws whose tails are known."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.fitting.tails import tail_of
from simulator.random_streams import RandomStreams

ONE_BY_ONE = RandomStreams(7).generator("tails")


def test_a_tail_by_hand() -> None:
    costs = np.array([*[1.0] * 99, 101.0])  # mean 2, SD 9.95
    tail = tail_of(costs[::-1])
    assert (tail.costs, tail.mean_gbp) == (100, 2.0)
    assert tail.cv == pytest.approx(np.sqrt(99) / 2)
    assert tail.top_share == pytest.approx(101 / 200)
    # Without it all costs are alike.
    assert tail.cv_change == -1
    assert abs(tail_of(np.linspace(1, 2, 100)).cv_change) < 0.1


def test_the_mean_excess_of_a_pareto_rises() -> None:
    costs = 100 * (1 - ONE_BY_ONE.random(20_000)) ** (-1 / 2.5)
    tail = tail_of(costs)
    # It is threshold / (shape - 1).
    place = int(np.searchsorted(tail.thresholds_gbp, 200.0))
    expected = tail.thresholds_gbp[place] / 1.5
    assert abs(tail.mean_excess_gbp[place] - expected) < 4 * tail.mean_excess_se_gbp[place]
    assert tail.mean_excess_gbp[place] != pytest.approx(100 / 1.5, rel=0.2)


def test_the_mean_excess_of_an_exponential_is_level() -> None:
    tail = tail_of(-50 * np.log(1 - ONE_BY_ONE.random(20_000)))
    for share in (0.1, 0.5, 0.9):
        at = int(share * tail.thresholds_gbp.size)
        assert abs(tail.mean_excess_gbp[at] - 50) < 4 * tail.mean_excess_se_gbp[at]


def test_the_mean_excess_by_hand() -> None:
    costs = np.arange(40.0) ** 2
    tail = tail_of(costs)
    assert tail.thresholds_gbp[0] == 400
    over = costs[costs > 400] - 400
    assert tail.mean_excess_gbp[0] == pytest.approx(over.mean())
    assert tail.mean_excess_se_gbp[0] == pytest.approx(over.std(ddof=1) / np.sqrt(over.size))


def test_few_costs_and_equal_costs_have_no_tail() -> None:
    assert tail_of(np.array([1.0, 2.0])).thresholds_gbp.size == 0
    alike = tail_of(np.ones(100))
    assert (alike.cv, alike.cv_change, alike.thresholds_gbp.size) == (0, 0, 0)
