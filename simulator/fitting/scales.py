"""How much more one line moves than another: scales of lines, by moments of first differences.

Three to five years tell little of a line alone, so each scale's log is shrunk towards none by how much of
its distance is chance, and lines that differ no more than by chance get one scale. A fixed weight of
`(Y - 1) / (Y + 5)` made scales of 0.7 to 1.6 of lines that are all alike, and left
half of a true ten-fold difference away.
"""

from __future__ import annotations

import numpy as np
from scipy.special import polygamma

from simulator.fitting.cells import Cells
from simulator.records import BoolArray, FloatArray

_MOST = 100.0
"""How many times a line's variance may lie above or below the mean: SDs ten-fold."""


def line_scales(cells: Cells, lines: int, years: int) -> FloatArray:
    """Return how much each line moves over all clusters, shape (line,), one for as much as the others."""
    if lines < 2 or years < 3:
        return np.ones(lines)
    weights = cells.present / cells.variance
    z, weights = (one.reshape(-1, lines, years) for one in (cells.z, weights))
    changes = np.diff(z, axis=-1)
    # A cluster's change counts by how well it is known, and where both years are.
    known = _of_changes(weights)
    total = known.sum(0)
    change = np.einsum("cly,cly->ly", changes, known) / np.where(total > 0, total, 1.0)
    seen = _mean_square(change, total > 0)
    noise = np.array([1 / one[one > 0].mean() if (one > 0).any() else np.inf for one in total])
    return _shrunk(seen, noise, np.maximum((total > 0).sum(1) - 1.0, 0.0))


def cluster_scales(cells: Cells, lines: int, years: int) -> FloatArray:
    """Return how much clusters move in each line, apart from all clusters together, shape (line,)."""
    if lines < 2 or years < 2 or len(cells.z) < 2:
        return np.ones(lines)
    weights = cells.present / cells.variance
    z, weights = (one.reshape(-1, lines, years) for one in (cells.z, weights))
    known = _of_changes(weights) > 0
    changes = np.where(known, np.diff(z, axis=-1), 0.0)
    clusters = known.sum(0)
    apart = np.where(known, changes - changes.sum(0) / np.maximum(clusters, 1), 0.0)
    used = known & (clusters > 1)
    freedom = np.where(used, (clusters - 1) / np.maximum(clusters, 1), 0.0).sum((0, 2))
    seen = np.where(used, apart**2, 0.0).sum((0, 2)) / np.maximum(freedom, 1e-9)
    variance = np.where(used, 1 / np.where(used, _of_changes(weights), 1.0), 0.0)
    noise = np.where(freedom > 0, variance.sum((0, 2)) / np.maximum(used.sum((0, 2)), 1), np.inf)
    return _shrunk(seen, noise, freedom)


def _of_changes(weights: FloatArray) -> FloatArray:
    """Return the weights of changes between years: nothing where either year is unknown."""
    before, after = weights[..., :-1], weights[..., 1:]
    both = (before > 0) & (after > 0)
    total = np.where(both, before + after, 1.0)
    return np.asarray(np.where(both, before * after / total, 0.0))


def _mean_square(change: FloatArray, known: BoolArray) -> FloatArray:
    """Return the mean square of each line's changes about their mean, by degrees of freedom."""
    count = known.sum(1)
    mean = np.where(known, change, 0.0).sum(1) / np.maximum(count, 1)
    square = np.where(known, (change - mean[:, None]) ** 2, 0.0).sum(1)
    return np.asarray(square / np.maximum(count - 1, 1))


def _shrunk(seen: FloatArray, noise: FloatArray, freedom: FloatArray) -> FloatArray:
    """Return scales from variances seen, what of them is noise, and their freedom, each of shape (line,)."""
    usable = np.isfinite(noise) & (seen > 0) & (freedom > 0)
    if usable.sum() < 2:
        return np.ones(seen.size)
    signal = np.where(usable, np.maximum(seen - noise, 0.0), 0.0)
    pooled = float(signal[usable].mean())
    if pooled <= 0:
        return np.ones(seen.size)
    logs = np.log(np.clip(signal / pooled, 1 / _MOST, _MOST)) / 2
    # The variance of half the log of a chi-squared, larger where most of what is seen is noise.
    chance = polygamma(1, np.where(usable, freedom, 1.0) / 2) / 4
    chance *= (1 + np.where(usable, noise, 0.0) / pooled) ** 2
    weights = usable / chance
    centre = float((weights * logs).sum() / weights.sum())
    # How far lines differ beyond chance, by the method of moments of DerSimonian and Laird.
    excess = float((weights * (logs - centre) ** 2).sum()) - (usable.sum() - 1)
    between = max(0.0, excess / float(weights.sum() - (weights**2).sum() / weights.sum()))
    return np.asarray(np.exp(np.where(usable, between / (between + chance), 0.0) * (logs - centre)))
