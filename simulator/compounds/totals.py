"""Totals of a random number of cases of random cost, given how many are expected."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.compounds.making_tables import Missing, make_tables
from simulator.compounds.mean_tables import MeanTables, bounds_of
from simulator.demand.count_law import CountLaw
from simulator.random_streams import Generator
from simulator.spend.cost_sums import CostSums
from simulator.spend.totals_map import WithinLimit
from simulator.spend.unit_cost import FloatArray, UnitCost


@dataclass
class CompoundTotals:
    """Draws the total cost of a random number of cases, and what of it lies within a limit per case.

    Most totals are a map of one normal (`MeanTables`). Where so few cases are expected that their law
    has steps, the normal says how many there are, and each takes its cost from a place of its own in
    the stream: one case more adds one cost. Either way a little more demand makes a little more spend
    in every contract, and no total depends on which others are drawn.
    """

    count: CountLaw  # law of the number of cases
    unit_cost: UnitCost  # law of the cost of one, whole: the limit below is none of it
    # Most that somebody answers for of any one cost to the payer, in pounds.
    case_limit_gbp: float | None = None
    _whole: MeanTables = field(init=False, repr=False)
    _limited: MeanTables | None = field(default=None, init=False, repr=False)
    _case_by_case: CostSums = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._whole = MeanTables(self.count, self.unit_cost)
        self._case_by_case = CostSums(self.unit_cost, self.case_limit_gbp)
        limit = self.case_limit_gbp
        if limit is not None and WithinLimit.matters(self.unit_cost, limit):
            limited = self.unit_cost.model_copy(update={"limit": limit})
            self._limited = MeanTables(self.count, limited)

    def with_limit(self, limit_gbp: float) -> CompoundTotals:
        """Return the totals of the same law with another limit per case; whole ones share tables."""
        other = CompoundTotals(self.count, self.unit_cost, limit_gbp)
        other._whole = self._whole
        return other

    def missing(self, low_mean: float, high_mean: float) -> list[Missing]:
        """Return the tables that a range of means is likely to need, and has not yet."""
        both = [tables for tables in (self._whole, self._limited) if tables is not None]
        return [(tables, doubling) for tables in both for doubling in tables.missing(low_mean, high_mean)]

    def prepare(self, low_mean: float, high_mean: float) -> None:
        """Compute the tables for a range of means now, so that processes can share them."""
        make_tables(self.missing(low_mean, high_mean))

    @property
    def whole_tables(self) -> MeanTables:
        """Those of whole totals."""
        return self._whole

    @property
    def limited_tables(self) -> MeanTables | None:
        """Those of totals within the limit per case; None where that matters for no cost."""
        return self._limited

    @property
    def table_bytes(self) -> int:
        """Memory that the tables take."""
        return sum(tables.bytes for tables in (self._whole, self._limited) if tables is not None)

    def draw(self, means: FloatArray, generator: Generator, wanted: int | None = None) -> FloatArray:
        """Draw the totals, in pounds, of cases of which ``means``, shape (totals,), are expected.

        Returns the first that are wanted: in tables the others need not be drawn.
        """
        first = means[:wanted]
        if self._whole.has_all(bounds := bounds_of(first)):
            return self._whole.totals(first, generator.standard_normal(first.shape), bounds)
        normals = generator.standard_normal(means.shape)
        mapped = self._whole.has(means)
        totals = self._case_by_case.draw(self._counts(means, normals, mapped), generator)
        totals[mapped] = self._whole.totals(means[mapped], normals[mapped])
        return totals[:wanted]

    def draw_within_limit(
        self, means: FloatArray, generator: Generator, wanted: int | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Draw what `draw` does, and what of it lies within the limit for each case.

        Few costs are limited one by one. Of many, the whole total and that of limited costs are maps
        of one normal, each with its own law: the larger the one, the larger the other. What lies
        beyond the limit then has its exact mean, but varies less than if every cost were drawn.

        Takes ``means`` of shape (totals,). Returns two arrays of the first that are wanted, in pounds.
        """
        if self._limited is None:
            totals = self.draw(means, generator, wanted)
            return totals, totals.copy()
        first = means[:wanted]
        if self._whole.has_all(bounds := bounds_of(first)):
            normals = generator.standard_normal(first.shape)
            totals, within = (
                tables.totals(first, normals, bounds) for tables in (self._whole, self._limited)
            )
        else:
            normals = generator.standard_normal(means.shape)
            mapped = self._whole.has(means)
            counts = self._counts(means, normals, mapped)
            totals, within = self._case_by_case.draw_within_limit(counts, generator)
            totals[mapped] = self._whole.totals(means[mapped], normals[mapped])
            within[mapped] = self._limited.totals(means[mapped], normals[mapped])
        # What each table errs by, next to nothing of a standard deviation, must not show as a
        # payment beyond the whole cost.
        return totals[:wanted], np.minimum(within, totals, out=within)[:wanted]

    def _counts(self, means: FloatArray, normals: FloatArray, mapped: np.ndarray) -> np.ndarray:
        """Return the number of cases of each total that no table serves; none for the others."""
        counts = np.zeros(means.shape, dtype=np.int64)
        counts[~mapped] = self.count.quantile(means[~mapped], normals[~mapped])
        return counts


@dataclass
class EndlessTotals(CompoundTotals):
    """Totals of so many cases that chance moves none of them: as many as are expected, at their mean cost."""

    @classmethod
    def of(cls, totals: CompoundTotals) -> EndlessTotals:
        """Return what totals come to, case by case, as there are more and more cases."""
        return cls(totals.count, totals.unit_cost, totals.case_limit_gbp)

    def missing(self, low_mean: float, high_mean: float) -> list[Missing]:
        """Return nothing: there are no tables."""
        return []

    def draw(self, means: FloatArray, generator: Generator, wanted: int | None = None) -> FloatArray:
        """Return the first totals that are wanted, as `CompoundTotals` does; draws nothing."""
        return np.asarray(means[:wanted] * self.unit_cost.mean_gbp)

    def draw_within_limit(
        self, means: FloatArray, generator: Generator, wanted: int | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Return totals, and what of them lies within the limit for each case."""
        within = self.unit_cost if self._limited is None else self._limited.unit_cost
        return self.draw(means, generator, wanted), np.asarray(means[:wanted] * within.mean_gbp)
