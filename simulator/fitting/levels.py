"""What draws of a posterior make of each year on average, against the figures that a file writes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.fitting.estimates import Estimates, Figure
from simulator.fitting.future import Model
from simulator.fitting.posterior import Posterior
from simulator.records import FloatArray

_ROWS_AT_ONCE = 2_000
"""Rows that are worked through together: enough for speed, few enough to stay in memory."""
_NOTHING = np.zeros(())


@dataclass(frozen=True, slots=True)
class Levels:
    """Expectations of factors over all draws, by years since the history's end."""

    cases: FloatArray  # shape (year, cluster, line); of the draws' factor on cases, a cluster's prices in it
    newcomers: FloatArray  # shape (year, line); the same of a cluster without history
    prices: FloatArray  # shape (year, line); of the draws' factor on prices
    price_squares: FloatArray  # shape (year, line); mean square of that over its mean, with shocks to prices
    variance: FloatArray  # shape (line,); about the largest that a log of cases has, of any cluster and year
    written_cases: FloatArray  # shape (year, cluster, line); by the figures of the file
    written_newcomers: FloatArray  # shape (year, line); the same with a need of one
    written_prices: FloatArray  # shape (year, line)


@lru_cache(maxsize=16)
def levels_of(posterior: Posterior, years_ahead: int) -> Levels:
    """Return the expectations of a posterior up to a year after its history."""
    volume, price = Model.volume(posterior), Model.price(posterior)
    names = ("cases", "newcomers", "prices", "shocked prices")
    sums, squares, fresh = dict.fromkeys(names, _NOTHING), dict.fromkeys(names, _NOTHING), _NOTHING
    for start in range(0, posterior.rows, _ROWS_AT_ONCE):
        rows = np.arange(start, min(start + _ROWS_AT_ONCE, posterior.rows))
        cases, prices = volume.expected(rows, years_ahead), price.expected(rows, years_ahead)
        logs = dict(
            zip(
                names,
                (
                    cases.lines[:, :, None] + cases.clusters + prices.clusters,
                    cases.lines,
                    prices.known,
                    prices.known + price.shock_variance(rows, years_ahead) / 2,
                ),
                strict=True,
            )
        )
        for name, one in logs.items():
            sums[name] = sums[name] + np.exp(one).sum(axis=0)
            squares[name] = squares[name] + np.exp(2 * one).sum(axis=0)
        fresh = fresh + volume.fresh_variance(rows, years_ahead).sum(axis=0)
    mean, square = ({name: one[name] / posterior.rows for name in names} for one in (sums, squares))
    written = _written(posterior, np.arange(years_ahead + 1.0)[:, None])
    return Levels(
        mean["cases"],
        mean["newcomers"],
        mean["prices"],
        square["shocked prices"] / mean["prices"] ** 2,
        np.log(square["cases"] / mean["cases"] ** 2).max(axis=(0, 1)) + fresh / posterior.rows,
        *written,
    )


def _written(posterior: Posterior, times: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return cases by cluster and line, by line alone, and prices, by the figures of the file."""
    figures = Estimates.of(posterior)

    def of_lines(found: Mapping[str, Figure], otherwise: float) -> FloatArray:
        return np.array([found[line].value if line in found else otherwise for line in posterior.lines])

    lines = of_lines(figures.rate_per_1000, 1.0) / 1000 * (1 + of_lines(figures.growth_share, 0.0)) ** times
    need = np.array([figures.need[cluster].value for cluster in posterior.clusters])
    prices = of_lines(figures.mean_cost_gbp, 1.0) * (1 + of_lines(figures.price_growth_share, 0.0)) ** times
    return lines[:, None] * need[:, None], lines, prices
