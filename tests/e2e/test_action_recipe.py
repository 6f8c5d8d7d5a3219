"""The recipe of CONTRIBUTING.md for an action, and for a form of payment: a line, and everything is right."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from simulator import load_scenario
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.plan import make_plan
from tests.e2e.command import SMALL
from tests.e2e.house import built, run_in

ACTION = '''"""Reminders: people who would not have come do not come."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np

from simulator.actions.action import OfLines
from simulator.actions.chance import Chance
from simulator.actions.scene import Care
from simulator.parts import Share


class Reminders(OfLines):
    """Reminding people of what they do not need."""

    action: Literal["reminders"]
    fewer_share: Share
    """Share of care that goes."""

    def act(self, care: Care, chance: Chance) -> Care:
        """Return what it makes of the spend that was drawn."""
        return care.times(np.asarray(1 - self.fewer_share * self.strength(care.scene, chance)))

    @classmethod
    def example(cls) -> Self:
        """A tenth of all care."""
        return cls(name="reminders", action="reminders", fewer_share=0.1)
'''
ACTION_LINES = {
    "    | ManagementCost,\n": "    | ManagementCost\n    | Reminders,\n",
    "\nAnyAction =": "\nfrom simulator.actions.reminders import Reminders\n\nAnyAction =",
}
FORM = '    "tariff": PaymentTerms(),\n'
FORM_LINE = {FORM: f'{FORM}    "bonus": PaymentTerms(quality_share=0.25),\n'}
REFERRALS = 'name = "rare costly referrals"\n'
TAKEN = """
[[actions]]
name = "text messages"
action = "reminders"
service_lines = ["hospital admissions"]
fewer_share = 0.2
ramp_share_by_year = [1.0]
gbp_per_head = 2.0

[[rules]] # applied"""
PEOPLE = np.array([12_000, 90_000])
SIZE = ("scenario.toml", "--contracts", "300", "--workers", "1")
COMMANDS = (
    ("check", "scenario.toml"),
    ("run", *SIZE, "--out", "run"),
    ("worth", *SIZE, "--out", "worth.csv"),
    ("explain", *SIZE),
    ("sweep", *SIZE, "--vary", "actions.text messages.fewer_share=0,0.2"),
    ("chart", *SIZE, "actions", "--out", "actions.svg"),
)
END = "\x1e"
ASKS = f"""
import json, sys
from simulator.cli import commands

for arguments in json.loads(sys.argv[1]):
    commands(arguments, standalone_mode=False)
    print("{END}")
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's code with an action and a form of payment added, and a scenario with both."""
    return built(
        tmp_path_factory.mktemp("house"),
        {"simulator/actions/reminders.py": ACTION},
        {
            "simulator/actions/__init__.py": ACTION_LINES,
            "simulator/payments/forms.py": FORM_LINE,
            "scenario.toml": {REFERRALS: f'{REFERRALS}payment = "bonus"\n', "[[rules]] # applied": TAKEN},
        },
    )


@pytest.fixture(scope="module")
def said(house: Path) -> list[str]:
    """What commands print in the house with the new parts, each on one line: of one process, for time."""
    done = run_in(house, sys.executable, "-c", ASKS, json.dumps(COMMANDS))
    assert done.returncode == 0, done.stderr
    return [" ".join(text.split()) for text in done.stdout.split(END)]


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig") as text:
        return list(csv.DictReader(text))


@pytest.fixture(scope="module")
def care_gbp() -> np.ndarray:
    """Spend of the contract by cluster and line without either, shape (contract, cluster, line)."""
    scenario = load_scenario(SMALL)
    streams = RandomStreams(scenario.settings.simulation.seed)
    return make_plan(scenario).draw(streams, Block(0, 5_000)).gbp[:300, 1:].sum(axis=1)


def test_a_new_action_and_a_new_form_are_right_everywhere(
    house: Path, said: list[str], care_gbp: np.ndarray
) -> None:
    checked, _, _, explained, swept, drawn, _ = said
    assert "text messages reminders all what is drawn" in checked
    cost_gbp = 2.0 * PEOPLE * 3
    spent = (care_gbp * [0.8, 1.0, 1.25]).sum(axis=2).mean(axis=0) + cost_gbp
    told = {row["cluster"]: float(row["spend_gbp"]) for row in rows_of(house / "run" / "summary.csv")}
    assert [told["Small"], told["Large"]] == pytest.approx(spent)
    worth = {(row["row"], row["column"]): float(row["value"]) for row in rows_of(house / "worth.csv")}
    saved = 0.2 * care_gbp[..., 0].mean(axis=0)
    for at, cluster in enumerate(("Small", "Large")):
        assert worth[f"{cluster}, text messages", "saved_gbp"] == pytest.approx(saved[at])
        assert worth[f"{cluster}, text messages", "cost_gbp"] == pytest.approx(cost_gbp[at])
    assert "what clusters do" in explained
    assert "payment terms" in explained
    assert "2 policies" in swept
    assert "change it beyond chance" in swept
    # Reports have this picture, and its words.
    assert "text messages net £" in drawn
    assert {row["action"] for row in rows_of(house / "actions.csv")} >= {"text messages"}
