"""The years after a history: each draw's end carried on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulator.fitting.posterior import ModelDraws, Posterior
from simulator.records import FloatArray

Normals = Callable[..., FloatArray]
"""From names to one standard normal for each row, from the stream of what it shakes."""


def future(
    posterior: Posterior, rows: NDArray[np.intp], years_ahead: int, normals: Normals
) -> tuple[FloatArray, FloatArray]:
    """Carry rows of a posterior into the years after the history.

    Parameters
    ----------
    posterior : Posterior
        What is known.
    rows : NDArray[np.intp]
        Rows of it, shape (row,); one may come often.
    years_ahead : int
        Years after the last of the history.
    normals : Normals
        Gives standard normals of shape (row,) for each name.

    Returns
    -------
    tuple of FloatArray
        Log expected cases per weighted person in a year, and log mean pounds a case, given the row and
        all shocks; each of shape (row, year, cluster, line), year 0 the last of the history.
    """
    names = posterior.clusters, posterior.lines
    # A line with a rate alone has no cluster's effects.
    affected = np.array([line not in posterior.rare for line in posterior.lines], dtype=float)
    return (
        _carried(
            posterior.volume,
            rows,
            years_ahead,
            _named(normals, "volume"),
            names,
            affected,
            posterior.priors.drift_sd,
        ),
        _carried(posterior.price, rows, years_ahead, _named(normals, "price"), names, affected, 0.0),
    )


def _named(normals: Normals, kind: str) -> Normals:
    return lambda *names: normals(kind, *names)


def _carried(
    draws: ModelDraws,
    rows: NDArray[np.intp],
    years_ahead: int,
    normals: Normals,
    names: tuple[tuple[str, ...], tuple[str, ...]],
    affected: FloatArray,
    drift_sd: float,
) -> FloatArray:
    """Return the logs of one model, shape (row, year, cluster, line)."""
    clusters, lines = names
    values = draws.values(rows)
    level, growth = (one[rows].astype(float) for one in (draws.level, draws.growth))
    shock, lasting = draws.shock[rows].astype(float), draws.cluster_level[rows].astype(float)
    common, own = draws.cluster_state[rows].astype(float), draws.cluster_line_state[rows].astype(float)
    moves_lines = draws.line_scales.astype(float) > 0
    phi, phi_d = values["phi"][:, None], values["phi_d"][:, None]
    fresh_shock = (values["tau"][:, None] * np.sqrt(1 - phi**2)) * draws.line_scales
    fresh_own = values["epsilon"][:, None, None] * draws.cluster_scales
    found = np.empty((len(rows), years_ahead + 1, len(clusters), len(lines)))
    for year in range(years_ahead + 1):
        if year:
            label = str(year)
            if drift_sd:
                growth = growth + drift_sd * moves_lines * _by_line(
                    values["rho"], normals, "drift", label, lines
                )
            level = level + growth
            shock = phi * shock + fresh_shock * _by_line(values["rho"], normals, "shock", label, lines)
            if values["delta"].any():
                parts = [normals("cluster", cluster, label) for cluster in clusters]
                common = phi_d * common + values["delta"][:, None] * np.stack(parts, axis=-1)
            if fresh_own.any():
                parts = [normals("cluster's line", one, line, label) for one in clusters for line in lines]
                own = phi_d[..., None] * own + fresh_own * np.stack(parts, axis=-1).reshape(own.shape)
        found[:, year] = (level + shock)[:, None] + lasting + common[..., None] * affected + own
    return found


def _by_line(rho: FloatArray, normals: Normals, kind: str, label: str, lines: tuple[str, ...]) -> FloatArray:
    """Return normals of shape (row, line) that share a part between lines."""
    common = normals(kind, label)[:, None]
    own = np.stack([normals(kind, line, label) for line in lines], axis=-1)
    return np.asarray(np.sqrt(rho[:, None]) * common + np.sqrt(1 - rho[:, None]) * own)
