"""Numbers of cases that come in groups (Neyman type A)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field
from scipy.special import gammaln, pdtrc, xlogy

from simulator.demand.count_law import ComplexArray, CountLaw, FloatArray, Mean
from simulator.sums import product

_GROUP_SDS = 9.0


class Neyman(CountLaw):
    """A Poisson number of groups, each a Poisson number of cases; for `compound` only."""

    model: Literal["neyman"] = "neyman"
    mean: Annotated[float, Field(gt=0, le=1e6)] | None = None
    """Mean number of cases."""
    cases_per_group: Annotated[float, Field(ge=0.01, le=1000)]
    """Mean number of cases in a group, some of which have none."""

    def sf(self, counts: FloatArray, means: FloatArray) -> FloatArray:
        """Return P(number of cases > `counts`) when `means` are expected."""
        beyond = np.empty(counts.shape)
        for mean in np.unique(means):
            here = means == mean
            different, back = np.unique(counts[here], return_inverse=True)
            beyond[here] = self._sf(different, float(mean))[back]
        return beyond

    def _sf(self, counts: FloatArray, mean: float) -> FloatArray:
        expected = mean / self.cases_per_group
        spread = _GROUP_SDS * expected**0.5
        # A smooth sum is that of every so many of its terms.
        step = max(int((expected / max(self.cases_per_group, 1.0)) ** 0.5 / 4), 1)
        groups = np.arange(max(int(expected - spread), 0), expected + spread + 40, step)
        weights = np.exp(xlogy(groups, expected) - expected - gammaln(groups + 1))
        beyond = pdtrc(counts, self.cases_per_group * groups[:, None])
        return product(weights / weights.sum(), beyond)

    def variance(self, mean: Mean) -> Mean:
        """Return the variance of the number of cases when `mean` are expected."""
        return mean * (1 + self.cases_per_group)

    def log_generating_function(self, z: ComplexArray) -> ComplexArray:
        """Return log E[z ** number of cases] for each case expected."""
        return np.asarray(np.expm1(self.cases_per_group * (z - 1)) / self.cases_per_group)

    def log_generating_slope(self, z: ComplexArray) -> ComplexArray:
        """Return the derivative of `log_generating_function`."""
        return np.exp(self.cases_per_group * (z - 1))

    @classmethod
    def example(cls) -> Self:
        """Twenty cases, in threes or so."""
        return cls(mean=20, cases_per_group=3)
