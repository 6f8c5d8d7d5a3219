"""A posterior as single figures, from draws that stand in the test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.fitting.estimates import Estimates, written
from tests.histories import posterior_of

ROWS = 1_000


def test_figures_by_hand() -> None:
    found = posterior_of(ROWS)
    # Logs from -1 to 1 in even steps, about a rate of 0.1 and a growth of 3%.
    spread = np.linspace(-1, 1, ROWS)[:, None].astype(np.float32)
    level, growth = np.log(0.1) + 0.2 * spread, 0.03 + 0.02 * spread
    nothing = np.zeros_like(found.volume.cluster_level)
    nothing[:, 1] = 0.1
    volume = replace(
        found.volume,
        level=np.repeat(level, 2, axis=1),
        growth=np.repeat(growth, 2, axis=1),
        cluster_level=nothing,
    )
    figures = Estimates.of(replace(found, volume=volume))
    rate = figures.rate_per_1000["admissions"]
    # The mean of 100 exp(0.2 u), u even from -1 to 1, is 100 sinh(0.2) / 0.2.
    assert rate.value == written(100 * np.sinh(0.2) / 0.2)
    assert (rate.low, rate.high) == pytest.approx((100 * np.exp(-0.19), 100 * np.exp(0.19)), rel=1e-3)
    grows = figures.growth_share["prescribing"]
    assert grows.value == pytest.approx(np.expm1(0.03), abs=5e-5)
    assert (grows.low, grows.high) == pytest.approx((np.expm1(0.011), np.expm1(0.049)), rel=1e-3)
    assert figures.need["South"].value == written(np.exp(0.1))
    assert figures.need["North"].value == 1.0
    tau = found.volume.theta[:, found.volume.parameters.index("tau")].astype(float)
    assert figures.volume["tau"].value == written(float(np.median(tau)))
    assert figures.volume["tau"].low == pytest.approx(np.quantile(tau, 0.025))


def test_figures_are_written_to_four_digits() -> None:
    assert [written(one) for one in (123_456.0, 0.0123456, 9.99996)] == [123_500.0, 0.01235, 10.0]
