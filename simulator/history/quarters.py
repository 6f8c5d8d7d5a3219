"""Histories by quarter, as exports have them where small numbers of a month are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from simulator.fitting.months import MonthLaw, month_law
from simulator.fitting.observed import Months
from simulator.history.calendar_months import days_in, later
from simulator.history.history_rows import Row
from simulator.records import FloatArray


def in_months(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the months of each quarter, with their parts of its cases and spend by days."""
    for row in rows:
        months = [later(row.month, after) for after in range(3)]
        days = sum(map(days_in, months))
        for month in months:
            part = days_in(month) / days
            yield replace(row, month=month, count=part * row.count, spend_gbp=part * row.spend_gbp)


def law_of_quarters(months: Months) -> MonthLaw:
    """Return the law of months that are parts of quarters.

    How counts and costs scatter is that of whole quarters: months that are equal parts would scatter a third
    as much. The season is that of months, flat within a quarter.
    """
    # The last quarter may be cut.
    lacking = -len(months.months) % 3

    def whole(values: FloatArray) -> FloatArray:
        padded = np.pad(values, ((0, 0), (0, 0), (0, lacking)), constant_values=np.nan)
        return np.asarray(padded.reshape(*values.shape[:2], -1, 3).sum(axis=3))

    counts, spend = whole(months.counts), whole(months.spend_gbp)
    quarters = replace(months, months=months.months[::3], counts=counts, spend_gbp=spend)
    return replace(month_law(quarters), season=month_law(months).season)
