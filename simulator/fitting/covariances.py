"""How the hidden parts of a history vary together, given its SDs and correlations.

Cells of a cluster are counted line by line, years within a line: `n = lines * years`. Years run up to 0,
the last year of the history, so that a level is one of that year.

`delta` and `epsilon` are what changes in a year beside the share `phi_d` that is left of the year before.
Data know best how far two years lie apart, `delta * sqrt(2 / (1 + phi_d))`: where nothing persists in truth,
which the prior of `phi_d` hardly allows, `delta` comes out a tenth high, and the distance does not
(`benchmarks/fit-study.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.fitting.priors import FREE_LEVEL_SD, LEVEL_SD, Priors, SizePrior
from simulator.records import FloatArray

PARAMETERS = ("tau", "phi", "rho", "sigma_c", "sigma_k", "delta", "epsilon", "phi_d")
"""SDs and correlations of a model, in order; one that a model does not have is nothing."""
NUGGET = 1e-10
"""Variance added to each line and year: an SD of 0.001%, so that no matrix is singular."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What is fixed of a model of one history."""

    line_scales: FloatArray  # shape (line,): times tau
    cluster_scales: FloatArray  # shape (line,): times epsilon
    years: int
    free: Mapping[str, SizePrior]  # parameters to learn
    fixed: Mapping[str, float]  # parameters that are given
    level_mean: FloatArray  # shape (line,): raw mean log level
    growth_mean: FloatArray  # shape (line,)
    growth_sd: FloatArray  # shape (line,)
    drift_sd: float

    @property
    def lines(self) -> int:
        """Number of lines."""
        return self.line_scales.size

    @property
    def times(self) -> FloatArray:
        """Years since the last of the history, shape (year,): nothing or less."""
        return np.arange(1.0 - self.years, 1.0)

    @property
    def mean(self) -> FloatArray:
        """Prior mean of each line and year, shape (n,)."""
        return (self.level_mean[:, None] + self.growth_mean[:, None] * self.times).ravel()

    def values(self, units: FloatArray) -> dict[str, FloatArray]:
        """Return every parameter, each of shape (point,), from prior SDs of shape (point, free)."""
        found = {name: np.full(len(units), self.fixed.get(name, 0.0)) for name in PARAMETERS}
        for at, (name, prior) in enumerate(self.free.items()):
            found[name] = prior.values(units[:, at])
        return found

    def drift_steps(self) -> tuple[FloatArray, FloatArray]:
        """Return what each year's change of growth makes of growth and of levels, shape (year, change)."""
        growth = np.tril(np.ones((self.years, self.years)))[:, 1:]
        return growth, np.cumsum(growth, axis=0)


def volume_free(priors: Priors, lines: int) -> tuple[dict[str, SizePrior], dict[str, float]]:
    """Return the parameters of a model of volumes that are learned, and those that are given.

    With one line its clusters' effects are the clusters' effects, and nothing is correlated.
    """
    names = PARAMETERS if lines > 1 else ("tau", "phi", "sigma_c", "delta", "phi_d")
    free = {name: getattr(priors, name) for name in names}
    fixed = {}
    if priors.free_levels:
        del free["sigma_c"]
        fixed["sigma_c"] = FREE_LEVEL_SD
    return free, fixed


def price_free(priors: Priors, lines: int) -> dict[str, SizePrior]:
    """Return the parameters of a model of prices: no cluster's effect is common to lines."""
    names = (
        ("phi", "rho", "sigma_k", "epsilon", "phi_d") if lines > 1 else ("phi", "sigma_k", "epsilon", "phi_d")
    )
    return {"tau": priors.price_tau, **{name: getattr(priors, name) for name in names}}


def correlated_lines(values: Mapping[str, FloatArray], lines: int) -> FloatArray:
    """Return correlations between lines, shape (point, line, line)."""
    rho = values["rho"][:, None, None]
    return rho + (1 - rho) * np.eye(lines)


def persistent(correlation: FloatArray, years: int) -> FloatArray:
    """Return correlations between years, shape (point, year, year), of what fades by `correlation` a year."""
    apart = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))
    return np.asarray(correlation[:, None, None] ** apart)


def stationary_sd(change: FloatArray, correlation: FloatArray) -> FloatArray:
    """Return the SD of what changes by an SD of `change` a year and fades by `correlation`."""
    return np.asarray(change / np.sqrt(1 - correlation**2))


def of_line_years(structure: Structure, values: Mapping[str, FloatArray]) -> FloatArray:
    """Return the prior covariance of lines and years, shape (point, n, n): level, growth, shock and drift."""
    lines, years, times = structure.lines, structure.years, structure.times
    own = LEVEL_SD**2 + (structure.growth_sd**2)[:, None, None] * np.outer(times, times)
    between = correlated_lines(values, lines)
    scale = np.outer(structure.line_scales, structure.line_scales)
    shock = persistent(values["phi"], years) * (values["tau"] ** 2)[:, None, None]
    _, levels = structure.drift_steps()
    total = np.einsum("bij,bst->bisjt", between * scale, shock)
    total += np.einsum("bij,st->bisjt", between, structure.drift_sd**2 * levels @ levels.T)
    at = np.arange(lines)
    total[:, at, :, at, :] += own[:, None]
    n = lines * years
    return np.asarray(total.reshape(-1, n, n) + NUGGET * np.eye(n))


def of_cluster(structure: Structure, values: Mapping[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return the covariances of a cluster's own effects, lasting and passing.

    Those that all lines share, between years, shape (point, year, year); and those of each line alone,
    shape (point, line, year, year).
    """
    passing = persistent(values["phi_d"], structure.years)
    common, own = (
        (stationary_sd(values[name], values["phi_d"]) ** 2)[:, None, None] * passing
        for name in ("delta", "epsilon")
    )
    common = common + (values["sigma_c"] ** 2)[:, None, None]
    lasting = (values["sigma_k"] ** 2)[:, None, None, None]
    return common, (structure.cluster_scales**2)[:, None, None] * own[:, None] + lasting
