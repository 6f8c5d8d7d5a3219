"""The density of a history given its SDs and correlations, with everything else integrated out exactly.

Given those, clusters are independent given the levels of lines and years, so one matrix of order
`n = lines * years` is factored for each cluster and one for the lines (FIT.md, section 3).
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
    information: FloatArray  # of all clusters on lines and years, shape (point, n, n)
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
        By way of `I + L' S L`, with L the factor of the lines' prior covariance, which needs no
        inverse of a matrix that is nearly singular where shocks are small.
    """
    known = cells.present[:, :, None] & cells.present[:, None, :]
    covariance = of_cluster(structure, values)[:, None] * known
    at = np.arange(cells.z.shape[1])
    covariance[..., at, at] += cells.variance
    # A cell without a row is an independent one of variance one: its determinant is one.
    covariance[..., at, at] = np.where(cells.present, covariance[..., at, at], 1.0)
    root = np.linalg.cholesky(covariance)
    log_determinant = 2 * np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum((-1, -2))
    precision = np.linalg.inv(covariance) * known
    information = precision.sum(1)
    prior_root = np.linalg.cholesky(of_line_years(structure, values))
    turned = np.swapaxes(prior_root, -1, -2)
    inner = np.eye(at.size) + turned @ information @ prior_root
    inner_root = np.linalg.cholesky(inner)
    log_determinant += 2 * np.log(np.diagonal(inner_root, axis1=-2, axis2=-1)).sum(-1)
    spread = prior_root @ np.linalg.inv(inner) @ turned
    return Factors(*map(np.asarray, (precision, information, spread, log_determinant)))


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
    weighed = np.einsum("cij,cj->ci", factors.precision[0], np.where(cells.present, residual - means, 0.0))
    return np.asarray(structure.mean + means + weighed @ of_cluster(structure, values)[0])
