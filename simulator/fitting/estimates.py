"""A posterior as single figures: what a scenario file writes of it, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.fitting.posterior import ModelDraws, Posterior
from simulator.records import FloatArray

ENDS = (0.025, 0.975)
"""Quantiles between which a figure lies 95 times of 100."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A fitted figure as it is written, rounded, and the 95% interval of what it may be."""

    value: float
    low: float
    high: float
    learned: float | None = None  # share of its prior variance that the history took away


@dataclass(frozen=True, slots=True)
class Estimates:
    """Every figure of a posterior. Names of parameters are those of `ModelDraws.parameters`."""

    rate_per_1000: Mapping[str, Figure]  # by line; cases a year in the last year of the history
    growth_share: Mapping[str, Figure]  # by line; a year
    mean_cost_gbp: Mapping[str, Figure]  # by line; in the last year of the history
    price_growth_share: Mapping[str, Figure]  # by line; a year
    need: Mapping[str, Figure]  # by cluster; of its lines' lasting levels the mean
    volume: Mapping[str, Figure]  # SDs and correlations of volumes, by parameter
    price: Mapping[str, Figure]  # the same of prices

    @classmethod
    def of(cls, posterior: Posterior) -> Estimates:
        """Return the figures of a posterior.

        Levels are means, as shocks have mean one about them; growth, SDs and correlations are medians.
        """
        volume, price = posterior.volume, posterior.price
        priced = [
            line for line in posterior.lines if line not in {*posterior.unpriced, *posterior.spend_only}
        ]
        at = {line: place for place, line in enumerate(posterior.lines)}
        # Of lines that have levels of clusters.
        lasting = [at[line] for line in posterior.lines if line not in posterior.rare] or list(at.values())
        need = np.exp(volume.cluster_level.astype(float)[:, :, lasting].mean(axis=2))
        return cls(
            {line: _mean(1000 * np.exp(volume.level[:, place].astype(float))) for line, place in at.items()},
            {line: _median(np.expm1(volume.growth[:, place].astype(float))) for line, place in at.items()},
            {line: _mean(np.exp(price.level[:, at[line]].astype(float))) for line in priced},
            {line: _median(np.expm1(price.growth[:, at[line]].astype(float))) for line in priced},
            {cluster: _mean(need[:, place]) for place, cluster in enumerate(posterior.clusters)},
            _parameters(volume),
            _parameters(price),
        )


def written(value: float) -> float:
    """Return a figure as a file writes it, to four digits."""
    return float(f"{value:.4g}")


def _mean(draws: FloatArray) -> Figure:
    return _figure(draws, float(draws.mean()))


def _median(draws: FloatArray) -> Figure:
    return _figure(draws, float(np.median(draws)))


def _figure(draws: FloatArray, value: float, learned: float | None = None) -> Figure:
    low, high = np.quantile(draws, ENDS)
    return Figure(written(value), float(low), float(high), learned)


def _parameters(model: ModelDraws) -> dict[str, Figure]:
    learned = dict(zip(model.free, model.learned, strict=True))
    return {
        name: _figure(draws, float(np.median(draws)), learned.get(name))
        for name, draws in zip(model.parameters, model.theta.astype(float).T, strict=True)
    }
