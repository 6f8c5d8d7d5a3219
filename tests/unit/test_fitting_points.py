"""Weighted points from a posterior: where it is known, where it bends, and where it cannot be found."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.fitting.hyperparameters import Density, Points, sample_posterior
from simulator.random_streams import RandomStreams
from simulator.records import FloatArray

WORDS = ("how much", "how long", "how alike", "what else")


def _points(log_likelihood: Density, size: int, seed: int = 1) -> Points:
    names = tuple("abcd"[:size])
    return sample_posterior(log_likelihood, names, WORDS[:size], RandomStreams(seed).generator("points"))


def test_a_normal_posterior_by_hand() -> None:
    """Data say 1 with variance 1/3: the posterior has precision 4 and mean 3/4."""
    points = _points(lambda units: -1.5 * ((units - 1) ** 2).sum(1), 3)
    assert points.method.startswith("importance sampling")
    assert points.effective > 800
    mean = points.weights @ points.units
    assert mean == pytest.approx(0.75, abs=4 * 0.5 / np.sqrt(points.effective))
    assert points.learned == pytest.approx(0.75, abs=0.06)
    assert points.weights.sum() == pytest.approx(1)


def test_points_are_drawn_again_by_weight_in_order() -> None:
    points = Points(np.zeros((3, 1)), np.array([0.5, 0.0, 0.5]), 2.0, "")
    rows = points.resample(1000, RandomStreams(1).generator("rows"))
    assert (np.diff(rows) >= 0).all()
    assert np.bincount(rows).tolist() in ([500, 0, 500], [501, 0, 499], [499, 0, 501])


def test_two_peaks_are_both_found() -> None:
    """One at 2 and one at -2 that is as high: half of all lies about each."""

    def log_likelihood(units: FloatArray) -> FloatArray:
        return np.logaddexp(*(-20 * (units[:, 0] - peak) ** 2 for peak in (2.0, -2.0)))

    points = _points(log_likelihood, 2)
    assert points.weights[points.units[:, 0] > 0].sum() == pytest.approx(0.5, abs=0.1)


def _bent(units: FloatArray, width: float) -> FloatArray:
    """Return the density of a thin bent ridge: the second figure is the square of the first."""
    return -0.5 * ((units[:, 1] - units[:, 0] ** 2) / width) ** 2


def test_a_ridge_too_thin_for_weights_is_walked_by_chains() -> None:
    points = _points(lambda units: _bent(units, 0.02), 2)
    assert points.method == "Metropolis, 20000 steps"
    assert points.effective > 100
    assert points.units[:, 1] == pytest.approx(points.units[:, 0] ** 2, abs=0.1)


def test_what_cannot_be_found_is_an_error_that_names_the_bound() -> None:
    with pytest.raises(InputError, match=r"at its bound: b \(how long\)"):
        # Twenty prior SDs away, and sure to a hundredth of one.
        _points(lambda units: -0.5 * ((units[:, 1] - 20) / 0.01) ** 2, 2)
