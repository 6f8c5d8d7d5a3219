"""Gamma unit cost."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincc, gammainccinv, ndtri

from simulator.parts import CoefficientOfVariation, PositiveGbp
from simulator.random_streams import Generator
from simulator.spend.unit_cost import FloatArray, UnitCost

_HIGH = 0.99


class Gamma(UnitCost):
    """Gamma cost of one case, by its mean and coefficient of variation; exponential at `cv` 1."""

    model: Literal["gamma"] = "gamma"
    mean: PositiveGbp
    """Mean cost of a case, in pounds."""
    cv: CoefficientOfVariation
    """Coefficient of variation of the cost of a case."""

    @property
    def _shape(self) -> float:
        return self.cv**-2

    @property
    def _scale(self) -> float:
        return self.mean * self.cv**2

    def _ground_sf(self, cost_gbp: FloatArray) -> FloatArray:
        return np.asarray(gammaincc(self._shape, cost_gbp / self._scale))

    def _ground_isf(self, probability: FloatArray) -> FloatArray:
        return np.asarray(self._scale * gammainccinv(self._shape, probability))

    def _ground_excess_mean(self, cost_gbp: FloatArray) -> FloatArray:
        scaled = cost_gbp / self._scale
        beyond = gammaincc(self._shape, scaled)
        above = self.mean * gammaincc(self._shape + 1, scaled)
        return np.asarray(above - np.where(beyond > 0, cost_gbp, 0.0) * beyond)

    def _ground_limited_second_moment(self, cost_gbp: FloatArray) -> FloatArray:
        scaled = cost_gbp / self._scale
        below = self.mean**2 * (1 + self.cv**2) * gammainc(self._shape + 2, scaled)
        beyond = gammaincc(self._shape, scaled)
        return np.asarray(below + np.where(beyond > 0, cost_gbp, 0.0) ** 2 * beyond)

    def draw_known_totals(self, counts: NDArray[np.int64], generator: Generator) -> FloatArray | None:
        """Draw totals: a sum of gamma costs on one scale is gamma."""
        if self.has_layer:
            return None
        return self._scale * generator.standard_gamma(self._shape * counts)

    def split_known_totals(
        self, totals_gbp: FloatArray, counts: NDArray[np.int64], generator: Generator
    ) -> FloatArray:
        """Draw gamma costs given their total: their shares of it do not depend on it (Dirichlet)."""
        owner = np.repeat(np.arange(counts.size), counts)
        shares = generator.standard_gamma(self._shape, owner.size)
        sums = np.bincount(owner, shares, minlength=counts.size)
        # At a small shape all may be too small for a number. One is then as good as all of the
        # total, the others nothing beside it.
        lost = (sums == 0) & (counts > 0)
        shares[(counts.cumsum() - counts)[lost]] = 1.0
        sums[lost] = 1.0
        # Divided first: what a tiny sum would make of a total is no number.
        return np.asarray(shares / sums[owner] * totals_gbp[owner])

    def normals_of_known_totals(self, totals_gbp: FloatArray, counts: NDArray[np.int64]) -> FloatArray:
        """Return the standard normals that are exceeded as often as gamma totals are."""
        shapes, scaled = self._shape * counts, totals_gbp / self._scale
        below = gammainc(shapes, scaled)
        normals = ndtri(below)
        # Near 1 a probability has few digits left; its complement has all.
        high = below > _HIGH
        normals[high] = -ndtri(gammaincc(shapes[high], scaled[high]))
        return np.asarray(normals)

    def _ground_draw(self, generator: Generator, size: int) -> FloatArray:
        return generator.gamma(self._shape, self._scale, size)

    @classmethod
    def example(cls) -> Self:
        """Outpatient attendances: mean GBP 105, CV 0.6."""
        return cls(mean=105, cv=0.6)
