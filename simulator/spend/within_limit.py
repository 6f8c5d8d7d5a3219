"""What is paid of totals of costs when no more than a limit is paid for any of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulator.spend.limited_tables import LimitedTables
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.totals_map import TotalsMap
from simulator.spend.unit_cost import FloatArray, UnitCost

CERTAIN_CV = 1e-6
"""Costs that vary less than this, up to rounding, do not vary."""
_LEAST_OF_MEAN = 1e-8
"""A limit that is a smaller part of the mean cost is paid as its mean."""
_NEGLIGIBLE_ATOM = 1e-9
_NEVER = 1e-18
"""Probability of a cost so large that the tables of whole totals do not look for it either."""


class WithinLimit:
    """Maps normals to totals of costs within a limit."""

    def __init__(self, whole: SmoothPart, limit_gbp: float) -> None:
        self.limit_gbp = limit_gbp
        part = whole.within(limit_gbp)
        self._mean_gbp = min(part.mean_gbp, limit_gbp)
        varies = whole.sd_gbp > CERTAIN_CV * whole.mean_gbp and part.sd_gbp > CERTAIN_CV * part.mean_gbp
        # How so small a part of each cost varies is lost in the rounding of the whole.
        shows = limit_gbp >= _LEAST_OF_MEAN * whole.mean_gbp
        self._tables = LimitedTables(part, whole=whole) if varies and shows else None
        self._map = None if self._tables is None else TotalsMap(self._tables)

    @staticmethod
    def matters(unit_cost: UnitCost, limit_gbp: float) -> bool:
        """Return whether any cost is larger than `limit_gbp`."""
        return bool(unit_cost.sf(np.array([limit_gbp]))[0] > _NEVER)

    def prepare(self, low_count: int, high_count: int) -> None:
        """Compute the tables for a range of counts, at least 17, now."""
        if self._map is not None:
            self._map.prepare(low_count, high_count)

    def totals(self, counts: NDArray[np.int64], normals: FloatArray) -> FloatArray:
        """Return the totals within the limit that belong to the normals of whole totals.

        Takes ``counts`` of shape (totals,), ``normals`` of shape (totals,). Returns shape (totals,): totals
        in pounds, rising with the normals.
        """
        if self._tables is None or self._map is None or not counts.size:
            return np.asarray(counts * self._mean_gbp, dtype=np.float64)
        totals = self._map.totals(counts, normals)
        np.minimum(totals, counts * self.limit_gbp, out=totals)
        at_limit = self._tables.at_limit
        if at_limit ** int(counts.min()) > _NEGLIGIBLE_ATOM:
            # How likely it is that all are at the limit is known; tables between counts blur it.
            all_at_limit = normals >= -ndtri(at_limit**counts)
            totals[all_at_limit] = counts[all_at_limit] * self.limit_gbp
        return totals
