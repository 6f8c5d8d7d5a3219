"""Regimes: files of policy laid over a scenario."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator import Draws, load_scenario, simulate
from simulator.answers.files import provenance
from simulator.answers.rule_notes import scheme_notes
from simulator.documents.method import assumptions_of
from simulator.scenario.regimes import Regime, regime_of
from simulator.scenario.scenario import Scenario, check_scenario
from simulator.simulation.saved_result import new_result_folder, read_result, write_result
from tests.builders import POOL, SURPLUS, scenario_of
from tests.e2e.command import SMALL, cluster_risk
from tests.unit.problems import problems_of_call

ALL_TO_PRACTICES = """# Question: what if practices keep all?
title = "All to practices" # assumption

[[rules]]
rule = "surplus"
practice_share = 1.0 # read: nowhere
practice_share_from = "top"
pct_return_share = 0.0
needs_bond = false
"""


def _regime(text: str, source: str = "try.toml") -> Regime:
    return regime_of(source, f'title = "Try"\n{text}')


def _with(text: str, *overrides: str, **changes: object) -> Scenario:
    return check_scenario(scenario_of(**changes), Path(), overrides=overrides, regimes=(_regime(text),))


def test_tables_merge_key_by_key() -> None:
    scenario = _with("[contract]\nyears = 4\n[shocks.cluster_year]\nlaw = 'lognormal'\nsd_share = 0.02")
    assert (scenario.settings.contract.start_year, scenario.settings.contract.years) == (2010, 4)
    assert scenario.changed["shocks"]["cluster_year"]["sd_share"] == 0.02
    assert "shocks" not in scenario.given


def test_a_list_of_rules_replaces_all_and_a_table_of_rules_changes_one() -> None:
    replaced = _with("[[rules]]\nrule = 'pool'")
    assert [rule.rule for rule in replaced.settings.rules] == ["pool"]
    changed = _with(
        "[rules.surplus]\npractice_share = 0.3\n"
        "[rules.corridor]\nwidth_share = 0.05\ncluster_share_beyond = 0.5"
    )
    assert [rule.rule for rule in changed.settings.rules] == ["corridor", "surplus", "bond", "pool"]
    assert changed.changed["rules"][1] == SURPLUS | {"practice_share": 0.3}


def test_clusters_and_lines_go_by_their_names_or_all_at_once() -> None:
    scenario = _with("[clusters.'*']\ntakes_share = false\n[service_lines.prescribing]\nrate_per_1000 = 3000")
    assert not any(cluster.takes_share for cluster in scenario.settings.clusters)
    assert [line.rate_per_1000 for line in scenario.settings.service_lines] == [100, 3000]


def test_an_action_that_the_scenario_has_not_is_added_and_others_stay() -> None:
    own = {"name": "review", "action": "reduce_demand", "avoided_share": 0.1}
    text = "[actions.running]\naction = 'management_cost'\n[actions.review]\navoided_share = 0.2"
    changed = _with(text, actions=[own]).changed["actions"]
    assert changed == [own | {"avoided_share": 0.2}, {"name": "running", "action": "management_cost"}]
    again = _with("[actions.review]\naction = 'reduce_demand'\navoided_share = 0.3", actions=[own])
    assert again.changed["actions"] == [own | {"avoided_share": 0.3}]
    assert [one.name for one in _with(text.partition("[actions.review]")[0]).settings.actions] == ["running"]


def test_a_table_of_another_kind_keeps_nothing_of_the_first() -> None:
    toolkit = {"rule": {"rule": "toolkit", "fair_share_weight_by_year": [0.5], "uplift_share": 0.02}}
    other = _with("budgets.rule = { rule = 'per_head', gbp_per_head = 100 }", budgets=toolkit)
    assert other.changed["budgets"]["rule"] == {"rule": "per_head", "gbp_per_head": 100}
    same = _with("budgets.rule.uplift_share = 0.03", budgets=toolkit)
    assert same.changed["budgets"]["rule"] == toolkit["rule"] | {"uplift_share": 0.03}


def test_a_figure_in_doubt_keeps_its_doubt_and_another_form_replaces_it() -> None:
    def growth(text: str) -> object:
        line = scenario_of()["service_lines"][0] | {"growth_share": {"mean": 0.02, "sd": 0.01}}
        changed = _with(f"[service_lines.'*']\ngrowth_share = {text}", service_lines=[line]).changed
        return changed["service_lines"][0]["growth_share"]

    assert growth("0.03") == {"mean": 0.03, "sd": 0.01}
    assert growth("{ low = 0.0, high = 0.04 }") == {"low": 0.0, "high": 0.04}


def test_later_regimes_lie_over_earlier_ones_and_settings_over_all() -> None:
    scenario = _with("[rules.surplus]\npractice_share = 0.3")
    later = scenario.vary(regimes=[_regime("[rules.surplus]\npractice_share = 0.4", "later.toml")])
    assert later.changed["rules"][0]["practice_share"] == 0.4
    assert later.laid_over == ("try.toml", "later.toml")
    by_setting = scenario.vary("rules.surplus.practice_share=0.2")
    assert by_setting.vary(regimes=later.regimes[1:]).changed["rules"][0]["practice_share"] == 0.2
    assert scenario.changed["rules"][0]["practice_share"] == 0.3


def test_a_regime_that_changes_nothing_is_the_identity() -> None:
    plain = load_scenario(SMALL)
    same = plain.vary(
        regimes=[
            regime_of("same.toml", f'title = "As it is"\n[contract]\nyears = {plain.settings.contract.years}')
        ]
    )
    assert same.fingerprint == plain.fingerprint
    draws = Draws(200, 1)
    assert simulate(same, draws).summary().equals(simulate(plain, draws).summary())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[[rules]]\nrule = 'surplus'\npractice_share = 2", "try.toml, line 4, rules.surplus.practice_share"),
        ("[rules.bond]\ntop_upp = true", "try.toml, line 3, rules.bond.top_upp"),
        ("[budgets]\nsharre = 1", "try.toml, line 3, budgets.sharre"),
        ("[nothing]\nat = 1", "try.toml, line 2, nothing"),
        ("[clusters.Nort]\npeople = 3", "try.toml, line 2, clusters.Nort"),
        ("[rules.bondd]\ntop_up = true", "try.toml, line 2, rules.bondd"),
    ],
)
def test_an_error_names_the_file_the_line_and_the_key(text: str, place: str) -> None:
    places = [problem.where for problem in problems_of_call(lambda: _with(text))]
    assert place in places


def test_what_is_no_regime_is_refused(tmp_path: Path) -> None:
    def refusal(text: str) -> str:
        (problem, *_) = problems_of_call(lambda: regime_of("r.toml", text))
        return str(problem)

    assert "r.toml, title" in refusal("[contract]\nyears = 2")
    assert "line 1, title" in refusal("title = 3")
    assert "valid TOML" in refusal("title")
    nowhere = tmp_path / "none.toml"
    places = [str(one) for one in problems_of_call(lambda: load_scenario(SMALL, (), [nowhere, tmp_path]))]
    assert len(places) == 2
    assert "a regime's file that exists" in places[0]


def test_every_output_names_it(tmp_path: Path) -> None:
    path = tmp_path / "all.toml"
    path.write_text(ALL_TO_PRACTICES)
    scenario = load_scenario(SMALL, ["contract.years=2"], [path])
    assert f"with {path}" in cluster_risk("check", SMALL, "--with", path).stdout
    laid = f"{path}; contract.years=2"
    assert provenance(scenario, "run")["settings laid over it"] == laid
    assert not [note for note in scheme_notes(scenario) if "not in the file" in note]
    result = simulate(scenario, Draws(100, 1))
    with new_result_folder(tmp_path / "out", replace=False, identity={}, resume=False) as (folder, _):
        write_result(result, folder, datetime.now(UTC), 0.0)
    path.unlink()
    again = read_result(tmp_path / "out").scenario
    assert again.laid_over == (str(path), "contract.years=2")
    assert again.fingerprint == scenario.fingerprint


def test_documents_quote_it_and_say_what_it_sets() -> None:
    scenario = load_scenario(SMALL).vary(regimes=[regime_of("all.toml", ALL_TO_PRACTICES)])
    found = assumptions_of(scenario)
    assert "Question: what if practices keep all?" in found.notes[""]
    of_rules = {one.name: one for one in found.figures if one.group == "rules"}
    assert not any("bond: " in name for name in of_rules)
    share = of_rules["surplus: practice share"]
    assert (share.value, share.basis) == ("100%", "read")
    assert share.remark == "Set by all.toml, line 6. read: nowhere"


def test_growth_of_a_regime_is_noted_as_a_settings_is() -> None:
    notes = " ".join(scheme_notes(_with("[service_lines.'*']\ngrowth_share = 0.1", rules=[POOL])))
    assert "rise with whatever growth is expected" in notes


@pytest.mark.parametrize(
    "command",
    [
        ("run", "--contracts", "100"),
        ("bond", "--cluster", "Small", "--contracts", "400"),
        ("sweep", "--vary", "rules.surplus.practice_share=0.1,0.2", "--contracts", "100"),
    ],
)
def test_commands_take_it(command: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "proportion.toml"
    path.write_text("title = 'Half'\n[clusters.'*']\nproportion = 0.5\n")
    ran = cluster_risk(command[0], SMALL, *command[1:], "--with", path)
    assert ran.returncode == 0, ran.stderr
    assert f"with {path}" in ran.stdout


def test_results_take_no_regime(tmp_path: Path) -> None:
    refused = cluster_risk("report", tmp_path, "--with", "x.toml", "--out", tmp_path / "report")
    assert refused.returncode == 2
    assert "left out with a folder of results" in refused.stderr
