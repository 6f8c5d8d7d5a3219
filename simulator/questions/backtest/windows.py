"""A history as it stood at an earlier time: the years before it to fit, and those after it to predict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.fitting.months import MonthLaw, month_law
from simulator.fitting.observed import Months, Observed
from simulator.history import History
from simulator.records import FinancialYear, FloatArray


@dataclass(frozen=True, slots=True)
class Window:
    """One origin: nothing after it enters a fit."""

    seen: Observed  # the years up to the origin
    law: MonthLaw  # of their months alone
    ahead: tuple[int, ...]  # years after the origin of which the outturn is known
    outturn: Observed  # those years

    @property
    def origin(self) -> str:
        """Label of the last year that is seen."""
        return FinancialYear(self.seen.years[-1]).label

    @property
    def amounts(self) -> FloatArray:
        """What happened, shape (cluster, line, year ahead): pounds, or cases of a history without spend."""
        return amounts_of(self.outturn)


def amounts_of(observed: Observed) -> FloatArray:
    """Return spend, or counts of a history that has no spend at all, shape (cluster, line, year)."""
    return observed.counts if in_cases(observed) else observed.spend_gbp


def in_cases(observed: Observed) -> bool:
    """Whether a history has counts alone."""
    return not np.isfinite(observed.spend_gbp).any()


def windows(history: History, observed: Observed, years: int, ahead: Sequence[int]) -> Iterator[Window]:
    """Yield every origin that has so many years before it, and some year ahead of it that is known."""
    for end in range(years - 1, len(observed.years) - 1):
        later = [one for one in ahead if end + one < len(observed.years)]
        at = [end + one for one in later]
        known = np.isfinite(amounts_of(observed)[:, :, at])
        if not later or not known.any():
            continue
        span = slice(end - years + 1, end + 1)
        seen = _years(observed, list(range(*span.indices(len(observed.years)))))
        law = month_law(_months(history.months, set(seen.years)))
        yield Window(seen, law, tuple(later), _years(observed, at))


def _years(observed: Observed, at: list[int]) -> Observed:
    return replace(
        observed,
        years=tuple(observed.years[one] for one in at),
        counts=observed.counts[:, :, at],
        spend_gbp=observed.spend_gbp[:, :, at],
        weighted_people=observed.weighted_people[:, :, at],
        year_share=observed.year_share[:, :, at],
    )


def _months(months: Months, years: set[int]) -> Months:
    """Return the months of some financial years."""
    at = [
        place
        for place, (year, month) in enumerate(months.months)
        if year - (month < FinancialYear.whole_year[0]) in years
    ]
    return replace(
        months,
        months=tuple(months.months[one] for one in at),
        counts=months.counts[:, :, at],
        spend_gbp=months.spend_gbp[:, :, at],
    )
