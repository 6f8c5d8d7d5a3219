"""Negative binomial numbers of cases with a constant ratio of variance to mean."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field
from scipy.special import betainc

from simulator.demand.count_law import ComplexArray, CountLaw, FloatArray, IntArray, Mean

_FEW_CASES, _FEW_WEIGHTS, _COUNTED_UP_TO = 64.0, 1_000.0, 128
_NOT_TOLD_APART = 1e-12
"""Far more than sums of probabilities are off by; nearer than this, the distribution function is asked."""


class NegativeBinomial(CountLaw):
    """Cases that come in bursts: variance a constant multiple of the mean.

    The sum of independent months with one ratio has the law of the year. The geometric law with
    mean m has the ratio 1 + m.
    """

    model: Literal["negative_binomial"] = "negative_binomial"
    variance_to_mean: Annotated[float, Field(gt=1, le=1000)]
    """Variance of the number of cases over its mean, above 1 (at 1 the law is Poisson) and up to 1,000."""

    def sf(self, counts: FloatArray, means: FloatArray) -> FloatArray:
        """Return P(number of cases > `counts`) when `means` are expected."""
        share = 1 - 1 / self.variance_to_mean
        return np.asarray(betainc(counts + 1, means / (self.variance_to_mean - 1), share))

    def _bisected(self, means: FloatArray, normals: FloatArray, beyond: FloatArray) -> IntArray:
        """Count up where few are expected, in a tenth of the time: each probability follows from the last."""
        weights, wanted = means / (self.variance_to_mean - 1), 1 - beyond
        # Next to a Poisson law the distribution function, too, is off by some of the last digits.
        if means.max(initial=0.0) > _FEW_CASES or weights.max(initial=0.0) > _FEW_WEIGHTS:
            return super()._bisected(means, normals, beyond)
        share = 1 - 1 / self.variance_to_mean
        probabilities = self.variance_to_mean**-weights
        within, counts = probabilities.copy(), np.zeros(means.shape, dtype=np.int64)
        unsure = np.zeros(means.shape, dtype=bool)
        for number in range(_COUNTED_UP_TO):
            short = wanted - within
            unsure |= np.abs(short) < _NOT_TOLD_APART
            if not (more := short > 0).any():
                break
            counts += more
            probabilities *= (weights + number) * (share / (number + 1))
            within += probabilities
        unsure |= counts == _COUNTED_UP_TO
        if unsure.any():
            counts[unsure] = super()._bisected(means[unsure], normals[unsure], beyond[unsure])
        return counts

    def variance(self, mean: Mean) -> Mean:
        """Return the variance of the number of cases when `mean` are expected."""
        return mean * self.variance_to_mean

    def log_generating_function(self, z: ComplexArray) -> ComplexArray:
        """Return log E[z ** number of cases] for each case expected."""
        scale = self.variance_to_mean - 1
        return np.asarray(-np.log(1 - scale * (z - 1)) / scale)

    def log_generating_slope(self, z: ComplexArray) -> ComplexArray:
        """Return the derivative of `log_generating_function`."""
        return np.asarray(1 / (1 - (self.variance_to_mean - 1) * (z - 1)))

    @classmethod
    def example(cls) -> Self:
        """Emergency admissions of about 60,000 people: mean 6,000, ratio 1.5."""
        return cls(mean=6000, variance_to_mean=1.5)
