"""A setting that is written and changes no outcome is said to do nothing, in one line."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from simulator import InputError
from simulator.answers.rule_notes import scheme_notes
from simulator.simulation.result import Result
from tests.builders import PER_CASE_LIMIT, POOL, Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.property.comparing import differences
from tests.property.test_every_choice_matters import CONTRACTS, as_table, choices, quick_simulations
from tests.property.test_every_parameter_matters import SCENARIO, _numbers, _other

NOBODY_SHARES = [cluster_of("North", takes_share=False), cluster_of("South", 20_000, takes_share=False)]
ONE_YEAR = {"start_year": 2010, "years": 1}
TOOLKIT = {"rule": "toolkit", "fair_share_weight_by_year": [0.2, 0.4]}
SCENARIOS = {
    "nobody shares": scenario_of(clusters=NOBODY_SHARES, budgets={"rule": TOOLKIT}),
    "one year, one line": scenario_of(
        contract=ONE_YEAR, service_lines=[line_of()], budgets={"rule": TOOLKIT}
    ),
    "a pool alone": scenario_of(rules=[POOL]),
    "blocks alone": scenario_of(service_lines=[line_of(payment="block")], rules=[]),
}
SAID_AS = {
    "practice_share_from": "rules.surplus.practice_share does nothing",
    "minimum_savings_rate": "rules.surplus.practice_share does nothing",
    "settlement": "rules.surplus.practice_share does nothing",
    "rules.1": "none posts a bond",
}
"""Where nobody shares: what is said in the stead of each key."""
NEEDS_NO_WORD = {
    "simulation": "the run is asked for numbers of its own",
    "contract.start_year": "of shifted years all is the same where nothing has a year of its own",
    "population.outside_clusters": "there is no table of practices to be outside of",
    "unit_cost_gbp.cv": "a block contract has no volume risk, but a law must be given",
    "unit_cost_gbp=": "a block contract has no volume risk, but a law must be given",
    "count=": "a block contract counts no cases, but a law must be given",
    "needs_bond": "who takes the share posts a bond, or nobody does",
    "legal_form=company": "it means what is so without one",
    "legal_form=llp": "it means what is so without one",
    "liability_beyond_bond=none": "it is what is so where nothing is said",
    "deposited_by": "the same amounts move, from and to another account",
    "form=partner_guarantee": "the same amounts move, from and to another account",
    "'sd_share': 0.0": "a shock of another kind is as little, of nothing",
}


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with quick_simulations():
        yield


def written(table: Any, path: tuple[str | int, ...], value: Any) -> Table:
    changed = copy.deepcopy(table)
    inside = changed
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return as_table(changed)


def others(name: str) -> dict[str, Table]:
    """Return a scenario with each number, switch, word and kind of it otherwise, by place."""
    settings = checked(SCENARIOS[name]).settings
    whole = as_table(settings.model_dump())
    found = {}
    for path in _numbers(whole):
        value = whole
        for step in path:
            value = value[step]
        found[f"{'.'.join(map(str, path))}"] = written(whole, path, _other(value))
    return found | {
        f"{'.'.join(map(str, one.path))}={one.value}": one.made_in(whole) for one in choices(settings)
    }


@cache
def plain(name: str) -> Result:
    return simulated(as_table(checked(SCENARIOS[name]).settings.model_dump()), contracts=CONTRACTS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_changes_nothing_is_said(name: str) -> None:
    silent = []
    for place, table in others(name).items():
        try:
            scenario = checked(table)
        except InputError:
            continue
        if differences(plain(name), simulated(table, contracts=CONTRACTS)):
            continue
        notes = " ".join(scheme_notes(scenario))
        steps = place.partition("=")[0].split(".")[-2:]
        said = [
            *steps[-2 if steps[-1] == "sd_share" else -1 :],
            *(SAID_AS[one] for one in SAID_AS if one in place),
        ]
        if not any(one in notes for one in said) and not any(one in place for one in NEEDS_NO_WORD):
            silent.append(place)
    assert "\n".join(silent) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"budgets": {"rule": {"rule": "toolkit", "fair_share_weight_by_year": [0.1, 0.2, 0.3]}}},
            "what budgets.rule.fair_share_weight_by_year says after year 2 does nothing here: the contract "
            "ends after 2 years.",
        ),
        ({"rules": [POOL]}, "rules.pool does nothing here: no rule surplus returns anything to it"),
        ({"clusters": NOBODY_SHARES}, "No cluster takes the practice share, and so none posts a bond."),
        (
            {"clusters": [cluster_of("North"), cluster_of("South", takes_share=False, bond_gbp=5)]},
            "clusters.South.bond_gbp does nothing here",
        ),
        ({"rules": [PER_CASE_LIMIT | {"limit_gbp": 1e9}]}, "rules.per_case_limit does nothing here"),
        ({"shocks": {"pct": {"persistence": 0.5}}}, "shocks.pct.persistence does nothing here"),
    ],
)
def test_one_line_says_it(changes: Table, said: str) -> None:
    assert sum(said in note for note in scheme_notes(checked(scenario_of(**changes)))) == 1


def test_nothing_is_said_of_what_works() -> None:
    assert not any("does nothing" in note for note in scheme_notes(checked(SCENARIO)))
