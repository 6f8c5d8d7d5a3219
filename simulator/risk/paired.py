"""Every measure of a policy, and its difference from another policy on the same draws."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.records import BoolArray, ClusterTerms, FloatArray, Outcomes
from simulator.risk.account_book import AccountBook, account_books
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimators import Side, counting
from simulator.risk.looked_at import Seen, WatchedBook, changes_of
from simulator.risk.measures import SummaryColumn, columns

Place = tuple[str, str]
"""Name of the row (a cluster, or all together), and the measure's column."""
NUMBERS = (
    "value",
    "standard_error",
    "low",
    "high",
    "is_rough",
    "difference",
    "difference_low",
    "difference_high",
    "difference_is_rough",
)
"""What is kept of an estimate and its difference, in this order."""
_A_HEAD = "_per_head"
_DUST = 1e-13
"""Amounts are sums and differences of budgets and spend, and differ by rounding if by so small a part of
them: some hundred times the spacing of numbers there; 0.0001 pounds of a budget of a billion."""
_NO_DIFFERENCE = Estimate(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PairedEstimate:
    """One measure of one row."""

    estimate: Estimate  # under the policy
    # From the base policy, with the error of a paired difference; None where the base has no such row or
    # measure.
    difference: Estimate | None


@dataclass(eq=False)
class _Known:
    """What a measure finds under the base policy; worked out when it is asked for."""

    column: SummaryColumn
    samples: NDArray[Any]  # shape (contract,)
    looked_at: Seen  # amounts of books

    @cached_property
    def side(self) -> Side:
        """The samples made ready."""
        return self.column.measure.estimator.side(self.samples)

    @cached_property
    def still(self) -> PairedEstimate | None:
        """What is found of a policy with the same samples; None where too few contracts count."""
        return _paired(self.column, self.side, self.side)


@dataclass(frozen=True, slots=True)
class _Sampled:
    """What the measures of one source look at under a policy, worked out once for all of them."""

    samples: NDArray[Any] | None  # shape (contract,); None where the row has no such measure
    counts: BoolArray | None  # which of them count; None for all
    # The base's, and ours where the two differ by rounding alone; None where the base has no such measure.
    others: NDArray[Any] | None

    @classmethod
    def of(cls, column: SummaryColumn, book: AccountBook, known: _Known | None, dust_gbp: float) -> _Sampled:
        """Return what a column's source gives."""
        samples = column.of(book)
        if samples is None:
            return cls(None, None, None)
        others = None if known is None else _without_dust(column, samples, known.samples, dust_gbp)
        return cls(samples, None if others is samples else counting(samples), others)

    @property
    def is_still(self) -> bool:
        """Whether the base has the same samples."""
        if self.samples is None or self.others is None:
            return False
        is_number = self.samples.dtype.kind == "f"
        return self.others is self.samples or np.array_equal(self.samples, self.others, equal_nan=is_number)

    def against(self, column: SummaryColumn, known: _Known | None) -> PairedEstimate | None:
        """Return what a column finds; None where too few contracts count."""
        if self.samples is None:
            return None
        side = column.measure.estimator.side_of(self.samples, self.counts)
        if known is None or self.others is None:
            return _paired(column, side, None)
        if self.others is self.samples:
            return known.still
        others = known.side if self.others is known.samples else column.measure.estimator.side(self.others)
        return _paired(column, side, others)


@dataclass(eq=False)
class Samples:
    """One value of every measure for each contract."""

    books: Sequence[AccountBook]  # of each row
    places: Collection[Place] | None = None  # those that are asked for; None for all

    @classmethod
    def of(cls, outcomes: Outcomes, terms: ClusterTerms) -> Samples:
        """Return the samples of every measure of every row."""
        return cls(account_books(outcomes, terms))

    def at(self, places: Iterable[Place]) -> Samples:
        """Return the samples of some places; without those that there are not."""
        return Samples(self.books, frozenset(places))

    @cached_property
    def by_place(self) -> dict[Place, tuple[SummaryColumn, NDArray[Any]]]:
        """By row and column: the column, and an array of shape (contract,)."""
        found = ((book, column, column.of(book)) for book in self.books for column in self._columns(book))
        return {
            (book.name, column.name): (column, samples)
            for book, column, samples in found
            if samples is not None
        }

    def against(self, base: Samples) -> dict[Place, PairedEstimate]:
        """Return every estimate, and its difference from `base` on the same draws."""
        found: dict[Place, PairedEstimate | None] = {}
        changes, identical = changes_of(self.books, base.books), True
        for book in self.books:
            dust_gbp = _DUST * max(book.largest_gbp, base._largest_gbp.get(book.name, 0.0))
            sampled: dict[Hashable, _Sampled] = {}
            for column in self._columns(book):
                place = book.name, column.name
                known = base._known.get(place)
                if known and changes is not None and not known.looked_at & changes:
                    found[place] = known.still
                    continue
                source = column.source, column.measure.unit, known is None
                if source not in sampled:
                    dust = dust_gbp / book.people if column.name.endswith(_A_HEAD) else dust_gbp
                    sampled[source] = _Sampled.of(column, book, known, dust)
                if (one := sampled[source]).samples is not None:
                    found[place] = one.against(column, known)
                    identical = identical and known is not None and one.is_still
            book.forget()
        identical = identical and found.keys() == base._known.keys()
        return {
            place: replace(one, difference=_NO_DIFFERENCE) if identical else one
            for place, one in found.items()
            if one is not None
        }

    def _columns(self, book: AccountBook) -> Iterator[SummaryColumn]:
        """Yield the columns of a row that are asked for."""
        for column in columns(len(book.year_months)).values():
            is_asked = self.places is None or (book.name, column.name) in self.places
            if is_asked and column.measure.is_of(book.name):
                yield column

    @cached_property
    def _known(self) -> dict[Place, _Known]:
        found = {}
        for book in map(WatchedBook.of, self.books):
            for column in self._columns(book):
                book.looked_at()
                samples = column.of(book)
                if samples is not None:
                    found[book.name, column.name] = _Known(column, samples, book.looked_at())
        return found

    @cached_property
    def _largest_gbp(self) -> dict[str, float]:
        return {book.name: book.largest_gbp for book in self.books}


def _paired(column: SummaryColumn, side: Side, base: Side | None) -> PairedEstimate | None:
    """Return an estimate and its difference from a base, if any; None where too few contracts count."""
    estimator = column.measure.estimator
    estimate = estimator.of_side(side)
    if estimate is None:
        return None
    return PairedEstimate(estimate, None if base is None else estimator.between_sides(side, base))


def _without_dust(
    column: SummaryColumn, samples: NDArray[Any], others: NDArray[Any], dust_gbp: float
) -> NDArray[Any]:
    """Return the samples of another policy, with ours where the two differ by rounding alone."""
    if column.measure.unit is not Unit.GBP:
        return samples if np.array_equal(samples, others) else others
    apart = samples - others
    near = np.abs(apart, out=apart) <= dust_gbp
    so_many = int(np.count_nonzero(near))
    if so_many == samples.size:
        return samples
    if so_many == 0 or so_many == samples.size - int(np.count_nonzero(apart)):
        return others
    return np.where(near, samples, others)


def numbers_of(found: Mapping[Place, PairedEstimate], places: Sequence[Place]) -> FloatArray:
    """Return estimates as the `NUMBERS` of each place, shape (place, number)."""
    numbers = np.full((len(places), len(NUMBERS)), np.nan)
    for at, place in enumerate(places):
        if paired := found.get(place):
            one, difference = paired.estimate, paired.difference
            error = np.nan if one.standard_error is None else one.standard_error
            numbers[at, :5] = one.value, error, one.low, one.high, one.is_rough
            if difference:
                numbers[at, 5:] = difference.value, difference.low, difference.high, difference.is_rough
    return numbers


def paired_estimate(numbers: Sequence[float]) -> PairedEstimate | None:
    """Return the estimate that `NUMBERS` stand for; None for nan."""
    value, error, low, high, is_rough, difference, low_end, high_end, difference_is_rough = numbers
    if np.isnan(value):
        return None
    paired = None
    if not np.isnan(difference):
        paired = Estimate(difference, low_end, high_end, is_rough=bool(difference_is_rough))
    standard_error = None if np.isnan(error) else error
    return PairedEstimate(Estimate(value, low, high, standard_error, bool(is_rough)), paired)
