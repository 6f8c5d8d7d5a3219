"""Compound totals by three ways that share no code with the simulator, nor with each other.

Gamma costs: a sum over numbers of gamma laws. Few values: every sum, in whole pence. Any other cost:
costs rounded up to three lattices, each half as fine as the next, and what their errors, which fall
with the step, its square and so on, leave when they are eliminated (Richardson).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

FloatArray = NDArray[np.float64]
Cdf = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Counts:
    """Poisson (`ratio` 1) or negative binomial numbers."""

    mean: float
    ratio: float = 1.0

    def probabilities(self) -> FloatArray:
        """Return the probabilities of 0, 1, ... up to all but 1e-15."""
        if self.ratio == 1:
            law = stats.poisson(self.mean)
        else:
            law = stats.nbinom(self.mean / (self.ratio - 1), 1 / self.ratio)
        return np.asarray(law.pmf(np.arange(int(law.isf(1e-15)) + 2)))

    def generating(self, z: NDArray[np.complex128]) -> NDArray[np.complex128]:
        if self.ratio == 1:
            return np.exp(self.mean * (z - 1))
        scale = self.ratio - 1
        return (1 - scale * (z - 1)) ** (-self.mean / scale)


def gamma_totals(counts: Counts, mean: float, cv: float, at: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return P(total <= x) and E[min(total, x)] for gamma costs."""
    weights, scale = counts.probabilities(), mean * cv**2
    shapes, scaled = (np.arange(1, weights.size) * cv**-2)[:, None], at / scale
    within = weights[0] + weights[1:] @ special.gammainc(shapes, scaled)
    below = shapes * scale * special.gammainc(shapes + 1, scaled)
    return within, weights[1:] @ (below + at * special.gammaincc(shapes, scaled))


def listed_totals(
    counts: Counts, pence: dict[int, float], at_pence: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return P(total <= x) and E[min(total, x)] in pence for costs of a few values, by every sum."""
    law: dict[int, float] = {0: 1.0}
    total: dict[int, float] = {}
    for weight in counts.probabilities().tolist():
        for amount, mass in law.items():
            total[amount] = total.get(amount, 0.0) + weight * mass
        further: dict[int, float] = {}
        for amount, mass in law.items():
            for cost, chance in pence.items():
                further[amount + cost] = further.get(amount + cost, 0.0) + mass * chance
        law = further
    amounts, masses = np.array(list(total)), np.array(list(total.values()))
    within = np.array([masses[amounts <= x].sum() for x in at_pence])
    return within, np.array([masses @ np.minimum(amounts, x) for x in at_pence])


CELLS = 2**14
"""Of the coarsest lattice, up to the largest total that is asked for."""
_TILT = 24.0


def lattice_totals(counts: Counts, cost: Cdf, end: float, cells: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return P(total <= x) and E[min(total, x)] at some of the `CELLS` multiples of a step up to `end`.

    Kinks and atoms of the cost must be multiples of the step, which is ``end / CELLS``.
    """
    answers = []
    for finer in (1, 2, 4):
        size = CELLS * finer
        step = end / size
        within = cost(np.arange(size + 1) * step)
        masses = np.diff(within, prepend=0.0)
        tilts = np.exp(-_TILT * np.arange(size + 1) / (4 * size))
        total = np.fft.irfft(counts.generating(np.fft.rfft(masses * tilts, 4 * size)), 4 * size)
        below = (total[: size + 1] / tilts).cumsum()
        means = np.append(0.0, (1 - below[:-1]).cumsum() * step)
        answers.append(np.stack([below, means])[:, cells * finer])
    first, second, third = answers
    # What is off by a step, and then by its square, goes.
    once, again = 2 * second - first, 2 * third - second
    within, mean = (4 * again - once) / 3
    return within, mean


def layered(cdf: Cdf, deductible: float, limit: float) -> Cdf:
    """Return the law of what is paid of a cost beyond a deductible and up to a limit."""
    # A lattice's multiple of the limit may be off in its last digit.
    return lambda paid: np.where(paid < limit * (1 - 1e-12), cdf(paid + deductible), 1.0)


def poisson_p(mean: float, number: int) -> float:
    return math.exp(number * math.log(mean) - mean - math.lgamma(number + 1))
