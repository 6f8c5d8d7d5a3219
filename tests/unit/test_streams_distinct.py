"""Every year, cluster and line has chance of its own: nothing is drawn twice from one stream."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.compounds.spend import LinePrices, draw_spend
from simulator.compounds.totals import CompoundTotals
from simulator.demand.negative_binomial import NegativeBinomial
from simulator.demand.shock_laws import LognormalShock, LognormalYearShock, NormalShock
from simulator.demand.shocks import (
    PctShock,
    PracticeShock,
    PriceShock,
    ShockDraws,
    Shocks,
    _of_years,
    draw_shocks,
)
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block, FloatArray
from simulator.spend.gamma import Gamma
from tests.builders import shock_plan

AXES = Axes(("2009/10", "2010/11", "2011/12"), ("North", "South"), ("admissions", "tests"))
SHAPE = (3, 2, 2)
BLOCK = Block(0, 50)
NO_SHOCKS = ShockDraws(np.ones((50, 3, 1, 2)), np.ones((50, 2)), np.ones((50, 3, 2)))


def _distinct_series(drawn: np.ndarray) -> int:
    """Return how many different series of contracts there are."""
    return len(np.unique(drawn.reshape(50, -1, order="F"), axis=1).T)


def totals_of(mean: float = 10.0) -> CompoundTotals:
    return CompoundTotals(NegativeBinomial(variance_to_mean=2), Gamma(mean=mean, cv=1))


def test_totals() -> None:
    prices = [LinePrices(totals_of(), np.ones(3), np.zeros((3, 2)))] * 2
    spend = draw_spend(np.full(SHAPE, 100.0), NO_SHOCKS, prices, AXES, RandomStreams(1), BLOCK)
    assert _distinct_series(np.concatenate([spend.gbp[:, 0][:, None], spend.contract_gbp], axis=1)) == 12


def test_shocks() -> None:
    size = LognormalShock(sd_share=0.1)
    of_year = LognormalYearShock(sd_share=0.1)
    price, practices = PriceShock(size=size), PracticeShock(size=size)
    pct = PctShock(size=size, growth_drift_sd_share=0.1)
    shocks = Shocks(pct=pct, cluster_year=of_year, cluster_line_year=of_year, price=price, practice=practices)
    plan = replace(shock_plan(shocks, AXES), practice_shares=({"A": 0.5, "B": 0.5}, {"C": 1.0}))
    drawn = draw_shocks(plan, AXES, RandomStreams(1), BLOCK)
    assert drawn.drift is not None
    assert drawn.cluster_line is not None
    assert drawn.price is not None
    assert _distinct_series(drawn.pct) == 6
    assert _distinct_series(drawn.lasting) == 2
    assert _distinct_series(drawn.cluster_year) == 6
    assert _distinct_series(drawn.drift[:, 1:]) == 4
    assert _distinct_series(drawn.cluster_line) == 12
    assert _distinct_series(drawn.price) == 6


def test_shocks_multiply_expected_counts() -> None:
    # So many cases are expected that spend is its mean, near enough: 3 and 5 times a billion cases.
    pct, cluster = np.full((50, 3, 1, 2), 3.0), np.full((50, 3, 2), 1.0)
    cluster[:, :, 1] = 5 / 3
    prices = [LinePrices(totals_of(1.0), np.ones(3), np.zeros((3, 2)))] * 2
    shocks = ShockDraws(pct, cluster[:, 0], cluster)
    spend = draw_spend(np.full(SHAPE, 1e9), shocks, prices, AXES, RandomStreams(1), BLOCK)
    assert spend.gbp[:, :, 0] == pytest.approx(np.full((50, 3, 2), 3e9), rel=1e-3)
    assert spend.gbp[:, :, 1] == pytest.approx(np.full((50, 3, 2), 5e9), rel=1e-3)


def test_prices_and_block_contracts() -> None:
    index, block = np.array([1.0, 2.0, 4.0]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    prices = [LinePrices(totals_of(), index, block), LinePrices(None, index, block)]
    plain = [LinePrices(totals_of(), np.ones(3), block), LinePrices(None, index, block)]
    expected = np.full(SHAPE, 100.0)
    dear, cheap = (
        draw_spend(expected, NO_SHOCKS, one, AXES, RandomStreams(1), BLOCK) for one in (prices, plain)
    )
    ratio = dear.contract_gbp[..., 0] / cheap.contract_gbp[..., 0]
    assert ratio[:, 0] == pytest.approx(np.full((50, 2), 2.0))
    assert ratio[:, 1] == pytest.approx(np.full((50, 2), 4.0))
    assert dear.contract_gbp[7, :, :, 1].tolist() == [[3, 4], [5, 6]]
    assert dear.gbp[:, 0][7, :, 1].tolist() == [1, 2]


def test_another_kind_of_totals_draws_in_its_own_way() -> None:
    class AtTheirMean(CompoundTotals):
        def draw(self, means: FloatArray, *_: object) -> FloatArray:
            return means * self.unit_cost.mean_gbp

    totals = AtTheirMean(NegativeBinomial(variance_to_mean=2), Gamma(mean=10, cv=1))
    prices = [LinePrices(totals, np.ones(3), np.zeros((3, 2)))] * 2
    spend = draw_spend(np.full(SHAPE, 100.0), NO_SHOCKS, prices, AXES, RandomStreams(1), BLOCK)
    assert (spend.gbp == 1_000).all()


def test_persistence_keeps_the_variance() -> None:
    # 0.6 of last year's level and 0.8 of a fresh normal: variance 0.36 + 0.64 = 1.
    fresh = [np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([0.0, 0.0])]
    factors = _of_years(NormalShock(law="normal", sd_share=0.1), 0.6, fresh)
    assert (factors - 1) / 0.1 == pytest.approx(np.array([[1, 0.6, 0.36], [0, 0.8, 0.48]]))
