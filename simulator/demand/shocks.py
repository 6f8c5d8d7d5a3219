"""Shocks: what moves expected cases and prices away from what was planned, for all or for some."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from simulator.demand.doubt import Doubts
from simulator.demand.fitted import Fitted
from simulator.demand.shock_laws import (
    AnyShockLaw,
    AnyYearShockLaw,
    LognormalShock,
    LognormalYearShock,
    ShockLaw,
)
from simulator.parts import Part, Share
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
_NONE, _NONE_OF_A_YEAR = LognormalShock(sd_share=0.0), LognormalYearShock(sd_share=0.0)


class PriceShock(Part):
    """Shock to one line's prices across the whole PCT in one year."""

    size: AnyShockLaw = _NONE
    """Law of the factor; a line can have its own."""
    correlation: Share = 0.0
    """Correlation between any two lines in a year, through one factor that they share."""
    persistence: Share = 0.0
    """Correlation of a line's shock with that of the year before."""
    correlation_between_pcts: Share = 1.0
    """Correlation between any two PCTs, where there are several: 1 for one shock to all of them alike, 0 for
    one of each PCT's own, in between for both."""


class PctShock(PriceShock):
    """Shock to one line's demand across the whole PCT in one year."""

    growth_drift_sd_share: Annotated[float, Field(ge=0, le=0.2)] = 0.0
    """By how much a line's growth itself moves each year after the base year, as an SD: 0.01 is 1% a year."""


class PracticeShock(Part):
    """Lasting need of each practice that the weights do not measure; the more practices, the less."""

    size: AnyShockLaw = _NONE
    """Law of the factor of one practice; a cluster's is their mean, by people."""
    people: Annotated[float, Field(ge=100, le=1e6)] = 7000.0
    """People of a practice, for a cluster that is given as a number of people."""


class Shocks(Part):
    """The shocks of a scenario. Each has mean one; none is the default."""

    pct: PctShock = PctShock()
    """One for each line and year, the same for all clusters of a PCT."""
    cluster: AnyShockLaw = _NONE
    """One for each cluster, from the base year to the end: need that the weights do not measure."""
    practice: PracticeShock = PracticeShock()
    """One for each practice, from the base year to the end."""
    cluster_year: AnyYearShockLaw = _NONE_OF_A_YEAR
    """One for each cluster and year."""
    cluster_line: AnyShockLaw = _NONE
    """One for each cluster and line, from the base year to the end."""
    cluster_line_year: AnyYearShockLaw = _NONE_OF_A_YEAR
    """One for each cluster, line and year."""
    price: PriceShock = PriceShock()
    """One on the prices of each line and year, the same for all clusters of a PCT."""


