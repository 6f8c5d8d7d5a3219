"""Breaks: units whose share of a line moves more in a year than chance and the usual moves explain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.fitting.observed import Months
from simulator.history.calendar_months import Month, financial_year_of, number_of, written
from simulator.history.cells import measured
from simulator.records import BoolArray, FloatArray

_LARGE = 0.15
"""A move of a share that is reported where it is beyond chance: an assumption."""
_BEYOND_CHANCE = 3.0
"""SDs of chance that a move must be for that: a practice with ten cases a year moves by 15% most years."""
_MANY_SDS = 5.0
"""SDs of chance and of the usual moves together, beyond which any move is reported: an assumption."""
_FEWEST_UNITS = 3
"""Of fewer, one that moves cannot be told from the others."""
_FEWEST_MONTHS = 6
"""Of a year, so that it can be compared; `cluster_years` has the same."""
_TYPICAL = 0.4549
"""Median of the square of a standard normal."""


@dataclass(frozen=True, slots=True)
class Break:
    """A unit whose share of a line moved."""

    unit: str
    line: str
    month: Month  # the first on the new level
    change: float  # of the share, as a share of it: 0.2 is a fifth up
    sds: float  # the change over the SD of chance and of the usual moves

    def __str__(self) -> str:
        way = "up" if self.change > 0 else "down"
        size = f"{abs(self.change):.0%} {way} ({abs(self.sds):.1f} SDs)"
        return f"{self.unit}, {self.line}: {size} from {written(self.month)}"


def find_breaks(months: Months, variance_to_mean: FloatArray) -> tuple[Break, ...]:
    """Return every break, the one of most SDs first.

    Takes the variance-to-mean of each line's counts, shape (line,). A move of a share from one financial
    year to the next is reported where it is over 15% and 3 SDs of chance, or over 5 SDs of chance and the
    usual moves of the line's units.
    """
    years = np.array([financial_year_of(month) for month in months.months])
    found: list[Break] = []
    for at_line, dispersion in enumerate(variance_to_mean):
        chance = float(dispersion) if np.isfinite(dispersion) else 1.0
        for year in range(years.min(), years.max()):
            window = (years == year) | (years == year + 1)
            enough = min((years == year).sum(), (years == year + 1).sum()) >= _FEWEST_MONTHS
            if enough:
                found.extend(_breaks_in(months, at_line, window, years == year, chance))
    # Two pairs of years may find the same one.
    largest: list[Break] = []
    for one in sorted(found, key=lambda one: -abs(one.sds)):
        same = (other for other in largest if (other.unit, other.line) == (one.unit, one.line))
        if all(abs(number_of(other.month) - number_of(one.month)) >= _FEWEST_MONTHS for other in same):
            largest.append(one)
    return tuple(largest)


def _breaks_in(
    months: Months, at_line: int, window: BoolArray, first: BoolArray, dispersion: float
) -> Iterator[Break]:
    """Yield the breaks of a line within two years, over the units that have rows for all their months."""
    counts = measured(months)[:, at_line, window]
    # What has no row in the window at all is not there.
    whole = np.flatnonzero(~np.isnan(counts).any(axis=1))
    if whole.size < _FEWEST_UNITS:
        return
    counts, before = counts[whole], first[window]
    sums = np.stack([counts[:, before].sum(axis=1), counts[:, ~before].sum(axis=1)])
    totals = sums.sum(axis=1)
    if not totals.all():
        return
    # Half a case keeps the logarithm of nothing finite.
    move = np.diff(np.log((sums + 0.5) / (totals + 0.5)[:, None]), axis=0)[0]
    chance = np.maximum(dispersion, 1.0) * (1 / (sums + 0.5)).sum(axis=0)
    usual = max(0.0, float(np.median(move**2 / _TYPICAL - chance)))
    sds = move / np.sqrt(chance + usual)
    large = (np.abs(np.expm1(move)) > _LARGE) & (np.abs(move) > _BEYOND_CHANCE * np.sqrt(chance))
    of_month = counts.sum(axis=0)
    shares = counts / np.where(of_month > 0, of_month, 1.0)
    within = [month for month, inside in zip(months.months, window, strict=True) if inside]
    for at in np.flatnonzero(large | (np.abs(sds) > _MANY_SDS)):
        starts, change = _where(shares[at], of_month)
        name = months.units[whole[at]]
        yield Break(name, months.lines[at_line], within[starts], change, float(sds[at]))


def _where(shares: FloatArray, weights: FloatArray) -> tuple[int, float]:
    """Return where two levels fit a share best by weighted least squares, and the change between them."""
    best, found = -1.0, (1, 0.0)
    before, cases = np.cumsum(weights), np.cumsum(shares * weights)
    for at in range(1, shares.size):
        left, right = before[at - 1], before[-1] - before[at - 1]
        if not left or not right:
            continue
        low, high = cases[at - 1] / left, (cases[-1] - cases[at - 1]) / right
        explained = (high - low) ** 2 * left * right / (left + right)
        if explained > best:
            best, found = explained, (at, float(high / low - 1) if low else np.inf)
    return found
