"""Exact mean and variance of a year's spend on one service line, shocks and all."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class LineYear:
    """A year's spend: `cases` expected, of mean cost `cost` and SD `cost_sd`, under shocks.

    `lasting` and `passing` are SDs of lognormal shocks with mean one: the first is the same in
    every year, the second is drawn anew.
    """

    cases: float
    cost: float
    cost_sd: float
    variance_to_mean: float = 1.0
    lasting: float = 0.0
    passing: float = 0.0

    @property
    def mean(self) -> float:
        return self.cases * self.cost

    @property
    def variance(self) -> float:
        """Costs vary about their mean, counts about theirs, and that with the shocks."""
        within = self.cases * (self.cost_sd**2 + self.variance_to_mean * self.cost**2)
        return within + self.mean**2 * ((1 + self.lasting**2) * (1 + self.passing**2) - 1)

    @property
    def sd(self) -> float:
        return math.sqrt(self.variance)

    @property
    def covariance_of_years(self) -> float:
        """Two years of equal expectation share only what lasts."""
        return self.mean**2 * self.lasting**2
