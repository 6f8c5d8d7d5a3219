"""The years after a history: what a row expects, and what chance adds, against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.fitting.future import Model
from simulator.fitting.posterior import Posterior
from tests.histories import posterior_of
from tests.references.checks import mean_against, misses, variance_against

ROWS = 40_000
TAU, PHI, RHO, DELTA, EPSILON, PHI_D, DRIFT = 0.3, 0.6, 0.5, 0.2, 0.1, 0.8, 0.05
AT = {"tau": TAU, "phi": PHI, "rho": RHO, "delta": DELTA, "epsilon": EPSILON, "phi_d": PHI_D}


def large_shocks() -> Posterior:
    """Return a posterior of one row whose SDs are large enough for any mistake in them to show."""
    found = posterior_of().at_estimate()
    theta = [[AT.get(name, 0.0) for name in found.volume.parameters]]
    volume = replace(
        found.volume,
        theta=np.array(theta, dtype=np.float32),
        line_scales=np.array([1.0, 0.5], dtype=np.float32),
        cluster_scales=np.array([1.0, 2.0], dtype=np.float32),
        shock=np.array([[0.2, -0.1]], dtype=np.float32),
        cluster_state=np.array([[0.1, 0.0, -0.3]], dtype=np.float32),
    )
    return replace(found, volume=volume, priors=replace(found.priors, drift_sd=DRIFT))


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.volume(large_shocks())


def test_what_chance_adds(model: Model) -> None:
    generator = np.random.default_rng(2)
    rows = np.zeros(ROWS, dtype=int)
    fresh = model.fresh(rows, 3, lambda *_: generator.standard_normal(ROWS))
    assert fresh.drift is not None
    assert fresh.common is not None
    assert fresh.own is not None
    comparisons = []
    for year in range(1, 4):
        fades = sum(PHI_D ** (2 * ago) for ago in range(year))
        drift = DRIFT**2 * sum((year - changed + 1) ** 2 for changed in range(1, year + 1))
        # The second line's shocks are half as large, and its clusters' twice.
        for logs, variance in (
            (fresh.shock[:, year, 0], TAU**2 * (1 - PHI ** (2 * year))),
            (fresh.shock[:, year, 1], TAU**2 / 4 * (1 - PHI ** (2 * year))),
            (fresh.drift[:, year, 1], drift),
            (fresh.common[:, year, 2], DELTA**2 * fades),
            (fresh.own[:, year, 1, 1], 4 * EPSILON**2 * fades),
        ):
            comparisons += [variance_against(logs, variance), mean_against(np.exp(logs), 1.0)]
    assert misses(comparisons) == []
    lines = np.corrcoef(fresh.shock[:, 1, 0], fresh.shock[:, 1, 1])[0, 1]
    assert lines == pytest.approx(RHO, abs=4 * (1 - RHO**2) / ROWS**0.5)
    years = np.corrcoef(fresh.common[:, 1, 0], fresh.common[:, 2, 0])[0, 1]
    assert years == pytest.approx(PHI_D / (1 + PHI_D**2) ** 0.5, abs=0.01)


def test_what_a_row_expects(model: Model) -> None:
    draws = model.draws
    expected = model.expected(np.zeros(1, dtype=int), 2)
    level, growth = float(draws.level[0, 0]), float(draws.growth[0, 0])
    # Two years on 0.36 of a shock of 0.2 is left; half the variances of what is new make means.
    variance = TAU**2 * (1 - PHI**4) + DRIFT**2 * 5
    assert expected.lines[0, 2, 0] == pytest.approx(level + 2 * growth + 0.36 * 0.2 + variance / 2)
    lasting, own = float(draws.cluster_level[0, 2, 1]), float(draws.cluster_line_state[0, 2, 1])
    variance = (DELTA**2 + 4 * EPSILON**2) * (1 + PHI_D**2)
    found = lasting + 0.64 * (own - 0.3) + variance / 2
    assert expected.clusters[0, 2, 2, 1] == pytest.approx(found)


def test_a_newcomer_has_mean_one_and_what_clusters_have(model: Model) -> None:
    generator = np.random.default_rng(4)
    rows = np.zeros(ROWS, dtype=int)
    logs = model.newcomer(rows, 1, lambda *_: generator.standard_normal(ROWS), "New")[:, 1, 1]
    variance = PHI_D**2 * (DELTA**2 + 4 * EPSILON**2) / (1 - PHI_D**2)
    assert misses([variance_against(logs, variance), mean_against(np.exp(logs), 1.0)]) == []
