"""What last year's outturn says of the years to come: shocks drawn given what was spent, by credibility."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.demand.shock_laws import ShockLaw
from simulator.demand.shocks import ShockDraws, ShockPlan
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block
from simulator.sums import inner, product, solved

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
_LEAST = 1e-6
"""Of a factor: the normal law may reach nothing, of which there is no logarithm."""


@dataclass(frozen=True, slots=True)
class LastYear:
    """What an outturn says of what lasts, in logarithms, in which all shocks are normal.

    The shocks of a contract are drawn from their law as ever, with a base year that they would have had.
    From that base year to the one that was, each is moved by as much as it is expected to move with it
    (conditioning by kriging): they then have their law given the outturn. The moves of all that
    bears on a line's spend, prices too, are made in its cases.
    """

    seen: BoolArray  # shape (cluster, line); whether there is an outturn that cases made
    chance_variance: FloatArray  # shape (cluster, line); of the logarithm of spend, given the shocks
    expected_log: FloatArray  # shape (seen,); expectation of the logarithm of all factors and chance
    # shape (year, cluster, line, seen); moves of contract years with each seen move of the base year.
    gains: FloatArray
    half_known: FloatArray  # shape (year, cluster, line); half the variance that the outturn takes away
    level: FloatArray  # shape (year, cluster, line); expected cases against those without the outturn

    @classmethod
    def of(
        cls, plan: ShockPlan, logs: FloatArray, chance_variance: FloatArray, seen: BoolArray, years: int
    ) -> Self:
        """Return what is known by the logarithm of spend over its expectation, shape (cluster, line).

        Takes ``chance_variance``, relative to squared expectation, of the base year given the shocks.
        """
        # Shape (year, cluster and line, seen): covariances with the base year, the base year first.
        flat, chance = seen.ravel(), np.log1p(chance_variance)
        own = covariances(plan, years).reshape(years, flat.size, flat.size)[:, :, flat]
        within = own[0][flat] + np.diag(chance[seen])
        expected_log = -np.diag(within) / 2
        gains = np.stack([solved(within, of_year.T).T for of_year in own[1:]])
        half_known = (gains * own[1:]).sum(axis=-1) / 2
        level = np.exp(inner(gains, logs[seen] - expected_log) - half_known)
        shape = (years - 1, *seen.shape)
        by_place = gains.reshape(*shape, -1), half_known.reshape(shape), level.reshape(shape)
        return cls(seen, chance, expected_log, *by_place)

    def given(self, draws: ShockDraws, axes: Axes, streams: RandomStreams, block: Block) -> ShockDraws:
        """Return shocks given the outturn; their product has mean one about the `level`."""
        drawn = np.empty((block.contracts, len(self.expected_log)))
        for at, (cluster, line) in enumerate(np.argwhere(self.seen)):
            names = ("last year's chance", axes.clusters[cluster], axes.lines[line])
            normals = streams.generator("shock", *names, block=block.number).standard_normal(block.contracts)
            variance = self.chance_variance[cluster, line]
            factors = draws.factors(0, cluster, line) * draws.prices(0, line)
            drawn[:, at] = np.log(np.maximum(factors, _LEAST)) + variance**0.5 * normals - variance / 2
        moves = np.ones((block.contracts, len(axes.years), *self.seen.shape), order="F")
        later = moves[:, 1:]
        gains = np.moveaxis(self.gains, -1, 0).reshape(len(self.expected_log), later[0].size)
        moved = product(self.expected_log - drawn, gains).reshape(later.shape)
        later[:] = np.exp(moved + self.half_known)
        return replace(draws, last_year=moves)


def covariances(plan: ShockPlan, years: int) -> FloatArray:
    """Return covariances of logarithms of all shocks on spend with those of the base year.

    Shape (year, cluster, line, cluster, line), the base year first; the last two are of the base year. What
    begins after the base year (drift, doubt about growth and savings) has none.
    """
    shocks, doubts = plan.settings, plan.doubts
    own = [
        _variance(shocks.cluster.sd_share)
        + _variance(shocks.practice.size.sd_share * sum(share**2 for share in shares.values()) ** 0.5)
        + doubt.need**2
        for shares, doubt in zip(plan.practice_shares, doubts.clusters, strict=True)
    ]
    alike, every = np.eye(len(own)), np.ones((len(own), len(own)))
    line, all_lines = np.eye(len(plan.sizes)), np.ones((len(plan.sizes), len(plan.sizes)))
    passing, of_line = shocks.cluster_year, shocks.cluster_line_year
    parts = (
        (every, _between(_sds(plan.sizes), shocks.pct.correlation), shocks.pct.persistence),
        (every, _between(_sds(plan.price_sizes), shocks.price.correlation), shocks.price.persistence),
        (every, _between([one.rate for one in doubts.lines], doubts.correlation), 1.0),
        (every, _between([one.mean_cost for one in doubts.lines], doubts.correlation), 1.0),
        (np.diag(own), all_lines, 1.0),
        (alike * _variance(passing.sd_share), all_lines, passing.persistence),
        (alike * _variance(shocks.cluster_line.sd_share), line, 1.0),
        (alike * _variance(of_line.sd_share), line, of_line.persistence),
    )
    each = [
        np.einsum("y,cd,lm->ycldm", persistence ** np.arange(years), clusters, lines)
        for clusters, lines, persistence in parts
    ]
    return np.asarray(np.sum(each, axis=0))


def _variance(sd_share: float) -> float:
    """Return the variance of the logarithm of a lognormal factor; a normal one has nearly the same."""
    return float(np.log1p(sd_share**2))


def _sds(laws: Iterable[ShockLaw]) -> list[float]:
    return [_variance(law.sd_share) ** 0.5 for law in laws]


def _between(sds: Sequence[float], correlation: float) -> FloatArray:
    """Return covariances between lines, any two of which have the same correlation."""
    return np.outer(sds, sds) * (correlation + (1 - correlation) * np.eye(len(sds)))