@dataclass(frozen=True, slots=True)
class ShockPlan:
    """The shocks of a scenario, with what they fall on."""

    settings: Shocks
    sizes: tuple[AnyShockLaw, ...]  # law of each line's PCT-wide shock
    price_sizes: tuple[AnyShockLaw, ...]  # law of each line's price shock
    # By cluster: each practice's share of its people.
    practice_shares: tuple[Mapping[str, float], ...]
    doubts: Doubts  # what is not known of figures
    fitted: Fitted | None = None  # what a history says of demand and prices, in place of the settings' shocks
    pcts: tuple[str, ...] = ()  # name of each cluster's PCT, where there are several

    def part(self, clusters: IntArray, lines: IntArray) -> Self:
        """Return the shocks of some clusters and lines."""
        return replace(
            self,
            sizes=tuple(self.sizes[line] for line in lines),
            price_sizes=tuple(self.price_sizes[line] for line in lines),
            practice_shares=tuple(self.practice_shares[cluster] for cluster in clusters),
            doubts=self.doubts.part(clusters, lines),
            fitted=self.fitted and self.fitted.part(clusters, lines),
            pcts=tuple(self.pcts[cluster] for cluster in clusters) if self.pcts else (),
        )

    def without_drift(self) -> Self:
        """Return the shocks of years over which growth does not move."""
        pct = self.settings.pct.model_copy(update={"growth_drift_sd_share": 0.0})
        return replace(self, settings=self.settings.model_copy(update={"pct": pct}))

    @property
    def key(self) -> str:
        """A text that is the same where what all shocks have in common is the same."""
        return repr(self.settings)

    def key_of(self, at_cluster: int, at_line: int) -> str:
        """Return a text that is the same where, of two plans with one `key`, a cluster's line has one law."""
        doubts = self.doubts
        own = (self.sizes[at_line], self.price_sizes[at_line])
        unknown = (doubts.correlation, doubts.lines[at_line], doubts.clusters[at_cluster])
        differ = self.settings.practice.size.sd_share > 0
        practices = sorted(self.practice_shares[at_cluster].items()) if differ else ()
        history = (self.fitted.digest, self.fitted.base) if self.fitted else ()
        pct = self.pcts[at_cluster : at_cluster + 1]
        return repr((own, unknown if doubts else (), practices, history, *pct))

    def largest_variance(self, at_line: int) -> float:
        """Return about the variance of what all shocks together make of a line's cases, at most."""
        shocks = self.settings
        laws = (self.sizes[at_line], shocks.cluster, shocks.cluster_year, shocks.practice.size)
        known = sum(law.sd_share**2 for law in (*laws, shocks.cluster_line, shocks.cluster_line_year))
        history = self.fitted.largest_variance(at_line) if self.fitted else 0.0
        return known + self.doubts.lines[at_line].rate ** 2 + history


@dataclass(frozen=True, slots=True)
class ShockDraws:
    """Factors in one block of contracts, the base year first; None for a shock that is off."""

    pct: FloatArray  # on cases, shape (contract, year, PCT, line); one PCT where it is the same for all
    lasting: FloatArray  # on cases, shape (contract, cluster): the cluster's, and that of its practices
    cluster_year: FloatArray  # on cases, shape (contract, year, cluster): lasting and passing together
    drift: FloatArray | None = None  # on cases, of the same shape
    cluster_line: FloatArray | None = None  # on cases, shape (contract, year, cluster, line)
    price: FloatArray | None = None  # on prices, of the same shape
    doubt_of_lines: FloatArray | None = None  # on cases, shape (contract, year, line)
    doubt_of_clusters: FloatArray | None = None  # on cases, shape (contract, year, cluster)
    doubt_of_prices: FloatArray | None = None  # on prices, shape (contract, year, line)
    last_year: FloatArray | None = None  # on cases, (contract, year, cluster, line): what its outturn says
    unknown: FloatArray | None = None  # on cases, of the same shape: what a history leaves unknown
    unknown_prices: FloatArray | None = None  # on prices, shape (contract, year, line)
    pct_of: tuple[int, ...] = ()  # number of each cluster's PCT, where there are several

    def factors(self, at_year: int, at_cluster: int, at_line: int) -> FloatArray:
        """Return what all shocks together make of a cluster's cases, shape (contract,)."""
        pct, passing = self._of(self.pct, at_cluster), self.cluster_year[:, at_year, at_cluster]
        drift = None if self.drift is None else self._of(self.drift, at_cluster)
        found = pct[:, at_year, at_line] * passing
        for of_line in (drift, self.doubt_of_lines):
            if of_line is not None:
                found *= of_line[:, at_year, at_line]
        if self.doubt_of_clusters is not None:
            found *= self.doubt_of_clusters[:, at_year, at_cluster]
        for of_cluster in (self.cluster_line, self.last_year, self.unknown):
            if of_cluster is not None:
                found *= of_cluster[:, at_year, at_cluster, at_line]
        return np.asarray(found)

    def some(self, start: int, stop: int) -> Self:
        """Return the shocks of some contracts."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "pct_of"}
        return replace(self, **{name: by[start:stop] for name, by in values.items() if by is not None})

    def part(self, clusters: IntArray, lines: IntArray) -> Self:
        """Return the shocks of some clusters and lines."""
        which = {"cluster": clusters, "line": lines}
        found: dict[str, FloatArray] = {}
        for name, axes in _OF.items():
            if (by := getattr(self, name)) is not None:
                for axis, place in zip(axes[::-1], (-1, -2), strict=False):
                    # All of them are not copied.
                    if len(which[axis]) != by.shape[place]:
                        by = np.take(by, which[axis], axis=place)
                found[name] = by
        pct_of = tuple(self.pct_of[cluster] for cluster in clusters) if self.pct_of else ()
        return replace(self, **found, pct_of=pct_of)

    def later(self) -> Self:
        """Return the shocks of all years but the first."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _OF_NO_YEAR}
        return replace(self, **{name: by[:, 1:] for name, by in values.items() if by is not None})

    def prices(self, at_year: int, at_cluster: int, at_line: int) -> FloatArray | float:
        """Return what shocks make of a cluster's prices, shape (contract,), or 1."""
        price = None if self.price is None else self._of(self.price, at_cluster)
        factors = (price, self.doubt_of_prices, self.unknown_prices)
        return math.prod((one[:, at_year, at_line] for one in factors if one is not None), start=1.0)

    def of_clusters(self, by_pct: FloatArray) -> FloatArray:
        """Return factors of shape (contract, year, PCT, line) by cluster; by one where all are alike."""
        return by_pct if by_pct.shape[2] == 1 else by_pct[:, :, list(self.pct_of)]

    def _of(self, by_pct: FloatArray, at_cluster: int) -> FloatArray:
        """Return the factors of a cluster's PCT, shape (contract, year, line)."""
        return by_pct[:, :, 0 if by_pct.shape[2] == 1 else self.pct_of[at_cluster]]


