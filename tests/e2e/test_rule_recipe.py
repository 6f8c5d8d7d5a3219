"""The recipe of CONTRIBUTING.md for a money rule: one file and one line, and everything tells it right."""

from __future__ import annotations

import csv
import html
import sys
from pathlib import Path

import pytest

from simulator import Draws, load_scenario, simulate
from simulator.risk.estimation import quantile
from tests.e2e.command import PROGRAM, SMALL
from tests.e2e.house import built, run_in

RULE = '''"""An external partner pays a share of every overspend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, Self

from simulator.parts import Share
from simulator.records import Account
from simulator.rules.ledger import Transfer
from simulator.rules.rule import Position, Rule


class PartnerCover(Rule):
    """The partner pays, before the rules listed behind."""

    changes_overspends: ClassVar = "by_year"
    rule: Literal["partner_cover"] = "partner_cover"
    share: Share
    """Share of each overspend."""

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        return (f"An external partner pays {self.share:.0%} of every overspend.",)

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return what the partner pays."""
        paid = self.share * position.overspend_gbp
        yield Transfer("partner_cover", Account.PARTNER, Account.CLUSTER, paid)

    @classmethod
    def example(cls) -> Self:
        """Half of it."""
        return cls(share=0.5)
'''
RULE_LINES = {
    "| PerCaseLimit | Partner,": "| PerCaseLimit | Partner | PartnerCover,",
    "\nAnyRule =": "\nfrom simulator.rules.partner_cover import PartnerCover\n\nAnyRule =",
}
LISTED = '[[rules]]\nrule = "partner_cover"\nshare = 0.5\n\n[[rules]] # applied'
CONTRACTS = 1_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's code with the rule added, and a scenario that lists it first."""
    return built(
        tmp_path_factory.mktemp("house"),
        {"simulator/rules/partner_cover.py": RULE},
        {"simulator/rules/__init__.py": RULE_LINES, "scenario.toml": {"[[rules]] # applied": LISTED}},
    )


def asked(house: Path, *arguments: str) -> str:
    """Return what the command prints in the house with the new rule."""
    done = run_in(house, PROGRAM, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def small_of(house: Path, folder: str) -> dict[str, float]:
    """Return the numbers of Small that a run has written."""
    with (house / folder / "summary.csv").open(encoding="utf-8-sig") as file:
        row = next(row for row in csv.DictReader(file) if row["cluster"] == "Small")
    return {name: float(text) for name, text in row.items() if name != "cluster" and text}


def test_a_new_rule_is_told_right_everywhere(house: Path) -> None:
    size = ("scenario.toml", "--contracts", str(CONTRACTS), "--workers", "1")
    said = asked(house, "run", *size, "--out", "half")
    told = small_of(house, "half")
    plain = simulate(load_scenario(SMALL), Draws(CONTRACTS))
    overspend = plain.contract_outcomes.overspend_gbp[:, :, 0].sum(axis=1)
    # Half of every overspend is left for the bond, which is listed behind; it earns no interest.
    assert told["bond_needed_gbp"] == pytest.approx(quantile(overspend / 2, 0.95).value)
    covers = overspend / 2 - plain.contract_outcomes.bond_posted_gbp[:, 0] < 0.005
    assert told["bond_covers_probability"] == covers.mean()
    # The partner loses what it pays; nobody said so in any other file.
    assert told["partner_net_gain_gbp"] == pytest.approx(-overspend.mean() / 2)
    assert told["practice_share_gbp"] == pytest.approx(plain.rows[0].estimates["practice_share_gbp"].value)
    words = " ".join(said.split())
    assert "partner's" in words
    assert "Rule 1. An external partner pays 50% of every overspend." in words
    bond = asked(house, "bond", *size, "--cluster", "Small", "--out", "bond.csv")
    with (house / "bond.csv").open(encoding="utf-8-sig") as file:
        needed = {(row["row"], row["column"]): float(row["value"]) for row in csv.DictReader(file)}
    assert needed["whole contract, no top-up", "bond_95_gbp"] == pytest.approx(told["bond_needed_gbp"])
    assert "To be 95% sure" in bond
    asked(house, "report", *size, "--format", "html", "--out", "annex")
    page = html.unescape((house / "annex" / "report.html").read_text(encoding="utf-8"))
    assert "An external partner pays 50% of every overspend." in page
    assert "Partner's net gain" in page
    swept = " ".join(asked(house, "sweep", *size, "--vary", "rules.partner_cover.share=0,1").split())
    assert "2 policies" in swept
    assert "change it beyond chance" in swept


def test_a_rule_that_pays_all_leaves_no_bond_to_need(house: Path) -> None:
    size = ("scenario.toml", "--contracts", "400", "--set", "rules.partner_cover.share=1.0")
    said = asked(house, "run", *size, "--out", "all")
    assert "with rules.partner_cover.share=1.0" in said
    told = small_of(house, "all")
    assert told["bond_needed_gbp"] == 0
    assert told["bond_covers_probability"] == 1
    assert told["expected_bond_draw_gbp"] == 0
    assert told["pct_payment_gbp"] == 0
    sentences = asked(house, "bond", *size, "--cluster", "Small")
    assert "No simulated contract leaves Small's bond anything to pay." in sentences


def test_its_positions_add_up(house: Path) -> None:
    code = (
        "import numpy as np, simulator\n"
        "from simulator.risk.account_book import account_books\n"
        "from simulator.risk.positions import gain_gbp\n"
        "from simulator.records import Account\n"
        "r = simulator.simulate(simulator.load_scenario('scenario.toml'), simulator.Draws(200))\n"
        "book = account_books(r.contract_outcomes, r.plan.terms)[-1]\n"
        "print(float(np.abs(sum(gain_gbp(book, a) for a in Account if a not in "
        "(Account.CLUSTER, Account.BOND, Account.HELD))).max()))\n"
    )
    done = run_in(house, sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1e-3
