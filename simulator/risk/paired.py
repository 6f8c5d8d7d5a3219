"""Every measure of a policy, and its difference from another policy on the same draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.records import BUDGET, ClusterTerms, FloatArray, Outcomes
from simulator.risk.account_book import account_books
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.measures import SummaryColumn, measure_samples

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
class Samples:
    """One value of every measure for each contract."""

    # By row and column: the column, and an array of shape (contract,).
    by_place: Mapping[Place, tuple[SummaryColumn, NDArray[Any]]]
    # By row: the largest budget or spend, of which all else is a part, and the people.
    largest_gbp: Mapping[str, float]
    people: Mapping[str, float]

    @classmethod
    def of(cls, outcomes: Outcomes, terms: ClusterTerms) -> Samples:
        """Return the samples of every measure of every row."""
        books = account_books(outcomes, terms)
        return cls(
            {
                (book.name, column.name): (column, samples)
                for book in books
                for column, samples in measure_samples(book)
            },
            {
                book.name: max(float(one.max()) for one in (book.total_gbp(BUDGET), book.spend_gbp))
                for book in books
            },
            {book.name: book.people for book in books},
        )

    def at(self, places: Iterable[Place]) -> Samples:
        """Return the samples of some places; without those that there are not."""
        found = {place: self.by_place[place] for place in places if place in self.by_place}
        return Samples(found, self.largest_gbp, self.people)

    def against(self, base: Samples) -> dict[Place, PairedEstimate]:
        """Return every estimate, and its difference from `base` on the same draws."""
        others = {place: self._without_dust(place, base) for place in self.by_place.keys() & base.by_place}
        identical = self.by_place.keys() == base.by_place.keys() and all(
            np.array_equal(samples, others[place], equal_nan=samples.dtype.kind == "f")
            for place, (_, samples) in self.by_place.items()
        )
        found = {}
        for place, (column, samples) in self.by_place.items():
            estimator = column.measure.estimator
            estimate = estimator.of(samples)
            if estimate is None:
                continue
            difference = None
            if place in others:
                difference = _NO_DIFFERENCE if identical else estimator.between(samples, others[place])
            found[place] = PairedEstimate(estimate, difference)
        return found

    def _without_dust(self, place: Place, base: Samples) -> NDArray[Any]:
        """Return the base's samples of a place, with ours where the two differ by rounding alone."""
        column, samples = self.by_place[place]
        others = base.by_place[place][1]
        if samples is others or column.measure.unit is not Unit.GBP:
            return others
        dust_gbp = _DUST * max(self.largest_gbp[place[0]], base.largest_gbp[place[0]])
        if column.name.endswith(_A_HEAD):
            dust_gbp /= self.people[place[0]]
        return np.where(np.abs(samples - others) <= dust_gbp, samples, others)


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
