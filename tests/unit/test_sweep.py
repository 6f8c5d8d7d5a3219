"""Sweeps: what each policy of many would do."""

from __future__ import annotations

import math

import numpy as np
import pytest

import simulator
from simulator.questions.sweep.ask import _heading, sweep
from simulator.questions.sweep.question import MOST_ESTIMATES, sweep_question
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import SURPLUS, checked, cluster_of, scenario_of
from tests.unit.problems import problems_of_call

SHARE = "rules.surplus.practice_share"
SAVING = "clusters.South.true_saving_share"
CONTRACTS = 200


def test_each_policy_is_what_simulate_makes_of_it() -> None:
    scenario = checked(scenario_of())
    found = sweep(scenario, {SHARE: [0.05, 0.2], SAVING: "0,0.1"}, draws=Draws(CONTRACTS))
    assert found.policies == (("0.05", "0"), ("0.05", "0.1"), ("0.2", "0"), ("0.2", "0.1"))
    for number, (share, saving) in enumerate(found.policies):
        result = simulate(scenario.vary(f"{SHARE}={share}", f"{SAVING}={saving}"), Draws(CONTRACTS))
        for row in result.rows:
            for measure, estimate in row.estimates.items():
                paired = found.estimate(number, measure, row.name)
                assert paired is not None
                assert paired.estimate == estimate


def test_differences_are_from_the_scenario_as_given() -> None:
    scenario = checked(scenario_of())
    found = sweep(scenario, {SHARE: [0.1, 0.2]}, draws=Draws(CONTRACTS))
    base = {row.name: row.estimates for row in simulate(scenario, Draws(CONTRACTS)).rows}
    assert found.base["South", "practice_share_gbp"] == base["South"]["practice_share_gbp"]
    doubled = found.estimate(1, "practice_share_gbp", "South")
    assert doubled is not None
    assert doubled.difference is not None
    # Twice the share of the same surpluses: as much again, with the error of the share itself.
    assert doubled.difference.value == pytest.approx(base["South"]["practice_share_gbp"].value)
    assert doubled.difference.half_width == pytest.approx(base["South"]["practice_share_gbp"].half_width)


def test_the_same_policy_differs_by_exactly_nothing() -> None:
    found = sweep(checked(scenario_of()), {SHARE: "0.1", SAVING: "0"}, draws=Draws(CONTRACTS)).every_number()
    assert (found["difference"] == 0).all()
    means = found[found["standard_error"].notna()]
    assert (means["difference_low"] == 0).all()
    assert (means["difference_high"] == 0).all()


def test_together_steps_side_by_side() -> None:
    scenario = checked(scenario_of())
    found = sweep(
        scenario, {SHARE: "0.1:0.3:0.1", SAVING: "0,0.1,0.2"}, together=True, draws=Draws(CONTRACTS)
    )
    assert found.policies == (("0.1", "0"), ("0.2", "0.1"), ("0.3", "0.2"))


def test_any_kind_of_value() -> None:
    scenario = checked(scenario_of())
    toolkit = {"rule": "toolkit", "fair_share_weight_by_year": [0.5]}
    found = sweep(
        scenario,
        {
            "clusters.*.takes_share": "true,false",
            "budgets.rule": [{"rule": "expected_spend"}, toolkit],
            "rules.surplus.practice_share_from": ["top", "reinvestment"],
        },
        draws=Draws(CONTRACTS),
    )
    table = found.every_number()
    assert len(found.policies) == 8
    nothing = table[(table["clusters.*.takes_share"] == "false") & (table["measure"] == "practice_share_gbp")]
    assert (nothing["value"] == 0).all()


def test_the_table_is_long_and_numbers_are_numbers() -> None:
    found = sweep(
        checked(scenario_of()),
        {SHARE: "0.1,0.20", "clusters.North.bond_gbp": "0,1_000"},
        measures=["practice_share_gbp", "pool_balance_gbp"],
        clusters=["North"],
        draws=Draws(CONTRACTS),
    )
    table = found.every_number()
    keys = [SHARE, "clusters.North.bond_gbp"]
    assert list(table.columns[:6]) == [*keys, "cluster", "measure", "unit", "value"]
    # Four policies; North has no pool of its own, the PCT has.
    assert len(table) == 4 * 3
    assert sorted(set(table[SHARE])) == [0.1, 0.2]
    assert sorted(set(table["clusters.North.bond_gbp"])) == [0, 1000]


def test_keys_are_headed_in_the_words_of_charts_and_typed_in_files() -> None:
    found = sweep(
        checked(scenario_of()),
        {SHARE: "0.1", "clusters.*.true_saving_share": "0", SAVING: "0.1"},
        together=True,
        draws=Draws(CONTRACTS),
    )
    table = found.tables()[0]
    assert [column.heading for column in table.columns[:3]] == [
        "practice share of a surplus",
        "true saving of demand of every cluster",
        "true saving of demand of South",
    ]
    assert table.frame().index.names == [SHARE, "clusters.*.true_saving_share", SAVING]
    assert set(table.frame().index.get_level_values(SHARE)) == {"as given", "0.1"}


