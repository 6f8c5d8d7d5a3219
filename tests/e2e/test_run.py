"""`cluster-risk run`: what it prints and what it writes."""

from __future__ import annotations

import csv
import json
import math
import subprocess

import pytest
import xarray as xr

from tests.e2e.command import FLAGSHIP, PROGRAM, SMALL, cluster_risk, leftovers, refused

PROMISED = {
    "cluster",
    "people",
    "budget_gbp",
    "spend_gbp",
    "overspend_probability",
    "expected_overspend_gbp",
    "bond_needed_gbp",
    "practice_share_gbp",
    "pct_return_gbp",
    "reinvestment_gbp",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A result folder of the small scenario, and what was printed."""
    out = tmp_path_factory.mktemp("run") / "results"
    done = cluster_risk("run", SMALL, "--contracts", "600", "--seed", "0", "--out", out)
    assert done.returncode == 0, done.stderr
    return out, done


def rows_of(out):
    with (out / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_summary_has_the_promised_columns_each_with_its_error(written):
    rows = rows_of(written[0])
    assert [row["cluster"] for row in rows] == ["Small", "Large", "All clusters together"]
    columns = rows[0].keys()
    assert set(columns) >= PROMISED
    errors = [name for name in columns if name.endswith(("_standard_error", "_low", "_high"))]
    for name in set(columns) - set(errors) - {"cluster", "people"}:
        assert f"{name}_standard_error" in errors or {f"{name}_low", f"{name}_high"} <= set(errors)


def test_summary_adds_up(written):
    """Clusters add up to the PCT, and budget + overspend = spend + surplus."""
    rows = rows_of(written[0])
    for name in ("people", "budget_gbp", "spend_gbp", "practice_share_gbp", "pct_return_gbp"):
        values = [float(row[name]) for row in rows]
        assert math.isclose(values[0] + values[1], values[2], rel_tol=1e-12)
    for row in rows:
        left = float(row["budget_gbp"]) - float(row["spend_gbp"])
        net = float(row["expected_surplus_gbp"]) - float(row["expected_overspend_gbp"])
        assert math.isclose(left, net, rel_tol=1e-6, abs_tol=1e-3)


def test_outcomes_are_labelled_and_agree_with_the_summary(written):
    with xr.open_dataset(written[0] / "outcomes.nc") as outcomes:
        assert outcomes.sizes == {"contract": 600, "year": 3, "cluster": 2}
        assert list(outcomes.year.values) == ["2010/11", "2011/12", "2012/13"]
        spend = outcomes.spend_gbp.sel(cluster="Large").sum("year").mean().item()
    assert math.isclose(spend, float(rows_of(written[0])[1]["spend_gbp"]), rel_tol=1e-12)


def test_manifest_says_what_was_run(written):
    manifest = json.loads((written[0] / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seed"] == 0
    assert manifest["contracts"] == 600
    assert manifest["scenario_text"] == SMALL.read_text(encoding="utf-8")
    assert len(manifest["scenario_sha256"]) == 64
    assert {"numpy", "cluster-risk", "python"} <= manifest["versions"].keys()
    assert manifest["simulation_seconds"] > 0
    assert manifest["started"].endswith("+00:00")


def test_prints_every_cluster_and_says_how_the_share_is_taken(written):
    printed = " ".join(written[1].stdout.split())
    for words in (
        "Small",
        "Large",
        "All clusters together",
        "2012/13",
        "Is the bond big enough",
        "±",
        "before the rest is split",
    ):
        assert words in printed
    assert "\x1b" not in printed
    assert written[1].stderr.startswith("written to")


def test_ascii_terminals_get_words_for_signs():
    done = cluster_risk("run", SMALL, "--contracts", "100", encoding="ascii")
    assert done.returncode == 0, done.stderr
    assert "GBP" in done.stdout
    assert "+/-" in done.stdout


def test_same_summary_for_one_and_two_workers(tmp_path):
    texts = []
    for workers in ("1", "2"):
        out = tmp_path / workers
        done = cluster_risk("run", FLAGSHIP, "--contracts", "5100", "--workers", workers, "--out", out)
        assert done.returncode == 0, done.stderr
        texts.append((out / "summary.csv").read_bytes())
    assert texts[0] == texts[1]


def test_replace_swaps_an_earlier_result_and_nothing_else(tmp_path):
    out = tmp_path / "out"
    arguments = ("run", SMALL, "--contracts", "100", "--out", out)
    assert cluster_risk(*arguments).returncode == 0
    assert cluster_risk(*arguments).returncode == 2
    assert cluster_risk(*arguments, "--seed", "7", "--replace").returncode == 0
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["seed"] == 7
    assert leftovers(tmp_path) == ["out"]


def test_replace_takes_nothing_but_a_result(tmp_path):
    out = tmp_path / "deep" / "out"
    arguments = ("run", SMALL, "--contracts", "100", "--out", out)
    assert cluster_risk(*arguments).returncode == 0
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    refused(cluster_risk(*arguments, "--replace"), "and nothing else")
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert leftovers(tmp_path / "deep") == ["out"]


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    command = f"{PROGRAM} run {SMALL} --contracts 100 --out {tmp_path / 'out'} | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert leftovers(tmp_path) == ["out"]


def test_set_changes_the_result_and_is_recorded(tmp_path):
    setting = "rules.surplus.practice_share=0.2"
    for name, extra in (("a", ()), ("b", ("--set", setting))):
        assert (
            cluster_risk("run", SMALL, "--contracts", "200", "--out", tmp_path / name, *extra).returncode == 0
        )
    shares = [float(rows_of(tmp_path / name)[0]["practice_share_gbp"]) for name in "ab"]
    # Taken from the top, twice the share is exactly twice the money on the same draws.
    assert math.isclose(shares[1], 2 * shares[0], rel_tol=1e-12)
    assert json.loads((tmp_path / "b" / "manifest.json").read_text(encoding="utf-8"))["overrides"] == [
        setting
    ]


EXACT = ("run", SMALL, "--method", "exact", "--workers", "1", "--set", "contract.years=1")


def test_the_exact_method_writes_what_it_prints(tmp_path):
    out = tmp_path / "deep" / "exact.csv"
    done = cluster_risk(*EXACT, "--out", out)
    assert done.returncode == 0, done.stderr
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["row"], row["column"]): row for row in csv.DictReader(file)}
    chance = rows["Small", "overspend_probability"]
    assert float(chance["low"]) <= float(chance["value"]) <= float(chance["high"])
    assert f"{100 * float(chance['value']):.2f} ±" in done.stdout
    assert float(rows["Large", "bond_95_gbp"]["value"]) > float(rows["Small", "bond_95_gbp"]["value"])
    with out.with_suffix(".provenance.csv").open(encoding="utf-8-sig", newline="") as file:
        facts = dict(csv.reader(file))
    assert facts["question"] == "run --method exact"
    assert facts["settings laid over it"] == "contract.years=1"
    assert facts["not given"] == "nothing"
    assert "numerical error" in facts["intervals"]
    assert not {"seed", "simulated contracts"} & facts.keys()
    refused(cluster_risk(*EXACT, "--out", out), "--replace")
    assert cluster_risk(*EXACT, "--out", out.with_suffix(".xlsx")).returncode == 0
    assert leftovers(out.parent) == ["exact.csv", "exact.provenance.csv", "exact.xlsx"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--seed", "1", "--contracts", "200", "--workers", "0"), "3 problems:"),
        (("--precision", "0.1"), "left out with --method exact"),
    ],
)
def test_the_exact_method_refuses_what_belongs_to_the_simulation(options, says, tmp_path):
    refused(cluster_risk("run", SMALL, "--method", "exact", *options, "--out", tmp_path / "exact.csv"), says)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(("method", "name"), [("simulate", "x.csv"), ("simulate", "x.xlsx"), ("exact", "x")])
def test_a_name_that_would_mislead_is_refused(method, name, tmp_path):
    refused(cluster_risk("run", SMALL, "--method", method, "--out", tmp_path / name), "must be")
    assert leftovers(tmp_path) == []
