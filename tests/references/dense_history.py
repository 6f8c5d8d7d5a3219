"""The density of a whole history as one normal law, cell by cell: the model's notation and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import multivariate_normal

from simulator.fitting.cells import Cells
from simulator.fitting.covariances import NUGGET, Structure
from simulator.fitting.priors import LEVEL_SD


def dense_log_likelihood(cells: Cells, structure: Structure, values: Mapping[str, float]) -> float:
    """Return the log density of all cells that are there."""
    lines, years = structure.lines, structure.years
    places = [(c, line, y) for c in range(len(cells.z)) for line in range(lines) for y in range(years)]
    places = [place for place in places if cells.present[place[0], place[1] * years + place[2]]]
    covariance = np.array(
        [[_covariance(structure, values, one, other) for other in places] for one in places]
    )
    at = [(c, line * years + y) for c, line, y in places]
    covariance += np.diag([cells.variance[place] for place in at])
    mean = [
        structure.level_mean[line] + structure.growth_mean[line] * (y - years + 1) for _, line, y in places
    ]
    return float(multivariate_normal.logpdf([cells.z[place] for place in at], mean, covariance))


def _covariance(
    structure: Structure, values: Mapping[str, float], one: tuple[int, int, int], other: tuple[int, int, int]
) -> float:
    (c, line, y), (c2, line2, y2) = one, other
    same_line, same_cluster, base = line == line2, c == c2, structure.years - 1
    between = 1.0 if same_line else values["rho"]
    scales = structure.line_scales[line] * structure.line_scales[line2]
    total = between * scales * values["tau"] ** 2 * values["phi"] ** abs(y - y2)
    # A change of growth in year j has moved the level of year y by y - j + 1 times itself.
    total += (
        between * structure.drift_sd**2 * sum((y - j + 1) * (y2 - j + 1) for j in range(1, min(y, y2) + 1))
    )
    if same_line:
        total += LEVEL_SD**2 + structure.growth_sd[line] ** 2 * (y - base) * (y2 - base)
        total += NUGGET * (y == y2)
    if same_cluster:
        passing = values["phi_d"] ** abs(y - y2) / (1 - values["phi_d"] ** 2)
        total += values["sigma_c"] ** 2 + values["delta"] ** 2 * passing
        if same_line:
            own = structure.cluster_scales[line] * values["epsilon"]
            total += values["sigma_k"] ** 2 + own**2 * passing
    return float(total)
