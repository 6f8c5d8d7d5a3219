"""What is believed before a history is seen, with its words: normal laws of logs, of logits and of growth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit

from simulator.records import FloatArray

FREE_LEVEL_SD = 0.7
"""SD of the log level of units without need weights: wide enough to say nothing."""
LEVEL_SD = 1.0
"""SD of the log level of a line about its raw mean: flat beside what any year of cases tells."""


@dataclass(frozen=True, slots=True)
class NormalPrior:
    """Normal law of a figure a year, as a log."""

    mean: float
    sd: float

    def in_words(self) -> str:
        """Return what is believed, as a person reads it."""
        low, high = self.mean - 1.96 * self.sd, self.mean + 1.96 * self.sd
        return f"{self.mean:.1%} a year, between {low:.1%} and {high:.1%} 95 times of 100"


@dataclass(frozen=True, slots=True)
class SizePrior:
    """Normal law of the log of an SD, or of the logit of a correlation."""

    centre: float  # median: an SD of logs, or a correlation
    sd: float  # of the log, or of the logit
    correlation: bool = False  # whether it is a correlation

    def values(self, units: FloatArray) -> FloatArray:
        """Return the figures that lie `units` prior SDs from the centre, of the same shape."""
        if self.correlation:
            return np.asarray(expit(math.log(self.centre / (1 - self.centre)) + self.sd * units))
        return np.asarray(self.centre * np.exp(self.sd * units))

    def units(self, values: FloatArray) -> FloatArray:
        """Return how many prior SDs figures lie from the centre: the inverse of `values`."""
        if self.correlation:
            odds = np.log(values / (1 - values)) - math.log(self.centre / (1 - self.centre))
            return np.asarray(odds / self.sd)
        return np.asarray(np.log(values / self.centre) / self.sd)

    def in_words(self) -> str:
        """Return what is believed, as a person reads it."""
        low, high = self.values(np.array([-1.96, 1.96]))
        return f"{self.centre:.3g}, between {low:.2g} and {high:.2g} 95 times of 100"


def _size(centre: float, sd: float) -> SizePrior:
    return SizePrior(centre, sd)


def _correlation(logit: float, sd: float) -> SizePrior:
    return SizePrior(float(expit(logit)), sd, correlation=True)


@dataclass(frozen=True, slots=True)
class Priors:
    """All that is believed before a history is seen: assumptions, which `fit` states beside its figures."""

    tau: SizePrior = field(default_factory=lambda: _size(0.03, 0.8))
    price_tau: SizePrior = field(default_factory=lambda: _size(0.015, 1.0))
    phi: SizePrior = field(default_factory=lambda: _correlation(0.5, 1.2))
    rho: SizePrior = field(default_factory=lambda: _correlation(0.0, 1.2))
    sigma_c: SizePrior = field(default_factory=lambda: _size(0.03, 1.0))
    sigma_k: SizePrior = field(default_factory=lambda: _size(0.03, 1.0))
    delta: SizePrior = field(default_factory=lambda: _size(0.015, 1.0))
    epsilon: SizePrior = field(default_factory=lambda: _size(0.015, 1.0))
    phi_d: SizePrior = field(default_factory=lambda: _correlation(1.0, 1.5))
    growth: NormalPrior = NormalPrior(0.025, 0.03)
    price_growth: NormalPrior = NormalPrior(0.0, 0.02)
    growth_by_line: Mapping[str, NormalPrior] = field(default_factory=dict)  # instead of `growth`
    drift_sd: float = (
        0.01  # by how much growth itself moves a year; fixed, since no history tells it; 0 for none
    )
    free_levels: bool = False  # whether a unit's level is its own, where no need weights are known

    def in_words(self) -> dict[str, str]:
        """Return each prior's words, by what it is of."""
        told = {WORDS[name]: getattr(self, name).in_words() for name in WORDS}
        told |= {f"growth of {line}": prior.in_words() for line, prior in self.growth_by_line.items()}
        drift = f"SD {self.drift_sd:.1%} a year, not learned" if self.drift_sd else "none"
        told["change of growth itself"] = drift
        if self.free_levels:
            told[WORDS["sigma_c"]] = f"SD {FREE_LEVEL_SD}: every unit has a level of its own"
        return told


WORDS = {
    "tau": "PCT-wide shock to a line's demand, SD",
    "price_tau": "PCT-wide shock to a line's prices, SD",
    "phi": "its correlation from year to year",
    "rho": "its correlation between lines",
    "sigma_c": "lasting level of a cluster, SD",
    "sigma_k": "lasting level of a cluster in one line, SD",
    "delta": "a year's change of a cluster, SD",
    "epsilon": "a year's change of a cluster in one line, SD",
    "phi_d": "how much of a cluster's change is left a year later",
    "growth": "growth of demand per weighted person",
    "price_growth": "growth of prices",
}
"""What each prior is of, for printing."""
