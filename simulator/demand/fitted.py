"""Demand and prices as a history leaves them: each contract takes one draw of all that is not known.

A draw of the posterior says where everything stood at the end of the history; from there each contract
carries it on. What the history leaves unknown is a factor about the level that the draws have on
average, and what chance adds since are shocks like any other, each with mean one. What a cluster's own
prices do is done to its cases: one factor on spend either way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.fitting.future import Model
from simulator.fitting.levels import Levels, levels_of
from simulator.fitting.posterior import Posterior

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Normals = Callable[..., FloatArray]
"""From names to one standard normal for each contract, from the stream of what it shakes."""


@dataclass(frozen=True, slots=True)
class FittedDraws:
    """Factors of one block of contracts, the base year first; those of a line without history are one."""

    unknown: FloatArray  # on cases, shape (contract, year, cluster, line): what the history leaves unknown
    unknown_prices: FloatArray  # on prices, shape (contract, year, line)
    pct: FloatArray  # on cases, shape (contract, year, line)
    drift: FloatArray | None  # on cases, shape (contract, year, line)
    cluster_line: (
        FloatArray  # on cases, shape (contract, year, cluster, line): a cluster's years, and its lines'
    )
    price: FloatArray  # on prices, shape (contract, year, line)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A posterior beside the clusters, lines and years of a scenario."""

    posterior: Posterior
    digest: str  # of its file: equal for equal draws
    clusters: tuple[str, ...]  # of the scenario; one without history is drawn from the law of clusters
    lines: tuple[str, ...]  # of the scenario
    base: int  # years from the last of the history to the scenario's base year
    years: int  # of the scenario, the base year first

    def part(self, clusters: IntArray, lines: IntArray) -> Self:
        """Return it for some clusters and lines."""
        names = tuple(self.clusters[one] for one in clusters), tuple(self.lines[one] for one in lines)
        return replace(self, clusters=names[0], lines=names[1])

    @property
    def has(self) -> NDArray[np.bool_]:
        """Whether each line of the scenario has a history, shape (line,)."""
        return np.isin(self.lines, self.posterior.lines)

    def levels(self) -> tuple[FloatArray, FloatArray]:
        """Return what the draws make of the file's figures on average.

        Of cases, shape (year, cluster, line), and of prices, shape (year, line).
        """
        found, of_years = self._levels, slice(self.base, None)
        newcomers = (found.newcomers / found.written_newcomers)[of_years]
        cases = self._by_cluster((found.cases / found.written_cases)[of_years], lambda _: newcomers)
        return self._spread(cases), self._spread((found.prices / found.written_prices)[of_years])

    def price_squares(self) -> FloatArray:
        """Return the mean squares of all factors on prices, shape (year, line)."""
        return self._spread(self._levels.price_squares[self.base :])

    def largest_variance(self, at_line: int) -> float:
        """Return about the largest variance that the log of a line's cases has."""
        return float(self._spread(self._levels.variance, 0.0)[at_line])

    def draw(self, rows: IntArray, normals: Normals) -> FittedDraws:
        """Carry rows of the posterior on, one a contract."""
        models, ahead, levels = self._models, self._ahead, self._levels
        cases, prices = (model.expected(rows, ahead) for model in models)
        fresh, fresh_prices = (model.fresh(rows, ahead, normals, self.clusters) for model in models)

        def newcomer(cluster: str) -> FloatArray:
            lasting = [model.newcomer(rows, ahead, normals, cluster) for model in models]
            return np.asarray(lasting[0] + lasting[1] - np.log(levels.newcomers))

        own = self._by_cluster(cases.clusters + prices.clusters - np.log(levels.cases), newcomer)
        passing = np.zeros(own.shape)
        for since, model in zip((fresh, fresh_prices), models, strict=True):
            if since.common is not None:
                passing += since.common[..., None] * model.affected
            if since.own is not None:
                passing += since.own
        return FittedDraws(
            self._factors(cases.lines[:, :, None] + own),
            self._factors(prices.known - np.log(levels.prices)),
            self._factors(fresh.shock),
            None if fresh.drift is None else self._factors(fresh.drift),
            self._factors(passing),
            self._factors(fresh_prices.shock),
        )

    @property
    def _ahead(self) -> int:
        return self.base + self.years - 1

    @property
    def _models(self) -> tuple[Model, Model]:
        return Model.volume(self.posterior), Model.price(self.posterior)

    @property
    def _levels(self) -> Levels:
        return levels_of(self.posterior, self._ahead)

    def _by_cluster(self, known: FloatArray, newcomer: Callable[[str], FloatArray]) -> FloatArray:
        """Return an array of the history's clusters, (..., cluster, line), as of the scenario's."""
        at = {name: place for place, name in enumerate(self.posterior.clusters)}
        parts = [known[..., at[name], :] if name in at else newcomer(name) for name in self.clusters]
        return np.stack(parts, axis=-2)

    def _factors(self, logs: FloatArray) -> FloatArray:
        """Return factors of the scenario's years and lines, from logs of shape (row, year, ..., line)."""
        return self._spread(np.exp(logs[:, self.base :]))

    def _spread(self, found: FloatArray, otherwise: float = 1.0) -> FloatArray:
        """Return an array of the history's lines, the last axis, as of the scenario's."""
        at = {name: place for place, name in enumerate(self.posterior.lines)}
        whole = np.full((*found.shape[:-1], len(self.lines)), otherwise, order="F")
        for place, name in enumerate(self.lines):
            if name in at:
                whole[..., place] = found[..., at[name]]
        return whole
