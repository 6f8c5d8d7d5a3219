"""A history is its rows, whatever their order, and whatever codes its practices had on the way."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.history import History
from simulator.history.calendar_months import written
from tests.unit.histories import THREE_YEARS, read, rows_of, usual

Month = tuple[int, int]
LISTS = "quarter,practice,list_size,m0_64,m65_plus,f0_64,f65_plus\n" + "".join(
    f"{year}-Q2,{code},{1000 + 10 * at},{400 + 5 * at},100,{300 + 5 * at},200\n"
    for year in (2010, 2011, 2012)
    for at, code in enumerate(("A1", "A2", "A8", "B1", "B2"))
)
RECODES = "old,new,from\nA8,A1,2011-04\nA7,A1,2010-09\n"


def _exports() -> str:
    """Return two exports of a history of five codes, some months of which are missing or grow."""

    def count(unit: str, line: str, month: Month) -> float | None:
        return None if (len(unit + line) + month[1] * ord(unit[1])) % 11 == 0 else usual(unit, line, month)

    rows = rows_of(count, ("A1", "A2", "A8", "B1", "B2"), ("admissions", "prescribing")).splitlines()
    later = [f"{row},2013-04" for row in rows[1:]]
    earlier = [f"{row},2013-03" for row in rows[1:] if not row.startswith(written(THREE_YEARS[-1]))]
    return "\n".join([f"{rows[0]},extract", *earlier, *later]) + "\n"


def _shuffled(table: str, order: Any) -> str:
    heading, *rows = table.splitlines()
    order.shuffle(rows)
    return "\n".join([heading, *rows]) + "\n"


def _same(one: History, other: History) -> None:
    assert (one.notes, one.breaks, one.lag, one.low_ends) == (
        other.notes,
        other.breaks,
        other.lag,
        other.low_ends,
    )
    assert one.list_growth_share == other.list_growth_share
    for record in ("months", "observed", "month_law"):
        left, right = getattr(one, record), getattr(other, record)
        for field in fields(left):
            np.testing.assert_array_equal(getattr(left, field.name), getattr(right, field.name), record)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_rows_in_another_order_are_the_same_history(tmp_path: Path, order: Any) -> None:
    tables = {"lists": LISTS, "recodes": RECODES}
    plain = read(tmp_path, _exports(), need_weights="old", **tables)
    shuffled = {name: _shuffled(table, order) for name, table in tables.items()}
    _same(plain, read(tmp_path, _shuffled(_exports(), order), need_weights="old", **shuffled))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 35))
def test_a_practice_that_was_recoded_is_the_practice(tmp_path: Path, at: int) -> None:
    rows = rows_of().splitlines()
    renamed = "\n".join(
        row.replace(",A1,", ",A8,") if row < written(THREE_YEARS[at]) else row for row in rows
    )
    recodes = f"old,new,from\nA8,A1,{written(THREE_YEARS[at])}\n"
    _same(read(tmp_path, rows_of()), read(tmp_path, renamed, recodes=recodes))
