"""Estimates and their 95% intervals as docs/notation.md has them: written from that paper alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

Interval = tuple[float, float, float]
"""Estimate, and the ends of its interval."""
_Z = NormalDist().inv_cdf(0.975)


def mean(values: Sequence[float]) -> tuple[Interval, bool]:
    """Return the mean with Hall's interval, and whether that is marked as saying too little."""
    n = len(values)
    centre = math.fsum(values) / n
    sd = math.sqrt(math.fsum((x - centre) ** 2 for x in values) / (n - 1))
    error, skewness = sd / math.sqrt(n), math.fsum((x - centre) ** 3 for x in values) / (n * sd**3)

    def h(u: float) -> float:
        if abs(skewness) < 1e-9:
            return u
        inner = 1 + skewness / math.sqrt(n) * (u - skewness / (6 * math.sqrt(n)))
        return 3 * math.sqrt(n) / skewness * (math.copysign(abs(inner) ** (1 / 3), inner) - 1)

    return (centre, centre - error * h(_Z), centre - error * h(-_Z)), n < 2 * skewness**2


def probability(happened: Sequence[bool]) -> Interval:
    """Return the share with Wilson's interval: where the share is z standard errors off."""
    n, share = len(happened), sum(happened) / len(happened)
    centre, half = share + _Z**2 / (2 * n), _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return share, (centre - half) / (1 + _Z**2 / n), (centre + half) / (1 + _Z**2 / n)


def quantile(values: Sequence[float], level: float) -> Interval:
    """Return the sample quantile, and the interval between two order statistics."""
    n, ordered = len(values), sorted(values)
    below, rising = [], 0.0
    for j in range(n):
        rising += math.exp(
            math.lgamma(n + 1)
            - math.lgamma(j + 1)
            - math.lgamma(n - j + 1)
            + j * math.log(level)
            + (n - j) * math.log(1 - level)
        )
        below.append(rising)
    low = max(j for j in range(n) if below[j] <= 0.025)
    high = min(j for j in range(n) if below[j] >= 0.975)
    return ordered[math.ceil(n * level - 1e-9) - 1], ordered[low], ordered[high]


def mean_of_worst(values: Sequence[float], level: float) -> Interval:
    """Return the mean of the share `level` of values that are lowest."""
    start = quantile(values, level)[0]
    return mean([start - max(start - x, 0.0) / level for x in values])[0]
