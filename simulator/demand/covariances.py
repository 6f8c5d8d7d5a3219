"""How the logarithms of all shocks on spend go together, from year to year and from place to place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.demand.shock_laws import ShockLaw
from simulator.demand.shocks import PriceShock, ShockPlan

FloatArray = NDArray[np.float64]


def covariances(plan: ShockPlan, years: Sequence[int], others: Sequence[int]) -> FloatArray:
    """Return covariances of logarithms of all shocks on spend, of some years with others.

    Years count from the base year; `others` run up to it. Shape (year, cluster, line, other, cluster, line).
    What begins after the base year (drift, doubt about savings) has none.
    """
    shocks, doubts = plan.settings, plan.doubts
    own = [
        _variance(shocks.cluster.sd_share)
        + _variance(shocks.practice.size.sd_share * sum(share**2 for share in shares.values()) ** 0.5)
        + doubt.need**2
        for shares, doubt in zip(plan.practice_shares, doubts.clusters, strict=True)
    ]
    lists = [doubt.list_growth**2 for doubt in doubts.clusters]
    alike, every = np.eye(len(own)), np.ones((len(own), len(own)))
    of_same_pct = np.equal.outer(plan.pcts, plan.pcts) if plan.pcts else every > 0
    line, all_lines = np.eye(len(plan.sizes)), np.ones((len(plan.sizes), len(plan.sizes)))
    passing, of_line = shocks.cluster_year, shocks.cluster_line_year
    apart = np.abs(np.subtract.outer(years, others))
    steady, growing = np.ones(apart.shape), np.multiply.outer(years, others).astype(float)

    def of_pcts(shock: PriceShock) -> FloatArray:
        return np.where(of_same_pct, 1.0, shock.correlation_between_pcts)

    def of_lines(sds: Iterable[float]) -> FloatArray:
        return _between(list(sds), doubts.correlation)

    parts = (
        (
            shocks.pct.persistence**apart,
            of_pcts(shocks.pct),
            _between(_sds(plan.sizes), shocks.pct.correlation),
        ),
        (
            shocks.price.persistence**apart,
            of_pcts(shocks.price),
            _between(_sds(plan.price_sizes), shocks.price.correlation),
        ),
        (steady, every, of_lines(one.rate for one in doubts.lines)),
        (steady, every, of_lines(one.mean_cost for one in doubts.lines)),
        (growing, every, of_lines(one.growth for one in doubts.lines)),
        (growing, every, of_lines(one.price_growth for one in doubts.lines)),
        (steady, np.diag(own), all_lines),
        (growing, np.diag(lists), all_lines),
        (passing.persistence**apart, alike * _variance(passing.sd_share), all_lines),
        (steady, alike * _variance(shocks.cluster_line.sd_share), line),
        (of_line.persistence**apart, alike * _variance(of_line.sd_share), line),
    )
    # Sums of products of three factors each, in an order of their own whatever the library.
    return np.asarray(sum(np.einsum("yo,cd,lm->yclodm", *part, optimize=False) for part in parts))


def _variance(sd_share: float) -> float:
    """Return the variance of the logarithm of a lognormal factor; a normal one has nearly the same."""
    return float(np.log1p(sd_share**2))


def _sds(laws: Iterable[ShockLaw]) -> list[float]:
    return [_variance(law.sd_share) ** 0.5 for law in laws]


def _between(sds: Sequence[float], correlation: float) -> FloatArray:
    """Return covariances between lines, any two of which have the same correlation."""
    return np.outer(sds, sds) * (correlation + (1 - correlation) * np.eye(len(sds)))
