"""What each command prints against a stored text: a right number under a wrong heading is seen.

To accept a change: delete the file in tests/golden/printed, run the tests once (the run that
writes it fails), look at the difference, and say what changed under "Results changed" in CHANGELOG.md.
Words are compared letter by letter, numbers within a unit of their last digit: another processor may
round it differently.
"""

from __future__ import annotations

import difflib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.cli import commands

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")
STORED = Path(__file__).parent / "printed"
SMALL = "scenarios/two-clusters.toml"
ACTUALS = "scenarios/two-clusters-actuals.csv"
EXAMPLE = "scenarios/history-example"
HISTORY = (
    *(f"{EXAMPLE}/history.csv", f"--lists={EXAMPLE}/lists.csv"),
    f"--scenario={EXAMPLE}/clusters.toml",
)
FLAGSHIP = "scenarios/cambridgeshire-2010.toml"
# A new folder, for a command that writes files: they are read with what is printed.
OUT = "OUT"
# Whoever runs the tests, and wherever.
ENVIRONMENT = {"COLUMNS": "100", "NO_COLOR": "1", "FORCE_COLOR": None, "TERM": "dumb"}
NOT_STORED = {
    "init": "tests/e2e/test_other_commands.py",
    "fit": "tests/e2e/test_fit.py",
    "import-lists": "tests/unit/test_list_writer.py",
    "lab": "tests/unit/test_lab_parts.py",
    "convert": "tests/unit/test_workbook.py",
    "validate": "docs/validation.md",
}
"""Commands whose text is looked at elsewhere."""

SURPLUS = '{rule="surplus",practice_share=0.1,practice_share_from="top",pct_return_share=0.4}'
MINIMUM = '{share_of_budget=0.02,once_met="excess"}'
OTHERS = f'{SURPLUS},{{rule="bond",share_of_annual_budget=0.03}},{{rule="pool"}}'
RULES = {
    "as-given": (),
    "none": ("rules=[]",),
    "share-without-bond": (f"rules=[{SURPLUS.replace('}', ',needs_bond=false}')}]",),
    "share-of-reinvestment": ("rules.surplus.practice_share_from=reinvestment",),
    "share-of-pct-return": ("rules.surplus.practice_share_from=pct_return",),
    "minimum-savings-rate": (f"rules.surplus.minimum_savings_rate={MINIMUM}",),
    "whole-contract": ("rules.surplus.settlement=whole_contract",),
    "corridor": (f'rules=[{{rule="corridor",width_share=0.02,cluster_share_beyond=0.5}},{OTHERS}]',),
    "deficit-recovery": (f'rules=[{{rule="deficit_recovery"}},{OTHERS}]',),
    "per-case-limit": (f'rules=[{{rule="per_case_limit",limit_gbp=30000}},{OTHERS}]',),
    "bond-topped-up": ("rules.bond.top_up=true", "rules.bond.interest_share_per_year=0.02"),
    "bond-of-a-partner": ("rules.bond.deposited_by=partner", "rules.bond.financing_share_per_year=0.05"),
    "bond-a-head": ('rules=[{rule="bond",gbp_per_head=20}]',),
    "leaves-when-exhausted": ("rules.bond.when_exhausted=leaves",),
    "top-slice": ("budgets.top_slice_share=0.05",),
    "pool-holds-top-slice": ("budgets.top_slice_share=0.05", "rules.pool.holds_top_slice=true"),
    "one-true-saver": ("clusters.Small.true_saving_share=0.03", "clusters.Large.takes_share=false"),
}
"""Settings laid over the small scenario: every kind of rule."""
CHARTS = ("surplus-split", "pool", "outturn", "bond-cover")


def asked(*words: str, contracts: int = 1_000, scenario: str = SMALL) -> list[str]:
    """Return a command, few contracts of a fixed seed, and its options."""
    command, *options = words
    return [command, scenario, *options, f"--contracts={contracts}", "--seed=1", "--workers=1"]


def of_rules(command: str, name: str, *options: str) -> list[str]:
    return asked(command, *options, *(f"--set={one}" for one in RULES[name]))


SHARES = "--vary=rules.surplus.practice_share=0.05,0.1,0.2"
BOND_SIZE = "--vary=rules.bond.share_of_annual_budget=0.01:0.2"
PRINTED = {
    **{f"run-{name}": of_rules("run", name) for name in RULES},
    "run-exact": ["run", SMALL, "--method=exact", "--workers=1", "--set=contract.years=1"],
    "run-precision": ["run", SMALL, "--precision=0.2", "--seed=1", "--workers=1"],
    "bond": asked("bond", "--cluster=Small"),
    "bond-topped-up": of_rules("bond", "bond-topped-up", "--cluster=Large"),
    "bond-of-a-partner": of_rules("bond", "bond-of-a-partner", "--cluster=Small"),
    "bond-of-practices": asked("bond", "--cluster=Granta", "--set=contract.years=1", scenario=FLAGSHIP),
    "sweep": asked("sweep", SHARES),
    "sweep-of-a-cluster": asked("sweep", SHARES, "--cluster=Small", "--measure=bond_needed_gbp"),
    "solve": asked("solve", BOND_SIZE, "--so-that=bond_covers_probability >= 0.9", "--cluster=Large"),
    "luck": asked("luck"),
    "worth": asked("worth", scenario="scenarios/actions-example.toml"),
    "size": asked("size", "--points=3"),
    "shadow": asked("shadow", "--years=2", "--set=shocks.cluster_year.persistence=0.8"),
    "backtest": ["backtest", *HISTORY, "--years=2", "--ahead=1"],
    "frontier": asked("frontier", SHARES, "--minimise=pct_payment_gbp", "--maximise=practice_share_gbp"),
    "compare": ["compare", SMALL, *asked("", "--cluster=Small", scenario=FLAGSHIP)[1:]],
    "forecast": asked("forecast", f"--actuals={ACTUALS}"),
    "chart-forecast": asked("chart", "forecast", f"--actuals={ACTUALS}", f"--out={OUT}"),
    "explain": asked("explain"),
    "explain-a-cluster": asked("explain", "--cluster=Small"),
    "check": ["check", SMALL],
    "check-practices": ["check", FLAGSHIP],
    "schema": ["schema"],
    **{f"chart-{name}": asked("chart", name, f"--out={OUT}") for name in CHARTS},
    "report": asked("report", f"--out={OUT}", "--format=html"),
}
"""Name of the stored text: the command as it is given."""


