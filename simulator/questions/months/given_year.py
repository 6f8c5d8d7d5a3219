"""Months of a year whose total is known: each contract takes the months of a year that ends like its own.

Years are drawn as one map of a normal, without months. Months drawn by themselves, as compounds that are
independent given the shocks, add up to years of the same law. So in a block of contracts the one kind of
year is put in order beside the other, from the lowest spend to the highest, and a contract takes the
proportions in which its neighbour's months share their year out: nearest-neighbour disaggregation (Nowak,
Prairie, Rajagopalan and Lall 2010, Water Resources Research 46, W08529).

Given its total, a compound has spent in some months, on average, their share of its expected cases: so means
are exact, given the year too. What is left of error is that a neighbour's total is not quite the contract's
own, in the middle by about 2.5% of an SD (two sample quantiles of 5,000); and that its expected cases differ
by the shocks, which adds to the variance within the year about twice the squared SD of the shocks, as a
share: 0.5% where that SD is 5%.
"""

from __future__ import annotations

import numpy as np

from simulator.records import FloatArray


def spent_so_far_share(
    years_gbp: FloatArray, months_gbp: FloatArray, means: FloatArray, mean_cost_gbp: float
) -> FloatArray:
    """Return which share of each contract's year is spent by the end of each month.

    Parameters
    ----------
    years_gbp : array
        Shape (contract,); what each year costs at the prices of the rate's year.
    months_gbp : array
        Shape (contract, month); independent months at those prices, that add up to years of the same law.
    means : array
        Shape (contract,); cases expected in the year, shocks included.
    mean_cost_gbp : float
        Mean cost of a case at those prices.

    Returns
    -------
    array
        Shape (contract, month), rising to 1; of a year without spend, or of which none has any in its
        months, nan.
    """
    so_far_gbp = np.cumsum(months_gbp, axis=1)
    others_gbp = so_far_gbp[:, -1]
    own = _in_order(years_gbp, means, mean_cost_gbp)
    others = _in_order(others_gbp, means, mean_cost_gbp)
    share = np.full(so_far_gbp.shape, np.nan)
    if own.size and others.size:
        # Years with any spend may be some more, or fewer, than the others: each at its own place among them.
        places = (np.arange(own.size) + 0.5) * (others.size / own.size)
        neighbours = others[places.astype(np.int64)]
        share[own] = so_far_gbp[neighbours] / others_gbp[neighbours, None]
    return share


def _in_order(years_gbp: FloatArray, means: FloatArray, mean_cost_gbp: float) -> np.ndarray:
    """Return the contracts whose year has spend, by how it stands to what was expected, in SDs."""
    some = np.flatnonzero(years_gbp > 0)
    # The SD of a compound goes with the root of its expected cases.
    expected = means[some]
    above = (years_gbp[some] - expected * mean_cost_gbp) / np.sqrt(expected)
    return np.asarray(some[np.argsort(above, kind="stable")])
