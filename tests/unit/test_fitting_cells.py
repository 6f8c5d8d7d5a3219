"""The data step, priors and scales, by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from simulator.fitting.cells import Cells, price_cells, refine_small, volume_cells
from simulator.fitting.priors import Priors
from simulator.fitting.scales import cluster_scales, line_scales
from simulator.random_streams import RandomStreams
from simulator.records import FloatArray


def test_volume_by_hand() -> None:
    """99 cases of 1,000 people in half a year, with twice the variance of Poisson counts."""
    cells = volume_cells(np.array([[[99.0]]]), np.array([[[500.0]]]), np.array([2.0]))
    assert cells.z[0, 0] == pytest.approx(math.log(99.5 / 500) + 1 / 199)
    assert cells.variance[0, 0] == pytest.approx(2 / 99.5)


def test_price_by_hand() -> None:
    cells = price_cells(np.array([[[5000.0]]]), np.array([[[50.0]]]), np.array([1.5]))
    assert cells.z[0, 0] == pytest.approx(math.log(100) + 2.25 / 100)
    assert cells.variance[0, 0] == pytest.approx(2.25 / 50)


def test_a_log_of_counts_is_right_on_average() -> None:
    """The bias that is taken off is that of negative binomial counts, to a tenth of what it was."""
    mean, v, generator = 40.0, 3.0, RandomStreams(1).generator("counts")
    counts = generator.poisson((v - 1) * generator.gamma(mean / (v - 1), size=(400_000, 1, 1))).astype(float)
    z = volume_cells(counts, np.ones(counts.shape), np.array([v])).z
    raw = np.log((counts + 0.5) / mean)
    assert abs(raw.mean()) > 0.02
    assert abs((z - math.log(mean)).mean()) < 0.005


@pytest.mark.parametrize(
    ("counts", "exposure"), [(np.nan, 100.0), (5.0, np.nan), (5.0, 0.0)], ids=["count", "people", "no people"]
)
def test_what_is_not_known_has_no_row(counts: float, exposure: float) -> None:
    cells = volume_cells(np.array([[[counts, 7.0]]]), np.array([[[exposure, 100.0]]]), np.array([1.0]))
    assert cells.present.tolist() == [[False, True]]
    assert cells.z[0, 0] == 0
    assert np.isfinite(cells.variance).all()


@pytest.mark.parametrize(("spend", "counts"), [(np.nan, 5.0), (100.0, 0.0), (0.0, 5.0)])
def test_a_price_needs_cases_and_pounds(spend: float, counts: float) -> None:
    cells = price_cells(np.array([[[spend]]]), np.array([[[counts]]]), np.array([1.0]))
    assert not cells.present.any()


def test_few_cases_are_taken_about_what_was_fitted() -> None:
    counts, exposure, v = np.array([[[0.0, 400.0]]]), np.full((1, 1, 2), 100.0), np.array([1.2])
    cells = volume_cells(counts, exposure, v)
    about = np.log([[0.02, 4.0]])
    refined = refine_small(cells, about, counts, exposure, v)
    # Two were expected and none came: one whole mean less, and known no better than two cases tell.
    assert refined.z[0, 0] == pytest.approx(math.log(0.02) - 1)
    assert refined.variance[0, 0] == pytest.approx(1.2 / 2)
    assert refined.z[0, 1] == cells.z[0, 1]
    assert refined.variance[0, 1] == cells.variance[0, 1]


def test_priors_turn_units_into_figures_and_back() -> None:
    priors = Priors()
    units = np.array([-1.0, 0.0, 2.0])
    for one in (priors.tau, priors.phi):
        assert one.units(one.values(units)) == pytest.approx(units)
    assert priors.tau.values(units) == pytest.approx(0.03 * np.exp(0.8 * units))
    assert priors.phi.values(np.zeros(1)) == pytest.approx(1 / (1 + math.exp(-0.5)))
    words = priors.in_words()
    assert words["PCT-wide shock to a line's demand, SD"] == "0.03, between 0.0063 and 0.14 95 times of 100"
    assert words["growth of demand per weighted person"].startswith("2.5% a year, between -3.4% and 8.4%")
    assert words["change of growth itself"].startswith("SD 1.0% a year")
    assert Priors(drift_sd=0.0).in_words()["change of growth itself"] == "none"
    assert "level of its own" in Priors(free_levels=True).in_words()["lasting level of a cluster, SD"]


def _cells(sds: FloatArray, clusters: int, years: int, *, common: bool, seed: int = 6) -> Cells:
    """Return cells of a million people whose lines walk at random, in step or each cluster alone."""
    generator = RandomStreams(seed).generator("walks")
    shape = (1 if common else clusters, sds.size, years)
    walks = np.cumsum(sds[:, None] * generator.standard_normal(shape), axis=-1)
    rates = np.broadcast_to(np.exp(walks), (clusters, sds.size, years))
    return volume_cells(1e6 * rates, np.full(rates.shape, 1e6), np.ones(sds.size))


@pytest.mark.parametrize(("scales", "common", "years"), [(line_scales, True, 12), (cluster_scales, False, 5)])
def test_lines_that_differ_ten_fold_get_scales_and_lines_alike_hardly_any(
    scales: Callable[..., FloatArray], common: bool, years: int
) -> None:
    apart, alike = np.array([0.01, 0.03, 0.1, 0.01, 0.1]), np.full(5, 0.03)
    found = scales(_cells(apart, 20, years, common=common), 5, years)
    assert found / found[0] == pytest.approx(apart / apart[0], rel=0.7)
    logs = [
        np.abs(np.log(scales(_cells(alike, 20, years, common=common, seed=seed), 5, years)))
        for seed in range(20)
    ]
    # Half the log of a chi-squared on 10 degrees of freedom has an SD of 0.23: a third of that is left.
    assert np.mean(logs) < 0.1


def test_one_line_or_two_years_have_no_scales() -> None:
    sds = np.array([0.01, 0.1])
    assert line_scales(_cells(sds, 4, 2, common=True), 2, 2).tolist() == [1.0, 1.0]
    assert cluster_scales(_cells(sds[:1], 4, 5, common=False), 1, 5).tolist() == [1.0]
