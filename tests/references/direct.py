"""Direct simulation: every episode is drawn. Slow, plain, and the standard for the fast path.

Where numpy offers two ways to draw a law, this takes the one that the simulator does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Generator = np.random.Generator

EPISODES_AT_ONCE = 2_000_000
"""Episodes held in memory at a time: 16 MB."""


@dataclass(frozen=True)
class Cost:
    """Law of the cost of one episode, with its exact mean and SD."""

    draw: Callable[[Generator, int], FloatArray]
    mean: float
    sd: float


@dataclass(frozen=True)
class Count:
    """Law of the number of episodes, with its exact mean and variance."""

    draw: Callable[[Generator, int], IntArray]
    mean: float
    variance: float


def generator(seed: int) -> Generator:
    """Return a generator of another kind than the simulator's."""
    return np.random.Generator(np.random.PCG64(seed))


def poisson(mean: float) -> Count:
    return Count(lambda chance, size: chance.poisson(mean, size), mean, mean)


def negative_binomial(mean: float, variance_to_mean: float) -> Count:
    """Failures before success number `n`; n (1 - p) / p is the mean and 1 / p the ratio."""
    p = 1 / variance_to_mean
    n = mean * p / (1 - p)
    return Count(lambda chance, size: chance.negative_binomial(n, p, size), mean, mean * variance_to_mean)


def lognormal(mean: float, cv: float) -> Cost:
    variance = math.log(1 + cv * cv)
    log_mean, log_sd = math.log(mean) - variance / 2, math.sqrt(variance)
    return Cost(
        lambda chance, size: np.exp(chance.normal(log_mean, log_sd, size)),
        mean,
        cv * mean,
    )


def pareto(shape: float, scale: float) -> Cost:
    """Lomax, by inversion of P(cost > x) = (1 + x / scale) ** -shape."""
    mean = scale / (shape - 1)
    return Cost(
        lambda chance, size: scale * ((1 - chance.random(size)) ** (-1 / shape) - 1),
        mean,
        mean * math.sqrt(shape / (shape - 2)),
    )


def gamma(mean: float, cv: float) -> Cost:
    return Cost(
        lambda chance, size: mean * cv**2 * chance.standard_gamma(1 / cv**2, size),
        mean,
        cv * mean,
    )


def uniform(low: float, high: float) -> Cost:
    return Cost(
        lambda chance, size: low + (high - low) * chance.random(size),
        (low + high) / 2,
        (high - low) / math.sqrt(12),
    )


def empirical(values: tuple[float, ...]) -> Cost:
    """Values with equal chance."""
    listed = np.asarray(values, dtype=float)
    return Cost(
        lambda chance, size: listed[chance.integers(0, listed.size, size)],
        float(listed.mean()),
        float(listed.std()),
    )


def layered(ground: Cost, deductible: float, limit: float) -> Cost:
    """Part of each cost between `deductible` and `deductible + limit`; its moments are not known."""
    return Cost(
        lambda chance, size: np.clip(ground.draw(chance, size) - deductible, 0.0, limit),
        math.nan,
        math.nan,
    )


def totals_of_counts(counts: IntArray, cost: Cost, chance: Generator) -> FloatArray:
    """Return the total cost of each of `counts` episodes, a chunk of totals at a time."""
    totals = np.empty(counts.size)
    chunk = max(int(EPISODES_AT_ONCE // max(counts.mean(), 1.0)), 1)
    for start in range(0, counts.size, chunk):
        some = counts[start : start + chunk]
        costs = cost.draw(chance, int(some.sum()))
        owner = np.repeat(np.arange(some.size), some)
        totals[start : start + chunk] = np.bincount(owner, costs, minlength=some.size)
    return totals


def totals(count: Count, cost: Cost, size: int, seed: int) -> FloatArray:
    """Return `size` independent compound totals."""
    chance = generator(seed)
    return totals_of_counts(count.draw(chance, size), cost, chance)
