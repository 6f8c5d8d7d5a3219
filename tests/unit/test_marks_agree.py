"""A mark beside a change agrees with the numbers as they are shown."""

from __future__ import annotations

import pytest

from simulator.answers.table import Column, printed
from simulator.risk.estimate import Estimate, Unit


@pytest.mark.parametrize(("value", "is_marked"), [(1.1713, False), (1.30, True), (1.0, False)])
def test_a_change_that_rounds_to_its_error_has_no_mark(value: float, is_marked: bool) -> None:
    change = Estimate(value, value - 1.1711, value + 1.1711, 0.5975)
    column = Column("change", "Change", Unit.NUMBER, (change,), is_change=True)
    assert printed(column).cells[0].endswith("*") is is_marked
