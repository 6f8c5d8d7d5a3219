"""Comparisons in standard errors.

With a limit of four standard errors a right answer fails about once in 16,000 comparisons. Seeds are
fixed, so a failure means that something changed. There are some 2,000 comparisons, many of them of
the same draws: where a change moves every draw and leaves every law as it was, expect that one run in
ten fails somewhere. Another seed then tells: a wrong law fails again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
LIMIT = 4.0
BATCHES = 50


@dataclass(frozen=True)
class Comparison:
    """An estimate beside what it should be, which may itself be rounded or estimated."""

    what: str
    estimate: float
    expected: float
    standard_error: float
    rounding: float = 0.0

    @property
    def errors_apart(self) -> float:
        """Distance in standard errors, beyond what rounding explains."""
        distance = max(abs(self.estimate - self.expected) - self.rounding, 0.0)
        if distance == 0.0:
            return 0.0
        return distance / self.standard_error if self.standard_error > 0 else math.inf


def within(estimate: float, exact: float, standard_error: float, limit: float = LIMIT) -> bool:
    """Return whether `estimate` lies within `limit` standard errors of `exact`."""
    return Comparison("", estimate, exact, standard_error).errors_apart <= limit


def misses(comparisons: Iterable[Comparison], limit: float = LIMIT) -> list[str]:
    """Return a line for every comparison that does not hold (nor is a number)."""
    return [
        f"{one.what}: {one.estimate:.6g}, expected {one.expected:.6g}, {one.errors_apart:.1f} errors apart"
        for one in comparisons
        if not one.errors_apart <= limit
    ]


def mean_against(sample: FloatArray, exact: float, rounding: float = 0.0, what: str = "mean") -> Comparison:
    """Compare a sample's mean with an exact one."""
    error = float(sample.std(ddof=1)) / math.sqrt(sample.size)
    return Comparison(what, float(sample.mean()), exact, error, rounding)


def variance_against(sample: FloatArray, exact: float, rounding: float = 0.0) -> Comparison:
    """Compare a sample's variance; its error comes from the sample's fourth moment."""
    squares = (sample - sample.mean()) ** 2
    return mean_against(squares * (sample.size / (sample.size - 1)), exact, rounding, "variance")


def sd_against(sample: FloatArray, exact: float) -> Comparison:
    """Compare a sample's standard deviation (delta method: its error is that of the variance / 2 SD)."""
    return Comparison("SD", *_sd_and_error(sample)[:1], exact, _sd_and_error(sample)[1])


def probability_against(
    happened: NDArray[np.bool_], exact: float, rounding: float = 0.0, what: str = "probability"
) -> Comparison:
    """Compare a share with an exact probability; the error is the binomial one under the exact value."""
    error = math.sqrt(exact * (1 - exact) / happened.size)
    return Comparison(what, float(happened.mean()), exact, error, rounding)


def quantile_against(sample: FloatArray, level: float, exact: float, rounding: float = 0.0) -> Comparison:
    """Compare the share of draws beyond the exact quantile with 1 - `level`.

    A quantile printed with so much `rounding` stands for a probability known to within rounding
    times density; the density is read off the sample around the quantile.
    """
    half_width = max(0.05 * abs(exact), rounding)
    density = float((np.abs(sample - exact) < half_width).mean()) / (2 * half_width)
    return probability_against(sample > exact, 1 - level, rounding * density, f"beyond the {level} quantile")


def two_samples(
    one: FloatArray, other: FloatArray, levels: Iterable[float] = (0.99,), *, skewness: bool = True
) -> list[Comparison]:
    """Compare mean, SD, skewness and quantiles of two independent samples of one size.

    Of one size, because differences are then symmetric about zero when the laws agree, and a
    symmetric sum over its own standard error has light tails even where a cost has no fourth moment
    (Efron 1969, Student's t-test under symmetry conditions, J. Amer. Statist. Assoc. 64:1278-1302).
    """
    if one.size != other.size:
        raise ValueError(f"samples of one size (got {one.size} and {other.size})")
    found = [_difference("mean", _mean_and_error(one), _mean_and_error(other))]
    found.append(_difference("SD", _sd_and_error(one), _sd_and_error(other)))
    if skewness:
        found.append(_difference("skewness", _skewness_and_error(one), _skewness_and_error(other)))
    pooled = np.concatenate([one, other])
    for level in levels:
        cut = float(np.quantile(pooled, level, method="inverted_cdf"))
        found.append(_exceedances(f"beyond the {level} quantile", one > cut, other > cut))
    return found


def _exceedances(what: str, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> Comparison:
    share = float(one.mean() + other.mean()) / 2
    error = math.sqrt(share * (1 - share) * (1 / one.size + 1 / other.size))
    return Comparison(what, float(one.mean()), float(other.mean()), error)


def _difference(what: str, one: tuple[float, float], other: tuple[float, float]) -> Comparison:
    return Comparison(what, one[0], other[0], math.hypot(one[1], other[1]))


def _mean_and_error(sample: FloatArray) -> tuple[float, float]:
    return float(sample.mean()), float(sample.std(ddof=1)) / math.sqrt(sample.size)


def _sd_and_error(sample: FloatArray) -> tuple[float, float]:
    squares = (sample - sample.mean()) ** 2
    sd = math.sqrt(float(squares.mean()))
    return sd, float(squares.std(ddof=1)) / math.sqrt(sample.size) / (2 * sd) if sd else 0.0


def _skewness_and_error(sample: FloatArray) -> tuple[float, float]:
    """Mean of the batches' skewness: where tails are heavy no formula gives its error.

    A batch's skewness is biased, but equally so in two samples with batches of one size.
    """
    batches = sample[: sample.size // BATCHES * BATCHES].reshape(BATCHES, -1)
    centred = batches - batches.mean(axis=1, keepdims=True)
    spread = np.mean(centred**2, axis=1)
    skewness = np.mean(centred**3, axis=1) / np.where(spread > 0, spread, 1.0) ** 1.5
    return float(skewness.mean()), float(skewness.std(ddof=1)) / math.sqrt(BATCHES)
