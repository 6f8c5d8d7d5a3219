"""Every problem of a scenario is reported at once, with the line where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.scenario.scenario import load_scenario
from tests.unit.problems import problems_of_call

TEXT = """title = "T"
colour = "blue"
[pct]
name = "P"
[contract]
start_year = 2010
years = 0
[budgets.rule]
rule = "expected_spend"
[[service_lines]]
name = "admissions"
rate_per_1000 = "100"
unit_cost_gbp = { model = "gamma", mean = 1000, vc = 1 }
need_weights = "carr_hill"
[service_lines.count]
model = "poison"
[[clusters]]
name = "North"
people = 5000
[[clusters]]
name = "North"
service_lines = ["admision"]
people = 5000
[[rules]]
rule = "surplus"
practice_share = 10
practice_share_from = "top"
pct_return_share = 0.4
"""


def _written(folder: Path, text: str | bytes) -> Path:
    path = folder / "scenario.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_problem_at_once(tmp_path: Path) -> None:
    path = _written(tmp_path, TEXT)
    found = problems_of_call(lambda: load_scenario(path))
    places = {problem.where.removeprefix(f"{path}, line ") for problem in found}
    assert places == {
        "2, colour",
        "7, contract.years",
        "12, service_lines.admissions.rate_per_1000",
        # Both that vc is no key and that cv is missing.
        "13, service_lines.admissions.unit_cost_gbp.vc",
        "13, service_lines.admissions.unit_cost_gbp.cv",
        "14, service_lines.admissions.need_weights",
        "16, service_lines.admissions.count.model",
        "21, clusters.North.name",
        "22, clusters.North.service_lines",
        "26, rules.surplus.practice_share",
        # No bond, so nobody could keep a share.
        "24, rules.surplus.needs_bond",
    }


def test_the_message_numbers_and_counts_them(tmp_path: Path) -> None:
    path = _written(tmp_path, TEXT)
    with pytest.raises(ValueError, match="11 problems:") as caught:
        load_scenario(path)
    assert "\n\n11. " in str(caught.value)


def test_a_problem_of_an_override_names_the_override(tmp_path: Path) -> None:
    path = _written(tmp_path, TEXT)
    found = problems_of_call(lambda: load_scenario(path, ["contract.years=99"]))
    assert "--set contract.years=99 (contract.years)" in [problem.where for problem in found]


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("title = T", "valid TOML"),
        ("[a]\n[a]\n", "valid TOML"),
        ("a = 1\na = 2\n", "valid TOML"),
        ("", "a scenario file"),
        ("  \n", "a scenario file"),
        (b'title = "\xff"', "text in UTF-8"),
    ],
)
def test_files_that_are_no_toml(tmp_path: Path, text: str | bytes, need: str) -> None:
    path = _written(tmp_path, text)
    (problem,) = problems_of_call(lambda: load_scenario(path))
    assert problem.need == need
    assert problem.where == str(path)


def test_a_table_that_stands_twice_has_a_hint(tmp_path: Path) -> None:
    path = _written(tmp_path, "[a]\n[a]\n")
    (problem,) = problems_of_call(lambda: load_scenario(path))
    assert "[[...]]" in problem.hint


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    _written(tmp_path, TEXT)
    (problem,) = problems_of_call(lambda: load_scenario(tmp_path / "scenari.toml"))
    assert problem.got == "no such file"
    assert problem.hint == "in that folder: scenario.toml"


def test_a_directory(tmp_path: Path) -> None:
    (problem,) = problems_of_call(lambda: load_scenario(tmp_path))
    assert problem.got == "a directory"


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = _written(tmp_path, b"\xef\xbb\xbf" + TEXT.encode())
    assert len(problems_of_call(lambda: load_scenario(path))) == 11


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.scenario.scenario.LARGEST_SCENARIO_BYTES", 10)
    path = _written(tmp_path, TEXT)
    (problem,) = problems_of_call(lambda: load_scenario(path))
    assert "at most" in problem.need
