"""The need of a cluster's practices as a function of one normal."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from simulator.demand.shock_laws import AnyShockLaw, LognormalShock
from simulator.records import FloatArray
from simulator.spend.characteristic import hat_weights
from simulator.spend.lognormal import Lognormal

_CELLS, _LARGEST = 2**16, 8.0
"""Of the grid of a mean of factors with mean one; an SD of 2 is the largest that a shock may have."""
_NORMALS = np.linspace(-7.5, 7.5, 3001)
"""Where the map is tabulated: further out lies a probability of 6e-14."""


@dataclass(frozen=True)
class PracticeNeed:
    """Law of the mean factor of several practices, by their shares of the cluster's people."""

    size: AnyShockLaw  # of one practice
    shares: Collection[float]

    @property
    def sd_share(self) -> float:
        """Standard deviation of the factor."""
        return self.size.sd_share * math.sqrt(sum(share**2 for share in self.shares))

    def factors(self, normals: FloatArray) -> FloatArray:
        """Return the factors that belong to standard normals; same shape."""
        if isinstance(self.size, LognormalShock):
            return np.interp(normals, _NORMALS, self._tabulated)
        # A mean of normals is normal.
        return self.size.model_copy(update={"sd_share": self.sd_share}).factors(normals)

    @cached_property
    def _tabulated(self) -> FloatArray:
        """Factors at `_NORMALS`."""
        step = _LARGEST / _CELLS
        transform = np.ones(_CELLS // 2 + 1, dtype=complex)
        for share in self.shares:
            part = Lognormal(mean=share, cv=self.size.sd_share)
            largest = float(part.isf(np.array([1e-15]))[0])
            transform *= np.fft.rfft(hat_weights(part.excess_mean, largest, step, _CELLS), _CELLS)
        within = np.maximum.accumulate(np.fft.irfft(transform, _CELLS).cumsum())
        # A cell's probability lies evenly about its amount.
        ends = step * (np.arange(_CELLS) + 0.5)
        return np.asarray(np.interp(ndtr(_NORMALS), within, ends))
