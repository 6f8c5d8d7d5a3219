"""Distribution of the total of n costs, by brute force: a fine grid and one long Fourier transform.

No sampling error and no interpolation between counts. Costs are rounded to the nearest point of a
grid of a million that is as long as the totals need; exponential tilting keeps what lies beyond its
end from coming back at its start (Grübel & Hermesmeier 1999, ASTIN Bulletin 29:197-214).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

_CELLS = 2**20
_SDS_ABOVE_MEAN = 40.0
_TILT = 20.0


@dataclass(frozen=True)
class Continuous:
    """A cost with a density."""

    cdf: Callable[[FloatArray], FloatArray]
    mean: float
    sd: float


def lognormal(mean: float, cv: float) -> Continuous:
    log_variance = math.log(1 + cv**2)
    law = stats.lognorm(math.sqrt(log_variance), scale=mean * math.exp(-log_variance / 2))
    return Continuous(law.cdf, mean, cv * mean)


def pareto(shape: float, scale: float) -> Continuous:
    law = stats.lomax(shape, scale=scale)
    return Continuous(law.cdf, float(law.mean()), float(law.std()))


def uniform(low: float, high: float) -> Continuous:
    law = stats.uniform(low, high - low)
    return Continuous(law.cdf, float(law.mean()), float(law.std()))


COSTS = {
    "lognormal": lognormal(1800, 1.6),
    "Pareto": pareto(2.5, 3000),
    "uniform": uniform(5, 95),
}
"""The laws of the same names in `pairs.COSTS`."""


@dataclass(frozen=True)
class Total:
    """Distribution function of a total on the middles between grid points."""

    points: FloatArray
    below: FloatArray

    def quantile(self, level: float) -> float:
        return float(np.interp(level, self.below, self.points))


def total_of(
    cost: Continuous, mean_count: float, generating: Callable[[ComplexArray], ComplexArray]
) -> Total:
    """Return the law of a total, given the generating function of the number of costs."""
    reach = mean_count * cost.mean + _SDS_ABOVE_MEAN * math.sqrt(mean_count) * math.hypot(cost.mean, cost.sd)
    step = reach / _CELLS
    cells = np.arange(_CELLS)
    edges = np.maximum(np.arange(_CELLS + 1) - 0.5, 0.0) * step
    weights = np.diff(cost.cdf(edges))
    tilt = _TILT / _CELLS
    transform = generating(np.fft.rfft(weights * np.exp(-tilt * cells)))
    total = np.fft.irfft(transform, _CELLS) * np.exp(tilt * cells)
    return Total((cells + 0.5) * step, np.maximum.accumulate(total.cumsum()))


def total_of_count(cost: Continuous, count: int) -> Total:
    """Return the law of the total of exactly `count` costs."""
    return total_of(cost, count, lambda one: one**count)


def total_of_poisson(cost: Continuous, mean: float) -> Total:
    """Return the law of the total of a Poisson number of costs."""
    return total_of(cost, mean, lambda one: np.exp(mean * (one - 1)))


def total_of_negative_binomial(cost: Continuous, mean: float, variance_to_mean: float) -> Total:
    """Return the law of the total of a negative binomial number of costs."""
    excess = variance_to_mean - 1
    return total_of(cost, mean, lambda one: (1 - excess * (one - 1)) ** (-mean / excess))
