"""The density of a history given its SDs and correlations, with everything else integrated out exactly.

Given those, clusters are independent given the levels of lines and years, so one matrix of order
`n = lines * years` is factored for each cluster and one for the lines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.fitting.cells import Cells
from simulator.fitting.covariances import Structure, of_cluster, of_line_years
from simulator.records import FloatArray

NUMBERS_AT_ONCE = 2_000_000
"""Numbers in one batch of matrices: 16 MB."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What the density and the states need of each point's matrices."""

    precision: FloatArray  # of a cluster's cells, shape (point, cluster, n, n); 0 where nothing is known
    spread: FloatArray  # covariance of lines and years given the data, shape (point, n, n)
    log_determinant: FloatArray  # of the covariance of all data, shape (point,)

    def line_years(self, scores: FloatArray) -> FloatArray:
        """Return the means of lines and years, shape (point, n), from scores of that shape."""
        return np.asarray(np.einsum("bij,bj->bi", self.spread, scores))


def factorise(cells: Cells, structure: Structure, values: Mapping[str, FloatArray]) -> Factors:
    """Factor the covariance matrices of every point.

    Parameters
    ----------
    cells : Cells
        The data.
    structure : Structure
        What is fixed.
    values : Mapping[str, FloatArray]
        Every parameter, each of shape (point,).

    Returns
    -------
    Factors
        Of lines and years by way of `I + L' S L`, with L the factor of their prior covariance, which
        needs no inverse of a matrix that is nearly singular where shocks are small.
    """
    precision, log_determinant = _of_clusters(cells, structure, values)
    information = precision.sum(1)
    prior_root = np.linalg.cholesky(of_line_years(structure, values))
    turned = np.swapaxes(prior_root, -1, -2)
    inner = np.eye(cells.z.shape[1]) + turned @ information @ prior_root
    inner_root = np.linalg.cholesky(inner)
    log_determinant += 2 * np.log(np.diagonal(inner_root, axis1=-2, axis2=-1)).sum(-1)
    spread = prior_root @ np.linalg.inv(inner) @ turned
    return Factors(precision, np.asarray(spread), log_determinant)


def _of_clusters(
    cells: Cells, structure: Structure, values: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Return precisions of clusters' cells and the log determinants of their covariances.

    A cluster's lines are independent but for what they share, which has a number for each year: one matrix
    of order `years` for each line and one for all, five times as fast as one of order `lines * years`.
    """
    clusters, lines, years = len(cells.z), structure.lines, structure.years
    present = cells.present.reshape(clusters, lines, years)
    variance = cells.variance.reshape(present.shape)
    known = present[..., :, None] & present[..., None, :]
    common, own = of_cluster(structure, values)
    blocks = own[:, None] * known
    at = np.arange(years)
    # A cell without a row is an independent one of variance one: its determinant is one.
    blocks[..., at, at] = np.where(present, blocks[..., at, at] + variance, 1.0)
    log_determinant = np.linalg.slogdet(blocks)[1].sum((1, 2))
    inverse = np.linalg.inv(blocks) * known
    shared = np.eye(years) + common[:, None] @ inverse.sum(2)
    log_determinant += np.linalg.slogdet(shared)[1].sum(1)
    middle = np.linalg.solve(shared, np.broadcast_to(common[:, None], shared.shape))
    side = inverse.reshape(-1, clusters, lines * years, years)
    precision = -(side @ middle) @ np.swapaxes(side, -1, -2)
    of_lines = precision.reshape(-1, clusters, lines, years, lines, years)
    which = np.arange(lines)
    of_lines[:, :, which, :, which, :] += inverse.transpose(2, 0, 1, 3, 4)
    return np.asarray(precision), np.asarray(log_determinant)


def log_likelihood(cells: Cells, structure: Structure, units: FloatArray) -> FloatArray:
    """Return the log density of the data at each point.

    Parameters
    ----------
    cells : Cells
        The data.
    structure : Structure
        What is fixed.
    units : FloatArray
        Prior SDs from the centre of each learned parameter, shape (point, parameter).

    Returns
    -------
    FloatArray
        Shape (point,).
    """
    return np.concatenate([_of_batch(cells, structure, part) for part in batches(cells, units)])


def batches(cells: Cells, units: FloatArray) -> list[FloatArray]:
    """Return points in batches that take little memory."""
    size = max(1, NUMBERS_AT_ONCE // (len(cells.z) * cells.z.shape[1] ** 2))
    return [units[start : start + size] for start in range(0, max(len(units), 1), size)]


def _of_batch(cells: Cells, structure: Structure, units: FloatArray) -> FloatArray:
    factors = factorise(cells, structure, structure.values(units))
    residual = np.where(cells.present, cells.z - structure.mean, 0.0)
    weighed = np.einsum("bcij,cj->bci", factors.precision, residual)
    scores = weighed.sum(1)
    square = np.einsum("bci,ci->b", weighed, residual) - np.einsum(
        "bi,bi->b", scores, factors.line_years(scores)
    )
    return np.asarray(-0.5 * (factors.log_determinant + square + cells.present.sum() * math.log(2 * math.pi)))


def fitted(cells: Cells, structure: Structure, units: FloatArray) -> FloatArray:
    """Return the mean of what lies behind each cell, shape (cluster, n), at one point."""
    values = structure.values(units[None])
    factors = factorise(cells, structure, values)
    residual = np.where(cells.present, cells.z - structure.mean, 0.0)
    means = factors.line_years(np.einsum("bcij,cj->bi", factors.precision, residual))[0]
    weighed = np.einsum("cij,cj->ci", factors.precision[0], residual - means)
    weighed = weighed.reshape(-1, structure.lines, structure.years)
    common, own = of_cluster(structure, values)
    effects = weighed.sum(1, keepdims=True) @ common[0] + np.einsum("cly,lyt->clt", weighed, own[0])
    return np.asarray(structure.mean + means + effects.reshape(cells.z.shape))
