"""What a shell offers at the tab key."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from simulator.cli import commands
from simulator.scenario.start import write_start
from tests.e2e.command import SMALL


def _offered(*words: str) -> list[str]:
    shell = ShellComplete(commands, {}, "cluster-risk", "_CLUSTER_RISK_COMPLETE")
    return [one.value for one in shell.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (("bond", str(SMALL), "--cluster", ""), ["Small", "Large", "all"]),
        (("explain", str(SMALL), "--seed", "2", "--cluster", "sm"), ["Small"]),
        (("run", str(SMALL), "--set", "rules.bond.t"), ["rules.bond.top_up="]),
        (("sweep", str(SMALL), "--vary", "clusters.*.bo"), ["clusters.*.bond_gbp="]),
        (("solve", "no-such-file.toml", "--cluster", ""), ["all"]),
        (("conv",), ["convert"]),
    ],
)
def test_names_and_keys_of_the_scenario_on_the_line(words: tuple[str, ...], first: list[str]):
    assert _offered(*words) == first


def test_measures_follow_the_contract_and_workbooks_are_scenarios(tmp_path: Path):
    measures = _offered("sweep", str(SMALL), "--measure", "overspend_probability_year_")
    assert measures == [f"overspend_probability_year_{year}" for year in (1, 2, 3)]
    (book,) = write_start(tmp_path, as_workbook=True)
    assert _offered("bond", str(book), "--cluster", "") == ["North", "South", "March", "all"]
