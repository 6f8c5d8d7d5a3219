"""What becomes of each choice of a scenario, against stored numbers: a change of one says whose it is.

That each choice changes something is for `tests/property` to say, and what it should be for the tests that
are worked by hand; here any change of a number shows. `stored_numbers` tells how to accept one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from simulator.records import BUDGET, SPEND, Account, FloatArray
from simulator.risk.account_book import account_books
from simulator.risk.paired import NUMBERS, InTurn, Samples, numbers_of
from simulator.risk.positions import pct_build_up
from simulator.rules.minimum_rate import MinimumRate
from simulator.scenario.scenario import load_scenario
from simulator.simulation.result import Result
from tests.builders import BOND, CORRIDOR, POOL, SURPLUS, Table, cluster_of, line_of, scenario_of, simulated
from tests.golden.stored_numbers import check, mixed
from tests.property.test_every_choice_matters import (
    CHOICES,
    CONTRACTS,
    FEWER_RULES,
    GIVEN,
    OF_RULES,
    REFUSED,
    as_table,
    choices,
    quick_simulations,
)

TERMS = load_scenario("scenarios/terms-example.toml").settings
TERMS_GIVEN = as_table(TERMS.model_dump())
PAID_PER_YEAR = {"name": "review", "action": "management_cost", "gbp_per_year": 1_000}
DEMAND = {"name": "demand", "action": "reduce_demand", "avoided_share": 0.1}
SHIFT = {"name": "clinic", "action": "shift_service", "service_line": "admissions", "moved_share": 0.2}
EARLY = {"name": "early", "action": "early_spending", "more_share": 0.1}
CONTROL = {"name": "control", "action": "in_year_control", "service_lines": ["admissions", "prescribing"]}
UNSURE = {"mean": 0.02, "sd": 0.03}
LEVELS = [
    {"practice": "A", "cluster": "North", "people_share": 0.4, "level": 1.5},
    {"practice": "B", "cluster": "North", "people_share": 0.2, "level": 0.5},
    {"practice": "C", "cluster": "South", "people_share": 0.3, "level": 1.1},
    {"practice": "D", "cluster": "South", "people_share": 0.1, "level": 0.7},
]
OUTLIERS = {"name": "outliers", "action": "outlier_practices", "levels": LEVELS, "brought_in_share": 0.5}
BILLS = {"name": "bills", "action": "check_bills"}
LATER = {
    "first_year": 2011,
    "first_month": 10,
    "set_up_gbp": 700.0,
    "gbp_per_head": 0.5,
    "gbp_per_year": 90.0,
}
ACTIONS: dict[str, list[Table]] = {
    "none": [],
    "known demand": [DEMAND],
    "known demand, later": [DEMAND | LATER | {"clusters": ["South"]}],
    "demand that is added": [DEMAND | {"avoided_share": -0.2, "service_lines": ["admissions"]}],
    "demand of all of a line": [DEMAND | {"avoided_share": 0.99, "ramp_share_by_year": [1.0]}],
    "demand by chance": [DEMAND | {"probability_of_working": 0.5, "gbp_per_case": 2.0}],
    "demand by chance, each": [DEMAND | {"avoided_share": UNSURE, "common_to_clusters": False} | LATER],
    "demand that is held back": [DEMAND | {"holds_back_care": True}],
    "two held back": [DEMAND | {"holds_back_care": True}, CONTROL | {"trigger_share": 0.0}],
    "clinic": [SHIFT],
    "clinic by practices": [SHIFT | LATER | {"provided_by": "practices", "price_ratio": 0.7}],
    "clinic with knock-ons": [
        SHIFT
        | {"moved_share": UNSURE, "common_to_clusters": False}
        | {"knock_on": [{"service_line": "prescribing", "cases_per_case": cases} for cases in (3.0, -1.0)]}
    ],
    "two clinics": [SHIFT, SHIFT | {"name": "another", "service_line": "prescribing", "price_ratio": 2.0}],
    "bills": [BILLS],
    "bills, each": [
        BILLS | {"net_share": UNSURE, "common_to_clusters": False, "service_lines": ["admissions"]}
    ],
    "outliers": [OUTLIERS],
    "outliers above": [OUTLIERS | {"low_ones_too": False, "band_share": 0.05, "brought_in_share": UNSURE}],
    "early": [EARLY],
    "early, all year": [EARLY | {"first_months": 12}],
    "early, got back": [EARLY | {"got_back_share": 1.0, "first_months": 3} | LATER],
    "later rather than early": [EARLY | {"more_share": -1.0, "first_months": 2, "got_back_share": 0.9}],
    "control": [CONTROL],
    "control at once": [CONTROL | {"lag_months": 0, "trigger_share": 0.0, "most_of_month_share": 0.5}],
    "control that comes back": [
        CONTROL | {"comes_back_share": 0.6, "most_of_year_share": 0.2, "trigger_share": 0.0} | LATER
    ],
    "control too late": [CONTROL | {"lag_months": 11}],
    "control of one line": [CONTROL | {"service_lines": ["prescribing"], "probability_of_working": 0.5}],
    "control after early": [
        CONTROL | {"clusters": ["North"]},
        EARLY | {"more_share": {"mean": 0.1, "sd": 0.05}},
    ],
    "management": [PAID_PER_YEAR | LATER | {"paid_to": "practices"}],
    "management of the PCT": [PAID_PER_YEAR | {"paid_by": "pct", "gbp_per_head": 0.2}],
    "management of practices": [PAID_PER_YEAR | {"paid_by": "practices", "paid_to": "partner"}],
    "many": [DEMAND, SHIFT, BILLS, OUTLIERS, EARLY, CONTROL, PAID_PER_YEAR],
}


def acting(actions: list[Table], **changes: Any) -> Table:
    """Return a scenario of two clusters, one of which joins later and answers for a part, and three lines."""
    lines = [*scenario_of()["service_lines"], line_of("community", payment="block")]
    clusters = [
        cluster_of("North"),
        cluster_of("South", 20_000, proportion=0.8, first_year=2010, first_month=8),
    ]
    given = {"contract": {"start_year": 2010, "start_month": 6, "years": 3}, "service_lines": lines}
    return scenario_of(**({"clusters": clusters, "actions": actions} | given | changes))


def cases() -> Iterator[tuple[str, Table]]:
    yield "every key", GIVEN
    for label, choice in CHOICES.items():
        if label not in REFUSED:
            yield f"every key, {label}", choice.made_in(GIVEN)
    yield "fewer rules", FEWER_RULES
    for label in OF_RULES:
        yield f"fewer rules, {label}", CHOICES[label].made_in(FEWER_RULES)
    yield "terms", TERMS_GIVEN
    for choice in choices(TERMS):
        label = choice.label(TERMS_GIVEN)
        if choice.path[0] in {"rules", "clusters"} and not label.endswith("by_people=nothing"):
            yield f"terms, {label}", choice.made_in(TERMS_GIVEN)
    for what, actions in ACTIONS.items():
        yield f"actions, {what}", acting(actions)
    limited = acting(
        ACTIONS["many"], rules=[{"rule": "per_case_limit", "limit_gbp": 3_000}, SURPLUS, BOND, POOL]
    )
    yield "actions, many within a limit", limited
    for what, rules in RULES.items():
        yield f"rules, {what}", scenario_of(rules=rules)


RULES: dict[str, list[Table]] = {
    "none": [],
    "no bond": [SURPLUS | {"needs_bond": False}],
    "pool alone": [POOL],
    "bond alone": [BOND],
    "bond of nothing a head": [SURPLUS, {"rule": "bond", "gbp_per_head": 0.0}],
    "rate of nothing": [
        SURPLUS | {"minimum_savings_rate": {"share_of_budget": 0.0, "once_met": "excess"}},
        BOND,
    ],
    "corridor": [CORRIDOR, SURPLUS, BOND],
    "bands": [
        {
            "rule": "corridor",
            "surplus_bands": [{"up_to_share": 0.02, "cluster_share": 1.0}, {"cluster_share": 0.3}],
            "overspend_bands": [
                {"up_to_share": 0.01, "cluster_share": 0.9},
                {"up_to_share": 0.03, "cluster_share": 0.5},
                {"cluster_share": 0.0},
            ],
        },
        SURPLUS,
        BOND,
        POOL,
    ],
    "capped after each year": [SURPLUS | {"cap_share_of_budget": 0.001}, BOND, POOL],
    "held to the end": [
        SURPLUS
        | {"settlement": "whole_contract", "minimum_savings_rate": {"by_people": "medicare"}}
        | {"practice_share_from": "pct_return"},
        BOND | {"top_up": True, "interest_share_per_year": 0.03},
        POOL,
    ],
    "deficits carried over": [
        {"rule": "deficit_recovery"},
        SURPLUS,
        BOND | {"when_exhausted": "leaves"},
        POOL,
    ],
}
RULES |= {
    f"bond, {form} of {whose}, paid back {back}": [
        SURPLUS,
        BOND
        | {"form": form, "interest_share_per_year": 0.02, "top_up": back is True}
        | ({} if whose is None else {"deposited_by": whose})
        | ({} if back is None else {"drawn_is_paid_back": back, "financing_share_per_year": 0.05}),
        {"rule": "partner", "gains_share": 0.3, "bond_share": 0.2},
    ]
    for form in ("cash", "surety", "letter_of_credit", "partner_guarantee")
    for whose in (None, "practices", "partner", "lender")
    for back in (None, True, False)
}
CASES = dict(cases())


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with quick_simulations():
        yield


@cache
def outcome(case: str) -> Result:
    return simulated(CASES[case], contracts=CONTRACTS)


def settled(result: Result) -> dict[str, float]:
    """Return what moved, each reason with a weight of its own, and what each account is left with."""
    found = result.contract_outcomes
    moved = sum(crc32(reason.encode()) / 2**32 * mixed(flow.gbp) for reason, flow in found.flows.items())
    left = dict.fromkeys(Account, 0.0)
    for flow in found.flows.values():
        left[flow.payer] -= mixed(flow.gbp)
        left[flow.payee] += mixed(flow.gbp)
    ends = {str(one.name).lower(): gbp for one, gbp in left.items() if abs(gbp) > 1}
    others = {
        "takes_part": found.takes_part,
        "a_year": found.annual_budget_gbp,
        "posted": found.bond_posted_gbp,
        "claims": found.bond_claims_gbp,
        "needed": found.bond_needed_gbp,
        "shared": found.shared_bond_needed_gbp,
        "held_back": found.held_back_gbp,
    }
    first = {"budget": mixed(found.gbp(BUDGET)), "spend": mixed(found.gbp(SPEND)), "moved": moved}
    return first | ends | {what: mixed(values) for what, values in others.items()}


@pytest.mark.parametrize("case", CASES)
def test_what_is_settled(case: str) -> None:
    check("settled", {case: settled(outcome(case))})


def test_minimum_rates_by_people() -> None:
    sizes = (100, 500, 800, 1_000, 2_000, 3_000, 4_000, 5_000, 5_500, 6_000, 7_000, 8_000, 9_000, 9_500)
    sizes = (*sizes, 10_000, 12_000, 15_000, 18_000, 20_000, 30_000, 50_000, 58_000, 60_000, 90_000)
    rates = MinimumRate(by_people="medicare").of(np.array(sizes, dtype=float))
    found = {str(people): rate for people, rate in zip(sizes, rates.tolist(), strict=True)}
    check("settled", {"medicare": found})


MEASURED = ("every key", "terms", "rules, no bond", "rules, deficits carried over", "actions, many")


@pytest.mark.parametrize("case", MEASURED)
def test_measures(case: str) -> None:
    """Of each row, with what its error comes to."""
    columns = outcome(case).summary_columns
    names = [str(name) for name in columns.pop("cluster")]
    lines = {}
    for name, values in columns.items():
        found = {
            one.replace(" ", "_"): float(value)
            for one, value in zip(names, values, strict=True)
            if isinstance(value, (int, float))
        }
        lines[f"{case}, {name}"] = found
    check("measures", {line: found for line, found in lines.items() if found})


@pytest.mark.parametrize("case", MEASURED)
def test_what_the_pct_s_position_is_made_of(case: str) -> None:
    result = outcome(case)
    build_up = pct_build_up(account_books(result.contract_outcomes, result.plan.terms)[-1])
    parts = dict((*build_up.parts, ("together", build_up.total)))
    check(
        "positions",
        {
            f"{case}, {words}": {"value": one.value, "low": one.low, "high": one.high}
            for words, one in parts.items()
        },
    )


COMPARED = {
    "every key": [label for label in CASES if label.startswith("every key, rules.")][:40:4],
    "rules, bond alone": ["rules, pool alone", "rules, bond alone", "rules, held to the end", "rules, none"],
    "actions, none": ["actions, known demand", "actions, bills", "actions, control", "actions, none"],
    "terms": [label for label in CASES if label.startswith("terms, ")][::6],
}


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("base", COMPARED)
def test_differences_on_the_same_draws(base: str, remembers: bool) -> None:
    """Each from the base, one after another: what is remembered of the one before changes nothing."""
    in_turn, lines = InTurn(samples(base), remembers=remembers), {}
    for case in COMPARED[base]:
        found = in_turn.compared(samples(case))
        numbers = numbers_of(found, sorted(found))
        lines[f"{base}; {case}"] = {
            "places": len(found),
            "changes": samples(case).moved_from(samples(base)),
        } | {what: summed(numbers[:, at]) for at, what in enumerate(NUMBERS)}
    check("differences", lines)


def summed(values: FloatArray) -> float:
    return mixed(values[~np.isnan(values)])


@cache
def samples(case: str) -> Samples:
    return Samples.of(outcome(case).contract_outcomes, outcome(case).plan.terms)