def test_keys_of_the_same_words_are_spelt_out() -> None:
    spelt = "shocks cluster year sd share"
    assert (
        _heading("shocks.cluster_year.sd_share", ["shocks.cluster_year.sd_share"]) == "SD of a cluster's year"
    )
    twice = ["shocks.cluster_year.sd_share"] * 2
    assert _heading(twice[0], twice) == spelt


def test_a_measure_that_a_policy_has_not_is_left_out() -> None:
    found = sweep(checked(scenario_of()), {"contract.years": "1,2,3"}, draws=Draws(CONTRACTS))
    assert found.estimate(0, "overspend_probability_year_2") is None
    assert found.estimate(2, "overspend_probability_year_2") is not None
    assert set(found.every_number().query("measure == 'overspend_probability_year_2'")["contract.years"]) == {
        2,
        3,
    }
    assert not found.every_number()["value"].isna().any()


@pytest.mark.parametrize("policies", [2, 60])
def test_a_measure_of_single_clusters_is_shown_for_each(policies: int) -> None:
    shares = [number / 1000 for number in range(1, policies + 1)]
    found = sweep(checked(scenario_of()), {SHARE: shares}, measures=["bond_needed"], draws=Draws(CONTRACTS))
    assert [table.name for table in found.tables()] == ["North", "South"]
    assert all(len(table.frame()["bond_needed_gbp"]) for table in found.tables())
    said = f"The best 50 of {policies} policies by bond needed at 95% for North are shown"
    assert any(note.startswith(said) for note in found.notes()) == (policies > 50)


def test_policies_that_share_demand_come_one_after_another() -> None:
    question = sweep_question(checked(scenario_of()), {SHARE: "0.1,0.2", SAVING: "0,0.1"})
    savings = [question.policies[number][1] for number in question.order()]
    assert savings == ["0", "0", "0.1", "0.1"]


def test_bad_policies_are_told_once_and_before_anything_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("drawn")

    monkeypatch.setattr(simulator.simulation.shared_draws.SharedDraws, "simulate", never)
    scenario = checked(
        scenario_of(rules=[{**SURPLUS, "practice_share_from": "pct_return", "needs_bond": False}])
    )
    problems = problems_of_call(
        lambda: sweep(
            scenario,
            {SHARE: "0.3,0.5,2", "rules.surplus.pct_return_share": "0.4,0.6"},
            measures=["practice_shares_gbp"],
            clusters=["Nroth"],
            draws=Draws(5),
        )
    )
    by_where = {problem.where: problem for problem in problems}
    assert len(problems) == 5
    assert "practice_share_gbp" in by_where["measure"].hint
    assert "North" in by_where["cluster"].hint
    assert "contracts" in by_where
    assert by_where[f"--vary {SHARE}"].got.startswith("2 (in 2 of 6 policies; first with")
    (combined,) = [one for one in problems if "part that it comes out of" in one.need]
    assert f"in 1 of 6 policies; first with {SHARE}=0.5, rules.surplus.pct_return_share=0.4" in combined.got


def test_a_misspelt_key_is_one_problem() -> None:
    scenario = checked(scenario_of())
    (problem,) = problems_of_call(lambda: sweep(scenario, {"rules.surplus.practice_shar": "0.1,0.2,0.3"}))
    assert problem.where == "--vary rules.surplus.practice_shar"
    assert problem.hint == "did you mean practice_share?"
    (problem,) = problems_of_call(lambda: sweep(scenario, {"clusters.Soth.people": "100,200"}))
    assert problem.where == "--vary clusters.Soth.people"


def test_too_much_is_refused() -> None:
    scenario = checked(scenario_of(clusters=[cluster_of(f"C{number}") for number in range(50)]))
    (problem,) = problems_of_call(lambda: sweep(scenario, {SHARE: "0:0.09:0.00001"}))
    assert f"{MOST_ESTIMATES:,}" in problem.need
    (problem,) = problems_of_call(lambda: sweep("scenario", {SHARE: "0.1"}))  # type: ignore[arg-type]
    assert problem.where == "scenario"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(1, 3, True), (-3, -1, True), (-1, 1, False), (0, 2, False), (1e-9, 3e-9, False), (0, 0, False)],
)
def test_beyond_chance(low: float, high: float, expected: bool) -> None:
    assert beyond_chance(Estimate((low + high) / 2, low, high)) is expected


def test_numbers_are_kept_by_policy_and_place() -> None:
    found = sweep(
        checked(scenario_of()),
        {SHARE: "0.1,0.2"},
        measures=["shared_bond_needed_gbp"],
        clusters=[],
        draws=Draws(CONTRACTS),
    )
    assert found.numbers.shape == (2, 1, 9)
    assert math.isnan(found.numbers[0, 0, 1])
    assert np.isfinite(found.numbers[0, 0, [0, 2, 3, 5, 6, 7]]).all()
    assert simulator.sweep is sweep


def test_a_long_table_shows_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.questions.sweep.ask.MOST_ROWS", 2)
    for measure, best in (("overspend_probability", (2, 1)), ("practice_share_gbp", (2, 1))):
        # More true saving means fewer overspends and larger shares.
        found = sweep(
            checked(scenario_of()), {SAVING: "0,0.01,0.02"}, measures=[measure], draws=Draws(CONTRACTS)
        )
        assert found.shown == best
        assert list(found.frame().index) == ["as given", "0.02", "0.01"]
        assert "The best 2 of 3 policies" in found.notes()[0]
