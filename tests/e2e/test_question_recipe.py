"""The recipe of CONTRIBUTING.md for a question: one folder and one line."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from simulator import Draws, load_scenario, simulate
from tests.e2e.command import PROGRAM, SMALL, refused
from tests.e2e.house import built, run_in

ASK = '''"""How large is the largest overspend of any contract year?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import Table, pounds, text
from simulator.errors import InputError, Problem, shown
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import money
from simulator.risk.estimation import quantile
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate


@dataclass(frozen=True)
class WorstYear(DrawnAnswer):
    """What `worst` returns."""

    overspends: tuple[Estimate, ...]

    def tables(self) -> tuple[Table, ...]:
        """Return the overspend by cluster."""
        names = [cluster.name for cluster in self.scenario.settings.clusters]
        columns = (text("cluster", names), pounds("worst year", self.overspends))
        return (Table("worst years", "How bad is a bad year?", columns),)

    def sentences(self) -> tuple[str, ...]:
        """Return the finding."""
        return (f"The first cluster's worst year costs {money(self.overspends[0])} or less.",)


def check_confidence(confidence: float) -> None:
    """Check what `worst` is given."""
    if not 0 < confidence < 1:
        raise InputError([Problem("confidence", "a probability", shown(confidence))])


def worst(
    scenario: Scenario,
    confidence: float = 0.95,
    *,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda contracts_done: None,
) -> WorstYear:
    """Say how large the largest overspend of a year is, with some confidence."""
    check_confidence(confidence)
    result = simulate(scenario, draws, progress=progress)
    largest = np.asarray(result.contract_outcomes.overspend_gbp.max(axis=1))
    found = tuple(quantile(largest[:, at], confidence) for at in range(largest.shape[1]))
    return WorstYear(scenario, result.contracts, result.seed, found)
'''
COMMAND = '''"""The command `worst`."""

from functools import partial

import click

from simulator.answers.command import Ask, Asked, question


@question("contracts")
@click.option("--confidence", type=float, default=0.95, show_default=True, help="Of the bound.")
def worst(asked: Asked, confidence: float) -> Ask:
    """Say how bad the worst year of SCENARIO is."""
    from simulator.questions.worst.ask import check_confidence
    from simulator.questions.worst.ask import worst as ask

    check_confidence(confidence)
    return partial(ask, asked.scenario, confidence, draws=asked.draws)
'''


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's code with the question added."""
    room = "simulator/questions/worst"
    added = 'QUESTIONS = {"worst": "Say how bad the worst year of SCENARIO is.", '
    return built(
        tmp_path_factory.mktemp("house"),
        {f"{room}/__init__.py": "", f"{room}/ask.py": ASK, f"{room}/command.py": COMMAND},
        {"simulator/questions/__init__.py": {"QUESTIONS = {": added}},
    )


def asked(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_in(house, PROGRAM, *arguments)


def test_a_new_question_has_all_that_others_have(house: Path) -> None:
    size = ("scenario.toml", "--contracts", "1000", "--confidence", "0.9", "--set", "rules.bond.top_up=true")
    done = asked(house, "worst", *size, "--out", "new/worst.csv")
    assert done.returncode == 0, done.stderr
    largest = simulate(load_scenario(SMALL), Draws(1_000)).contract_outcomes.overspend_gbp.max(axis=1)
    with (house / "new" / "worst.csv").open(encoding="utf-8-sig") as file:
        rows = {row["row"]: row for row in csv.DictReader(file)}
    for at, name in enumerate(("Small", "Large")):
        assert rows[name]["column"] == "worst_year_gbp"
        # An order statistic: nine in ten of the contracts are no worse.
        share = (largest[:, at] <= float(rows[name]["value"])).mean()
        assert share == pytest.approx(0.9, abs=0.002)
        assert float(rows[name]["low"]) <= float(rows[name]["value"]) <= float(rows[name]["high"])
    assert done.stdout.index("worst year costs £") < done.stdout.index("How bad is a bad year?")
    assert "with rules.bond.top_up=true" in done.stdout
    assert "95% interval" in done.stdout
    with (house / "new" / "worst.provenance.csv").open(encoding="utf-8-sig") as file:
        facts = dict(csv.reader(file))
    assert facts["question"] == "worst --confidence 0.9"
    assert facts["simulated contracts"] == "1,000"
    again = asked(house, "worst", *size, "--out", "worst.xlsx")
    assert again.returncode == 0, again.stderr
    assert "worst years" in openpyxl.load_workbook(house / "worst.xlsx").sheetnames


def test_its_problems_are_told_together_and_the_help_lists_it(house: Path) -> None:
    done = asked(house, "worst", "scenario.toml", "--confidence", "2", "--seed", "-1", "--out", "worst.txt")
    refused(done, "3 problems")
    assert not (house / "worst.txt").exists()
    helped = asked(house, "--help")
    assert "Say how bad the worst year" in helped.stdout


def test_python_has_it_too(house: Path) -> None:
    code = (
        "import simulator\n"
        "scenario = simulator.load_scenario('scenario.toml')\n"
        "print(simulator.worst(scenario, draws=simulator.Draws(200)).frame().shape)\n"
    )
    done = run_in(house, sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "(2, 3)"
