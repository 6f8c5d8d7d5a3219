"""Totals as maps of a mean and a normal, against closed forms at fixed normals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

import simulator
from simulator.compounds.mean_tables import MeanTables
from simulator.compounds.totals import CompoundTotals
from simulator.demand.count_law import CountLaw
from simulator.random_streams import Generator, RandomStreams
from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.pareto import Pareto
from simulator.spend.uniform import Uniform
from simulator.spend.unit_cost import UnitCost

POISSON, BURSTS = simulator.Poisson(), simulator.NegativeBinomial(variance_to_mean=1.8)
NORMALS = np.array([-3.0, -2.2, -1.37, -0.5, 0.0, 0.41, 1.0, 1.9, 2.6, 3.0])
LAWS: dict[str, UnitCost] = {
    "lognormal": Lognormal.example(),
    "lognormal, heavy": Lognormal(mean=2000, cv=3),
    "gamma": Gamma.example(),
    "gamma, heavy": Gamma(mean=500, cv=2),
    "Pareto": Pareto.example(),
    "uniform": Uniform.example(),
    "values": Empirical.example(),
    "limited": Lognormal(mean=42_000, cv=1.6, deductible=5_000, limit=60_000),
}


def generator() -> Generator:
    return RandomStreams(5).generator("cost")


def counts_of(law: CountLaw, mean: float) -> stats.rv_discrete:
    ratio = law.variance(1.0)
    return stats.poisson(mean) if ratio == 1 else stats.nbinom(mean / (ratio - 1), 1 / ratio)


def gamma_cdf(count: CountLaw, mean: float, cost: Gamma, totals: np.ndarray) -> np.ndarray:
    """P(total <= amount) in closed form: so many gamma costs are gamma."""
    cases = counts_of(count, mean)
    numbers = np.arange(int(cases.ppf(1e-14)), int(cases.isf(1e-14)) + 1)
    shape = numbers[:, None] / cost.cv**2
    below = np.where(numbers[:, None] > 0, special.gammainc(shape, totals / (cost.mean * cost.cv**2)), 1.0)
    return np.asarray(cases.pmf(numbers) @ below)


@pytest.mark.parametrize("cv", [0.3, 0.6, 1.0])
@pytest.mark.parametrize("count", [POISSON, BURSTS])
@pytest.mark.parametrize("mean", [16.3, 26.7, 33.3, 250.0, 4_321.0])
def test_the_map_is_the_closed_form_of_gamma_costs(count: CountLaw, mean: float, cv: float) -> None:
    cost = Gamma(mean=105, cv=cv)
    totals = MeanTables(count, cost).totals(np.full(NORMALS.size, mean), NORMALS)
    # In standard deviations: how far the normal that the closed form gives the total is from its own.
    back = special.ndtri(gamma_cdf(count, mean, cost, totals))
    # Just above the least mean single cases still show at the far low end.
    assert np.abs(back - NORMALS).max() < (3e-4 if mean < 20 else 1e-4)


def test_a_deductible_leaves_fewer_costs_of_the_same_law() -> None:
    # Exponential costs have no memory: what is left of a cost above the deductible is as the whole.
    cost = Gamma(mean=100, cv=1, deductible=50)
    means = np.full(NORMALS.size, 300.0)
    left = means * math.exp(-0.5)
    whole = MeanTables(POISSON, Gamma(mean=100, cv=1)).totals(left, NORMALS)
    assert MeanTables(POISSON, cost).totals(means, NORMALS) == pytest.approx(whole, rel=2e-5)


MEANS = (20.0, 1_000.0, 50_000.0)
CASE_BY_CASE = {
    ("values", 20.0),
    ("gamma, heavy", 20.0),
}
"""Laws that so few cases leave too rough for a table."""


@pytest.mark.parametrize("name", LAWS)
def test_all_but_few_cases_of_rough_laws_are_in_tables(name: str) -> None:
    tables = MeanTables(BURSTS, LAWS[name])
    found = {(name, mean) for mean in MEANS if not tables.has(np.array([1.07 * mean])).all()}
    assert found == {pair for pair in CASE_BY_CASE if pair[0] == name}


@pytest.mark.parametrize(("name", "mean"), sorted({(n, m) for n in LAWS for m in MEANS} - CASE_BY_CASE))
def test_the_map_is_the_law_computed_at_this_mean_alone(name: str, mean: float) -> None:
    # No level of any table is at these means: what is compared is the interpolation between them.
    cost = LAWS[name]
    tables = MeanTables(BURSTS, cost)
    mean *= 1.07
    totals = tables.totals(np.full(NORMALS.size, mean), NORMALS)
    level = mean / 2 ** math.floor(math.log2(mean))
    alone = tables._row(math.floor(math.log2(mean)), level)
    place = special.ndtri(1 - special.ndtr(-NORMALS) / -math.expm1(mean * tables._log_nothing))
    grid = np.linspace(-6, 6, alone.size)
    expected = mean * cost.mean_gbp + math.sqrt(mean) * np.interp(place, grid, alone)
    sd = math.sqrt(mean * (cost.variance_gbp2 + 1.8 * cost.mean_gbp**2))
    step = (cost.lattice_span_gbp or 0.0) / 2
    assert np.abs(totals - expected).max() <= 1.5e-4 * sd + step


@pytest.mark.parametrize("mean", [600.0, 9_000.0])
def test_totals_of_one_value_are_its_counts(mean: float) -> None:
    normals = np.linspace(-4, 4, 4001)
    totals = MeanTables(POISSON, Empirical(values=(7.0,))).totals(np.full(normals.size, mean), normals)
    counts = stats.poisson.ppf(special.ndtr(normals), mean)
    # The map may take a step a little earlier or later than the law: within a thousandth of it.
    assert np.mean(totals != 7 * counts) < 2e-3
    assert np.abs(totals - 7 * counts).max() <= 7


@pytest.mark.parametrize("name", LAWS)
def test_totals_rise_with_mean_and_normal(name: str) -> None:
    tables = MeanTables(BURSTS, LAWS[name])
    means = np.geomspace(600, 5_000, 3_001)
    for normal in (-2.5, 0.3, 2.0):
        totals = tables.totals(means, np.full(means.size, normal))
        assert np.diff(totals).min() >= -1e-9
    normals = np.linspace(-5.9, 5.9, 3_001)
    assert np.diff(tables.totals(np.full(normals.size, 777.0), normals)).min() >= -1e-6


@pytest.mark.parametrize("name", LAWS)
def test_no_total_depends_on_the_others(name: str) -> None:
    # Of means that are drawn case by case, those with few cases: many of them are drawn together.
    means = np.array([0.5, 3.0, 2_000.0, 0.01, 1_500.0])
    law = CompoundTotals(BURSTS, LAWS[name])
    together = law.draw(means, generator())
    for at in range(means.size):
        others = np.full(means.size, 900.0)
        others[at] = means[at]
        again = CompoundTotals(BURSTS, LAWS[name]).draw(others, generator())
        assert again[at] == together[at]


def test_nothing_is_as_likely_as_it_is() -> None:
    # Where the tables start, some totals are nothing: 3 in 10,000.
    normals = np.linspace(-4, 4, 80_001)
    totals = MeanTables(POISSON, Gamma(mean=105, cv=0.6)).totals(np.full(normals.size, 8.0), normals)
    nothing = normals[totals == 0].max()
    assert special.ndtr(nothing) == pytest.approx(math.exp(-8), abs=1e-6)
    assert totals[totals > 0].min() > 1


def test_a_little_more_demand_is_a_little_more_spend() -> None:
    means = np.full(20_000, 40.0)
    for name, mean in [("lognormal", 40.0), ("lognormal", 2.5), ("gamma", 9.0)]:
        law = CompoundTotals(BURSTS, LAWS[name])
        base, more = (law.draw(means / 40 * mean * share, generator()) for share in (1.0, 1.001))
        assert np.corrcoef(base, more)[0, 1] > 0.995
        assert np.mean(more < base) < 0.001


def test_within_a_limit_shares_the_chance_of_the_whole() -> None:
    means = np.full(20_000, 40.0)
    for name in ("lognormal", "gamma", "values"):
        cost = LAWS[name]
        limit = float(cost.isf(np.array([0.2]))[0]) * 0.9
        totals, within = CompoundTotals(BURSTS, cost, limit).draw_within_limit(means, generator())
        assert np.array_equal(totals, CompoundTotals(BURSTS, cost).draw(means, generator()))
        assert (within <= totals).all()
        assert np.corrcoef(totals, within)[0, 1] > 0.8
        limited = cost.model_copy(update={"limit": limit})
        error = within.std() / math.sqrt(means.size)
        assert abs(within.mean() - 40 * limited.mean_gbp) < 4 * error


def test_another_limit_shares_the_tables_of_whole_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    means, cost = np.full(300, 40.0), LAWS["lognormal"]
    whole = CompoundTotals(BURSTS, cost)
    whole.draw(means, generator())
    tables, own = MeanTables._cells_of, CompoundTotals(BURSTS, cost, 9_000.0)
    expected, made = own.draw_within_limit(means, generator()), list[UnitCost]()
    monkeypatch.setattr(
        MeanTables, "_cells_of", lambda self, at: made.append(self.unit_cost) or tables(self, at)
    )
    found = whole.with_limit(9_000.0).draw_within_limit(means, generator())
    assert [one.tolist() for one in found] == [one.tolist() for one in expected]
    assert {one.limit for one in made} == {9_000.0}
