"""Totals in full and within a limit for each case: the same draws, in order, exact where costs are few."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.random_streams import Generator, RandomStreams
from simulator.spend.cost_sums import CostSums
from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.level_tables import LevelTables, finer_levels, levels_for
from simulator.spend.lognormal import Lognormal
from simulator.spend.pareto import Pareto
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.totals_map import WithinLimit
from simulator.spend.uniform import Uniform
from simulator.spend.unit_cost import UnitCost

LAWS: dict[str, UnitCost] = {
    "lognormal": Lognormal.example(),
    "gamma": Gamma.example(),
    "gamma, most costs next to nothing": Gamma(mean=500, cv=10),
    # With a limit of its own its tables take less long.
    "Pareto": Pareto(shape=2.5, scale=3000, limit=200_000),
    "uniform": Uniform.example(),
    "few values": Empirical.example(),
    "values on a lattice": Empirical(values=tuple(10.0 * k for k in range(1, 41))),
    "values anywhere": Empirical(values=tuple(40 * math.sqrt(2) ** (k / 3) for k in range(40))),
}
LAYERS = {"whole": {}, "deductible": {"deductible": 8.0}, "both": {"deductible": 8.0, "limit": 80.0}}
COUNTS = (np.arange(20), np.array([0, 40, 1, 16, 17, 35]), np.zeros(2, dtype=np.int64))


def generator() -> Generator:
    return RandomStreams(5).generator("cost")


def layered(law: str, layer: str) -> UnitCost:
    return LAWS[law].model_copy(update=LAYERS[layer])


def medium(law: UnitCost) -> float:
    """Return a limit that a quarter of costs exceed; else the mean or half of it."""
    quarter = float(law.isf(np.array([0.25]))[0])
    if law.sf(np.array([quarter]))[0] > 0:
        return quarter or law.mean_gbp
    return law.mean_gbp / 2


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", LAWS)
def test_whole_totals_are_those_without_a_limit_to_the_last_bit(name: str, layer: str) -> None:
    law = layered(name, layer)
    alone = CostSums(law)
    limits = (medium(law), medium(law) / 30)
    both = [CostSums(law, limit) for limit in limits]
    for counts in COUNTS:
        expected = alone.draw(counts, generator())
        for sums, limit in zip(both, limits, strict=True):
            assert np.array_equal(sums.draw(counts, generator()), expected)
            totals, within = sums.draw_within_limit(counts, generator())
            assert np.array_equal(totals, expected)
            assert (within >= 0).all()
            assert (within <= totals).all()
            assert (within <= counts * limit * (1 + 1e-12)).all()
            assert (within[counts == 0] == 0).all()
            assert (within.sum() > 0) == (totals.sum() > 0)


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize(
    ("law", "limit"),
    [
        (LAWS["lognormal"], None),
        (LAWS["lognormal"], 1e12),
        (LAWS["gamma"], 1e12),
        (LAWS["uniform"], 95.0),
        (LAWS["few values"], 20.0),
        (LAWS["values on a lattice"], 400.0),
        (layered("uniform", "both"), 80.0),
        (layered("uniform", "deductible"), 87.0),
    ],
)
def test_a_limit_that_no_cost_exceeds_is_none(law: UnitCost, limit: float | None, counts: np.ndarray) -> None:
    totals, within = CostSums(law, limit).draw_within_limit(counts, generator())
    assert np.array_equal(totals, within)
    # Prices are multiplied in place: the two must not be one array.
    assert not np.shares_memory(totals, within)


@pytest.mark.parametrize(
    "law", [LAWS["lognormal"], LAWS["gamma"], LAWS["few values"], Uniform(low=0, high=100, limit=50)]
)
def test_few_costs_are_limited_one_by_one(law: UnitCost) -> None:
    counts, chance = np.array([3, 0, 1, 15]), generator()
    limit = medium(law)
    totals, within = CostSums(law, limit).draw_within_limit(counts, generator())
    chance.standard_normal(counts.size)
    # Every total has the same place in each round, whether it has so many cases or not.
    costs = np.array([law.isf(1 - chance.random(counts.size)) for _ in range(15)])
    costs[np.arange(15)[:, None] >= counts] = 0.0
    assert totals == pytest.approx(costs.sum(axis=0), rel=1e-14)
    assert within == pytest.approx(np.minimum(costs, limit).sum(axis=0), rel=1e-14)


def test_one_case_more_adds_one_cost() -> None:
    law, counts = LAWS["lognormal"], np.array([3, 8, 0, 15])
    totals = CostSums(law).draw(counts, generator())
    more = CostSums(law).draw(counts + np.array([0, 1, 1, 0]), generator())
    assert np.array_equal(more[[0, 3]], totals[[0, 3]])
    assert (more[[1, 2]] > totals[[1, 2]]).all()


def test_values_are_paid_up_to_the_limit() -> None:
    # Of 5, 10 and 20 within 8: 5, 8 and 8. Totals of one case say which it was.
    totals, within = CostSums(LAWS["few values"], 8.0).draw_within_limit(np.ones(50, dtype=int), generator())
    assert set(zip(totals.tolist(), within.tolist(), strict=True)) == {(5, 5), (10, 8), (20, 8)}


def test_a_limit_below_every_cost_is_paid_for_each() -> None:
    counts = np.array([0, 3, 20, 500])
    for law in (LAWS["uniform"], Uniform(low=5, high=95, limit=5)):
        _, within = CostSums(law, 3.0).draw_within_limit(counts, generator())
        assert within == pytest.approx(3 * counts, rel=1e-12)
    # Of what is far below a penny of a thousand pounds only the mean is kept.
    _, within = CostSums(LAWS["lognormal"], 1e-6).draw_within_limit(counts, generator())
    assert within == pytest.approx(1e-6 * counts, rel=1e-6)


@pytest.mark.parametrize("share", [0.001, 0.3, 0.97])
@pytest.mark.parametrize("name", ["lognormal", "gamma", "uniform"])
def test_totals_within_a_limit_rise_with_the_normals(name: str, share: float) -> None:
    law = LAWS[name]
    limited = WithinLimit(SmoothPart.of(law), float(law.isf(np.array([share]))[0]))
    for count in (17, 20, 50, 700):
        totals = limited.totals(np.full(20_001, count), np.linspace(-7, 7, 20_001))
        # Between counts that have tables, the slope of a cell may differ a little from the next.
        assert np.diff(totals).min() >= -5e-4 * totals.std()


def test_no_total_depends_on_the_others() -> None:
    limited = WithinLimit(SmoothPart.of(LAWS["lognormal"]), 5000.0)
    counts, normals = np.array([17, 31, 70, 400, 399, 65]), np.array([0.3, -1.0, 2.0, 0.1, -3.0, 1.0])
    together = limited.totals(counts, normals)
    apart = [limited.totals(counts[[at]], normals[[at]])[0] for at in range(counts.size)]
    assert np.array_equal(together, apart)


def test_finer_levels_keep_the_usual_ones() -> None:
    usual = levels_for(20, 900)
    finer = finer_levels(usual, 64)
    assert set(usual) <= set(finer)
    assert list(finer) == sorted(set(finer))
    assert set(range(20, 65)) <= set(finer)
    assert len(finer_levels(usual, 0)) < len(finer)
    # Four to each usual step, of which a doubling has four.
    assert sum(64 <= count < 128 for count in finer) == 16
    assert (finer[0], finer[-1]) == (usual[0], usual[-1])


def test_values_most_of_which_are_nothing() -> None:
    # Nine in ten totals have no spread at the usual resolution.
    law = Empirical(values=(0.0,) * 950 + tuple(40 * math.sqrt(2) ** (k / 3) for k in range(50)))
    totals, within = CostSums(law, 500.0).draw_within_limit(np.full(2000, 5000), generator())
    limited = law.model_copy(update={"limit": 500.0})
    for sample, part in ((totals, law), (within, limited)):
        error = math.sqrt(5000 * part.variance_gbp2 / 2000)
        assert abs(sample.mean() - 5000 * part.mean_gbp) < 4 * error


@pytest.mark.parametrize(("unsettled", "up_to"), [(10_000, 4_096), (128, 128), (0, 16)])
def test_costs_that_no_grid_resolves_are_drawn_one_by_one_as_far_as_that_goes(
    monkeypatch: pytest.MonkeyPatch, unsettled: int, up_to: int
) -> None:
    monkeypatch.setattr(LevelTables, "settles", lambda _, count: count > unsettled)
    law = Lognormal.example()
    assert CostSums(law)._one_by_one(0) == up_to
    # The last such count included: the grid that resolves more costs need not resolve these.
    totals, _ = CostSums(law)._draw_smooth(np.full(2, up_to), np.zeros(2), generator(), None)
    each = law.draw(generator(), 2 * up_to).reshape(2, -1)
    assert totals == pytest.approx(each.sum(axis=1), rel=1e-12)
