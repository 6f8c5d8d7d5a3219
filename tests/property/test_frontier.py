"""No policy of a frontier is beaten, and every other is."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.questions.frontier.ask import beaten_by, on_frontier

# Few different numbers, so that ties are common.
POINTS = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=1, max_size=40)


def beats(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] >= other[0] and one[1] >= other[1] and one != other


@given(POINTS)
def test_none_on_it_is_beaten_and_every_other_is(points: list[tuple[int, int]]) -> None:
    found = on_frontier(np.array(points, dtype=float))
    assert found.tolist() == [not any(beats(other, one) for other in points) for one in points]


@given(POINTS)
def test_whoever_is_beaten_is_beaten_by_the_frontier(points: list[tuple[int, int]]) -> None:
    array = np.array(points, dtype=float)
    best = np.flatnonzero(on_frontier(array))
    for number, point in enumerate(points):
        expected = [rival for rival in best.tolist() if beats(points[rival], point)]
        assert beaten_by(array, number, best).tolist() == expected
        assert bool(expected) == (number not in best)


@given(POINTS, st.integers(0, 2**32 - 1))
def test_the_order_of_policies_does_not_matter(points: list[tuple[int, int]], seed: int) -> None:
    array = np.array(points, dtype=float)
    order = np.random.default_rng(seed).permutation(len(points))
    assert on_frontier(array[order]).tolist() == on_frontier(array)[order].tolist()


@given(POINTS)
def test_rounding_of_sums_beats_nothing(points: list[tuple[int, int]]) -> None:
    array = np.array(points, dtype=float)
    noise = np.linspace(-1e-9, 1e-9, array.size).reshape(array.shape)
    assert on_frontier(array + noise).tolist() == on_frontier(array).tolist()
