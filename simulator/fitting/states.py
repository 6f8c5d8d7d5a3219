"""Where everything stands at the end of a history: joint draws of levels, growth, shocks and cluster effects.

Each row draws everything from its prior, with data of its own, and is then moved by what the difference
between those and the real data tells: the result has the exact law given the data, and all is linear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.fitting.cells import Cells
from simulator.fitting.covariances import Structure, stationary_sd
from simulator.fitting.likelihood import NUMBERS_AT_ONCE, Factors, batches, factorise
from simulator.fitting.priors import LEVEL_SD
from simulator.random_streams import Generator
from simulator.records import FloatArray

Values = Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class States:
    """The end of a history, one row a draw."""

    level: FloatArray  # shape (row, line); log level of the last year, drift in it
    growth: FloatArray  # shape (row, line); growth a year of the log level at the end, drift in it
    shock: FloatArray  # shape (row, line); PCT-wide shock of the last year
    cluster_level: FloatArray  # shape (row, cluster, line); what lasts, common to lines and own together
    cluster_state: FloatArray  # shape (row, cluster); what passes and is common to lines, in the last year
    cluster_line_state: FloatArray  # shape (row, cluster, line); what passes and is a line's own

    @classmethod
    def stacked(cls, parts: list[States]) -> States:
        """Return the rows of several as those of one."""
        names = cls.__dataclass_fields__
        return cls(**{name: np.concatenate([getattr(one, name) for one in parts]) for name in names})


def draw_states(
    cells: Cells, structure: Structure, units: FloatArray, rows_of: NDArray[np.intp], generator: Generator
) -> States:
    """Draw states given the data, `rows_of[i]` of them at point i.

    Parameters
    ----------
    cells : Cells
        The data.
    structure : Structure
        What is fixed.
    units : FloatArray
        Points in prior SDs, shape (point, parameter).
    rows_of : NDArray[np.intp]
        Shape (point,).
    generator : Generator
        Draws them.

    Returns
    -------
    States
        Rows in the points' order.
    """
    parts, done = [], 0
    for batch in batches(cells, units):
        point = np.repeat(np.arange(len(batch)), rows_of[done : done + len(batch)])
        done += len(batch)
        values = structure.values(batch)
        factors = factorise(cells, structure, values)
        of_rows = {name: one[point] for name, one in values.items()}
        size = max(1, NUMBERS_AT_ONCE // (len(cells.z) * structure.mean.size**2))
        for start in range(0, point.size, size):
            part = slice(start, start + size)
            own = {name: one[part] for name, one in of_rows.items()}
            parts.append(_draw(cells, structure, factors, point[part], own, generator))
    return States.stacked(parts)


def _draw(
    cells: Cells,
    structure: Structure,
    factors: Factors,
    point: NDArray[np.intp],
    values: Values,
    generator: Generator,
) -> States:
    """Draw a batch of rows from the prior and move each to the data."""
    rows, lines, years = point.size, structure.lines, structure.years
    normal = generator.standard_normal
    level = structure.level_mean + LEVEL_SD * normal((rows, lines))
    growth = structure.growth_mean + structure.growth_sd * normal((rows, lines))
    shock = (values["tau"][:, None] * structure.line_scales)[..., None] * _paths(
        values["phi"], _between_lines(values["rho"], normal((rows, years)), normal((rows, lines, years)))
    )
    changes = structure.drift_sd * _between_lines(
        values["rho"], normal((rows, years - 1)), normal((rows, lines, years - 1))
    )
    to_growth, to_level = structure.drift_steps()
    drift = changes @ to_level.T
    line_years = level[..., None] + growth[..., None] * structure.times + shock + drift
    lasting = values["sigma_c"][:, None, None] * normal((rows, len(cells.z), 1))
    lasting = lasting + values["sigma_k"][:, None, None] * normal((rows, len(cells.z), lines))
    common = _clusters(values, "delta", normal((rows, len(cells.z), years)))
    own = structure.cluster_scales[:, None] * _clusters(
        values, "epsilon", normal((rows, len(cells.z), lines, years))
    )
    effects = (lasting[..., None] + common[:, :, None] + own).reshape(rows, len(cells.z), -1)
    drawn = line_years.reshape(rows, 1, -1) + effects
    drawn += np.sqrt(cells.variance) * normal(drawn.shape)
    residual = np.where(cells.present, cells.z - drawn, 0.0)
    prior = States(
        level + drift[..., -1],
        growth + changes @ to_growth[-1],
        shock[..., -1],
        lasting,
        common[..., -1],
        own[..., -1],
    )
    return _moved(prior, residual, structure, factors, point, values)


def _moved(
    prior: States,
    residual: FloatArray,
    structure: Structure,
    factors: Factors,
    point: NDArray[np.intp],
    values: Values,
) -> States:
    """Move states by what residuals of shape (row, cluster, n) tell of them."""
    lines, years, times = structure.lines, structure.years, structure.times
    precision = factors.precision[point]
    scores = np.einsum("rcij,rcj->ri", precision, residual)
    means = np.einsum("rij,rj->ri", factors.spread[point], scores)
    weighed = np.einsum("rcij,rcj->rci", precision, residual - means[:, None])
    # What is left of the scores is the prior's precision times the means, without its inverse.
    left = weighed.sum(1).reshape(-1, lines, years)
    q = weighed.reshape(len(means), -1, lines, years)
    to_growth, to_level = structure.drift_steps()
    drift = structure.drift_sd**2
    of_level = _over_lines(values["rho"], left @ (drift * to_level @ to_level[-1]))
    of_slope = _over_lines(values["rho"], left @ (drift * to_level @ to_growth[-1]))
    fading = values["phi"][:, None] ** -times
    seen = np.einsum("rly,ry->rl", left, fading) * structure.line_scales
    shock = (values["tau"] ** 2)[:, None] * structure.line_scales * _over_lines(values["rho"], seen)
    fading = values["phi_d"][:, None] ** -times
    common_variance, own_variance = (
        stationary_sd(values[name], values["phi_d"]) ** 2 for name in ("delta", "epsilon")
    )
    of_cells = np.einsum("rcly,ry->rcl", q, fading)
    sigma_c, sigma_k = values["sigma_c"][:, None, None], values["sigma_k"][:, None, None]
    of_years = q.sum(-1)
    return States(
        prior.level + LEVEL_SD**2 * left.sum(-1) + of_level,
        prior.growth + structure.growth_sd**2 * (left @ times) + of_slope,
        prior.shock + shock,
        prior.cluster_level + sigma_c**2 * of_years.sum(-1, keepdims=True) + sigma_k**2 * of_years,
        prior.cluster_state + common_variance[:, None] * of_cells.sum(-1),
        prior.cluster_line_state + own_variance[:, None, None] * structure.cluster_scales**2 * of_cells,
    )


def _over_lines(rho: FloatArray, of_line: FloatArray) -> FloatArray:
    """Return correlations between lines times figures by line, shape (row, line)."""
    return np.asarray(rho[:, None] * of_line.sum(1, keepdims=True) + (1 - rho[:, None]) * of_line)


def _between_lines(rho: FloatArray, common: FloatArray, own: FloatArray) -> FloatArray:
    """Return normals of shape (row, line, year) that share a part between lines."""
    share = rho[:, None, None]
    return np.asarray(np.sqrt(share) * common[:, None] + np.sqrt(1 - share) * own)


def _paths(correlation: FloatArray, normals: FloatArray) -> FloatArray:
    """Return normals along the last axis, years, that remember the year before; all years vary alike."""
    keeps = correlation.reshape(-1, *[1] * (normals.ndim - 2))
    innovation = np.sqrt(1 - keeps**2)
    paths = normals.copy()
    for year in range(1, normals.shape[-1]):
        paths[..., year] = keeps * paths[..., year - 1] + innovation * normals[..., year]
    return paths


def _clusters(values: Values, change: str, normals: FloatArray) -> FloatArray:
    """Return what passes of clusters."""
    sd = stationary_sd(values[change], values["phi_d"]).reshape(-1, *[1] * (normals.ndim - 1))
    return np.asarray(sd * _paths(values["phi_d"], normals))
