"""Bad input: what was wrong and where, exit code 2, no traceback, nothing written."""

from __future__ import annotations

import shutil

import pytest

from tests.e2e.command import FLAGSHIP, ROOT, SMALL, cluster_risk, leftovers, refused

# What is replaced in the small scenario, by what, and words that the message must hold.
BAD_FILES = {
    "unknown key": ("years = 3", "yeers = 3", ["yeers", "did you mean years?", "bad.toml, line 14"]),
    "wrong type": ("people = 12_000", 'people = "12,000"', ["clusters.Small.people", "a number"]),
    "percentage": ("practice_share = 0.10", "practice_share = 10", ["share from 0 to 1", "is written 0.1"]),
    "negative money": ("mean = 9.5", "mean = -9.5", ["prescribing.unit_cost_gbp.mean", "0.000001 or more"]),
    "share": ("pct_return_share = 0.40", "pct_return_share = 1.4", ["pct_return_share", "share from 0 to 1"]),
    "nan": ("mean = 1550", "mean = nan", ["finite number", "nan"]),
    "inf": ("rate_per_1000 = 285 ", "rate_per_1000 = inf ", ["finite number", "inf"]),
    "duplicate name": ('name = "Large"', 'name = "Small"', ["each name in clusters once"]),
    "duplicate rule": ('rule = "pool"', 'rule = "bond"\ngbp_per_head = 1', ["each rule in rules once"]),
    "a cluster called PCT": ('name = "Large"', 'name = "PCT"', ["a name other than PCT"]),
    "unknown law": ('model = "gamma"', 'model = "gama"', ['did you mean "gamma"?']),
    "infinite variance": (
        '"gamma", mean = 9.5, cv = 1.2',
        '"pareto", shape = 1.5, scale = 3',
        ["a shape above 2"],
    ),
    "a cv of no care": ("cv = 1.2", "cv = 10.5", ["prescribing.unit_cost_gbp.cv", "must be: at most 10"]),
    "practices without a table": ("people = 12_000", 'practices = ["A1"]', ["population.practices_csv"]),
    "missing key": ('name = "Example PCT"', "", ["pct.name", "must be: given"]),
    "not TOML": ("[contract]", "[contract", ["bad.toml", "valid TOML", "line 12"]),
    "missing CSV": (
        "[contract]",
        '[population]\npractices_csv = "no.csv"\n[contract]',
        ["no.csv", "no such"],
    ),
    "unknown weights": (
        "rate_per_1000 = 285",
        'need_weights = "age"\nrate_per_1000 = 285',
        ["one of people"],
    ),
}


@pytest.mark.parametrize("case", BAD_FILES, ids=str)
def test_bad_scenario(tmp_path, case):
    old, new, words = BAD_FILES[case]
    text = SMALL.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "bad.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    done = cluster_risk("run", "bad.toml", "--out", "out", folder=tmp_path)
    refused(done, *words)
    assert leftovers(tmp_path) == ["bad.toml"]


def test_every_problem_at_once(tmp_path):
    text = SMALL.read_text(encoding="utf-8")
    for old, new, _ in (BAD_FILES[case] for case in ("unknown key", "percentage", "nan", "duplicate name")):
        text = text.replace(old, new, 1)
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    done = cluster_risk("check", "bad.toml", folder=tmp_path)
    refused(done, "4 problems", "yeers", "practice_share", "finite number", "each name")


def test_practices_in_two_clusters_in_none_and_bad_bands(tmp_path):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    scenario, table = tmp_path / "scenarios" / FLAGSHIP.name, "practices_nhs_cambridgeshire_2013q2.csv"
    text = scenario.read_text(encoding="utf-8").replace('"D81043"', '"D81014"').replace('"the rest"', "[]")
    scenario.write_text(text, encoding="utf-8")
    lists = tmp_path / "scenarios" / "data" / table
    lists.write_text(lists.read_text(encoding="utf-8").replace(",8824,", ",8825,"), encoding="utf-8")
    done = cluster_risk("check", scenario)
    refused(done, "the sum of the bands of D81633", "bands of 8,824 and a list of 8,825", "line 2, list_size")
    lists.write_text(lists.read_text(encoding="utf-8").replace(",8825,", ",8824,"), encoding="utf-8")
    done = cluster_risk("check", scenario)
    refused(done, "D81014 in Isle of Ely and in Granta", "35 in none", "the rest")
    # Bands of every age would make the lists.
    text = lists.read_text(encoding="utf-8").replace("list_size", "size", 1).replace("f75_plus", "others", 1)
    lists.write_text(text, encoding="utf-8")
    refused(cluster_risk("check", scenario), "a column list_size", "line 1")


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "empty.toml").touch()
    (tmp_path / "latin.toml").write_bytes(b'title = "caf\xe9"\n')
    with (tmp_path / "huge.toml").open("wb") as file:
        file.truncate(100_000_000)
    for name, words in {
        "empty.toml": "an empty file",
        "latin.toml": "UTF-8",
        "huge.toml": "at most 1 MB",
        "none.toml": "no such file",
        ".": "a directory",
    }.items():
        refused(cluster_risk("run", name, folder=tmp_path), words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--contracts", "0"), "a whole number from 100"),
        (("--contracts", "many"), "not a valid integer"),
        (("--seed", "-1"), "zero or more"),
        (("--workers", "0"), "1 or more"),
        (("--set", "nonsense"), "KEY=VALUE"),
        (("--set", "rules.surplus.practise_share=0.1"), "did you mean practice_share?"),
        (("--set", "rules.surplus.practice_share=10%"), "10% is written 0.1"),
        (("--set", "clusters.Smal.people=1"), "did you mean Small?"),
        (("--set", "clusters.*.people=-1"), "more than 0"),
        (("--out", "taken"), "a new folder"),
        (("--out", "taken", "--replace"), "a new folder"),
        (("--out", "file/out"), "a folder that can be made"),
    ],
)
def test_bad_options(tmp_path, arguments, words):
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").touch()
    refused(cluster_risk("run", SMALL, *arguments, folder=tmp_path), words)
    assert leftovers(tmp_path) == ["file", "taken"]
    assert leftovers(tmp_path / "taken") == []
