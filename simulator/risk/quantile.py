"""Quantiles with an interval from order statistics."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.special import bdtr

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate

_TAIL = 0.025


def quantile(samples: FloatArray, level: float) -> Estimate:
    """Estimate a quantile.

    Takes ``samples`` of shape (contract,).
    """
    at = max(math.ceil(level * samples.size - 1e-9) - 1, 0)
    low_at, high_at = interval_ranks(samples.size, level)
    placed = np.partition(samples, sorted({low_at, at, high_at}))
    return Estimate(float(placed[at]), float(placed[low_at]), float(placed[high_at]))


@lru_cache
def interval_ranks(size: int, level: float) -> tuple[int, int]:
    """Return the ranks, from 0, of the order statistics that end the 95% interval."""
    # With B binomial(size, level), the true quantile lies below sample r (from 0) with
    # probability P(B <= r), and above it with P(B > r).
    spread = math.ceil(CONFIDENCE_Z * math.sqrt(size * level * (1 - level))) + 2
    ranks = np.arange(max(math.floor(size * level) - spread, 0), min(math.ceil(size * level) + spread, size))
    below = bdtr(ranks, size, level)
    low = ranks[below <= _TAIL]
    high = ranks[below >= 1 - _TAIL]
    return (int(low[-1]) if low.size else 0), (int(high[0]) if high.size else size - 1)