@pytest.mark.parametrize("name", PRINTED)
def test_the_text_is_as_stored(name, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    out = tmp_path / "out"
    arguments = [word.replace(OUT, str(out)) for word in PRINTED[name]]
    done = CliRunner(env=ENVIRONMENT).invoke(commands, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    text = read_schema(done.stdout) if name == "schema" else done.stdout
    text += "".join(f"\n--- {file.name}\n\n{read(file)}" for file in sorted(out.rglob("*")) if readable(file))
    # Tables are padded with spaces to their full width.
    lines = [line.rstrip() for line in text.splitlines()]
    stored_file = STORED / f"{name}.txt"
    if not stored_file.exists():
        stored_file.parent.mkdir(exist_ok=True)
        stored_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        pytest.fail(f"{stored_file.name} was missing and has been written; look at it, then run again")
    stored = stored_file.read_text(encoding="utf-8").splitlines()
    same = len(stored) == len(lines) and all(map(is_same, stored, lines))
    change = list(difflib.unified_diff(stored, lines, "stored", "printed now", lineterm=""))
    assert same, "\n".join([f"{stored_file.name} is not what is printed", *change])


def is_same(stored: str, printed: str) -> bool:
    """Compare words letter by letter, and numbers within a unit of their last digit."""
    if stored == printed:
        return True
    if NUMBER.sub("#", stored).split() != NUMBER.sub("#", printed).split():
        return False
    return all(map(is_near, NUMBER.findall(stored), NUMBER.findall(printed)))


def is_near(stored: str, printed: str) -> bool:
    """Return whether two numbers differ by rounding alone; those with many digits by a billionth."""
    one, other = (float(text.replace(",", "")) for text in (stored, printed))
    decimals = len(stored.partition(".")[2])
    return abs(one - other) <= max(1.001 * 10.0**-decimals if decimals < 6 else 0.0, 1e-9 * abs(one))


@pytest.mark.parametrize(
    ("stored", "printed", "same"),
    [
        ("bond £1.23m ±0.04", "bond £1.24m ±0.04", True),
        ("bond £1.23m", "bond £1.25m", False),
        ("bond £1.23m", "share £1.23m", False),
        ("gain +£1.2m", "gain -£1.2m", False),
        ("0.1234567890123456", "0.1234567890123999", True),
        ("0.1234567890123456", "0.1234577890123456", False),
    ],
)
def test_numbers_may_differ_by_rounding_alone(stored, printed, same):
    assert is_same(stored, printed) is same


def test_every_command_is_stored():
    assert {arguments[0] for arguments in PRINTED.values()} | NOT_STORED.keys() == commands.commands.keys()


def test_every_stored_text_belongs_to_a_command():
    assert {file.stem for file in STORED.glob("*.txt")} <= PRINTED.keys()


def test_a_number_under_another_heading_changes_the_text():
    page = (
        "<h2>Bonds</h2><table><tr><th>{}</th><th>{}</th></tr><tr><td>1</td><td>2 <b>k</b></td></tr></table>"
    )
    assert read_html(page.format("90%", "95%")) == "Bonds\n\n90% | 95%\n1 | 2 k\n"
    assert read_html(page.format("95%", "90%")) == "Bonds\n\n95% | 90%\n1 | 2 k\n"


def readable(file: Path) -> bool:
    """Whether a file is a text that people read: charts themselves are compared elsewhere."""
    return file.suffix in (".csv", ".html")


def read(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    return read_html(text) if file.suffix == ".html" else text


def read_schema(text: str) -> str:
    """Return the keys of each table of the format: what they mean is said where they are declared."""
    schema = json.loads(text)
    tables = {"scenario": schema, **schema["$defs"]}
    lines = [f"{name}: {', '.join(table.get('properties', table.keys()))}" for name, table in tables.items()]
    return "\n".join(lines) + "\n"


def read_html(page: str) -> str:
    """Return the headings of a page and its tables, a line for each row."""
    reader = TableReader()
    reader.feed(page)
    reader.close()
    return "".join(reader.lines)


class TableReader(HTMLParser):
    """Collects headings, captions, and rows with bars between their cells."""

    HEADINGS = ("h1", "h2", "h3", "caption")
    # What was run, on what: another machine's is no change.
    OF_THE_MACHINE = ("cluster-risk", "numpy", "python", "fingerprint of settings and tables")

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.cells: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.cells = []
        if tag in (*self.HEADINGS, "td", "th"):
            self.inside = True
            self.cells = [*self.cells, ""] if tag in ("td", "th") else [""]

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False
        if tag in self.HEADINGS:
            self.inside = False
            self.lines.append(f"\n{self.cells[0]}\n\n" if self.lines else f"{self.cells[0]}\n\n")
        if tag == "tr":
            shown = self.cells[:1] if self.cells[0] in self.OF_THE_MACHINE else self.cells
            self.lines.append(" | ".join(shown) + "\n")
