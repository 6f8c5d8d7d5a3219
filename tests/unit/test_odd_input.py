"""Odd input that once ended in a traceback or in a false message."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import Draws, InputError, Lognormal, load_scenario
from simulator.questions.sweep.question import read_ranges
from simulator.scenario.keys import apply_overrides
from simulator.scenario.practice_lists import read_practices
from simulator.scenario.weights_and_seasons import read_need_weights
from tests.builders import checked, line_of, scenario_of, simulated

PRACTICES = "practice_code,practice,list_size,m0_plus\nA1,Abbey,3,3\n"


def test_old_mac_line_ends_are_line_ends(tmp_path):
    path = tmp_path / "practices.csv"
    path.write_bytes(PRACTICES.replace("\n", "\r").encode())
    assert read_practices(path).practices[0].people == 3


def test_a_quote_that_never_ends_is_refused_with_its_line(tmp_path):
    path = tmp_path / "practices.csv"
    path.write_text(PRACTICES + '"B2,' + "x" * 200_000, encoding="utf-8")
    with pytest.raises(InputError, match="must end with one"):
        read_practices(path)


@pytest.mark.parametrize("number", ["9" * 400, "1_0", "٣"])
def test_numbers_that_only_python_reads_are_refused(tmp_path, number):
    path = tmp_path / "practices.csv"
    path.write_text(PRACTICES.replace("3,3", f"{number},3"), encoding="utf-8")
    with pytest.raises(InputError, match="line 2, list_size"):
        read_practices(path)


def test_line_numbers_count_lines_within_cells(tmp_path):
    path = tmp_path / "practices.csv"
    path.write_text(PRACTICES.replace("Abbey", '"Abbey\nRoad"') + "B2,Bridge,x,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 4, list_size"):
        read_practices(path)


def test_weights_without_practices_are_no_problem(tmp_path):
    path = tmp_path / "weights.csv"
    path.write_text("sex,age_band,workload\nF,0+,2\n", encoding="utf-8")
    assert read_need_weights(path, None) == (None, {"workload": ()})


@pytest.mark.parametrize("text", ["title = " + "9" * 5_000, "title = " + "[" * 5_000])
def test_toml_that_stops_the_parser_is_refused(tmp_path, text):
    path = tmp_path / "odd.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="valid TOML"):
        load_scenario(path)


@pytest.mark.parametrize(
    "override", ['clusters."".people=3', '""=3', "a..b=1", ".a=1", "=1", "rules.*.top_up=true"]
)
def test_overrides_that_lead_nowhere_are_refused(override):
    with pytest.raises(InputError, match="must be"):
        apply_overrides({"clusters": [{"name": "A"}], "rules": []}, [override])


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("service_lines.*.unit_cost_gbp.deductible=1e11", "leaves something to pay"),
        ("service_lines.*.unit_cost_gbp.mean=1e300", "at most 1"),
        ("clusters.*.people=1e20", "at most 1"),
    ],
)
def test_sizes_out_of_this_world_are_refused(override, words):
    given = scenario_of()
    for line in given["service_lines"]:
        line["unit_cost_gbp"] = {"model": "uniform", "low": 1.0, "high": 2.0}
        if "mean" in override:
            line["unit_cost_gbp"] = {"model": "lognormal", "mean": 1.0, "cv": 2.0}
    changed, _ = apply_overrides(given, [override])
    with pytest.raises(InputError, match=words):
        checked(changed)


def test_a_part_made_in_python_says_what_is_wrong():
    with pytest.raises(InputError, match=r"Lognormal\.mean") as caught:
        Lognormal(mean=-1, cv=5_000)
    assert [problem.where for problem in caught.value.problems] == ["Lognormal.mean", "Lognormal.cv"]


@pytest.mark.parametrize("depth", [51, 1_000, 5_000])
@pytest.mark.parametrize("nest", [lambda inside: {"a": inside}, lambda inside: [inside]])
def test_what_is_nested_too_deep_is_refused(tmp_path, depth, nest):
    value = 1
    for _ in range(depth):
        value = nest(value)
    with pytest.raises(InputError, match="nested"):
        checked(scenario_of(extra=value))
    path = tmp_path / "deep.toml"
    path.write_text(f"[x{'.x' * depth}]", encoding="utf-8")
    with pytest.raises(InputError, match="nested"):
        load_scenario(path)
    with pytest.raises(InputError, match="must be"):
        checked(scenario_of(), f"pct{'.a' * depth}=1")


@pytest.mark.parametrize("digits", [400, 4_301, 100_000])
def test_whole_numbers_of_many_digits_are_refused(digits):
    number = 10**digits
    with pytest.raises(InputError, match=r"clusters\.A\.people"):
        checked(scenario_of(clusters=[{"name": "A", "people": number}]))
    with pytest.raises(InputError, match="seed"):
        checked(scenario_of()).vary({"simulation.seed": number})
    with pytest.raises(InputError, match="seed"):
        Draws(seed=number).of(checked(scenario_of()))
    with pytest.raises(InputError, match="mean"):
        Lognormal(mean=number, cv=1)
    with pytest.raises(InputError, match="seed"):
        checked(scenario_of(simulation={"seed": number}))


@pytest.mark.parametrize(
    "steps", ["0.1:0.2:1e-400", "0.1:0.2:1e-999999999", "0:1e999999999:1", "0.1:0.2:1e1000000"]
)
def test_ranges_of_numbers_that_no_computer_counts_are_refused(steps):
    with pytest.raises(InputError, match="places"):
        read_ranges([f"rules.surplus.practice_share={steps}"])


@pytest.mark.parametrize("layer", [{"limit": 200.0}, {"limit": 3.0}, {"deductible": 219.9}])
def test_observed_costs_of_which_a_layer_leaves_one_value_are_drawn(layer):
    values = [200 + 0.37 * at for at in range(55)]
    line = line_of(unit_cost_gbp={"model": "empirical", "values": values} | layer)
    result = simulated(scenario_of(service_lines=[line]), contracts=1_000)
    spend, expected = result.contract_outcomes.gbp("spend"), result.plan.expected_spend_gbp[1:]
    # 500 and 2,000 cases a year, of which a deductible leaves one in 55.
    np.testing.assert_allclose(spend.mean(axis=0), expected[..., :, 0], rtol=0.05)


def test_a_misspelt_rule_is_one_problem():
    given = scenario_of()
    given["rules"] = [
        {"rule": "surplus", "practice_share": 0.1, "practice_share_from": "top", "pct_return_share": 0.4},
        {"rule": "bnd", "gbp_per_head": 10},
    ]
    with pytest.raises(InputError, match="did you mean") as caught:
        checked(given)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("service_lines.*.rate_per_1000={mean=1,sd=2.1}", "an sd of at most twice the mean"),
        ("clusters.*.need={mean=1,sd=1e300}", "an sd of at most twice the mean"),
        ("service_lines.*.unit_cost_gbp.mean={mean=10,sd=21}", "an sd of at most twice the mean"),
        ("service_lines.*.growth_share={mean=0.02,sd=0.6}", r"an sd of at most 0\.5"),
        ("clusters.*.true_saving_share={mean=0.02,sd=1e200}", r"an sd of at most 0\.5"),
    ],
)
def test_doubt_that_leaves_nothing_known_is_refused(setting, said):
    with pytest.raises(InputError, match=said):
        checked(scenario_of(), setting)
