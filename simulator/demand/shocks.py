"""Shocks to demand: PCT-wide, lasting for a cluster, and of a cluster's year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.demand.shock_laws import AnyShockLaw, LognormalShock
from simulator.parts import Part, Share
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block

FloatArray = NDArray[np.float64]


class PctShock(Part):
    """Shock to one line's demand across the whole PCT in one year."""

    size: AnyShockLaw = LognormalShock(sd_share=0.0)
    """Law of the factor; a line can have its own."""
    correlation: Share = 0.0
    """Correlation between any two lines in a year, through one factor that they share."""
    persistence: Share = 0.0
    """Correlation of a line's shock with that of the year before."""


class Shocks(Part):
    """The three shocks of a scenario. Each has mean one; none is the default."""

    pct: PctShock = PctShock()
    """One for each line and year, the same for all clusters."""
    cluster: AnyShockLaw = LognormalShock(sd_share=0.0)
    """One for each cluster, from the base year to the end: need that the weights do not measure."""
    cluster_year: AnyShockLaw = LognormalShock(sd_share=0.0)
    """One for each cluster and year."""


@dataclass(frozen=True, slots=True)
class ShockDraws:
    """Factors on expected counts in one block of contracts."""

    pct: FloatArray  # shape (contract, year, line); the base year first
    # shape (contract, year, cluster); product of the lasting and the year's shock; the base year first.
    cluster_year: FloatArray

    def factors(self, at_year: int, at_cluster: int, at_line: int) -> FloatArray:
        """Return what all shocks together make of a cluster's cases, shape (contract,)."""
        return self.pct[:, at_year, at_line] * self.cluster_year[:, at_year, at_cluster]


def draw_shocks(
    shocks: Shocks, sizes: tuple[AnyShockLaw, ...], axes: Axes, streams: RandomStreams, block: Block
) -> ShockDraws:
    """Draw the shocks of one block of contracts."""
    normals = partial(_normals, streams, block)
    common_weight = math.sqrt(shocks.pct.correlation)
    own_weight = math.sqrt(1 - shocks.pct.correlation)
    common = [common_weight * normals("pct", year) for year in axes.years]
    pct = np.empty((block.contracts, len(axes.years), len(axes.lines)), order="F")
    for at_line, line in enumerate(axes.lines):
        own = [own_weight * normals("pct", year, line) for year in axes.years]
        levels = _persistent([shared + alone for shared, alone in zip(common, own, strict=True)], shocks.pct)
        for at_year, level in enumerate(levels):
            pct[:, at_year, at_line] = sizes[at_line].factors(level)
    lasting = draw_lasting_shocks(shocks, axes, streams, block)
    cluster_year = np.empty((block.contracts, len(axes.years), len(axes.clusters)), order="F")
    for at_cluster, cluster in enumerate(axes.clusters):
        for at_year, year in enumerate(axes.years):
            passing = shocks.cluster_year.factors(normals("cluster", cluster, year))
            cluster_year[:, at_year, at_cluster] = lasting[:, at_cluster] * passing
    return ShockDraws(pct, cluster_year)


def draw_lasting_shocks(shocks: Shocks, axes: Axes, streams: RandomStreams, block: Block) -> FloatArray:
    """Draw the lasting shocks of one block of contracts, a part of what `draw_shocks` draws.

    Returns shape (contract, cluster): factors with mean one.
    """
    factors = np.empty((block.contracts, len(axes.clusters)), order="F")
    for at_cluster, cluster in enumerate(axes.clusters):
        factors[:, at_cluster] = shocks.cluster.factors(_normals(streams, block, "cluster", cluster))
    return factors


def _normals(streams: RandomStreams, block: Block, *names: str) -> FloatArray:
    """Return one standard normal for each contract, from the stream of what it shakes."""
    return streams.generator("shock", *names, block=block.number).standard_normal(block.contracts)


def _persistent(fresh: list[FloatArray], shock: PctShock) -> list[FloatArray]:
    """Return levels that remember the year before; each has the variance of the fresh ones."""
    innovation = math.sqrt(1 - shock.persistence**2)
    levels = fresh[:1]
    for normals in fresh[1:]:
        levels.append(shock.persistence * levels[-1] + innovation * normals)
    return levels
