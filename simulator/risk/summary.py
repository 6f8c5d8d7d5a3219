"""Estimates of every measure for every cluster and for all together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from simulator.outcomes import Outcomes
from simulator.records import ClusterTerms
from simulator.risk.account_book import AccountBook, account_books
from simulator.risk.estimate import Estimate
from simulator.risk.measures import SummaryColumn, columns


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """Estimates for one cluster, or for all together."""

    name: str  # the cluster, or `ALL_CLUSTERS`
    people: float  # registered list: a fact, not an estimate
    estimates: dict[str, Estimate]  # by column; a measure without meaning for the row is missing


def summarise(outcomes: Outcomes, terms: ClusterTerms) -> tuple[SummaryRow, ...]:
    """Estimate every measure."""
    books = account_books(outcomes, terms)
    return tuple(SummaryRow(book.name, book.people, _estimates(book)) for book in books)


def summary_columns(rows: tuple[SummaryRow, ...], years: int) -> dict[str, list[float | str | None]]:
    """Return a summary as columns: each estimate with its error, or the ends of its interval.

    Returns columns, one value for each row; None where a measure has no meaning for the row.
    """
    table: dict[str, list[float | str | None]] = {
        "cluster": [row.name for row in rows],
        "people": [row.people for row in rows],
    }
    for name, column in columns(years).items():
        found = [row.estimates.get(name) for row in rows]
        table[name] = [None if estimate is None else estimate.value for estimate in found]
        for end in column.measure.estimator.ends:
            table[f"{name}_{end}"] = [getattr(estimate, end, None) for estimate in found]
    return table


def measure_samples(book: AccountBook) -> Iterator[tuple[SummaryColumn, NDArray[Any]]]:
    """Yield each measure that has a meaning for a row: its column, and its value in each contract."""
    for column in columns(len(book.year_months)).values():
        samples = column.measure.of(book, column.year)
        if samples is not None:
            yield column, samples


def _estimates(book: AccountBook) -> dict[str, Estimate]:
    found = ((column, column.measure.estimator.of(samples)) for column, samples in measure_samples(book))
    return {column.name: estimate for column, estimate in found if estimate is not None}