_OF = {
    **dict.fromkeys(
        ("pct", "drift", "price", "doubt_of_lines", "doubt_of_prices", "unknown_prices"), ("line",)
    ),
    **dict.fromkeys(("lasting", "cluster_year", "doubt_of_clusters"), ("cluster",)),
    **dict.fromkeys(("cluster_line", "last_year", "unknown"), ("cluster", "line")),
}
"""What the last axes of shocks are."""
_OF_NO_YEAR = {"lasting", "pct_of"}


def draw_shocks(
    plan: ShockPlan, axes: Axes, streams: RandomStreams, block: Block, since_base: Literal[1, -1] = 1
) -> ShockDraws:
    """Draw the shocks of one block of contracts; of years before the base year, backwards, with -1."""
    if plan.fitted is not None:
        return _draw_fitted(plan, plan.fitted, axes, streams, block)
    from_base = since_base * np.arange(len(axes.years))
    shocks, normals = plan.settings, partial(_normals, streams, block)
    unknown = partial(normals, "doubt")
    pcts = tuple(dict.fromkeys(plan.pcts))
    pct = np.ones((block.contracts, len(axes.years), 1, len(axes.lines)), order="F")
    if any(law.sd_share for law in plan.sizes):
        of_lines = partial(_of_laws, plan.sizes, shocks.pct)
        pct = _by_pct(shocks.pct, axes, pcts, partial(normals, "pct"), of_lines)
    lasting = np.empty((block.contracts, len(axes.clusters)), order="F")
    cluster_year = np.empty((block.contracts, len(axes.years), len(axes.clusters)), order="F")
    for at_cluster, cluster in enumerate(axes.clusters):
        # What is off draws nothing: streams are named, so that no other draw changes.
        is_on = shocks.cluster.sd_share > 0
        lasting[:, at_cluster] = shocks.cluster.factors(normals("cluster", cluster)) if is_on else 1.0
        if (law := shocks.practice.size).sd_share:
            shares = plan.practice_shares[at_cluster]
            lasting[:, at_cluster] *= sum(
                share * law.factors(normals("practice", practice)) for practice, share in shares.items()
            )
        cluster_year[..., at_cluster] = lasting[:, at_cluster, None]
        if shocks.cluster_year.sd_share:
            levels = [normals("cluster", cluster, year) for year in axes.years]
            passing = _of_years(shocks.cluster_year, shocks.cluster_year.persistence, levels)
            cluster_year[..., at_cluster] *= passing
    return ShockDraws(
        pct,
        lasting,
        cluster_year,
        _drift(shocks.pct, axes, pcts, normals),
        _cluster_line(shocks, axes, normals, block),
        _prices(plan, axes, pcts, normals),
        plan.doubts.draw_lines(axes.lines, from_base, unknown),
        plan.doubts.draw_clusters(axes.clusters, from_base, unknown),
        plan.doubts.draw_prices(axes.lines, from_base, unknown),
        pct_of=tuple(map(pcts.index, plan.pcts)),
    )


