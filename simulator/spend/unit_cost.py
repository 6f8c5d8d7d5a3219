"""What a law of the cost of one case must offer, with the layer that the payer answers for."""

from __future__ import annotations

import math
from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from simulator.parts import NonNegativeGbp, Part, PositiveGbp
from simulator.random_streams import Generator

FloatArray = NDArray[np.float64]


class UnitCost(Part):
    """Law of the cost of one case, in pounds.

    With a `deductible` and a `limit` the payer answers for the part of each case's cost between
    `deductible` and `deductible + limit`: ``min(max(cost - deductible, 0), limit)``. Public
    methods describe that part; those that start with ``_ground`` the whole cost.
    """

    deductible: NonNegativeGbp = 0.0
    """Part of each case's cost that somebody else pays, in pounds."""
    limit: PositiveGbp | None = None
    """Most that is paid for one case beyond the deductible, in pounds; none when left out."""

    @abstractmethod
    def _ground_sf(self, cost_gbp: FloatArray) -> FloatArray:
        """Return P(whole cost > `cost_gbp`), for `cost_gbp` >= 0."""

    @abstractmethod
    def _ground_isf(self, probability: FloatArray) -> FloatArray:
        """Return the cost that is exceeded with `probability`, for 0 < `probability` <= 1."""

    @abstractmethod
    def _ground_excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        """Return E[max(whole cost - `cost_gbp`, 0)], precise far out in the tail; 0 at inf."""

    @abstractmethod
    def _ground_limited_second_moment(self, cost_gbp: FloatArray) -> FloatArray:
        """Return E[min(whole cost, `cost_gbp`) ** 2]; `cost_gbp` may be inf."""

    @abstractmethod
    def _ground_draw(self, generator: Generator, size: int) -> FloatArray:
        """Draw `size` whole costs."""

    @property
    def is_smooth(self) -> bool:
        """Whether the whole cost has a density, so that only a deductible or limit makes atoms."""
        return True

    @property
    def lattice_span_gbp(self) -> float | None:
        """Step of which every cost is a multiple, in pounds; None for costs without one."""
        return None

    def span_gbp(self, most_steps: int) -> float | None:
        """Return what `lattice_span_gbp` does, if the largest cost is at most so many steps."""
        return None

    def payer_law(self) -> tuple[FloatArray, FloatArray]:
        """Return the costs to the payer, rising, and how likely each is, of a law that has no density."""
        raise NotImplementedError

    @property
    def lowest_gbp(self) -> float:
        """Smallest cost to the payer, in pounds."""
        return self._layered_floor(float(self._ground_isf(np.array([1.0]))[0]))

    @property
    def kinks_gbp(self) -> FloatArray:
        """Costs to the payer at which the distribution function may have a kink: the ends."""
        return self.isf(np.array([1.0, 1e-300]))

    @property
    def mean_gbp(self) -> float:
        """Mean cost to the payer of one case, in pounds."""
        return float(self.excess_mean(np.array([0.0]))[0])

    @property
    def variance_gbp2(self) -> float:
        """Variance of the cost to the payer of one case, in pounds squared."""
        second = float(self.limited_second_moment(np.array([math.inf]))[0])
        return max(second - self.mean_gbp**2, 0.0)

    def sf(self, cost_gbp: FloatArray) -> FloatArray:
        """Return P(cost to the payer > `cost_gbp`), for `cost_gbp` >= 0; same shape."""
        beyond = self._ground_sf(cost_gbp + self.deductible)
        return beyond if self.limit is None else np.where(cost_gbp < self.limit, beyond, 0.0)

    def isf(self, probability: FloatArray) -> FloatArray:
        """Return the cost to the payer, in pounds, that is exceeded with `probability`."""
        whole = self._ground_isf(probability)
        return np.clip(whole - self.deductible, 0.0, self.limit)

    def excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        """Return E[max(cost to the payer - `cost_gbp`, 0)], in pounds; same shape."""
        beyond = self._ground_excess_mean(cost_gbp + self.deductible)
        if self.limit is None:
            return beyond
        return np.maximum(beyond - self._ground_excess_mean(np.array([self._top_gbp])), 0.0)

    def limited_second_moment(self, cost_gbp: FloatArray) -> FloatArray:
        """Return E[min(cost to the payer, `cost_gbp`) ** 2], in pounds squared; may be asked at inf."""
        top = np.minimum(cost_gbp + self.deductible, self._top_gbp)
        floor = np.array([self.deductible])
        second = self._ground_limited_second_moment(top) - self._ground_limited_second_moment(floor)
        first = self._ground_excess_mean(floor) - self._ground_excess_mean(top)
        return second - 2 * self.deductible * first

    def draw_known_totals(
        self, counts: NDArray[np.int64], generator: Generator, case_limit_gbp: float
    ) -> tuple[FloatArray, FloatArray] | None:
        """Draw totals where their law is known outright, and what of each cost lies within a limit.

        Takes ``counts`` of shape (totals,). Returns two arrays of that shape, in pounds; None where the
        law is not known.
        """
        return None

    def draw(self, generator: Generator, size: int) -> FloatArray:
        """Draw the costs to the payer of `size` cases, in pounds.

        Parameters
        ----------
        generator : numpy.random.Generator
            Source of chance; advanced.
        size : int
            Number of cases.

        Returns
        -------
        ndarray of float, shape (size,)
            Costs in pounds.
        """
        whole = self._ground_draw(generator, size)
        if self.has_layer:
            np.clip(whole - self.deductible, 0.0, self.limit, out=whole)
        return whole

    @property
    def has_layer(self) -> bool:
        """Whether the payer answers for less than the whole cost."""
        return self.deductible > 0 or self.limit is not None

    @property
    def _top_gbp(self) -> float:
        return math.inf if self.limit is None else self.deductible + self.limit

    def _layered_floor(self, whole_gbp: float) -> float:
        return min(max(whole_gbp, self.deductible), self._top_gbp) - self.deductible
