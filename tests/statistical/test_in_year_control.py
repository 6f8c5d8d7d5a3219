"""In-year control and early spending against a direct simulation of single months."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from simulator.actions import acting
from simulator.actions.scene import Months, Scene
from simulator.records import SPEND
from tests.builders import Table, cluster_of, line_of, scenario_of, simulated
from tests.references.checks import misses, two_samples
from tests.references.control_by_month import (
    Terms,
    compound_months,
    controlled,
    shock,
    spent_early,
    with_what_comes_back,
)
from tests.references.direct import generator

CONTRACTS = 8_000
PEOPLE = 6_000
SHOCK = 0.04
TERMS = Terms(line=0, trigger=0.01, lag=1, most_of_month=0.12, most_of_year=0.08, comes_back=0.5)
EARLY = {"more": 0.1, "first": 5, "got_back": 0.4}
DAYS = (30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31)
"""From April 2010 on, and from April 2011 but for its 29 February."""
LINES = ((0.06, 1_500.0, 1.0), (0.08, 1_800.0, 1.4))
"""Cases a head a year, mean cost of each and variance to mean of their number: planned and emergency."""


def scenario(terms: Terms = TERMS) -> Table:
    """One cluster, two lines; budgets are last year's spend, which control has moved."""
    lines = [
        line_of(
            name,
            rate_per_1000=1000 * rate,
            count=count,
            unit_cost_gbp={"model": "gamma", "mean": mean, "cv": 1},
        )
        for name, (rate, mean, ratio), count in zip(
            ("planned", "emergency"),
            LINES,
            ({"model": "poisson"}, {"model": "negative_binomial", "variance_to_mean": 1.4}),
            strict=True,
        )
    ]
    control = {
        "name": "control",
        "action": "in_year_control",
        "service_lines": ["planned"],
        "trigger_share": terms.trigger,
        "lag_months": terms.lag,
        "most_of_month_share": terms.most_of_month,
        "most_of_year_share": terms.most_of_year,
        "comes_back_share": terms.comes_back,
        "gbp_per_head": 2.0,
    }
    early = {
        "name": "early",
        "action": "early_spending",
        "service_lines": ["planned"],
        "more_share": EARLY["more"],
        "first_months": EARLY["first"],
        "got_back_share": EARLY["got_back"],
    }
    return scenario_of(
        contract={"start_year": 2010, "start_month": 7, "years": 2},
        shocks={"cluster_year": {"law": "lognormal", "sd_share": SHOCK}},
        budgets={"rule": {"rule": "toolkit", "fair_share_weight_by_year": [0.0], "historic_year": "latest"}},
        service_lines=lines,
        clusters=[cluster_of("Only", PEOPLE)],
        # Control is written first, and acts last.
        actions=[control, early],
        rules=[],
    )


@cache
def by_the_simulator(terms: Terms = TERMS) -> np.ndarray:
    """Return spend and care held back by year, shape (spend or held back, year, contract)."""
    outcomes = simulated(scenario(terms), contracts=CONTRACTS).contract_outcomes
    return np.array([outcomes.gbp(SPEND)[..., 0].T, outcomes.held_back_gbp[..., 0].T])


@cache
def by_month(terms: Terms = TERMS) -> np.ndarray:
    """Return the same, drawn month by month."""
    chance, found = generator(5), []
    for _ in range(CONTRACTS):
        budget, back, row = 0.0, 0.0, []
        for number, first in enumerate((0, 3, 0)):
            factor = shock(SHOCK, chance)
            days = [*DAYS[:10], 29, 31] if number == 2 else list(DAYS)
            weights = [day / sum(days) for day in days][first:]
            part = sum(weights)
            year = [
                compound_months(rate * PEOPLE * factor, weights, mean, ratio, chance)
                for rate, mean, ratio in LINES
            ]
            if number:
                year = spent_early(year, 0, EARLY["more"], int(EARLY["first"]), EARLY["got_back"])
                year = with_what_comes_back(year, terms.line, back)
                known = 2.0 * PEOPLE * len(weights) / 12
                own = [weight / part for weight in weights]
                year, held = controlled(year, own, budget * part, known, terms)
                row.append((sum(map(sum, year)), held - back))
                back = terms.comes_back * held
            budget = sum(map(sum, year)) / part
        found.append(row)
    return np.moveaxis(np.array(found), (2, 1, 0), (0, 1, 2))


def apart(one: np.ndarray, other: np.ndarray) -> list[str]:
    return [
        f"{what} {miss}"
        for at, what in enumerate(("spend", "held back"))
        for year in range(2)
        for miss in misses(two_samples(one[at, year], other[at, year], (0.5, 0.95), skewness=False))
    ]


def test_years_are_those_of_months_drawn_one_by_one() -> None:
    assert apart(by_the_simulator(), by_month()) == []
    held = by_month()[1][0]
    # It acts in many years, and comes to its limit in some.
    assert 0.3 < (held > 0).mean() < 0.9
    # Of nine months.
    limit = TERMS.most_of_year * 0.75 * 0.06 * PEOPLE * 1_500
    assert 0.02 < (held > 0.98 * limit).mean() < 0.5


@pytest.mark.parametrize(
    "wrong",
    [
        {"lag": 3},
        {"trigger": 0.03},
        {"most_of_month": 0.09},
        {"most_of_year": 0.07},
        {"comes_back": 0.2},
    ],
    ids=str,
)
def test_other_terms_are_seen(wrong: dict[str, Any]) -> None:
    assert apart(by_the_simulator(replace(TERMS, **wrong)), by_month())


def test_months_without_chance_of_their_own_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_expected(scene: Scene, _: np.ndarray, contracts: int, *_others: object) -> Months:
        years = [scene.months_of(year) for year in range(len(scene.years))]
        return tuple(
            tuple(np.broadcast_to(line, (contracts, *line.shape)) for line in np.moveaxis(year, -1, 0))
            for year in years
        )

    monkeypatch.setattr(acting, "draw_months", as_expected)
    assert apart(by_the_simulator.__wrapped__(TERMS), by_month())
