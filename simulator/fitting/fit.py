"""A history fitted: two models, of volumes and of prices, and joint draws of all that is not known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.errors import InputError, Problem
from simulator.fitting.cells import Cells, price_cells, refine_small, volume_cells
from simulator.fitting.covariances import Structure, price_free, volume_free
from simulator.fitting.hyperparameters import sample_posterior
from simulator.fitting.likelihood import fitted, log_likelihood
from simulator.fitting.months import MonthLaw
from simulator.fitting.observed import Observed
from simulator.fitting.posterior import ModelDraws, Posterior, model_draws
from simulator.fitting.priors import WORDS, NormalPrior, Priors
from simulator.fitting.rare import RARE_CASES, cases_a_year, draw_costs, draw_levels
from simulator.fitting.scales import cluster_scales, line_scales
from simulator.fitting.states import States, draw_states
from simulator.random_streams import RandomStreams
from simulator.records import BoolArray, FloatArray

ROWS = 10_000
"""Draws that a fit keeps: they add a factor of sqrt(1 + n / 10,000) to the error of n contracts."""
LEAST_V, LEAST_CV = 0.01, 0.01
"""Least variance-to-mean of counts and least CV of a cost: what seems exact is known to so much at best."""
_REFINED = 3
"""Times that cells of few cases are taken anew about what was fitted."""


@dataclass(frozen=True, slots=True)
class _History:
    """A history sorted into what each line can tell."""

    observed: Observed
    law: MonthLaw
    amounts: FloatArray  # cases; pounds of a line that has no counts
    exposure: FloatArray
    spend_only: BoolArray
    rare: BoolArray
    priced: BoolArray

    @classmethod
    def of(cls, observed: Observed, law: MonthLaw) -> _History:
        spend_only = np.asarray(~np.isfinite(observed.counts).any((0, 2)))
        priced = (observed.counts > 0) & (observed.spend_gbp > 0)
        return cls(
            observed,
            law,
            np.where(spend_only[None, :, None], observed.spend_gbp, observed.counts),
            observed.weighted_people * observed.year_share,
            spend_only,
            np.asarray(~spend_only & (cases_a_year(observed.counts, observed.year_share) < RARE_CASES)),
            np.asarray(np.any(priced, axis=(0, 2))),
        )


def fit_history(
    observed: Observed, month_law: MonthLaw, priors: Priors | None = None, rows: int = ROWS, seed: int = 1
) -> Posterior:
    """Fit a history.

    Parameters
    ----------
    observed : Observed
        Years by cluster and line.
    month_law : MonthLaw
        What months tell: `v` and `k`.
    priors : Priors, optional
        What is believed before.
    rows : int
        Draws to keep.
    seed : int
        Of all draws: the same history, seed and rows give the same posterior, bit for bit.

    Returns
    -------
    Posterior
        Joint draws.

    Raises
    ------
    InputError
        Where a line has no data at all, or the posterior cannot be sampled.
    """
    priors = priors or Priors()
    history, streams = _History.of(observed, month_law), RandomStreams(seed)
    _check(history)
    volume = _volume(history, priors, rows, streams)
    price = _price(history, priors, rows, streams)
    names = np.array(observed.lines, dtype=object)
    one_cluster = np.isfinite(history.amounts).any((1, 2)).sum() < 2
    return Posterior(
        observed.clusters,
        observed.lines,
        observed.years,
        volume,
        price,
        rare=tuple(names[history.rare]),
        spend_only=tuple(names[history.spend_only]),
        unpriced=tuple(names[~history.priced & ~history.spend_only]),
        # One cluster's own effects cannot be told from the PCT's.
        prior_only=tuple(name for name in ("sigma_c", "delta", "sigma_k", "epsilon") if name in volume.free)
        if one_cluster
        else (),
        priors=priors,
    )


def _check(history: _History) -> None:
    """Say of every line that has nothing to fit."""
    known: BoolArray = np.isfinite(history.amounts) & (history.exposure > 0)
    silent = np.flatnonzero(~known.any((0, 2)))
    problems = [
        Problem(
            f"history, line {history.observed.lines[at]}",
            "cases or spend in some year",
            "none",
            "leave it out",
        )
        for at in silent
    ]
    unsure = history.spend_only & known.any((0, 2)) & ~np.isfinite(history.law.v)
    problems += [
        Problem(
            f"history, line {history.observed.lines[at]}",
            "counts, or months of spend from which its spread can be told",
            "spend alone, of one practice in one year",
            "give counts, or spend by practice",
        )
        for at in np.flatnonzero(unsure)
    ]
    if problems:
        raise InputError(problems)


def _volume(history: _History, priors: Priors, rows: int, streams: RandomStreams) -> ModelDraws:
    """Fit volumes: the joint model of lines that are not rare, and each rare line's rate."""
    observed, modelled = history.observed, ~history.rare
    counts, exposure = history.amounts[:, modelled], history.exposure[:, modelled]
    # A variance that months cannot tell is that of Poisson counts.
    v = np.maximum(np.where(np.isfinite(history.law.v), history.law.v, 1.0), LEAST_V)[modelled]
    growth = [
        _of_pounds(priors, line) if alone else priors.growth_by_line.get(line, priors.growth)
        for line, alone in zip(observed.lines, history.spend_only, strict=True)
    ]
    generator = streams.generator("fit", "volume")
    cells = volume_cells(counts, exposure, v)
    structure = _structure(
        cells,
        [one for one, kept in zip(growth, modelled, strict=True) if kept],
        len(observed.years),
        volume_free(priors, int(modelled.sum())),
        priors.drift_sd,
    )
    for _ in range(_REFINED if modelled.any() else 0):
        about = fitted(cells, structure, np.zeros(len(structure.free)))
        cells = refine_small(cells, about, counts, exposure, v)
    draws = _draws(cells, structure, modelled, rows, generator)
    for at in np.flatnonzero(history.rare):
        levels = draw_levels(history.amounts[:, at], history.exposure[:, at], growth[at], rows, generator)
        draws.level[:, at], draws.growth[:, at] = levels
    return draws


