"""What of a compound total is known without a transform: its atoms, and totals of one smooth cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from simulator.compounds.exact import SAME_AMOUNT
from simulator.compounds.grids import ComplexArray, Grid
from simulator.demand.count_law import CountLaw
from simulator.spend.characteristic import power_of_two
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.unit_cost import FloatArray, UnitCost

_NEVER = 1e-15
"""Probability of an atom that is lost in rounding."""
_MATTERS = 1e-4
"""Probability of one smooth cost, beside some at the limit, below which a grid serves it well enough."""
_TOO_FEW = 1e-9
"""Probability of the numbers that could be listed at which it is not worth it: they are rounding."""
_MOST_SUMS = 2**21
"""Different totals that are listed: their arrays take 100 MB on the way."""


@dataclass(frozen=True)
class LimitTotals:
    """What is known outright: totals of costs at the limit alone, and of those with one other cost."""

    unit_cost: UnitCost
    part: SmoothPart
    # Shape (costs at the limit,): probability of so many and no other but costs of nothing; and that
    # of so many and one other, over that one's own probability. 0 where a grid serves well enough.
    alone: FloatArray
    with_one: FloatArray

    @classmethod
    def of(cls, count: CountLaw, unit_cost: UnitCost) -> Self:
        """Work the probabilities out as coefficients of generating functions."""
        part, expected = SmoothPart.of(unit_cost), count.mean or 0.0
        at_limit, size = part.limit_probability, 1
        if at_limit:
            size = power_of_two(2 * at_limit * expected + 80 * math.sqrt(count.variance(expected)) + 60)
        z = part.zero_probability + at_limit * np.exp(2j * math.pi / size * np.arange(size))
        alone = count.generating_function(z, expected)
        with_one = alone * expected * count.log_generating_slope(z)
        masses = [np.maximum(np.fft.fft(values).real / size, 0.0) for values in (alone, with_one)]
        return cls(
            unit_cost, part, masses[0], np.where(masses[1] * part.probability > _MATTERS, masses[1], 0.0)
        )

    @property
    def other_probability(self) -> float:
        """Probability of a cost that is neither nothing nor at the limit."""
        return self.part.probability

    @property
    def limit_gbp(self) -> float | None:
        """The limit, if totals are told apart by how many costs are at it."""
        return self.unit_cost.limit if self.alone.size > 1 and self.alone.sum() > _NEVER else None

    def one_other(self, z: ComplexArray, grid: Grid) -> ComplexArray:
        """Return the transform of one cost, `z`, without costs of nothing and at the limit."""
        other = z - self.part.zero_probability
        if self._reaches_limit(grid):
            shift = (self.unit_cost.limit or 0.0) * grid.frequencies_per_gbp
            other -= self.part.limit_probability * np.exp(-shift)
        return np.asarray(other)

    def _reaches_limit(self, grid: Grid) -> bool:
        return self.limit_gbp is not None and self.limit_gbp < grid.width_gbp

    def transform(self, one: ComplexArray, grid: Grid) -> tuple[ComplexArray, ComplexArray]:
        """Return the transform of these totals from a grid's low end, and its slope in that of `one`."""
        at_limit = self._reaches_limit(grid)
        cells = np.arange(self.alone.size if at_limit else 1) * round((self.limit_gbp or 0.0) / grid.step_gbp)
        cells -= round(grid.low_gbp / grid.step_gbp)
        here = (cells < grid.cells) & (cells > -grid.cells)
        cells = cells[here]
        tilts = np.exp(-grid.tilt_per_gbp * grid.step_gbp * cells)
        known = []
        for masses in (self.alone, self.with_one):
            at_cells = masses[: here.size][here] * tilts
            if cells.any() and at_cells.any():
                spread = np.zeros(grid.period)
                spread[cells] = at_cells
                known.append(np.fft.rfft(spread))
            else:  # at the low end alone; or nothing, as of many cases hardly any total has but one
                known.append(np.full(grid.period // 2 + 1, at_cells.sum(), dtype=complex))
        return np.asarray(known[0] + known[1] * one), np.asarray(known[1])

    def below(self, amounts_gbp: FloatArray) -> FloatArray:
        """Return P(total with one other cost <= amount), same shape."""
        limit = self.limit_gbp
        full = np.zeros(amounts_gbp.shape, dtype=np.int64)
        if limit is not None:
            full = np.minimum((amounts_gbp / limit).astype(np.int64), self.with_one.size - 1)
        left = amounts_gbp - full * (limit or 0.0)
        inside = np.clip(1 - self.unit_cost.sf(left) - self.part.zero_probability, 0.0, self.part.probability)
        earlier = np.append(0.0, self.with_one.cumsum())[full]
        return np.asarray(earlier * self.part.probability + self.with_one[full] * inside)

    def atoms(self) -> tuple[FloatArray, FloatArray]:
        """Return amounts in pounds that have a probability, rising, and their probabilities."""
        some = np.flatnonzero(self.alone > _NEVER)
        return np.asarray(some * (self.limit_gbp or 0.0)), self.alone[some]

    def kinks_gbp(self) -> FloatArray:
        """Return the amounts at which the law of totals with one other cost has kinks."""
        multiples = np.flatnonzero(self.with_one) * (self.limit_gbp or 0.0)
        return np.asarray(np.add.outer(multiples, self.unit_cost.kinks_gbp).ravel())


@dataclass(frozen=True)
class ListedTotals:
    """Totals of up to so many costs that take a few values: every sum, with its probability."""

    numbers: FloatArray  # shape (costs,): probability of so many costs, for the numbers that are listed
    sums_gbp: FloatArray
    masses: FloatArray
    other_probability: float = 1.0
    limit_gbp: float | None = None

    @classmethod
    def of(cls, count: CountLaw, unit_cost: UnitCost) -> Self:
        """List sums for as many costs as there is room for."""
        values, weights = unit_cost.payer_law()
        expected = np.array([count.mean or 0.0])
        sums, masses = np.zeros(1), np.ones(1)
        numbers, listed = [1 - float(count.sf(np.zeros(1), expected)[0])], [(sums, masses)]
        room = _MOST_SUMS
        while (left := float(count.sf(np.array([len(numbers) - 1.0]), expected)[0])) > _NEVER:
            if (room := room - sums.size * values.size) < 0:
                break
            sums, masses = _merged(np.add.outer(sums, values).ravel(), np.outer(masses, weights).ravel())
            numbers.append(left - float(count.sf(np.array([float(len(numbers))]), expected)[0]))
            listed.append((sums, masses * numbers[-1]))
        if sum(numbers) < _TOO_FEW:
            return cls(np.zeros(1), np.zeros(0), np.zeros(0))
        listed[0] = (listed[0][0], np.array(numbers[:1]))
        every = _merged(*(np.concatenate(same) for same in zip(*listed, strict=True)))
        return cls(np.array(numbers), *every)

    def one_other(self, z: ComplexArray, _grid: Grid) -> ComplexArray:
        """Return the transform of one cost."""
        return z

    def transform(self, one: ComplexArray, grid: Grid) -> tuple[ComplexArray, ComplexArray]:
        """Return the transform of these totals from a grid's low end, and its slope in that of `one`."""
        law = np.polynomial.Polynomial(self.numbers)
        shift = np.exp(grid.low_gbp * grid.frequencies_per_gbp)
        return law(one) * shift, law.deriv()(one) * shift

    def below(self, amounts_gbp: FloatArray) -> FloatArray:
        """Return P(total with one other cost <= amount), of which there are none."""
        return np.zeros_like(amounts_gbp)

    def atoms(self) -> tuple[FloatArray, FloatArray]:
        """Return amounts in pounds that have a probability, rising, and their probabilities."""
        return self.sums_gbp, self.masses

    def kinks_gbp(self) -> FloatArray:
        """Return no amounts: there are no kinks."""
        return np.zeros(0)


def _merged(amounts: FloatArray, masses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return different amounts in rising order, and their masses; those that are next to nothing left out."""
    some = masses > _NEVER
    order = np.argsort(amounts[some], kind="stable")
    amounts, masses = amounts[some][order], masses[some][order]
    starts = np.flatnonzero(np.diff(amounts, prepend=-np.inf) > amounts * SAME_AMOUNT)
    return amounts[starts], np.add.reduceat(masses, starts) if starts.size else masses
