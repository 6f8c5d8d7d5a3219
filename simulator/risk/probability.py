"""Probabilities with Wilson's interval."""

from __future__ import annotations

import math

import numpy as np

from simulator.records import BoolArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate


def probability(happened: BoolArray) -> Estimate:
    """Estimate a probability.

    Takes ``happened`` of shape (contract,).
    """
    contracts = happened.size
    share = int(np.count_nonzero(happened)) / contracts
    squared = CONFIDENCE_Z**2 / contracts
    centre = (share + squared / 2) / (1 + squared)
    half = math.sqrt(share * (1 - share) * squared + squared**2 / 4) / (1 + squared)
    low, high = max(centre - half, 0.0), min(centre + half, 1.0)
    # At 0 and 1 the interval reaches the estimate exactly; rounding must not part them.
    return Estimate(share, min(low, share), max(high, share))
