"""The exact method against simulated contracts, closed forms and another author's package."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulator.demand.shock_laws import LognormalShock, NormalShock
from simulator.exact.method import WHOLE_CONTRACT, exact_risk
from simulator.exact.practice_need import PracticeNeed
from simulator.risk.estimate import Estimate
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.references.checks import (
    Comparison,
    mean_against,
    misses,
    probability_against,
    quantile_against,
)
from tests.references.normal_spend import NormalSpend
from tests.references.rectified_normals import RectifiedNormals
from tests.references.witness import poisson_lognormal

CONTRACTS = 1_000_000
SIZES = {"Small": 3_000, "Middling": 60_000, "Large": 400_000}
BONDS = {0.90: "bond_90_gbp", 0.95: "bond_95_gbp", 0.99: "bond_99_gbp"}
LINES = [
    line_of(
        "admissions",
        rate_per_1000=285,
        unit_cost_gbp={"model": "lognormal", "mean": 1550, "cv": 1.5},
        count={"model": "negative_binomial", "variance_to_mean": 1.4},
    ),
    line_of("prescribing", rate_per_1000=2000, unit_cost_gbp={"model": "gamma", "mean": 85, "cv": 1.2}),
    line_of(
        "rare referrals",
        rate_per_1000=0.55,
        unit_cost_gbp={"model": "lognormal", "mean": 42_000, "cv": 1.6},
        pct_shock={"law": "normal", "sd_share": 0.1},
    ),
    line_of("community", rate_per_1000=60, payment="block"),
]
SHOCKS = {
    "pct": {"size": {"law": "lognormal", "sd_share": 0.03}, "correlation": 0.4, "persistence": 0.6},
    "practice": {"size": {"law": "lognormal", "sd_share": 0.05}, "people": 20_000},
    "cluster_year": {"law": "lognormal", "sd_share": 0.018, "persistence": 0.7},
}


def everything(years: int = 1, **changes: Any) -> Table:
    """Return a scenario with every kind of shock, and budgets with a random base year."""
    rule = {"rule": "toolkit", "fair_share_weight_by_year": [0.3, 0.4], "uplift_share": 0.01}
    return (
        scenario_of(
            contract={"start_year": 2010, "start_month": 7, "years": years},
            shocks=SHOCKS,
            budgets={"rule": rule, "top_slice_share": 0.005},
            service_lines=LINES,
            clusters=[
                cluster_of("Small", SIZES["Small"], true_saving_share=0.01),
                cluster_of("Middling", SIZES["Middling"], proportion=0.8),
                cluster_of("Large", SIZES["Large"]),
            ],
            rules=[],
        )
        | changes
    )


@cache
def rows(years: int = 1) -> dict[tuple[str, str], dict[str, Estimate]]:
    answer = exact_risk(checked(everything(years)))
    return {(row.cluster, row.year): row.estimates for row in answer.rows}


@cache
def overspends(years: int, contracts: int) -> np.ndarray[Any, Any]:
    """Return simulated spend less budget, shape (contract, year, cluster)."""
    outcomes = simulated(everything(years), contracts=contracts, seed=11).contract_outcomes
    return outcomes.gbp("spend") - outcomes.gbp("budget")


def against(position: np.ndarray[Any, Any], exact: dict[str, Estimate], what: str) -> list[Comparison]:
    found = [
        probability_against(position > 0, exact["overspend_probability"].value, what=f"{what} probability"),
        mean_against(
            np.maximum(position, 0), exact["expected_overspend_gbp"].value, what=f"{what} expected overspend"
        ),
    ]
    quantiles = [(level, exact[name].value) for level, name in BONDS.items() if name in exact]
    return found + [quantile_against(position, level, bond) for level, bond in quantiles]


def test_need_of_practices_is_a_law_of_one_normal() -> None:
    """Moments of the mean of five factors, by their shares, against closed forms; one alone is itself."""
    size = LognormalShock(sd_share=0.3)
    shares = (0.1, 0.15, 0.2, 0.25, 0.3)
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    factors = PracticeNeed(size, shares).factors(points)
    third = 0.3**4 * (3 + 0.3**2) * sum(share**3 for share in shares)
    for power, moment in ((1, 0.0), (2, 0.3**2 * sum(share**2 for share in shares)), (3, third)):
        assert weights @ (factors - 1) ** power == pytest.approx(moment, abs=2e-6)
    normals = np.linspace(-5, 5, 101)
    assert PracticeNeed(size, (1.0,)).factors(normals) == pytest.approx(size.factors(normals), rel=1e-3)
    normal = NormalShock(law="normal", sd_share=0.1)
    assert PracticeNeed(normal, (0.5, 0.5)).factors(np.array([1.0])) == pytest.approx(1 + 0.1 * 0.5**0.5)


@pytest.mark.parametrize("cluster", SIZES)
def test_agrees_with_a_million_simulated_contracts(cluster: str) -> None:
    position = overspends(1, CONTRACTS)[:, 0, list(SIZES).index(cluster)]
    exact = rows()[cluster, "2010/11"]
    assert set(BONDS.values()) <= set(exact)
    assert misses(against(position, exact, cluster)) == []


def test_the_agreement_can_fail() -> None:
    """Another cluster's numbers, scaled to this one's size, are those of a spread 5% off or more."""
    position = overspends(1, CONTRACTS)[:, 0, 2]
    assert misses(against(position * 1.01, rows()["Large", "2010/11"], "Large")) != []
    assert misses(against(position + 0.01 * position.std(), rows()["Large", "2010/11"], "Large")) != []


@pytest.mark.parametrize("cluster", SIZES)
@pytest.mark.parametrize("historic_year", ["base", "latest"])
def test_later_years_and_the_whole_contract(cluster: str, historic_year: str) -> None:
    rule = {"rule": "toolkit", "fair_share_weight_by_year": [0.3, 0.4], "historic_year": historic_year}
    mapping = everything(2, budgets={"rule": rule})
    outcomes = simulated(mapping, contracts=200_000, seed=12).contract_outcomes
    position = (outcomes.gbp("spend") - outcomes.gbp("budget"))[:, :, list(SIZES).index(cluster)]
    _, second, whole = exact_risk(checked(mapping), cluster).rows
    assert misses(against(position[:, 1], second.estimates, cluster)) == []
    assert whole.year == WHOLE_CONTRACT
    chance, total = whole.estimates["overspend_probability"], whole.estimates["expected_overspend_gbp"]
    assert (
        misses(
            [
                probability_against(position.sum(axis=1) > 0, chance.value),
                mean_against(np.maximum(position, 0).sum(axis=1), total.value),
            ]
        )
        == []
    )
    assert "bond_95_gbp" not in whole.estimates
    assert "depend on each other" in whole.not_given


def normal(sd_share: float, years: int = 1) -> Table:
    """Return a scenario whose spend is normal about its budget, but for an SD of 0.01% from counts."""
    return scenario_of(
        contract={"start_year": 2010, "years": years},
        shocks={"cluster_year": {"law": "normal", "sd_share": sd_share}},
        service_lines=[line_of(rate_per_1000=1e6, unit_cost_gbp={"model": "empirical", "values": [1.0]})],
        clusters=[cluster_of("Only", 100_000)],
        rules=[],
    )


@pytest.mark.parametrize("sd_share", [0.01, 0.02, 0.05])
def test_normal_spend_has_its_closed_form(sd_share: float) -> None:
    (row,) = exact_risk(checked(normal(sd_share))).rows
    exact = NormalSpend(math.hypot(sd_share, 1e-4))
    budget = 1e8
    assert row.estimates["overspend_probability"].value == pytest.approx(0.5, abs=1e-5)
    assert row.estimates["expected_overspend_gbp"].value == pytest.approx(
        exact.expected_overspend * budget, rel=1e-5
    )
    for level, name in BONDS.items():
        assert row.estimates[name].value == pytest.approx(exact.bond_needed(level) * budget, rel=1e-5)


def test_three_independent_years_without_top_up() -> None:
    whole = exact_risk(checked(normal(0.02, years=3))).rows[-1]
    reference = RectifiedNormals(math.hypot(0.02, 1e-4), 3)
    assert whole.year == WHOLE_CONTRACT
    for level, name in BONDS.items():
        assert whole.estimates[name].value == pytest.approx(reference.quantile(level) * 1e8, rel=1e-4)


def test_an_independent_witness() -> None:
    """Another author's package, from its own transform: a Poisson number of lognormal costs."""
    cases, mean, cv = 300.0, 1550.0, 1.5
    cost = {"model": "lognormal", "mean": mean, "cv": cv}
    mapping = scenario_of(
        contract={"start_year": 2010, "years": 1},
        service_lines=[line_of(rate_per_1000=100, unit_cost_gbp=cost)],
        clusters=[cluster_of("Only", 3_000)],
        rules=[],
    )
    (row,) = exact_risk(checked(mapping)).rows
    witness, budget = poisson_lognormal(cases, mean, cv), cases * mean
    exact = {name: estimate.value for name, estimate in row.estimates.items()}
    assert exact["overspend_probability"] == pytest.approx(witness.exceeds(budget), abs=2e-4)
    assert exact["expected_overspend_gbp"] == pytest.approx(witness.stop_loss(budget), rel=2e-3)
    for level, name in BONDS.items():
        assert exact[name] == pytest.approx(witness.quantile(level) - budget, rel=2e-3)
