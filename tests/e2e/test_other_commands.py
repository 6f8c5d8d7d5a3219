"""`check`, `schema`, `init` and `--help`."""

from __future__ import annotations

import json

import pytest

from tests.e2e.command import FLAGSHIP, ROOT, cluster_risk, refused


def test_check_prints_people_budgets_and_rates():
    done = cluster_risk("check", FLAGSHIP)
    assert done.returncode == 0, done.stderr
    for words in ("9 + 12 + 12 months", "405,777", "648,787", "astro_pu_cost", "17,800", "block"):
        assert words in done.stdout
    assert "…" not in done.stdout


@pytest.mark.parametrize("scenario", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda path: path.stem)
def test_every_scenario_is_valid(scenario):
    assert cluster_risk("check", scenario).returncode == 0


def test_schema_knows_every_section():
    schema = json.loads(cluster_risk("schema").stdout)
    assert {"clusters", "service_lines", "rules", "budgets", "shocks"} <= schema["properties"].keys()
    assert schema["additionalProperties"] is False
    share = schema["$defs"]["SurplusSplit"]["properties"]["practice_share"]
    assert (share["minimum"], share["maximum"]) == (0, 1)
    assert "keep as income" in share["description"]


def test_init_writes_a_scenario_that_runs(tmp_path):
    target = tmp_path / "mine"
    assert cluster_risk("init", target).returncode == 0
    done = cluster_risk("run", target / "scenario.toml", "--contracts", "200")
    assert done.returncode == 0, done.stderr
    assert "March" in done.stdout
    refused(cluster_risk("init", target), "one that exists")


def test_help_names_every_command_and_option():
    for arguments, words in {
        ("--help",): ("run", "check", "schema", "init"),
        ("run", "--help"): ("--contracts", "--seed", "--workers", "--out", "--set", "--replace"),
    }.items():
        done = cluster_risk(*arguments)
        assert done.returncode == 0
        assert all(word in done.stdout for word in words)


def test_init_from_history_writes_a_history_and_what_to_do_next(tmp_path):
    done = cluster_risk("init", tmp_path / "mine", "--from-history")
    assert done.returncode == 0, done.stderr
    assert "cluster-risk fit" in done.stdout
    checked = cluster_risk("check", tmp_path / "mine" / "clusters.toml")
    assert checked.returncode == 0, checked.stderr
