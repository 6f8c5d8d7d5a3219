"""The exact method says how far off it may be, and when years depend on each other."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq

from simulator.budgets.expected_spend import ExpectedSpend
from simulator.exact import method
from simulator.exact.law_of_year import OutturnLaw, law_of_position, years_are_independent
from simulator.exact.method import exact_risk
from simulator.records import FloatArray
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import make_plan
from tests.builders import Table, checked, cluster_of, line_of, scenario_of

CASES, MEAN_GBP = 200.0, 1000.0
BONDS = {0.90: "bond_90_gbp", 0.95: "bond_95_gbp", 0.99: "bond_99_gbp"}


@dataclass(frozen=True)
class Sizes:
    """SDs of lognormal shocks: PCT-wide on one line of two, lasting and passing on all of demand."""

    pct: float
    lasting: float
    passing: float

    @property
    def scenario(self) -> Table:
        def law(sd_share: float) -> Table:
            return {"law": "lognormal", "sd_share": sd_share}

        cost = {"model": "gamma", "mean": MEAN_GBP, "cv": 1}
        lines = [
            line_of("shaken", rate_per_1000=50, unit_cost_gbp=cost, pct_shock=law(self.pct)),
            line_of("steady", rate_per_1000=50, unit_cost_gbp=cost),
        ]
        shocks = {
            "pct": {"correlation": 1.0},
            "cluster": law(self.lasting),
            "cluster_year": law(self.passing),
        }
        return scenario_of(
            contract={"start_year": 2010, "years": 1},
            shocks=shocks,
            service_lines=lines,
            clusters=[cluster_of("Only", 10 * CASES)],
            rules=[],
        )


def lognormal_factors(variance: float, normals: FloatArray) -> FloatArray:
    return np.asarray(np.exp(math.sqrt(variance) * normals - variance / 2))


@dataclass(frozen=True)
class Truth:
    """The same risk by brute force, in units of one case's mean cost.

    Both lines have the same costs, so that cases are Poisson with a random mean: 200 times a function
    of two normals, since the product of two lognormals is lognormal. Costs are exponential. The sum
    over a fine grid of both normals gives the transform of spend, and that its Fourier series; neither
    moves by 1e-6 SDs when the grid is halved and the series doubled.
    """

    sd: float
    low: float
    width: float
    transform: NDArray[np.complex128]

    @classmethod
    def of(cls, sizes: Sizes) -> Truth:
        steps = np.arange(-7.5, 7.501, 0.1)
        weights = np.exp(-(steps**2) / 2)
        weights = np.outer(weights, weights).ravel() / weights.sum() ** 2
        on_one_line = lognormal_factors(math.log1p(sizes.pct**2), steps)
        on_all = lognormal_factors(math.log1p(sizes.lasting**2) + math.log1p(sizes.passing**2), steps)
        factors = np.outer((on_one_line + 1) / 2, on_all).ravel()
        # A Poisson number of exponential costs has twice the variance of the number.
        sd = math.sqrt(2 * CASES + CASES**2 * (weights @ (factors - 1) ** 2))
        low, width = -14 * sd, 40 * sd
        found: list[complex] = []
        while not found or abs(found[-1]) > 1e-11:
            t = 2 * math.pi / width * (len(found) + 1)
            one_case = 1 / (1 - 1j * t) - 1
            found.append(weights @ np.exp(CASES * factors * one_case) * np.exp(-1j * t * CASES))
        return cls(sd, low, width, np.array(found))

    @property
    def _t(self) -> FloatArray:
        return 2 * math.pi / self.width * np.arange(1, self.transform.size + 1)

    def exceeds(self, overspend: float) -> float:
        turns = np.exp(-1j * self._t * self.low) - np.exp(-1j * self._t * overspend)
        below = overspend - self.low + 2 * float((turns / (1j * self._t) @ self.transform).real)
        return 1 - below / self.width

    @property
    def expected_overspend(self) -> float:
        """The integral of `exceeds` from zero to the end of the series, term by term."""
        t, top = self._t, self.low + self.width
        terms = top * np.exp(-1j * t * self.low) - (1 - np.exp(-1j * t * top)) / (1j * t)
        below = (self.width**2 - self.low**2) / 2 + 2 * float((terms / (1j * t) @ self.transform).real)
        return top - below / self.width

    def bond(self, level: float) -> float:
        return float(brentq(lambda amount: self.exceeds(amount) - (1 - level), 0.0, 10 * self.sd, xtol=1e-9))

    @property
    def values(self) -> dict[str, float]:
        pounds = {"expected_overspend_gbp": self.expected_overspend} | {
            name: self.bond(level) for level, name in BONDS.items()
        }
        return {name: MEAN_GBP * value for name, value in pounds.items()} | {
            "overspend_probability": self.exceeds(0.0)
        }


@cache
def truth_of(sizes: Sizes) -> Truth:
    return Truth.of(sizes)


# With a lasting and a passing shock beside the PCT's both cubatures err alike, and it takes both parts of
# the bound, the gap between them and the doubt about moments, to hold the truth; with two shocks the gap.
@pytest.mark.parametrize(
    "sizes", [Sizes(0.2, 0.2, 0.0), Sizes(0.3, 0.3, 0.0), Sizes(0.15, 0.15, 0.1)], ids=str
)
def test_the_truth_is_within_the_bounds_and_not_on_the_value(sizes: Sizes) -> None:
    """Errors of 1e-4 to 3e-3 SDs, which the bounds hold without being more than six times as wide."""
    truth = truth_of(sizes)
    (row,) = exact_risk(checked(sizes.scenario)).rows
    sd_gbp = MEAN_GBP * truth.sd
    for name, exact in truth.values.items():
        estimate = row.estimates[name]
        assert estimate.low < exact < estimate.high, name
        if name in BONDS.values():
            error = abs(estimate.value - exact)
            assert 1e-4 < error / sd_gbp < 3e-3, name
            assert estimate.half_width < 6 * error, name


@pytest.mark.parametrize("wrong", ["plain", "rotated"])
@pytest.mark.parametrize("span", [(0,), (1,), (0, 1)])
def test_moments_that_are_off_widen_the_bounds(
    monkeypatch: pytest.MonkeyPatch, wrong: str, span: tuple[int, ...]
) -> None:
    """By as much as the worst law of a row, in SDs: here an SD is given that is 0.05% too large."""

    def off(plan: Any, cluster: int, position: Any, rotated: bool = False) -> OutturnLaw:
        law = law_of_position(plan, cluster, position, rotated)
        years = tuple(np.flatnonzero(position.weights.any(axis=1)) - 1)
        is_off = years == span and rotated == (wrong == "rotated")
        return replace(law, sd_gbp=law.sd_gbp * 1.0005) if is_off else law

    scenario = checked(scenario_of(service_lines=[line_of()]))
    exact = exact_risk(scenario, "South").rows
    monkeypatch.setattr(method, "law_of_position", off)
    first, second, whole = exact_risk(scenario, "South").rows
    touched = {(0,): (first, whole), (1,): (second, whole), (0, 1): (whole,)}[span]
    for row, before in zip((first, second, whole), exact, strict=True):
        # 2,000 Poisson cases a year of GBP 1,000, CV 1: a variance of 2,000 * 1,000 ** 2 * (1 + 1).
        sd_gbp = math.sqrt(4e9 * (2 if row is whole else 1))
        for name, estimate in row.estimates.items():
            scale = 1.0 if name.endswith("probability") else sd_gbp
            expected = scale * 0.0005 / 1.0005 if row in touched else 0.0
            assert estimate.value == before.estimates[name].value
            assert estimate.half_width == pytest.approx(expected, rel=0.01, abs=1e-6 * scale), name


SHOCK = {"law": "lognormal", "sd_share": 0.02}
NO_SHOCK = SHOCK | {"sd_share": 0.0}


def toolkit(*weights: float, **changes: Any) -> Table:
    return {"rule": "toolkit", "fair_share_weight_by_year": list(weights)} | changes


def two_years(**changes: Any) -> Scenario:
    return checked(scenario_of(**{"service_lines": [line_of()], **changes}))


INDEPENDENT: dict[str, Table] = {
    "chance alone": {},
    "shocks of a year": {"shocks": {"pct": {"size": SHOCK, "correlation": 0.5}, "cluster_year": SHOCK}},
    "persistence of nothing": {"shocks": {"pct": {"persistence": 0.5}, "cluster_year": SHOCK}},
    "a lasting shock of no size": {"shocks": {"cluster": NO_SHOCK}},
    "fair shares alone": {"budgets": {"rule": toolkit(1.0)}},
    "only the first year looks back": {"budgets": {"rule": toolkit(0.5, 1.0)}},
}
DEPENDENT: dict[str, Table] = {
    "a PCT-wide shock that persists": {"shocks": {"pct": {"size": SHOCK, "persistence": 0.01}}},
    "a line's own PCT-wide shock that persists": {
        "shocks": {"pct": {"persistence": 0.5}},
        "service_lines": [line_of(), line_of("referrals", pct_shock=SHOCK)],
    },
    "a lasting shock": {"shocks": {"cluster": SHOCK | {"sd_share": 0.001}}},
    "budgets from one base year": {"budgets": {"rule": toolkit(0.9)}},
    "budgets from the latest year": {"budgets": {"rule": toolkit(1.0, 0.9, historic_year="latest")}},
    "one line's budget from the base year": {
        "service_lines": [line_of(), line_of("referrals", budget_rule=toolkit(0.9))]
    },
}


@pytest.mark.parametrize("changes", INDEPENDENT.values(), ids=INDEPENDENT)
def test_bonds_over_independent_years(changes: Table) -> None:
    whole = exact_risk(two_years(**changes), "South").rows[-1]
    assert whole.not_given == ""
    assert set(BONDS.values()) < set(whole.estimates)
    assert years_are_independent(make_plan(two_years(**changes)), 1)


@pytest.mark.parametrize("changes", DEPENDENT.values(), ids=DEPENDENT)
def test_no_bond_over_years_that_depend_on_each_other(changes: Table) -> None:
    """The year's own bonds are given all the same, and the numbers that need no independence."""
    _, year, whole = exact_risk(two_years(**changes), "South").rows
    assert set(BONDS.values()) < set(year.estimates)
    assert whole.not_given == "no bonds, since the years depend on each other"
    assert set(whole.estimates) == {"overspend_probability", "expected_overspend_gbp"}
    assert not years_are_independent(make_plan(two_years(**changes)), 1)


def test_budgets_that_are_no_weighted_sum_may_make_years_depend_on_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def kinked(_: ExpectedSpend, basis: Any) -> Any:
        return np.maximum(basis.base_gbp, basis.expected_gbp)

    plan = make_plan(two_years())
    assert years_are_independent(plan, 0)
    monkeypatch.setattr(ExpectedSpend, "annual_budget_gbp", kinked)
    assert not years_are_independent(plan, 0)
