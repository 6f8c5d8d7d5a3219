"""Sums of products in an order of their own.

A library of linear algebra adds up in an order that depends on its threads and on the processor, and so
in the last bits does what it returns. These do not: a seed gives the same bytes on any number of threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def inner(one: NDArray[Any], other: NDArray[Any]) -> Any:
    """Return the sum over the last axis of products of two arrays that go together."""
    return np.add.reduce(one * other, axis=-1)


def product(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Return the matrix product of shapes (..., k) and (k, n)."""
    return np.asarray(np.einsum("...k,kn->...n", one, other, optimize=False))


def weighted(weights: NDArray[Any], each: NDArray[Any]) -> NDArray[Any]:
    """Return the weighted sum over the first axis, in its order."""
    return np.asarray(np.einsum("k,k...->...", weights, each, optimize=False))


def solved(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Solve for a symmetric positive definite matrix; ``right`` has shape (row, case).

    By Cholesky's factor, column by column. A pivot that is lost in rounding counts as the smallest that
    is not: the unknown hardly moves then.
    """
    size, factor = len(matrix), matrix.astype(np.float64)
    least = np.finfo(float).eps * size * float(np.abs(np.diag(matrix)).max(initial=0.0))
    found = right.astype(np.float64)
    for at in range(size):
        factor[at, at] = max(float(factor[at, at]), least) ** 0.5
        factor[at + 1 :, at] /= factor[at, at]
        below = factor[at + 1 :, at]
        factor[at + 1 :, at + 1 :] -= np.multiply.outer(below, below)
        found[at] /= factor[at, at]
        found[at + 1 :] -= np.multiply.outer(below, found[at])
    for at in reversed(range(size)):
        found[at] /= factor[at, at]
        found[:at] -= np.multiply.outer(factor[at, :at], found[at])
    return found