def _draw_fitted(
    plan: ShockPlan, fitted: Fitted, axes: Axes, streams: RandomStreams, block: Block
) -> ShockDraws:
    """Draw what a history says, in place of shocks; lines without history keep the PCT-wide ones."""
    normals = partial(_normals, streams, block)
    rows = streams.generator("shock", "fit", block=block.number)
    drawn = fitted.draw(rows.integers(fitted.posterior.rows, size=block.contracts), normals)
    pct = plan.settings.pct
    for at_line, levels in enumerate(_by_line(pct.correlation, axes, partial(normals, "pct"))):
        if not fitted.has[at_line]:
            drawn.pct[..., at_line] = _of_years(plan.sizes[at_line], pct.persistence, levels)
    lasting = np.ones((block.contracts, len(axes.clusters)), order="F")
    from_base, unknown = np.arange(len(axes.years)), partial(normals, "doubt")
    return ShockDraws(
        pct=drawn.pct[:, :, None],
        lasting=lasting,
        cluster_year=np.ones((block.contracts, len(axes.years), len(axes.clusters)), order="F"),
        drift=None if drawn.drift is None else drawn.drift[:, :, None],
        cluster_line=drawn.cluster_line,
        price=drawn.price[:, :, None],
        doubt_of_lines=plan.doubts.draw_lines(axes.lines, from_base, unknown),
        doubt_of_clusters=plan.doubts.draw_clusters(axes.clusters, from_base, unknown),
        doubt_of_prices=plan.doubts.draw_prices(axes.lines, from_base, unknown),
        unknown=drawn.unknown,
        unknown_prices=drawn.unknown_prices,
    )


Normals = Callable[..., FloatArray]
"""From names to one standard normal for each contract, from the stream of what it shakes."""


def _normals(streams: RandomStreams, block: Block, *names: str) -> FloatArray:
    return streams.normals("shock", *names, block=block.number, size=block.contracts)


def _by_line(correlation: float, axes: Axes, normals: Normals) -> Iterator[list[FloatArray]]:
    """Yield each line's normals of every year, which share a part with those of other lines."""
    common_weight, own_weight = math.sqrt(correlation), math.sqrt(1 - correlation)
    common = [common_weight * normals(year) for year in axes.years]
    for line in axes.lines:
        own = [own_weight * normals(year, line) for year in axes.years]
        yield [shared + alone for shared, alone in zip(common, own, strict=True)]


Pcts = tuple[str, ...]
"""Names, each once; none where there is one."""
Levels = Sequence[FloatArray]
"""Standard normals of every year."""


