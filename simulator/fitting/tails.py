"""How heavy the tail of unit costs is: for a reader to see, since no fitted figure comes from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtri

from simulator.records import FloatArray

LARGE_CHANGE = 0.1
"""Change of the CV without the largest cost beyond which one case makes it (FIT.md, section 6)."""
_Z = 1.959963984540054
"""Standard normal that leaves 2.5% on either side."""
_TOP = 0.01
_LARGEST_PART = 0.5
"""Of costs above which mean excess and Hill's index are taken."""
_FEWEST_ABOVE = 10


@dataclass(frozen=True, slots=True)
class Tail:
    """The tail of some costs."""

    costs: int  # how many
    mean_gbp: float
    cv: float
    top_share: float  # share of all pounds in the largest 1% of costs, at least one
    cv_change: float  # what the CV changes by without the largest cost, as a share of it
    thresholds_gbp: FloatArray  # shape (threshold,), rising
    # Mean excess over each threshold: rises where the tail is heavier than an exponential's.
    mean_excess_gbp: FloatArray  # shape (threshold,)
    mean_excess_se_gbp: FloatArray  # shape (threshold,)
    above: FloatArray  # shape (k,); how many of the largest costs each index is of
    hill: FloatArray  # shape (k,); tail index: below 2 the variance has no bound that data could tell
    hill_low: FloatArray  # shape (k,); ends of its 95% band
    hill_high: FloatArray  # shape (k,)

    @property
    def rests_on_one(self) -> bool:
        """Whether the largest cost alone makes the CV by more than a tenth."""
        return abs(self.cv_change) > LARGE_CHANGE


def tail_of(costs_gbp: FloatArray) -> Tail:
    """Describe the tail of costs.

    Parameters
    ----------
    costs_gbp : FloatArray
        Single costs in any order, shape (case,), at least two, some above zero.

    Returns
    -------
    Tail
        Empty arrays where there are too few costs. Hill's index 1 / mean(log(x / x_k)) over the k largest,
        with its asymptotic error, index / sqrt(k); the median cost is the lowest threshold.
    """
    costs = np.sort(np.asarray(costs_gbp, dtype=float))
    mean, cv = _moments(costs)
    top = costs[-max(1, round(_TOP * costs.size)) :]
    _, without = _moments(costs[:-1])
    thresholds, excess, excess_se = _mean_excess(costs)
    k, index = _hill(costs)
    half = _Z * index / np.sqrt(np.maximum(k, 1))
    return Tail(
        costs.size,
        mean,
        cv,
        float(top.sum() / costs.sum()),
        without / cv - 1 if cv else 0.0,
        thresholds,
        excess,
        excess_se,
        k,
        index,
        index - half,
        index + half,
    )


def _moments(costs: FloatArray) -> tuple[float, float]:
    """Return the mean and the CV."""
    mean = float(costs.mean())
    return mean, float(costs.std()) / mean if mean > 0 else 0.0


def _mean_excess(costs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return thresholds, the mean excess over each, and its standard error, for rising costs."""
    thresholds = np.unique(costs[int(costs.size * _LARGEST_PART) :])[:-_FEWEST_ABOVE]
    at = np.searchsorted(costs, thresholds, side="right")
    above = costs.size - at
    # Of costs less their mean, so that squares keep their digits.
    away = costs - costs.mean()
    sums, squares = (np.cumsum(one[::-1])[above - 1] for one in (away, away**2))
    mean = sums / above
    variance = np.maximum(squares / above - mean**2, 0.0) * above / (above - 1)
    return thresholds, mean + costs.mean() - thresholds, np.sqrt(variance / above)


def _hill(costs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return numbers of largest costs, and Hill's index of each, for rising costs."""
    most = min(int(costs.size * (1 - _LARGEST_PART)), int((costs > 0).sum()) - 1)
    if most < _FEWEST_ABOVE:
        return np.zeros(0), np.zeros(0)
    logs = np.log(costs[-most - 1 :][::-1])
    k = np.arange(_FEWEST_ABOVE, most + 1)
    apart = np.cumsum(logs)[k - 1] / k - logs[k]
    # Costs that are all alike have no tail.
    used = apart > 0
    return k[used].astype(float), 1 / apart[used]


@dataclass(frozen=True, slots=True)
class LawAtMoments:
    """A law with a published mean and CV, and where it puts the published percentiles."""

    law: str
    percentiles_gbp: FloatArray  # shape (percentile,)
    misses: FloatArray  # shape (percentile,); over what is published, less one


def laws_at(
    mean_gbp: float, cv: float, shares: Sequence[float], percentiles_gbp: Sequence[float]
) -> tuple[LawAtMoments, ...]:
    """Compare the laws of one mean and CV with published percentiles.

    Parameters
    ----------
    mean_gbp, cv : float
        As published; above zero.
    shares : sequence of float
        Share of costs below each percentile, such as 0.9.
    percentiles_gbp : sequence of float
        What is published, in pounds.

    Returns
    -------
    tuple of LawAtMoments
        Lognormal, gamma, and Pareto (Lomax) where the CV is above one, without which it has none.
    """
    p, published = np.asarray(shares, dtype=float), np.asarray(percentiles_gbp, dtype=float)
    sigma = math.sqrt(math.log1p(cv**2))
    found = {
        "lognormal": mean_gbp * np.exp(sigma * ndtri(p) - sigma**2 / 2),
        "gamma": mean_gbp * cv**2 * gammaincinv(cv**-2, p),
    }
    if cv > 1:
        shape = 2 * cv**2 / (cv**2 - 1)
        found["pareto"] = mean_gbp * (shape - 1) * np.expm1(-np.log1p(-p) / shape)
    return tuple(LawAtMoments(law, values, values / published - 1) for law, values in found.items())
