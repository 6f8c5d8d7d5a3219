"""No result goes through a library of linear algebra, whose last bits depend on threads and processor."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.modules import FILES, short, tree_of

OF_A_LIBRARY = {"dot", "vdot", "vecdot", "matvec", "vecmat", "inner", "matmul", "tensordot", "linalg"}
# Of a few rows, which no library divides between threads; the second is compared with what was published.
SMALL = {
    "simulator/exact/transform.py": {"np.linalg.eigh", "np.linalg.qr"},
    "simulator/validation/medicare_groups.py": {"np.linalg.lstsq"},
}


FITTED = ("simulator/fitting/", "simulator/history/")
"""A fit is made once and written to a file: results are the same bytes for the same file."""


def uses_of_a_library(tree: ast.Module) -> set[str]:
    """Return what a file asks of linear algebra: matrix products by sign or name, and solutions."""
    found = {"@" for node in ast.walk(tree) if isinstance(getattr(node, "op", None), ast.MatMult)}
    names = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    found |= {name for name in names if OF_A_LIBRARY.intersection(name.split(".")[-2:])}
    return {name for name in found if not name.endswith("linalg")}


@pytest.mark.parametrize("path", FILES, ids=short)
def test_sums_are_in_an_order_of_our_own(path: Path) -> None:
    if not short(path).startswith(FITTED):
        assert uses_of_a_library(tree_of(path)) == SMALL.get(short(path), set())


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("a @ b", {"@"}),
        ("a @= b", {"@"}),
        ("np.linalg.solve(a, b)", {"np.linalg.solve"}),
        ("a.dot(b)", {"a.dot"}),
        ("np.tensordot(a, b, 1)", {"np.tensordot"}),
        ("inner(a, b) + np.einsum('i,i', a, b)", set()),
    ],
)
def test_the_search_finds_each_way(code: str, found: set[str]) -> None:
    assert uses_of_a_library(ast.parse(code)) == found
