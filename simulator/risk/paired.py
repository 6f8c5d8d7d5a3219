"""Every measure of a policy, and its difference from another policy on the same draws."""

from __future__ import annotations

import math
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


@dataclass(frozen=True, slots=True)
class _Found:
    """What a measure finds under a policy."""

    paired: PairedEstimate | None  # None where too few contracts count
    looked_at: Seen  # amounts of books
    is_still: bool  # whether it has the samples that it has under the base policy


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
    def still(self) -> _Found:
        """What is found of a policy with the same samples."""
        return _Found(_paired(self.column, self.side, self.side), self.looked_at, is_still=True)


@dataclass(frozen=True, slots=True)
class _Sampled:
    """What the measures of one source look at under a policy, worked out once for all of them."""

    samples: NDArray[Any]  # shape (contract,)
    counts: BoolArray | None  # which of them count; None for all
    # The base's, and ours where the two differ by rounding alone; None where the base has no such measure.
    others: NDArray[Any] | None
    looked_at: Seen  # amounts of books

    def found(self, column: SummaryColumn, known: _Known | None) -> _Found:
        """Return what a column finds."""
        if known is not None and self.others is self.samples:
            return _Found(known.still.paired, self.looked_at, is_still=True)
        estimator = column.measure.estimator
        side = estimator.side_of(self.samples, self.counts)
        if known is None or self.others is None:
            return _Found(_paired(column, side, None), self.looked_at, is_still=False)
        others = known.side if self.others is known.samples else estimator.side(self.others)
        return _Found(_paired(column, side, others), self.looked_at, self._is_still)

    @property
    def _is_still(self) -> bool:
        """Whether both sides have the same samples, those that do not count included."""
        if self.others is None or self.counts is None:
            # Where all count, those of the base are ours if they are the same.
            return False
        return np.array_equal(self.samples, self.others, equal_nan=True)


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
        found = ((book, column, column.of(book)) for book in self.books for column in self.columns_of(book))
        return {
            (book.name, column.name): (column, samples)
            for book, column, samples in found
            if samples is not None
        }

    def against(self, base: Samples) -> dict[Place, PairedEstimate]:
        """Return every estimate, and its difference from `base` on the same draws."""
        return InTurn(base, remembers=False).compared(self)

    def moved_from(self, base: Samples) -> int:
        """Return how many measures may be others than those of a base."""
        changes = changes_of(self.books, base.books)
        every = base.known.values()
        return len(every) if changes is None else sum(not one.looked_at.isdisjoint(changes) for one in every)

    def columns_of(self, book: AccountBook) -> Iterator[SummaryColumn]:
        """Yield the columns of a row that are asked for."""
        for column in columns(len(book.year_months)).values():
            is_asked = self.places is None or (book.name, column.name) in self.places
            if is_asked and column.measure.is_of(book.name):
                yield column

    @cached_property
    def known(self) -> dict[Place, _Known]:
        """What each measure finds where this is the base."""
        found = {}
        for book in map(WatchedBook.of, self.books):
            for column in self.columns_of(book):
                book.looked_at()
                samples = column.of(book)
                if samples is not None:
                    found[book.name, column.name] = _Known(column, samples, book.looked_at())
        return found

    @cached_property
    def largest_gbp(self) -> dict[str, float]:
        """The largest budget or spend of each row."""
        return {book.name: book.largest_gbp for book in self.books}


@dataclass(frozen=True, slots=True)
class _Policy:
    """A policy that was compared."""

    books: Sequence[AccountBook]  # of each row
    changes: Seen | None  # what differs from the base; None where everything may
    dust_gbp: dict[str, float]  # what is rounding, by row
    found: dict[Place, _Found]


