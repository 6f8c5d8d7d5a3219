"""Measures: the columns of a summary, each defined once for every table, chart and document."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from numpy.typing import NDArray

from simulator.records import ClusterTerms, Outcomes
from simulator.risk.account_book import AccountBook, account_books
from simulator.risk.estimate import Estimate
from simulator.risk.estimators import counting
from simulator.risk.measures.cover import BOND_MEASURES, PCT_PAYS_MEASURES
from simulator.risk.measures.gains import GAIN_MEASURES
from simulator.risk.measures.measure import YEAR, Measure
from simulator.risk.measures.overspend import OVERSPEND_MEASURES

MEASURES = (*OVERSPEND_MEASURES, *BOND_MEASURES, *GAIN_MEASURES, *PCT_PAYS_MEASURES)
"""The register of measures, in the order of the summary's columns."""


@dataclass(frozen=True, slots=True)
class SummaryColumn:
    """A measure in a column of the summary."""

    name: str  # of the column
    measure: Measure  # what stands there
    year: int  # position of the contract year, for a measure by year

    def heading(self, years: Sequence[str] = ()) -> str:
        """Return what tables call it; `years` are the labels of the contract years."""
        return self.measure.heading.replace(YEAR, years[self.year] if years else f"year {self.year + 1}")

    def of(self, book: AccountBook) -> NDArray[Any] | None:
        """Return its value in each contract; None where the row has no such measure."""
        return self.measure.of(book, self.year)

    @property
    def source(self) -> Hashable:
        """What its samples come from: columns of the same source have the same samples."""
        return self.measure.samples, self.year


@lru_cache
def columns(years: int) -> dict[str, SummaryColumn]:
    """Return every column of a summary of so many contract years, by name, in order."""
    return {
        name: SummaryColumn(name, measure, year)
        for measure in MEASURES
        for name, year in measure.columns(years)
    }


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """Estimates for one cluster, or for all together."""

    name: str  # the cluster, or `ALL_CLUSTERS`
    people: float  # registered list: a fact, not an estimate
    estimates: dict[str, Estimate]  # by column; a measure without meaning for the row is missing


def summarise(outcomes: Outcomes, terms: ClusterTerms) -> tuple[SummaryRow, ...]:
    """Estimate every measure."""
    return tuple(
        _row(book.name, book.people, measure_samples(book)) for book in account_books(outcomes, terms)
    )


def estimates_of(book: AccountBook, names: Iterable[str]) -> dict[str, Estimate]:
    """Estimate some columns of a row, by name; one without meaning for it is missing."""
    known = columns(len(book.year_months))
    asked = [known[name] for name in names if known[name].measure.is_of(book.name)]
    found = ((column, column.of(book)) for column in asked)
    return _row(book.name, book.people, ((column, one) for column, one in found if one is not None)).estimates


def summary_row(name: str, people: float, years: int, samples: Mapping[str, NDArray[Any]]) -> SummaryRow:
    """Return the estimates of a row of so many years from what `distinct_samples` has of it."""
    sources = _sources(years)
    named = (
        (column, samples.get(sources[column.source]))
        for column in columns(years).values()
        if column.measure.is_of(name)
    )
    return _row(name, people, ((column, one) for column, one in named if one is not None))


def _row(name: str, people: float, found: Iterable[tuple[SummaryColumn, NDArray[Any]]]) -> SummaryRow:
    estimates: dict[str, Estimate | None] = {}
    before: NDArray[Any] | None = None
    for column, samples in found:
        # Columns of one source follow one another, and the same of their contracts count.
        if samples is not before:
            before, counts = samples, counting(samples)
        estimator = column.measure.estimator
        estimates[column.name] = estimator.of_side(estimator.side_of(samples, counts))
    return SummaryRow(name, people, {name: one for name, one in estimates.items() if one is not None})


def summary_columns(
    rows: Sequence[SummaryRow], years: int, pcts: Sequence[str] = ()
) -> dict[str, list[float | str | None]]:
    """Return columns of one value a row: each estimate with its error; None where it has no meaning.

    With each row's PCT where there are several.
    """
    table: dict[str, list[float | str | None]] = {"cluster": [row.name for row in rows]}
    if pcts:
        table["pct"] = [*pcts]
    table["people"] = [row.people for row in rows]
    for name, column in columns(years).items():
        found = [row.estimates.get(name) for row in rows]
        table[name] = [None if estimate is None else estimate.value for estimate in found]
        for end in column.measure.estimator.ends:
            table[f"{name}_{end}"] = [getattr(estimate, end, None) for estimate in found]
    return table


def measure_samples(book: AccountBook) -> Iterator[tuple[SummaryColumn, NDArray[Any]]]:
    """Yield each measure that has a meaning for a row: its column, and its value in each contract."""
    before: SummaryColumn | None = None
    for column in columns(len(book.year_months)).values():
        if not column.measure.is_of(book.name):
            continue
        if before is None or column.source != before.source:
            before, samples = column, column.of(book)
        if samples is not None:
            yield column, samples
    book.forget()


@lru_cache
def _sources(years: int) -> dict[Hashable, str]:
    """Return the first column of each source."""
    named = columns(years).items()
    return {column.source: name for name, column in reversed(list(named))}


def distinct_samples(book: AccountBook) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the samples of every measure of a row, those of columns of one source once, by name."""
    found, sources = set[str](), _sources(len(book.year_months))
    for column in columns(len(book.year_months)).values():
        name = sources[column.source]
        samples = None if name in found else column.of(book)
        if samples is not None:
            found.add(name)
            yield name, samples
    book.forget()
