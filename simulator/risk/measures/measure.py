"""What a measure of risk is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from simulator.risk.account_book import ALL_CLUSTERS, AccountBook
from simulator.risk.estimate import Unit
from simulator.risk.estimators import Estimator, Mean, Probability

BOND_CONFIDENCE = 0.95
"""Confidence with which the needed bond covers the contract's overspend."""
YEAR = "{year}"
"""Stands for each contract year in names and headings."""
_MEAN = Mean()


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that describes a row of the results, defined once for all that show it."""

    name: str  # column of the summary; `{year}` in it stands for each contract year, from 1
    heading: str  # what tables call it, without the unit; `{year}` stands for the year's label
    meaning: str  # what it is, in a sentence without its end
    # From a row's book, and the position of the year for a measure by year, to one value for each contract;
    # nan for a contract that does not count, None where the row has no such measure.
    samples: Callable[[AccountBook, int], NDArray[Any] | None]
    estimator: Estimator = _MEAN  # how it comes from those values
    # Which rows have it: every one, single clusters, or all clusters together.
    rows: Literal["every", "clusters", "together"] = "every"
    less_is_better: bool = False  # whether whoever asks would rather have less of it

    def __reduce__(self) -> tuple[Callable[[str], Measure], tuple[str]]:
        """Go between processes by name: what gives the samples is a function without one."""
        return _measure_named, (self.name,)

    @property
    def unit(self) -> Unit:
        """What it counts: pounds, but for probabilities and shares."""
        if self.name.removesuffix(f"_year_{YEAR}").endswith("_share"):
            return Unit.SHARE
        return Unit.PROBABILITY if isinstance(self.estimator, Probability) else Unit.GBP

    def columns(self, years: int) -> list[tuple[str, int]]:
        """Return the names of the measure's columns, each with the position of its year."""
        if YEAR not in self.name:
            return [(self.name, 0)]
        return [(self.name.format(year=year + 1), year) for year in range(years)]

    def of(self, book: AccountBook, year: int = 0) -> NDArray[Any] | None:
        """Return the measure's value in each contract; None where the row has no such measure."""
        return self.samples(book, year) if self.is_of(book.name) else None

    def is_of(self, row: str) -> bool:
        """Return whether a row of that name has the measure."""
        return self.rows in {"every", "together" if row == ALL_CLUSTERS else "clusters"}


def _measure_named(name: str) -> Measure:
    from simulator.risk.measures import MEASURES

    return next(measure for measure in MEASURES if measure.name == name)
