"""Settings laid over a scenario: which key they reach, and what they may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator import load_scenario
from simulator.answers.rule_notes import scheme_notes
from simulator.errors import InputError
from simulator.scenario.keys import apply_overrides, readable, setting
from simulator.scenario.start import STARTER_FILES, write_start
from simulator.uncertain import sd_of
from tests.builders import BOND, POOL, SURPLUS, checked, cluster_of, scenario_of
from tests.unit.problems import problems_of_call

GIVEN = {
    "contract": {"years": 3},
    "service_lines": [{"name": "A&E", "rate_per_1000": 400}, {"name": "St. Ives tests", "rate_per_1000": 7}],
    "clusters": [{"name": "North"}, {"name": "1"}, {"name": "South"}],
    "rules": [{"rule": "surplus", "practice_share": 0.1}, {"rule": "bond"}],
    "weights": [0.1, 0.2],
}


def _after(*overrides: str) -> dict[str, Any]:
    return apply_overrides(GIVEN, overrides)[0]


def _refusal(override: str) -> str:
    with pytest.raises(InputError) as caught:
        apply_overrides(GIVEN, [override])
    return str(caught.value)


def test_a_key_of_a_table() -> None:
    assert _after("contract.years=5")["contract"] == {"years": 5}
    assert _after(" contract.years = 5 ")["contract"] == {"years": 5}


def test_the_given_scenario_stays_as_it_is() -> None:
    _after("contract.years=5", "rules.bond.top_up=true")
    assert GIVEN["contract"] == {"years": 3}
    assert GIVEN["rules"][1] == {"rule": "bond"}


def test_a_new_key_and_a_new_table() -> None:
    assert _after("shocks.cluster.sd_share=0.1")["shocks"] == {"cluster": {"sd_share": 0.1}}


def test_a_table_in_a_list_by_name_rule_number_or_all() -> None:
    assert _after("service_lines.A&E.rate_per_1000=1")["service_lines"][0]["rate_per_1000"] == 1
    assert _after("rules.surplus.practice_share=0.2")["rules"][0]["practice_share"] == 0.2
    assert _after("clusters.2.people=9")["clusters"][2] == {"name": "South", "people": 9}
    assert [table["people"] for table in _after("clusters.*.people=9")["clusters"]] == [9, 9, 9]


def test_a_name_goes_before_a_number() -> None:
    assert _after("clusters.1.people=9")["clusters"][1] == {"name": "1", "people": 9}


def test_a_name_with_dots_stands_in_quotes() -> None:
    changed = _after('service_lines."St. Ives tests".rate_per_1000=8')
    assert changed["service_lines"][1]["rate_per_1000"] == 8


def test_an_item_of_a_plain_list_and_a_whole_item() -> None:
    assert _after("weights.1=0.9")["weights"] == [0.1, 0.9]
    assert _after('clusters.0={name="New"}')["clusters"][0] == {"name": "New"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.2", 0.2),
        ("1_000", 1000),
        ("true", True),
        ("[1, 2]", [1, 2]),
        ('{rule = "pool"}', {"rule": "pool"}),
        ('"5"', "5"),
        # What is not TOML is text: nobody quotes twice on a command line.
        ("top", "top"),
        ("a=b", "a=b"),
        ("True", "True"),
        ("10%", "10%"),
        ("", ""),
    ],
)
def test_values(text: str, value: object) -> None:
    changed = _after(f"contract.years={text}")["contract"]["years"]
    assert changed == value
    assert type(changed) is type(value)


def test_the_last_of_two_holds() -> None:
    assert _after("contract.years=5", "contract.years=6")["contract"]["years"] == 6
    assert _after("contract={years=1}", "contract.start=2")["contract"] == {"years": 1, "start": 2}


def test_where_each_value_came_from() -> None:
    sources = apply_overrides(GIVEN, ["clusters.*.people=9", "contract.years=1"])[1]
    assert sources == {
        **{("clusters", at, "people"): "--set clusters.*.people=9" for at in range(3)},
        ("contract", "years"): "--set contract.years=1",
    }


def test_an_unknown_name_with_the_known_ones_and_the_likely_one() -> None:
    message = _refusal("rules.surpluss.practice_share=1")
    assert "--set rules.surpluss.practice_share=1" in message
    assert "one of surplus, bond, *" in message
    assert "did you mean surplus?" in message


@pytest.mark.parametrize("override", ["contract.years", "=5", "", ".=5", "contract.years.first=1"])
def test_settings_that_cannot_be_applied(override: str) -> None:
    assert f"--set {override}" in _refusal(override)


def test_a_number_past_the_end() -> None:
    assert "given:   7" in _refusal("clusters.7.people=1")


def test_every_setting_that_cannot_be_applied_is_listed() -> None:
    with pytest.raises(InputError) as caught:
        apply_overrides(GIVEN, ["rules.x.y=1", "contract.years=2", "nonsense"])
    assert [problem.where for problem in caught.value.problems] == ["--set rules.x.y=1", "--set nonsense"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("rules", 0, "practice_share"), "rules.surplus.practice_share"),
        (("service_lines", 1, "season"), 'service_lines."St. Ives tests".season'),
        (("clusters", 9, "name"), "clusters.9.name"),
        (("weights", 1), "weights.1"),
        ((), "the scenario"),
    ],
)
def test_paths_are_shown_as_they_are_written(path: tuple[str | int, ...], text: str) -> None:
    assert readable(path, GIVEN) == text


def test_a_rule_that_the_file_has_not_is_added_in_its_usual_place() -> None:
    scenario = checked(scenario_of(rules=[SURPLUS, BOND, POOL]))
    corridor = ("rules.corridor.width_share=0.02", "rules.corridor.cluster_share_beyond=0.5")
    names = [rule.rule for rule in scenario.vary(*corridor).settings.rules]  # type: ignore[union-attr]
    assert names == ["corridor", "surplus", "bond", "pool"]
    without = checked(scenario_of(rules=[POOL])).vary("rules.bond.share_of_annual_budget=0.03")
    assert [rule.rule for rule in without.settings.rules] == ["bond", "pool"]  # type: ignore[union-attr]
    notes = " ".join(scheme_notes(scenario.vary(*corridor)))
    assert "The rule corridor is not in the file: it was added before all others" in notes
    # What its settings leave out is asked for, where they were given.
    (problem,) = problems_of_call(lambda: scenario.vary(corridor[0]))
    assert problem.where == "--set rules.corridor.width_share=0.02 (rules.corridor)"
    (unknown,) = problems_of_call(lambda: scenario.vary("rules.corridr.width_share=0.02"))
    assert unknown.got == "corridr"


def test_the_last_part_of_a_key_is_told_whole() -> None:
    scenario = checked(scenario_of())
    (problem,) = problems_of_call(lambda: scenario.vary("practice_share=0.2"))
    assert problem.hint == "did you mean rules.surplus.practice_share?"
    # Keys that the file leaves at their default, and those of every cluster, are known too.
    (problem,) = problems_of_call(lambda: scenario.vary("top_up=true"))
    assert problem.hint == "did you mean rules.bond.top_up?"
    (problem,) = problems_of_call(lambda: scenario.vary("people=5"))
    assert problem.hint == "did you mean shocks.practice.people or clusters.*.people?"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        # Keys that the file leaves out altogether, of sections and of rules too.
        ("seed", "simulation.seed"),
        ("top_slice_share", "budgets.top_slice_share"),
        ("width_share", "rules.corridor.width_share"),
        ("surplus.practice_share", "rules.surplus.practice_share"),
        ("practice_shar", "rules.surplus.practice_share"),
    ],
)
def test_a_key_that_is_nearly_one_or_the_end_of_one(key: str, meant: str) -> None:
    scenario = checked(scenario_of())
    (problem,) = problems_of_call(lambda: scenario.vary(f"{key}=0.2"))
    assert (problem.got, problem.hint) == (key, f"did you mean {meant}?")


def test_settings_may_be_python_values() -> None:
    scenario = checked(scenario_of())
    varied = scenario.vary({"rules.surplus.practice_share": 0.2, "clusters.*.takes_share": False})
    texts = ("rules.surplus.practice_share=0.2", "clusters.*.takes_share=false")
    assert varied == scenario.vary(*texts)
    assert varied.overrides == texts


@pytest.mark.parametrize(
    "title", ["2010", "true", "[1]", "a = b", "1\ntwo = 2", 'say "so"', "£ \U0001f600", " x "]
)
def test_a_python_text_stays_a_text(title: str) -> None:
    (text,) = (setting(*pair) for pair in {"title": title}.items())
    assert apply_overrides({}, [text])[0] == {"title": title}


def test_nothing_is_no_value() -> None:
    scenario = checked(scenario_of())
    (problem,) = problems_of_call(lambda: scenario.vary({"clusters.*.people": None}))
    assert (problem.where, problem.got) == ("clusters.*.people", "None")


def test_tables_are_read_once(tmp_path: Path) -> None:
    write_start(tmp_path)
    scenario = load_scenario(tmp_path / STARTER_FILES[0])
    for file in tmp_path.glob("*.csv"):
        file.unlink()
    assert scenario.vary("simulation.seed=3").practices is scenario.practices
    missing = 'population.practices_csv="gone.csv"'
    assert any("gone.csv" in problem.where for problem in problems_of_call(lambda: scenario.vary(missing)))


UNSURE = {
    "service_lines": [{"name": "A&E", "growth_share": {"mean": 0.02, "sd": 0.01}, "rate_per_1000": 400}]
}


@pytest.mark.parametrize(
    ("setting", "growth"),
    [
        ("service_lines.*.growth_share=0.05", {"mean": 0.05, "sd": 0.01}),
        ("service_lines.*.growth_share={mean=0.05,sd=0}", {"mean": 0.05, "sd": 0}),
        ("service_lines.*.growth_share.sd=0.03", {"mean": 0.02, "sd": 0.03}),
        ("service_lines.*.growth_share=much", "much"),
    ],
)
def test_a_plain_number_moves_the_mean_of_a_figure_that_is_not_known(setting: str, growth: Any) -> None:
    """So that a policy of other growth is as unsure of it as the scenario is."""
    changed, _ = apply_overrides(UNSURE, [setting])
    assert changed["service_lines"][0]["growth_share"] == growth


def test_a_range_moves_with_its_mean() -> None:
    range_of = {"service_lines": [{"name": "A&E", "growth_share": {"low": 0.0, "high": 0.04}}]}
    changed, _ = apply_overrides(range_of, ["service_lines.*.growth_share=0.05"])
    growth = changed["service_lines"][0]["growth_share"]
    assert growth == pytest.approx({"mean": 0.05, "sd": 0.02 / 1.959963984540054})


def test_a_number_over_a_law_is_refused_as_ever() -> None:
    with pytest.raises(InputError, match="a table"):
        checked(scenario_of(), "service_lines.admissions.count=3")


def test_what_is_known_to_be_valid_is_changed_without_a_check_and_the_rest_stays_the_same_object() -> None:
    scenario = checked(scenario_of())
    assert scenario.with_clusters({"North": {"takes_share": True}}) is scenario
    first, *others = scenario.settings.clusters
    varied = scenario.with_clusters({first.name: {"takes_share": False}})
    assert not varied.settings.clusters[0].takes_share
    assert all(one is other for one, other in zip(varied.settings.clusters[1:], others, strict=True))
    assert scenario.with_settings(rules=()).settings.rules == ()
    # What is not known of a figure goes with it, though its mean is the same.
    doubtful = checked(scenario_of(clusters=[cluster_of("North", need={"mean": 1.0, "sd": 0.1})]))
    assert sd_of(doubtful.with_clusters({"North": {"need": 1.0}}).settings.clusters[0].need) == 0
