"""How shocks are shared between lines, years and clusters, at the ends where no statistics are needed."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.demand.shock_laws import LognormalShock, LognormalYearShock, NormalShock
from simulator.demand.shocks import PctShock, ShockDraws, Shocks, draw_shocks
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block
from tests.builders import shock_plan

AXES = Axes(("2009/10", "2010/11", "2011/12"), ("North", "South"), ("admissions", "tests"))
SIZE, OF_YEAR = LognormalShock(sd_share=0.1), LognormalYearShock(sd_share=0.1)


def _drawn(shocks: Shocks, axes: Axes = AXES, block: int = 0) -> ShockDraws:
    return draw_shocks(shock_plan(shocks, axes), axes, RandomStreams(1), Block(block, 200))


def _pct(**changes: float) -> ShockDraws:
    return _drawn(Shocks(pct=PctShock(size=SIZE, **changes)))


def test_none_is_the_default() -> None:
    drawn = _drawn(Shocks())
    assert drawn.pct.shape == (200, 3, 1, 2)
    assert drawn.cluster_year.shape == (200, 3, 2)
    assert (drawn.pct == 1).all()
    assert (drawn.cluster_year == 1).all()


def test_fully_correlated_lines_share_their_shock() -> None:
    factors = _pct(correlation=1.0).pct
    assert factors[..., 0] == pytest.approx(factors[..., 1])
    assert not np.allclose(factors[:, 0], factors[:, 1])


def test_a_fully_persistent_shock_stays() -> None:
    factors = _pct(persistence=1.0).pct
    assert factors[:, 0] == pytest.approx(factors[:, 2])
    assert not np.allclose(factors[..., 0], factors[..., 1])


def test_without_either_all_differ() -> None:
    factors = _pct().pct
    assert np.unique(factors).size == factors.size


def test_a_cluster_s_lasting_shock_is_the_same_from_the_base_year_on() -> None:
    factors = _drawn(Shocks(cluster=SIZE)).cluster_year
    assert factors[:, 0] == pytest.approx(factors[:, 1])
    assert not np.allclose(factors[..., 0], factors[..., 1])


def test_a_cluster_s_shocks_multiply() -> None:
    lasting, passing = _drawn(Shocks(cluster=SIZE)), _drawn(Shocks(cluster_year=OF_YEAR))
    both = _drawn(Shocks(cluster=SIZE, cluster_year=OF_YEAR))
    assert both.cluster_year == pytest.approx(lasting.cluster_year * passing.cluster_year)


def test_shocks_are_named_by_what_they_shake() -> None:
    turned = Axes(AXES.years, AXES.clusters[::-1], AXES.lines[::-1])
    shocks = Shocks(pct=PctShock(size=SIZE), cluster_year=OF_YEAR)
    one, other = _drawn(shocks), _drawn(shocks, turned)
    assert np.array_equal(one.pct, other.pct[..., ::-1])
    assert np.array_equal(one.cluster_year, other.cluster_year[..., ::-1])
    assert not np.allclose(one.pct, _drawn(shocks, block=1).pct)


def test_factors_of_one_normal() -> None:
    # Lognormal: sigma ** 2 = log(1.01), so exp(sigma * 1 - sigma ** 2 / 2); normal: 1 + 0.1 * 1.
    sigma = np.sqrt(np.log(1.01))
    assert SIZE.factors(np.array([1.0])) == pytest.approx([np.exp(sigma - sigma**2 / 2)])
    assert NormalShock(law="normal", sd_share=0.1).factors(np.array([1.0, -20.0])) == pytest.approx([1.1, 0])