@dataclass(eq=False)
class InTurn:
    """Compares policies with a base one after another: what is as the one before had it is found already."""

    base: Samples
    remembers: bool = True  # whether others follow; what each measure looks at is then noted
    _before: _Policy | None = None

    def compared(self, policy: Samples) -> dict[Place, PairedEstimate]:
        """Return every estimate of a policy, and its difference from the base on the same draws."""
        base, largest = self.base, self.base.largest_gbp
        dust = {one.name: _DUST * max(one.largest_gbp, largest.get(one.name, 0.0)) for one in policy.books}
        since = self._changes_since(policy.books, dust)
        now = _Policy(policy.books, self._changes(policy.books, since), dust, {})
        for book in policy.books:
            self._compare(WatchedBook.of(book) if self.remembers else book, policy, now, since)
            book.forget()
        if self.remembers:
            self._before = now
        identical = now.found.keys() == base.known.keys() and all(one.is_still for one in now.found.values())
        return {
            place: replace(one.paired, difference=_NO_DIFFERENCE) if identical else one.paired
            for place, one in now.found.items()
            if one.paired is not None
        }

    def _changes_since(self, books: Sequence[AccountBook], dust_gbp: dict[str, float]) -> Seen | None:
        """Return what differs from the policy before; None where there is none, or everything may differ."""
        before = self._before
        return changes_of(books, before.books) if before and before.dust_gbp == dust_gbp else None

    def _changes(self, books: Sequence[AccountBook], since: Seen | None) -> Seen | None:
        """Return what differs from the base, of which the policy before tells all that it shares."""
        if since is None or self._before is None or self._before.changes is None:
            return changes_of(books, self.base.books)
        found = changes_of(books, self.base.books, among=since)
        return None if found is None else found | (self._before.changes - since)

    def _compare(self, book: AccountBook, policy: Samples, now: _Policy, since: Seen | None) -> None:
        """Find every measure of a row."""
        sampled: dict[Hashable, _Sampled | None] = {}
        for column in policy.columns_of(book):
            place = book.name, column.name
            known = self.base.known.get(place)
            if known and now.changes is not None and known.looked_at.isdisjoint(now.changes):
                now.found[place] = known.still
                continue
            if since is not None and self._before is not None:
                was = self._before.found.get(place)
                if was is not None and was.looked_at.isdisjoint(since):
                    now.found[place] = was
                    continue
            source = column.source, column.measure.unit, known is None
            if source not in sampled:
                sampled[source] = _sampled(column, book, known, now.dust_gbp[book.name])
            if one := sampled[source]:
                now.found[place] = one.found(column, known)


def _sampled(
    column: SummaryColumn, book: AccountBook, known: _Known | None, dust_gbp: float
) -> _Sampled | None:
    """Return what a column's source gives; None where the row has no such measure."""
    if isinstance(book, WatchedBook):
        book.looked_at()
    samples = column.of(book)
    looked_at = book.looked_at() if isinstance(book, WatchedBook) else frozenset()
    if samples is None:
        return None
    if column.name.endswith(_A_HEAD):
        dust_gbp /= book.people
    others = None if known is None else _without_dust(column, samples, known.samples, dust_gbp)
    return _Sampled(samples, None if others is samples else counting(samples), others, looked_at)


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
    if so_many == 0 or so_many == int(np.count_nonzero(apart == 0)):
        return others
    return np.where(near, samples, others)


def numbers_of(found: Mapping[Place, PairedEstimate], places: Sequence[Place]) -> FloatArray:
    """Return estimates as the `NUMBERS` of each place, shape (place, number)."""
    return np.array([_numbers(found.get(place)) for place in places], dtype=float).reshape(-1, len(NUMBERS))


_NOTHING = (math.nan,) * len(NUMBERS)


def _numbers(paired: PairedEstimate | None) -> tuple[float, ...]:
    if paired is None:
        return _NOTHING
    one, difference = paired.estimate, paired.difference
    error = math.nan if one.standard_error is None else one.standard_error
    estimate = (one.value, error, one.low, one.high, one.is_rough)
    if difference is None:
        return (*estimate, *_NOTHING[len(estimate) :])
    return (*estimate, difference.value, difference.low, difference.high, difference.is_rough)


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
