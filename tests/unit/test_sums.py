"""Sums of products, by hand and against a library's."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.sums import inner, product, solved, weighted


def test_sums_by_hand() -> None:
    one, other = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0], [7.0, 8.0]])
    assert inner(one, other).tolist() == [17, 53]  # 5 + 12, 21 + 32
    assert product(one, other).tolist() == [[19, 22], [43, 50]]
    assert product(one[0], other).tolist() == [19, 22]
    assert weighted(np.array([1.0, 10.0]), np.array([one, other])).tolist() == [[51, 62], [73, 84]]


def test_equations_by_hand() -> None:
    # 2 x + y = 5 and x + 3 y = 10: x = 1, y = 3.
    found = solved(np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([[5.0], [10.0]]))
    np.testing.assert_allclose(found, [[1], [3]], rtol=1e-14)


@pytest.mark.parametrize("size", [1, 7, 60])
def test_as_a_library_solves(size: int) -> None:
    parts = np.sin(np.arange(size * 2.0 * size).reshape(size, -1) ** 2)
    matrix, right = parts @ parts.T + np.eye(size), np.cos(np.arange(3.0 * size).reshape(size, 3))
    np.testing.assert_allclose(solved(matrix, right), np.linalg.solve(matrix, right), rtol=1e-9, atol=1e-12)


def test_what_is_told_twice_is_solved_all_the_same() -> None:
    # x + y = 2, twice: any two numbers that add up to 2 do.
    found = solved(np.ones((2, 2)), np.full((2, 1), 2.0))
    assert found.sum() == pytest.approx(2)
    assert solved(np.zeros((0, 0)), np.zeros((0, 3))).shape == (0, 3)
