"""The page of benchmarks: what is lost is said first, and exponents have their errors."""

from __future__ import annotations

import pytest

from benchmarks.measure import Taken
from benchmarks.questions import against
from benchmarks.table import Growth, Row, growth, report

pytestmark = pytest.mark.unit


def test_a_power_is_found() -> None:
    found = growth((1, 2, 4, 8), [3 * size**0.5 for size in (1, 2, 4, 8)])
    assert found.exponent == pytest.approx(0.5)
    assert found.error == pytest.approx(0, abs=1e-9)


def test_an_exponent_has_the_error_of_a_regression() -> None:
    """By hand: logs to base 2 are 0, 1, 2 and 0, 2, 2; slope 1, residuals -1/3, 2/3, -1/3."""
    found = growth((1, 2, 4), (1, 4, 4))
    assert found.exponent == pytest.approx(1)
    assert found.error == pytest.approx((6 / 9 / 1 / 2) ** 0.5)
    assert str(found) == "1.00 ± 0.58"


def test_two_points_tell_no_error() -> None:
    assert growth((1, 10), (1, 10)) == Growth(pytest.approx(1), None)
    assert str(growth((1, 10), (1, 10))) == "1.00"


def test_what_is_lost_stands_first_and_in_its_row() -> None:
    rows = [
        Row("kept", "1 s", "2 times", "at most 3", kept=True),
        Row("lost", "9 s", "9 times | more", "at most 4", kept=False),
        Row("without a bar", "5 s"),
    ]
    page = report("By hand.", rows)
    assert page.startswith(
        "# Benchmarks\n\n1 of 2 bars are kept. By hand.\n\nWhat is lost:\n\n- lost: 9 times"
    )
    assert "| kept | 1 s | 2 times | at most 3 | yes |" in page
    assert "| lost | 9 s | 9 times / more | at most 4 | NO |" in page
    assert page.endswith("| without a bar | 5 s |  |  |  |\n")


def test_nothing_lost_is_not_listed() -> None:
    assert "lost" not in report("", [Row("a", "1 s", "", "under 2 s", kept=True)])


@pytest.mark.parametrize(("seconds", "is_kept"), [(16.0, True), (16.2, False)])
def test_a_bar_is_on_the_time_that_users_wait(seconds: float, *, is_kept: bool) -> None:
    """Two processes take twice as much of the processor as of the clock, which is said beside it."""
    row = against("`ask`", Taken(seconds, 30.0), "`run`", Taken(2.0, 2.0), 8.0)
    assert row.cells == (
        "`ask`",
        f"{seconds:.2f} s",
        f"{seconds / 2:.1f} times `run`; in processor time 15.0 times",
        "at most 8",
        "yes" if is_kept else "NO",
    )
    assert against("`ask`", Taken(1.0, 1.0), "`run`", Taken(2.0, 2.0), None).kept is None
