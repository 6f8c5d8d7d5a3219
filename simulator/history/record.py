"""A history that has been read, checked and tidied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.fitting.months import MonthLaw
from simulator.fitting.observed import Months, Observed
from simulator.history.breaks import Break
from simulator.history.late_months import LowEnd
from simulator.history.reporting_lag import Development
from simulator.records import FloatArray

ALL = "all together"
"""The name under which all units of a history together stand beside clusters."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What a fit needs of a user's own history, and what a reader should know of it."""

    source: str  # name of the file
    by: str  # practice or cluster: whom a row is of
    months: Months  # by unit; one that breaks is one unit before it and another after
    observed: Observed  # by cluster, line and year
    month_law: MonthLaw  # season, variance-to-mean, spread of a unit cost, outliers
    whole_years: int  # of months from the first to the last; below 2 there is no growth to learn
    lag: tuple[Development, ...]  # how young months grow, where there are two exports or more
    low_ends: tuple[LowEnd, ...]  # lines whose last months seem incomplete
    breaks: tuple[Break, ...]  # moves of a unit's share of a line
    # Growth of lists a year by cluster, and of all units together; empty without lists, or with one alone.
    list_growth_share: Mapping[str, float]
    costs_gbp: Mapping[str, FloatArray]  # costs of single cases by line, the lowest first
    price_index: FloatArray | None  # shape (line, year); None where none is given
    notes: tuple[str, ...]  # sentences for a reader, the most important first
