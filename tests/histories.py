"""A small history fitted, and scenarios that carry it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from simulator.fitting.estimates import Estimates
from simulator.fitting.fit import fit_history
from simulator.fitting.months import MonthLaw
from simulator.fitting.observed import Observed
from simulator.fitting.posterior import Posterior
from tests.builders import Table, cluster_of, line_of, scenario_of

LINES, CLUSTERS, YEARS = ("admissions", "prescribing"), ("North", "South", "East"), (2007, 2008, 2009)


@lru_cache
def posterior_of(rows: int = 2_000) -> Posterior:
    """Return what three years say of three clusters and two lines: 100 and 2,000 cases per 1,000 people."""
    people = np.array([5_000.0, 20_000.0, 60_000.0])[:, None, None]
    moves = np.random.default_rng(3).normal(0, 0.03, (3, 2, 3))
    rate = np.array([0.1, 2.0])[:, None] * 1.03 ** np.arange(-2, 1)
    counts = np.round(people * rate * np.exp(moves))
    cost_gbp = np.array([1_000.0, 9.0])[:, None] * 1.01 ** np.arange(-2, 1)
    whole = np.ones((3, 2, 3))
    observed = Observed(
        CLUSTERS, LINES, YEARS, counts, counts * cost_gbp * np.exp(moves / 3), people * whole, whole
    )
    none = np.full((2, 3), np.nan)
    flat = np.ones((2, 12))
    v, cv, small = np.array([1.5, 4.0]), np.array([1.0, 1.2]), np.full(2, 0.1)
    seen = counts.sum((0, 2))
    law = MonthLaw(LINES, flat, v, small, none, none, cv, small, seen, np.zeros(2, dtype=bool), ())
    return fit_history(observed, law, rows=rows)


def fitted_scenario(folder: Path, posterior: Posterior | None = None, **changes: object) -> Table:
    """Return a scenario of the figures that `fit` would write, with its draws beside it."""
    found = posterior_of() if posterior is None else posterior
    digest = found.save(folder / "draws.npz")
    figures = Estimates.of(found)
    lines = [
        line_of(
            name,
            rate_per_1000=figures.rate_per_1000[name].value,
            rate_year=YEARS[-1],
            growth_share=figures.growth_share[name].value,
            price_growth_share=figures.price_growth_share[name].value,
            unit_cost_gbp={"model": "gamma", "mean": figures.mean_cost_gbp[name].value, "cv": 1.0},
        )
        for name in LINES
    ]
    people = (5_000, 20_000, 60_000)
    clusters = [
        cluster_of(name, size, need=figures.need[name].value)
        for name, size in zip(CLUSTERS, people, strict=True)
    ]
    given: Table = {"service_lines": lines, "clusters": clusters}
    given["fit"] = {"posterior": "draws.npz", "sha256": digest}
    return scenario_of(**(given | changes))
