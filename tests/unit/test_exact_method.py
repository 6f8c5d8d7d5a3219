"""What the exact method is made of, by hand, and where it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from simulator import InputError
from simulator.budgets.expected_spend import ExpectedSpend
from simulator.demand.shock_laws import LognormalShock, NormalShock
from simulator.exact.law_of_year import OutturnLaw, law_of_position, year_end
from simulator.exact.method import WHOLE_CONTRACT, _shocks_beyond, exact_risk, laws_needed
from simulator.exact.transform import cubature, product_moment
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.plan import make_plan
from tests.builders import BOND, Table, checked, cluster_of, line_of, scenario_of
from tests.strategies import scenarios

NORMAL_MOMENTS = {0: 1, 1: 0, 2: 1, 3: 0}
"""E[Z ** k] of a standard normal."""


@pytest.mark.parametrize("rotated", [False, True])
@pytest.mark.parametrize("dimension", [1, 2, 3, 5])
@pytest.mark.parametrize("frequency", [0.1, 5.0])
def test_a_cubature_is_exact_to_degree_3(dimension: int, rotated: bool, frequency: float) -> None:
    points, weights = cubature(np.arange(1.0, dimension + 1), np.full(dimension, True), frequency, rotated)
    powers = np.stack(np.meshgrid(*[range(4)] * dimension, indexing="ij"), axis=-1).reshape(-1, dimension)
    for power in powers[powers.sum(axis=1) <= 3]:
        exact = np.prod([NORMAL_MOMENTS[int(k)] for k in power])
        assert weights @ np.prod(points**power, axis=1) == pytest.approx(exact, abs=1e-9)


def test_a_cubature_takes_an_oscillating_function_along_its_gradient() -> None:
    # E[exp(i t g.Z)] = exp(-t**2 |g|**2 / 2), at the highest frequency that was asked for.
    gradient = np.array([3.0, -4.0, 12.0])
    for frequency in (0.1, 0.5, 3.0):
        points, weights = cubature(gradient, np.full(3, True), frequency, rotated=False)
        mean = weights @ np.exp(1j * frequency * points @ gradient)
        assert mean == pytest.approx(np.exp(-((13 * frequency) ** 2) / 2), abs=1e-9)


def test_without_shocks_there_is_one_point() -> None:
    points, weights = cubature(np.zeros(4), np.full(4, False), 1.0, rotated=False)
    assert points.shape == (1, 4)
    assert weights.tolist() == [1.0]


def test_a_normal_that_does_not_matter_stays_at_zero() -> None:
    points, weights = cubature(np.array([2.0, 0.0, 1.0]), np.array([True, False, True]), 1.0, rotated=False)
    assert not points[:, 1].any()
    # Two dimensions are left: the variances are theirs.
    np.testing.assert_allclose(weights @ points**2, [1, 0, 1], atol=1e-9)


def normal_law(mean: float, sd: float) -> OutturnLaw:
    width = 24 * sd
    t = np.arange(1, 64) * 2 * np.pi / width
    return OutturnLaw(mean - 12 * sd, width, np.exp(1j * t * mean - (t * sd) ** 2 / 2), mean, sd)


def test_the_series_of_a_normal_law() -> None:
    # With mean -10 and SD 20: P(> 0) = P(Z > 0.5) = 0.3085375; E[max(X, 0)] = 20 (0.3520653 -
    # 0.5 * 0.3085375) = 3.955931; the 95% quantile is -10 + 20 * 1.6448536 = 22.897073.
    law = normal_law(-10.0, 20.0)
    assert law.exceeds(0.0) == pytest.approx(0.3085375, abs=1e-7)
    assert law.stop_loss(0.0) == pytest.approx(3.955931, abs=1e-5)
    assert law.quantile(0.95) == pytest.approx(22.897073, abs=1e-5)
    assert law.moment_error < 1e-9
    assert law.exceeds([-1e3, 1e3]).tolist() == [1.0, 0.0]


def test_moments_of_two_shocks() -> None:
    # Lognormal factors with SDs a and b and correlated logarithms: exp(r * s_a * s_b), with
    # s**2 = log(1 + SD**2); normal factors: 1 + r * a * b.
    lognormal, other = LognormalShock(sd_share=0.3), LognormalShock(sd_share=0.1)
    expected = np.exp(0.6 * np.sqrt(np.log1p(0.09) * np.log1p(0.01)))
    assert product_moment(lognormal, other, 0.6) == pytest.approx(expected, rel=1e-9)
    normal = NormalShock(law="normal", sd_share=0.05)
    assert product_moment(normal, normal, 0.4) == pytest.approx(1 + 0.4 * 0.0025, rel=1e-9)
    assert product_moment(normal, normal, 1.0) == pytest.approx(1.0025, rel=1e-9)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.filter_too_much])
@given(scenarios(), st.randoms(use_true_random=False))
def test_a_position_is_what_the_pipeline_makes_of_spend(mapping: Table, chooser: Any) -> None:
    plan = make_plan(checked(mapping))
    assume(not _shocks_beyond(plan)["payments that are not in proportion to care"])
    assume(not plan.actions.drawn)
    assume(not _shocks_beyond(plan)["contract.shadow_years"])
    care = plan.draw(RandomStreams(3), Block(0, 4))
    spend = plan.pay(care)
    outturn = plan.outturn(spend, plan.set_budgets(spend))
    cluster = chooser.randrange(len(plan.axes.clusters))
    years = range(outturn.spend_gbp.shape[1])
    span = tuple(chooser.sample(years, chooser.randrange(1, len(years) + 1)))
    position = year_end(plan, cluster, span)
    assert position is not None
    all_years = np.concatenate([care.gbp[:, 0][:, None, cluster], care.contract_gbp[:, :, cluster]], axis=1)
    made = position.fixed_gbp + np.einsum("iyl,yl->i", all_years, position.weights)
    expected = (outturn.spend_gbp - outturn.budget_gbp)[:, list(span), cluster].sum(axis=1)
    np.testing.assert_allclose(made, expected, rtol=1e-9, atol=1e-6 * np.abs(all_years).max())


def one_year(**changes: Any) -> Table:
    return scenario_of(contract={"start_year": 2010, "years": 1}) | changes


def reason(mapping: Table, row: int = 0) -> str:
    found = exact_risk(checked(mapping)).rows[row]
    assert found.estimates == {}
    return found.not_given


def test_refuses_shocks_that_are_too_large() -> None:
    mapping = one_year(shocks={"pct": {"size": {"law": "lognormal", "sd_share": 1.5}}})
    assert "large shocks" in reason(mapping)
    moderate = one_year(shocks={"pct": {"size": {"law": "lognormal", "sd_share": 0.6}, "correlation": 0.5}})
    assert "large shocks" in reason(moderate)


def test_refuses_a_law_with_steps() -> None:
    line = line_of(rate_per_1000=0.5, unit_cost_gbp={"model": "empirical", "values": [1000.0]})
    assert "few large cases" in reason(one_year(service_lines=[line]))


def test_refuses_where_nothing_varies() -> None:
    assert "no variation" in reason(one_year(service_lines=[line_of(payment="block")]))


def test_refuses_years_that_a_cluster_may_not_reach() -> None:
    mapping = scenario_of(rules=[BOND | {"when_exhausted": "leaves"}])
    first, second, whole = exact_risk(checked(mapping), "North").rows
    assert first.estimates
    assert "leaves" in second.not_given
    assert "leaves" in whole.not_given
    mapping["clusters"] = [cluster_of("North", takes_share=False)]
    assert exact_risk(checked(mapping)).rows[1].estimates


def test_a_corridor_bears_what_a_bond_would() -> None:
    corridor = {"rule": "corridor", "width_share": 0.02, "cluster_share_beyond": 0.5}
    found = exact_risk(checked(one_year(rules=[corridor]))).rows[0]
    assert "corridor" in found.not_given
    assert set(found.estimates) == {"overspend_probability", "expected_overspend_gbp"}


def test_refuses_a_budget_that_is_not_a_weighted_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    def kinked(_: ExpectedSpend, basis: Any) -> Any:
        return np.maximum(basis.base_gbp, basis.expected_gbp)

    monkeypatch.setattr(ExpectedSpend, "annual_budget_gbp", kinked)
    assert "not a weighted sum" in reason(one_year())


def test_rows_are_years_and_then_the_contract_of_each_cluster() -> None:
    scenario = checked(scenario_of())
    rows = exact_risk(scenario).rows
    assert [(row.cluster, row.year) for row in rows] == [
        (cluster, year) for cluster in ("North", "South") for year in ("2010/11", "2011/12", WHOLE_CONTRACT)
    ]
    assert len(rows) == laws_needed(scenario)
    assert laws_needed(scenario, "North") == 3
    assert len(exact_risk(checked(one_year()), "South").rows) == 1


def test_workers_and_other_clusters_change_nothing() -> None:
    scenario = checked(scenario_of())
    alone = exact_risk(scenario, "South").rows
    assert exact_risk(scenario, workers=2).rows[3:] == alone
    done: list[int] = []
    exact_risk(scenario, "South", progress=done.append)
    assert done == [1, 2, 3]


def test_the_table_has_every_number_with_its_bounds() -> None:
    table = exact_risk(checked(one_year())).frame()
    assert table.index.names == ["cluster", "year"]
    numbers = {"overspend_probability", "expected_overspend_gbp", "bond_90_gbp", "bond_95_gbp", "bond_99_gbp"}
    bounds = {f"{name}_{end}" for name in numbers for end in ("low", "high")}
    assert set(table.columns) == numbers | bounds | {"people", "not_given"}
    for name in numbers:
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()


def test_years_that_look_at_one_base_year_are_not_independent() -> None:
    rule = {"rule": "toolkit", "fair_share_weight_by_year": [0.5]}
    whole = exact_risk(checked(scenario_of(budgets={"rule": rule})), "North").rows[-1]
    assert "depend on each other" in whole.not_given
    alone = exact_risk(checked(scenario_of()), "North").rows[-1]
    assert alone.not_given == ""
    assert alone.estimates["bond_95_gbp"].value > 0


def test_bounds_hold_the_other_cubature_and_grow_with_the_shocks() -> None:
    widths = []
    for sd_share in (0.1, 0.35):
        shocks = {
            "pct": {"size": {"law": "lognormal", "sd_share": sd_share}, "correlation": 0.5},
            "cluster": {"law": "lognormal", "sd_share": sd_share},
            "cluster_year": {"law": "lognormal", "sd_share": sd_share / 4},
        }
        scenario = checked(one_year(shocks=shocks))
        (row,) = exact_risk(scenario, "South").rows
        plan = make_plan(scenario)
        position = year_end(plan, 1, (0,))
        assert position is not None
        rotated = law_of_position(plan, 1, position, rotated=True)
        bond = row.estimates["bond_95_gbp"]
        assert 0 < abs(rotated.quantile(0.95) - bond.value) < bond.half_width
        widths.append(bond.half_width)
    assert widths[1] > 10 * widths[0]


def test_an_unknown_cluster() -> None:
    with pytest.raises(InputError, match="one of North, South"):
        exact_risk(checked(one_year()), "West")
