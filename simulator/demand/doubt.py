"""Doubt about a scenario's figures: each contract draws what they may really be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.parts import Part, Share

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Normals = Callable[..., FloatArray]


class DoubtSettings(Part):
    """What becomes of figures that are written with an sd."""

    carried: bool = True
    """Whether each contract draws them; if not, they are their means, on the same draws of all else."""
    correlation: Share = 0.0
    """Correlation of what is not known of one line with that of another: of rates, growth, prices, costs."""


@dataclass(frozen=True, slots=True)
class LineDoubt:
    """What is not known of a line: standard deviations of logarithms."""

    rate: float
    growth: float  # a year after the base year
    price_growth: float  # a year after the base year
    mean_cost: float


@dataclass(frozen=True, slots=True)
class ClusterDoubt:
    """What is not known of a cluster: standard deviations of logarithms."""

    need: float
    kept: float  # of demand that a true saving leaves
    list_growth: float  # a year after the base year


@dataclass(frozen=True, slots=True)
class Doubts:
    """All that is not known, and drawn."""

    correlation: float
    lines: tuple[LineDoubt, ...]
    clusters: tuple[ClusterDoubt, ...]

    @property
    def of_lines(self) -> bool:
        """Whether anything is not known of how often lines are used."""
        return any(line.rate or line.growth for line in self.lines)

    @property
    def of_prices(self) -> bool:
        """Whether anything is not known of what cases cost."""
        return any(line.price_growth or line.mean_cost for line in self.lines)

    @property
    def of_clusters(self) -> bool:
        """Whether anything is not known of clusters."""
        return any(one.need or one.kept or one.list_growth for one in self.clusters)

    def __bool__(self) -> bool:
        """Whether anything at all is not known."""
        return self.of_lines or self.of_prices or self.of_clusters

    def part(self, clusters: IntArray, lines: IntArray) -> Self:
        """Return what is not known of some clusters and lines."""
        return replace(
            self,
            lines=tuple(self.lines[line] for line in lines),
            clusters=tuple(self.clusters[cluster] for cluster in clusters),
        )

    def draw_lines(self, names: Sequence[str], from_base: IntArray, normals: Normals) -> FloatArray | None:
        """Draw factors on cases, shape (contract, year, line), by years from the base year; or None."""
        if not self.of_lines:
            return None
        pairs = [(line.rate, line.growth) for line in self.lines]
        return self._draw(names, from_base, normals, ("rate", "growth"), pairs)

    def draw_prices(self, names: Sequence[str], from_base: IntArray, normals: Normals) -> FloatArray | None:
        """Draw factors on prices, shape (contract, year, line), by years from the base year; or None."""
        if not self.of_prices:
            return None
        pairs = [(line.mean_cost, line.price_growth) for line in self.lines]
        return self._draw(names, from_base, normals, ("cost", "price growth"), pairs)

    def draw_clusters(self, names: Sequence[str], from_base: IntArray, normals: Normals) -> FloatArray | None:
        """Draw factors on cases, shape (contract, year, cluster), by years from the base year; or None."""
        if not self.of_clusters:
            return None
        factors: FloatArray | None = None
        for at_cluster, (name, doubt) in enumerate(zip(names, self.clusters, strict=True)):
            need, kept, growth = (normals(kind, name) for kind in ("need", "saving", "list growth"))
            if factors is None:
                factors = np.empty((need.size, len(from_base), len(names)), order="F")
            for at_year, since_base in enumerate(from_base.tolist()):
                # Savings are of contract years alone.
                sds = (doubt.need, doubt.kept if since_base > 0 else 0.0, doubt.list_growth * since_base)
                logs = sds[0] * need + sds[1] * kept + sds[2] * growth
                factors[:, at_year, at_cluster] = _factors(logs, math.hypot(*sds))
        return factors

    def price_variances(self, years: int) -> FloatArray:
        """Return the variances of the factors on prices, shape (year, line)."""
        since_base = np.arange(years)[:, None]
        cost, growth = np.array([(line.mean_cost, line.price_growth) for line in self.lines]).T
        return np.asarray(np.expm1(cost**2 + (since_base * growth) ** 2))

    def _draw(
        self,
        names: Sequence[str],
        from_base: IntArray,
        normals: Normals,
        what: tuple[str, str],
        sds: Sequence[tuple[float, float]],
    ) -> FloatArray:
        """Draw factors with one normal for a level that lasts and one for growth that adds up."""
        shared, own = math.sqrt(self.correlation), math.sqrt(1 - self.correlation)
        common = [shared * normals(kind) for kind in what]
        factors = np.empty((common[0].size, len(from_base), len(names)), order="F")
        for at_line, (name, (of_level, of_growth)) in enumerate(zip(names, sds, strict=True)):
            level, growth = (one + own * normals(kind, name) for one, kind in zip(common, what, strict=True))
            for at_year, since_base in enumerate(from_base.tolist()):
                sd = math.hypot(of_level, since_base * of_growth)
                logs = of_level * level + since_base * of_growth * growth
                factors[:, at_year, at_line] = _factors(logs, sd)
        return factors


def log_sd(sd: float, mean: float) -> float:
    """Return the SD of the logarithm of a figure with a mean and an SD, if that is normal."""
    return math.sqrt(math.log1p((sd / mean) ** 2))


def _factors(logs: FloatArray, sd: float) -> FloatArray:
    """Return factors with mean one from their logarithms, which have a normal law with mean nothing."""
    return np.exp(logs - sd**2 / 2)
