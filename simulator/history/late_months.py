"""Whether the last months are too low to be complete, where exports do not tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from simulator.fitting.observed import Months
from simulator.history.calendar_months import days_in
from simulator.history.cells import measured
from simulator.records import FloatArray

_LAST = 3
"""Months that are looked at."""
_LOW = 0.01
"""The point of their prediction below which they are reported: an assumption."""
_FEWEST = 24
"""Months before them, so that seasons can be told from a trend."""


@dataclass(frozen=True, slots=True)
class LowEnd:
    """A line whose last months are lower than those before let expect."""

    line: str
    share: float  # of what was expected
    low_share: float  # the 1% point of the prediction, of what was expected


def low_ends(months: Months) -> tuple[LowEnd, ...]:
    """Return the lines whose last three months lie below the 1% point of their prediction.

    The logarithm of cases a day, all units together that have every month, on a trend and twelve months of
    the year by least squares; errors of one month go on into the next as their residuals do.
    """
    found = []
    days = np.array([days_in(month) for month in months.months])
    calendar = np.array([month for _, month in months.months])
    for at, line in enumerate(months.lines):
        cases = measured(months)[:, at]
        whole = ~np.isnan(cases).any(axis=1)
        total = cases[whole].sum(axis=0)
        if total.size < _FEWEST + _LAST or not whole.any() or not total.all():
            continue
        share, low = _against_prediction(np.log(total / days), calendar)
        if share < low:
            found.append(LowEnd(line, share, low))
    return tuple(found)


def _against_prediction(logs: FloatArray, calendar: FloatArray) -> tuple[float, float]:
    """Return the mean of the last months, and its 1% point, both as shares of the prediction."""
    design = np.column_stack([np.arange(logs.size), calendar[:, None] == np.arange(1, 13)]).astype(float)
    before, after = design[:-_LAST], design[-_LAST:].mean(axis=0)
    coefficients, *_ = np.linalg.lstsq(before, logs[:-_LAST], rcond=None)
    residuals = logs[:-_LAST] - before @ coefficients
    freedom = len(before) - np.linalg.matrix_rank(before)
    variance = residuals @ residuals / freedom
    carried = np.clip(residuals[1:] @ residuals[:-1] / max(residuals @ residuals, 1e-300), 0, 0.9)
    own = (_LAST + 4 * carried + 2 * carried**2) / _LAST**2
    leverage = after @ np.linalg.pinv(before.T @ before) @ after * (1 + carried) / (1 - carried)
    miss = logs[-_LAST:].mean() - after @ coefficients
    return float(np.exp(miss)), float(np.exp(stdtrit(freedom, _LOW) * np.sqrt(variance * (own + leverage))))