def _by_pct(
    shock: PriceShock,
    axes: Axes,
    pcts: Pcts,
    normals: Normals,
    factors_of: Callable[[int, Levels], FloatArray],
) -> FloatArray:
    """Return what `factors_of` makes of each line's normals, shape (contract, year, PCT, line).

    Normals of a PCT have a part that all PCTs share and a part of its own; lines share a part of either. So
    any two go together by the product of both correlations. One PCT where all are alike.
    """
    between = shock.correlation_between_pcts
    shared = list(_by_line(shock.correlation, axes, normals))
    found = []
    for pct in pcts if pcts and between < 1 else (None,):
        levels = shared
        if pct is not None:
            own = _by_line(shock.correlation, axes, partial(normals, "of a PCT", pct))
            levels = [
                [
                    math.sqrt(between) * one + math.sqrt(1 - between) * other
                    for one, other in zip(*both, strict=True)
                ]
                for both in zip(shared, own, strict=True)
            ]
        found.append([factors_of(at_line, of_line) for at_line, of_line in enumerate(levels)])
    factors = np.empty((*found[0][0].shape, len(found), len(axes.lines)), order="F")
    for at_pct, at_line in np.ndindex(factors.shape[2:]):
        factors[:, :, at_pct, at_line] = found[at_pct][at_line]
    return factors


def _of_laws(laws: Sequence[ShockLaw], shock: PriceShock, at_line: int, levels: Levels) -> FloatArray:
    return _of_years(laws[at_line], shock.persistence, levels)


def _of_years(law: ShockLaw, persistence: float, fresh: Sequence[FloatArray]) -> FloatArray:
    """Return factors, shape (contract, year), that remember the year before; all years vary alike."""
    innovation = math.sqrt(1 - persistence**2)
    levels = [fresh[0]]
    for normals in fresh[1:]:
        levels.append(persistence * levels[-1] + innovation * normals)
    return np.stack([law.factors(level) for level in levels], axis=-1)


def _drift(shock: PctShock, axes: Axes, pcts: Pcts, normals: Normals) -> FloatArray | None:
    """Return what growth that moves makes of cases: nothing in the base year, and ever more after it."""
    sd = shock.growth_drift_sd_share
    if not sd:
        return None

    def of_line(_: int, changes: Levels) -> FloatArray:
        # Growth is the sum of its changes so far, and the level the sum of growth so far.
        level = np.cumsum(np.cumsum(sd * np.stack(changes[1:], axis=-1), axis=-1), axis=-1)
        since_base = np.arange(1, len(axes.years))
        variance = sd**2 * since_base * (since_base + 1) * (2 * since_base + 1) / 6
        return np.concatenate([np.ones((len(level), 1)), np.exp(level - variance / 2)], axis=-1)

    return _by_pct(shock, axes, pcts, partial(normals, "drift"), of_line)


def _cluster_line(shocks: Shocks, axes: Axes, normals: Normals, block: Block) -> FloatArray | None:
    """Return the factors of each cluster's line: what lasts times what passes."""
    lasting, passing = shocks.cluster_line, shocks.cluster_line_year
    if not (lasting.sd_share or passing.sd_share):
        return None
    years, clusters, lines = axes.years, axes.clusters, axes.lines
    factors = np.ones((block.contracts, len(years), len(clusters), len(lines)), order="F")
    for at_cluster, cluster in enumerate(clusters):
        for at_line, line in enumerate(lines):
            names = ("cluster's line", cluster, line)
            if lasting.sd_share:
                factors[..., at_cluster, at_line] *= lasting.factors(normals(*names))[:, None]
            if passing.sd_share:
                levels = [normals(*names, year) for year in years]
                factors[..., at_cluster, at_line] *= _of_years(passing, passing.persistence, levels)
    return factors


def _prices(plan: ShockPlan, axes: Axes, pcts: Pcts, normals: Normals) -> FloatArray | None:
    """Return the factors on each line's prices."""
    if not any(law.sd_share for law in plan.price_sizes):
        return None
    shock = plan.settings.price
    return _by_pct(shock, axes, pcts, partial(normals, "price"), partial(_of_laws, plan.price_sizes, shock))
