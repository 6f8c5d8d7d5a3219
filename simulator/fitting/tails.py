"""How heavy the tail of unit costs is: for a reader to see, since no fitted figure comes from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.records import FloatArray

_TOP = 0.01
_LARGEST_PART = 0.5
"""Of costs above which mean excess is taken."""
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


def tail_of(costs_gbp: FloatArray) -> Tail:
    """Describe the tail of costs.

    Parameters
    ----------
    costs_gbp : FloatArray
        Single costs in any order, shape (case,), at least two, some above zero.

    Returns
    -------
    Tail
        Empty arrays where there are too few costs; the median cost is the lowest threshold.
    """
    costs = np.sort(np.asarray(costs_gbp, dtype=float))
    mean, cv = _moments(costs)
    top = costs[-max(1, round(_TOP * costs.size)) :]
    _, without = _moments(costs[:-1])
    share, cv_change = float(top.sum() / costs.sum()), without / cv - 1 if cv else 0.0
    return Tail(costs.size, mean, cv, share, cv_change, *_mean_excess(costs))


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