def _of_pounds(priors: Priors, line: str) -> NormalPrior:
    """Return the prior of the growth of a line of which pounds alone are known: of cases and of prices."""
    cases, prices = priors.growth_by_line.get(line, priors.growth), priors.price_growth
    return NormalPrior(cases.mean + prices.mean, math.hypot(cases.sd, prices.sd))


def _price(history: _History, priors: Priors, rows: int, streams: RandomStreams) -> ModelDraws:
    """Fit prices: the joint model of lines with counts and spend, and each rare line's mean cost."""
    observed = history.observed
    modelled = history.priced & ~history.rare
    cv = np.where(np.isfinite(history.law.cv), history.law.cv, 1.0)
    cells = price_cells(
        observed.spend_gbp[:, modelled], observed.counts[:, modelled], np.maximum(cv[modelled], LEAST_CV)
    )
    free = price_free(priors, int(modelled.sum()))
    structure = _structure(
        cells, [priors.price_growth] * int(modelled.sum()), len(observed.years), (free, {}), 0.0
    )
    generator = streams.generator("fit", "price")
    draws = _draws(cells, structure, modelled, rows, generator)
    for at in np.flatnonzero(history.rare & history.priced):
        known = observed.counts[:, at], observed.spend_gbp[:, at], float(cv[at])
        costs = draw_costs(*known, priors.price_growth, rows, generator)
        draws.level[:, at], draws.growth[:, at] = costs
    draws.level[:, ~history.priced & ~history.spend_only] = np.nan
    return draws


def _structure(
    cells: Cells,
    growth: list[NormalPrior],
    years: int,
    parameters: tuple[Mapping[str, Any], Mapping[str, float]],
    drift_sd: float,
) -> Structure:
    """Return what is fixed of a model, with the lines' raw levels and scales."""
    lines = len(growth)
    shape = len(cells.z), lines, years
    weights = (cells.present / cells.variance).reshape(shape).sum((0, 2))
    total = (cells.z * cells.present / cells.variance).reshape(shape).sum((0, 2))
    return Structure(
        line_scales(cells, lines, years),
        cluster_scales(cells, lines, years),
        years,
        *parameters,
        level_mean=total / weights,
        growth_mean=np.array([one.mean for one in growth]),
        growth_sd=np.array([one.sd for one in growth]),
        drift_sd=drift_sd,
    )


def _draws(cells: Cells, structure: Structure, modelled: BoolArray, rows: int, generator: Any) -> ModelDraws:
    """Sample SDs and correlations, then states given them."""
    if not modelled.any():
        return _nothing(len(cells.z), modelled, rows, structure)
    names = tuple(structure.free)
    points = sample_posterior(
        lambda units: log_likelihood(cells, structure, units),
        names,
        [WORDS[name] for name in names],
        generator,
    )
    chosen, counts = np.unique(points.resample(rows, generator), return_counts=True)
    units = points.units[chosen]
    states = draw_states(cells, structure, units, counts, generator)
    theta = {name: np.repeat(one, counts) for name, one in structure.values(units).items()}
    told = {
        "free": names,
        "learned": tuple(float(one) for one in points.learned),
        "effective": points.effective,
        "method": points.method,
    }
    scales = structure.line_scales, structure.cluster_scales
    return model_draws(states, theta, scales, modelled, told)


def _nothing(clusters: int, modelled: BoolArray, rows: int, structure: Structure) -> ModelDraws:
    """Return draws of a model without lines."""
    empty = (
        np.zeros((rows, *shape)) for shape in ((0,), (0,), (0,), (clusters, 0), (clusters,), (clusters, 0))
    )
    theta = {
        name: np.repeat(one, rows)
        for name, one in structure.values(np.zeros((1, len(structure.free)))).items()
    }
    told = {"free": (), "learned": (), "effective": float(rows), "method": "no line to learn from"}
    return model_draws(States(*empty), theta, (np.zeros(0), np.zeros(0)), modelled, told)
