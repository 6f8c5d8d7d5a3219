"""Scenarios side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

import simulator
from simulator.answers.table import change, measures, printed
from simulator.questions.compare.answer import setting_differences
from simulator.questions.compare.ask import compare, names_of
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.in_words import phrase
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import BOND, POOL, SURPLUS, Table, checked, cluster_of, scenario_of
from tests.unit.problems import problems_of_call


def words(one: Table, other: Table) -> list[str]:
    return [found.in_words(("A", "B")) for found in setting_differences([checked(one), checked(other)])]


def named(mapping: Table, name: str) -> Scenario:
    return replace(checked(mapping), source=f"folder/{name}.toml")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"clusters": [cluster_of("North", bond_gbp=1_000_000), cluster_of("South", 20_000)]},
         ["clusters.North.bond_gbp: none in A, 1,000,000 in B"]),
        ({"contract": {"start_year": 2011, "years": 2}}, ["contract.start_year: 2010 in A, 2011 in B"]),
        ({"clusters": [cluster_of("South", 20_000), cluster_of("North")]}, []),
        ({"clusters": [cluster_of("North"), cluster_of("East")]},
         ["clusters.South: there in A, none in B", "clusters.East: none in A, there in B"]),
        ({"rules": [{**SURPLUS, "practice_share": 0.2}, BOND, POOL]},
         ["rules.surplus.practice_share: 0.1 in A, 0.2 in B"]),
        ({"rules": [BOND, SURPLUS, POOL]},
         ["order of rules: surplus, bond, pool in A, bond, surplus, pool in B"]),
        ({"rules": [SURPLUS, BOND]}, ["rules.pool: there in A, none in B"]),
        ({"title": "Another", "question": "Why?", "simulation": {"seed": 9}}, []),
        ({"clusters": [cluster_of("North", takes_share=False), cluster_of("South", 20_000)]},
         ["clusters.North.takes_share: true in A, false in B"]),
    ],
)  # fmt: skip
def test_settings_in_words(changes: Table, expected: list[str]) -> None:
    assert words(scenario_of(), scenario_of(**changes)) == expected


def test_three_scenarios_are_grouped_by_value() -> None:
    one = checked(scenario_of())
    other = one.vary("rules.surplus.practice_share=0.2")
    (found,) = setting_differences([one, other, one])
    assert found.in_words("ABC") == "rules.surplus.practice_share: 0.1 in A and C, 0.2 in B"


@pytest.mark.parametrize(
    ("override", "same"),
    [
        ("rules.surplus.practice_share=0.2", True),
        ("budgets.rule.margin_share=0.1", True),
        ("clusters.North.takes_share=false", True),
        ("clusters.North.people=6000", False),
        ("clusters.North.true_saving_share=0.1", False),
        ("contract.years=1", False),
    ],
)
def test_whether_demand_is_the_same_is_said(override: str, same: bool) -> None:
    one = named(scenario_of(), "one")
    notes = " ".join(compare([one, one.vary(override)], draws=Draws(100)).notes())
    assert ("All scenarios share the same draws of chance, so a difference" in notes) == same
    assert ("Clusters and lines of the same name share their chances, so a" in notes) != same


def test_differences_of_probabilities_are_in_points() -> None:
    # 0.35 with a 95% interval of 0.04 either side.
    estimate = Estimate(0.35, 0.31, 0.39, 0.02)
    assert phrase(estimate, Unit.PROBABILITY, signed=True) == "+35 ± 4 points"
    assert phrase(estimate, Unit.PROBABILITY) == "35% ± 4%"
    for name, heading in (("overspend_probability", "change, points"), ("bond_needed_gbp", "change £")):
        assert printed(change(measures(name, [estimate]), [estimate])).heading == heading


def test_tables_count() -> None:
    one = checked(scenario_of())
    other = replace(one, seasons={"winter": (1.0,) * 12})
    (found,) = setting_differences([one, other])
    assert found.in_words("AB") == "figures of seasons: a table in A, another table in B"


def test_estimates_are_those_of_simulate_and_differences_paired() -> None:
    one, other = checked(scenario_of()), checked(scenario_of(), "rules.surplus.practice_share=0.2")
    found = compare([one, other, one], draws=Draws(200, 3))
    for scenario, estimates in zip((one, other, one), found.estimates, strict=True):
        for row in simulate(scenario, Draws(200, 3)).rows:
            for measure, estimate in row.estimates.items():
                assert estimates[row.name, measure].estimate == estimate
    share = found.estimates[1]["All clusters together", "practice_share_gbp"]
    assert share.difference is not None
    # Twice the share: as much again.
    assert share.difference.value == pytest.approx(share.estimate.value / 2)
    again = [one.difference for one in found.estimates[2].values()]
    assert all(one is not None and one.value == 0 for one in again)
    assert simulator.compare is compare


def test_rows_of_one_scenario_alone_have_no_difference() -> None:
    one = named(scenario_of(), "one")
    other = named(scenario_of(clusters=[cluster_of("North"), cluster_of("East")]), "other")
    table = compare([one, other], draws=Draws(100)).every_number()
    other_rows = table[table["scenario"] == "other"].set_index("cluster")
    assert set(other_rows.index) == {"North", "East", "All clusters together"}
    assert other_rows.loc["East", "difference"].isna().all()
    assert not other_rows.loc["North", "difference"].isna().any()


def test_a_measure_of_single_clusters_is_shown_for_each() -> None:
    one, other = named(scenario_of(), "one"), named(scenario_of(), "other")
    found = compare([one, other], measures=["bond_needed"], draws=Draws(100))
    assert [table.name for table in found.tables()] == ["North", "South"]
    assert not any("cannot be compared" in sentence for sentence in found.sentences())


def test_contracts_and_seed_are_those_of_the_first() -> None:
    one = checked(scenario_of(simulation={"contracts": 150, "seed": 5}))
    found = compare([one, checked(scenario_of())])
    assert (found.contracts, found.seed) == (150, 5)


def test_names_tell_scenarios_apart() -> None:
    one = named(scenario_of(), "one")
    assert names_of([one, named(scenario_of(), "two")]) == ("one", "two")
    varied = one.vary("rules.surplus.practice_share=0.2")
    assert names_of([one, varied]) == (
        "folder/one.toml",
        "folder/one.toml rules.surplus.practice_share=0.2",
    )
    assert names_of([one, one]) == ("folder/one.toml (1)", "folder/one.toml (2)")


def test_every_problem_at_once() -> None:
    one = checked(scenario_of())
    problems = problems_of_call(
        lambda: compare([one], measures=["bond_neded_gbp"], clusters=["Nrth"], draws=Draws(3))
    )
    assert {problem.where for problem in problems} == {"scenarios", "contracts", "measure", "cluster"}
    (problem,) = problems_of_call(lambda: compare(["a.toml", "b.toml"]))  # type: ignore[list-item]
    assert problem.need == "what load_scenario returns"
    (problem,) = problems_of_call(lambda: compare([]))
    assert problem.got == "0"
