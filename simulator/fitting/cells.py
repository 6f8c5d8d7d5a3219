"""The data step: a cluster's line in a year as one number with a normal error, where anything is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.records import BoolArray, FloatArray

FEW_CASES = 5.0
"""Expected cases under which a log of counts is too skew to be normal."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Logs of what was observed, each with its variance. Shapes (cluster, n), lines outermost."""

    z: FloatArray  # log of cases per weighted person and year, or of pounds a case; 0 where nothing is known
    variance: FloatArray  # of z, from cases alone; 1 where nothing is known
    present: BoolArray  # whether anything is known

    @classmethod
    def of(cls, z: FloatArray, variance: FloatArray) -> Cells:
        """Return cells from arrays of shape (cluster, line, year); one that is not finite has no row."""
        flat = [one.reshape(len(one), -1) for one in (z, variance)]
        present = np.isfinite(flat[0]) & np.isfinite(flat[1]) & (flat[1] > 0)
        return cls(np.where(present, flat[0], 0.0), np.where(present, flat[1], 1.0), present)


def volume_cells(counts: FloatArray, exposure: FloatArray, v: FloatArray) -> Cells:
    """Return the log of cases per weighted person, less the bias of a log of few cases.

    Parameters
    ----------
    counts : FloatArray
        Shape (cluster, line, year); nan where nothing is known.
    exposure : FloatArray
        Weighted people times the share of the year that is there, of the same shape.
    v : FloatArray
        Variance of a count over its mean, shape (line,).

    Returns
    -------
    Cells
        `log((N + 1/2) / exposure)`: its mean is too high by `(1 - v) / 2N` to first order, which is
        taken off; its variance is `v / (N + 1/2)`.
    """
    more, ratio = counts + 0.5, v[None, :, None]
    exposed = np.where(exposure > 0, exposure, np.nan)
    return Cells.of(np.log(more / exposed) - (1 - ratio) / (2 * more), ratio / more)


def price_cells(spend_gbp: FloatArray, counts: FloatArray, cv: FloatArray) -> Cells:
    """Return the log of pounds a case, less the bias of a log; shapes as of `volume_cells`.

    The mean of N cases has a coefficient of variation of `cv / sqrt(N)`: its log is too low by half
    its square.
    """
    known = (counts > 0) & (spend_gbp > 0)
    cases, spend = np.where(known, counts, np.nan), np.where(known, spend_gbp, np.nan)
    relative = (cv**2)[None, :, None] / cases
    return Cells.of(np.log(spend / cases) + relative / 2, relative)


def refine_small(
    cells: Cells, fitted: FloatArray, counts: FloatArray, exposure: FloatArray, v: FloatArray
) -> Cells:
    """Return cells in which those with few expected cases are taken about what was fitted.

    Parameters
    ----------
    cells : Cells
        Of volumes.
    fitted : FloatArray
        Fitted log cases per weighted person, shape (cluster, n).
    counts, exposure, v : FloatArray
        As of `volume_cells`.

    Returns
    -------
    Cells
        With `z = fitted + (N - mean) / mean` and variance `v / mean` where the mean is under
        `FEW_CASES`: one step of penalised quasi-likelihood.
    """
    flat_counts, flat_exposure = (one.reshape(len(one), -1) for one in (counts, exposure))
    ratio = np.repeat(v, counts.shape[2])
    expected = np.where(cells.present, flat_exposure, 1.0) * np.exp(fitted)
    few = cells.present & (expected < FEW_CASES)
    cases = np.where(few, flat_counts, expected)
    return replace(
        cells,
        z=np.where(few, fitted + (cases - expected) / expected, cells.z),
        variance=np.where(few, ratio / expected, cells.variance),
    )
