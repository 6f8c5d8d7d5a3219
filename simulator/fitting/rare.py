"""A line with few cases: its rate alone, by Poisson counts; growth is the prior's."""

from __future__ import annotations

import numpy as np

from simulator.fitting.priors import NormalPrior
from simulator.random_streams import Generator
from simulator.records import FloatArray

RARE_CASES = 20.0
"""Cases a year in the PCT under which a line has a rate and nothing else: an assumption."""


def cases_a_year(counts: FloatArray, year_share: FloatArray) -> FloatArray:
    """Return mean cases in a whole year of all clusters, shape (line,), from (cluster, line, year)."""
    known = np.isfinite(counts) & (year_share > 0)
    share = np.where(known, year_share, 0.0).sum((0, 2))
    cases = np.where(known, counts, 0.0).sum((0, 2))
    return np.asarray(cases / np.where(share > 0, share, np.inf) * len(counts))


def draw_levels(
    counts: FloatArray, exposure: FloatArray, growth: NormalPrior, rows: int, generator: Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw a rare line's log level in the last year and its growth.

    Parameters
    ----------
    counts, exposure : FloatArray
        Shape (cluster, year); cases, and weighted people times the share of the year; nan where nothing
        is known.
    growth : NormalPrior
        Of its log.
    rows : int
        How many draws.
    generator : Generator
        Draws them.

    Returns
    -------
    tuple of FloatArray
        Each of shape (row,): given the growth, the rate is gamma with shape `N + 1/2` (Jeffreys).
    """
    known = np.isfinite(counts) & (exposure > 0)
    cases = np.where(known, counts, 0.0).sum()
    growths = growth.mean + growth.sd * generator.standard_normal(rows)
    times = np.arange(1.0 - counts.shape[1], 1.0)
    exposed = np.where(known, exposure, 0.0).sum(0)
    at_base = np.exp(growths[:, None] * times) @ exposed
    return np.log(generator.gamma(cases + 0.5, size=rows) / at_base), growths


def draw_costs(
    counts: FloatArray, spend_gbp: FloatArray, cv: float, growth: NormalPrior, rows: int, generator: Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw a rare line's log mean cost in the last year and its growth; shapes as of `draw_levels`.

    The mean of the draws is spend over count: a log without bias would make ten cases' mean cost a quarter
    dearer than what was paid.
    """
    known = (counts > 0) & (spend_gbp > 0)
    cases, pounds = (np.where(known, one, 0.0).sum(0) for one in (counts, spend_gbp))
    growths = growth.mean + growth.sd * generator.standard_normal(rows)
    times = np.arange(1.0 - counts.shape[1], 1.0)
    # Pounds of each year at the prices of the last.
    mean = np.exp(-growths[:, None] * times) @ pounds / cases.sum()
    relative = cv**2 / cases.sum()
    return np.log(mean) - relative / 2 + np.sqrt(relative) * generator.standard_normal(rows), growths
