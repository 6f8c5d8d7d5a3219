"""Odd input that once ended in a traceback or in a false message."""

from __future__ import annotations

import pytest

from simulator import InputError, Lognormal, load_scenario
from simulator.scenario.keys import apply_overrides
from simulator.scenario.practice_lists import read_practices
from simulator.scenario.weights_and_seasons import read_need_weights
from tests.builders import checked, scenario_of

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


def test_a_misspelt_rule_is_one_problem():
    given = scenario_of()
    given["rules"] = [
        {"rule": "surplus", "practice_share": 0.1, "practice_share_from": "top", "pct_return_share": 0.4},
        {"rule": "bnd", "gbp_per_head": 10},
    ]
    with pytest.raises(InputError, match="did you mean") as caught:
        checked(given)
    assert len(caught.value.problems) == 1
