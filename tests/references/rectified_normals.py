"""The sum of several independent years' overspends, each the positive part of a normal outturn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats


@dataclass(frozen=True)
class RectifiedNormals:
    """Sum of `years` independent values max(X, 0), with X normal about zero with SD `sd`."""

    sd: float
    years: int

    def cdf(self, amount: float) -> float:
        """By conditioning on the last year: half of the time it adds nothing."""
        return self._cdf(amount, self.years)

    def quantile(self, level: float) -> float:
        return float(optimize.brentq(lambda amount: self.cdf(amount) - level, 0.0, 12 * self.sd))

    def _cdf(self, amount: float, years: int) -> float:
        if years == 1:
            return float(stats.norm.cdf(amount / self.sd))
        # Gauss-Legendre, exact for what is smooth on [0, amount].
        points, weights = np.polynomial.legendre.leggauss(40)
        last = (points + 1) * amount / 2
        density = stats.norm.pdf(last / self.sd) / self.sd * weights * amount / 2
        before = [self._cdf(amount - one, years - 1) for one in last]
        return 0.5 * self._cdf(amount, years - 1) + float(density @ before)
