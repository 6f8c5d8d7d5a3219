"""Estimates of every measure for every cluster and for the PCT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from simulator.outcomes import Outcomes
from simulator.records import ClusterTerms
from simulator.risk.account_book import PCT_ROW, AccountBook, account_books
from simulator.risk.estimate import Estimate
from simulator.risk.measures import MEASURES, Kind, Measure


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """Estimates for one cluster, or for all together.

    Parameters
    ----------
    name : str
        The cluster, or PCT.
    people : float
        Registered list: a fact, not an estimate.
    estimates : dict of str to Estimate
        By column; a measure without meaning for the row is missing.
    """

    name: str
    people: float
    estimates: dict[str, Estimate]


def summarise(outcomes: Outcomes, terms: ClusterTerms) -> tuple[SummaryRow, ...]:
    """Estimate every measure.

    Parameters
    ----------
    outcomes : Outcomes
        Of every contract.
    terms : ClusterTerms
        What each cluster agreed to.

    Returns
    -------
    tuple of SummaryRow
        One for each cluster, then the PCT's.
    """
    books = account_books(outcomes, terms)
    return tuple(SummaryRow(book.name, book.people, _estimates(book)) for book in books)


def summary_columns(rows: tuple[SummaryRow, ...], years: int) -> dict[str, list[float | str | None]]:
    """Return a summary as columns: each estimate with its error, or the ends of its interval.

    Parameters
    ----------
    rows : tuple of SummaryRow
        From `summarise`.
    years : int
        Contract years.

    Returns
    -------
    dict of str to list
        Columns, one value for each row; None where a measure has no meaning for the row.
    """
    columns: dict[str, list[float | str | None]] = {
        "cluster": [row.name for row in rows],
        "people": [row.people for row in rows],
    }
    for measure, column, _ in _all_columns(years):
        errors = ("standard_error",) if measure.kind is Kind.MEAN else ("low", "high")
        found = [row.estimates.get(column) for row in rows]
        columns[column] = [None if estimate is None else estimate.value for estimate in found]
        for error in errors:
            columns[f"{column}_{error}"] = [getattr(estimate, error, None) for estimate in found]
    return columns


def _all_columns(years: int) -> list[tuple[Measure, str, int]]:
    return [(measure, column, year) for measure in MEASURES for column, year in measure.columns(years)]


def measure_samples(book: AccountBook) -> Iterator[tuple[str, Kind, NDArray[Any]]]:
    """Yield each measure that has a meaning for a row: its column, kind and value in each contract."""
    for measure, column, year in _all_columns(len(book.year_months)):
        if book.name == PCT_ROW or not measure.pct_only:
            yield column, measure.kind, measure.samples(book, year)


def _estimates(book: AccountBook) -> dict[str, Estimate]:
    return {column: kind.estimate(samples) for column, kind, samples in measure_samples(book)}
