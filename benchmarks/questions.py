"""What users ask of the flagship, against a plain run: in the time that they wait, which bars are set in.

Beside it stands processor time, which other work on the machine moves less.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.measure import PROGRAM, SCENARIO, Taken, in_turn, taken
from benchmarks.table import Row, growth

ROUNDS = 5
SHARES = "--vary=rules.surplus.practice_share=0.01:0.2:0.01"
RETURNS = "--vary=rules.surplus.pct_return_share=0.3:0.39:0.01"
BONDS = "--vary=rules.bond.share_of_annual_budget=0.01:0.05:0.01"
A_THOUSAND = [SHARES, RETURNS, BONDS]
"""20 x 10 x 5 policies."""
THIRTY_SIX = [
    "--vary=rules.surplus.practice_share=0.05,0.1,0.15,0.2",
    "--vary=rules.surplus.pct_return_share=0.3,0.4,0.5",
    "--vary=rules.bond.share_of_annual_budget=0.02,0.03,0.05",
]
MANY_CONTRACTS, HALF_AS_MANY = "200000", "100000"


def questions() -> Iterator[Row]:
    """Yield the row of each question."""
    with tempfile.TemporaryDirectory() as folder:
        report = ["report", SCENARIO, "--out", f"{folder}/report", "--replace"]
        sweep = ["sweep", SCENARIO, *THIRTY_SIX, "--workers", "1", "--out", f"{folder}/36.csv", "--replace"]
        asked: dict[str, tuple[list[str | Path], str, float | None]] = {
            "--help": (["--help"], "import click", 1.5),
            "bond --cluster Granta": (["bond", SCENARIO, "--cluster", "Granta"], "run", 1.7),
            "bond": (["bond", SCENARIO], "run", 1.7),
            "luck": (["luck", SCENARIO], "run", 1.7),
            "size": (["size", SCENARIO], "run", 1.7),
            "explain": (["explain", SCENARIO], "run", 1.7),
            "run --method exact": (["run", SCENARIO, "--method", "exact"], "run", 3.0),
            "report": (report, "run", 4.0),
            "validate": (["validate"], "run", 8.0),
            "sweep": (sweep, "run", None),
        }
        plain: dict[str, list[str | Path]] = {
            "import click": [sys.executable, "-c", "import click"],
            "run": [PROGRAM, "run", SCENARIO],
        }
        commands = plain | {name: [PROGRAM, *words] for name, (words, _, _) in asked.items()}
        found = _medians([{name: taken(words) for name, words in commands.items()} for _ in range(ROUNDS)])
    told = {
        "bond": "`bond`, all seven clusters",
        "report": "`report`, all formats",
        "sweep": "`sweep`, 36 policies of rules, every measure, one process",
    }
    yield Row("`run`", f"{found['run'].seconds:.2f} s", f"processor time {found['run'].processor:.2f} s")
    for name, (_, other, most) in asked.items():
        yield against(told.get(name, f"`{name}`"), found[name], f"`{other}`", found[other], most)


def _medians(rounds: Sequence[Mapping[str, Taken]]) -> dict[str, Taken]:
    """Return what each command took, by rounds taken in turn."""
    return {
        name: Taken(
            statistics.median(one[name].seconds for one in rounds),
            statistics.median(one[name].processor for one in rounds),
        )
        for name in rounds[0]
    }


def against(what: str, found: Taken, other: str, others: Taken, most: float | None) -> Row:
    """Return the row of a command against another: its bar is on the time by the clock."""
    times, of_processor = found.seconds / others.seconds, found.processor / others.processor
    ratio = f"{times:.1f} times {other}; in processor time {of_processor:.1f} times"
    limit, kept = ("", None) if most is None else (f"at most {most:g}", times <= most)
    return Row(what, f"{found.seconds:.2f} s", ratio, limit, kept)


def a_thousand_policies() -> Iterator[Row]:
    """Yield the rows of a sweep of 1,000 policies, in one process and in two, once each."""
    run = in_turn({"one": lambda: taken([PROGRAM, "run", SCENARIO, "--workers", "1"]).seconds}, ROUNDS)["one"]
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            out = ["--workers", str(workers), "--out", f"{folder}/sweep.csv"]
            seconds = taken([PROGRAM, "sweep", SCENARIO, *A_THOUSAND, *out]).seconds
        processes = "one process" if workers == 1 else f"{workers} processes"
        what, times = (
            f"`cluster-risk sweep`, 1,000 policies of rules, every measure, {processes}, once",
            seconds / run,
        )
        limit, kept = ("at most 8", times <= 8) if workers == 1 else ("", None)
        ratio = f"{times:.1f} times `cluster-risk run` in one process, for 1,000 of them"
        yield Row(what, f"{seconds:.1f} s", ratio, limit, kept)


def two_workers() -> Iterator[Row]:
    """Yield the rows of two workers against one, and of what the machine allows."""
    command = [PROGRAM, "run", SCENARIO, "--contracts", MANY_CONTRACTS, "--workers"]
    half = [PROGRAM, "run", SCENARIO, "--contracts", HALF_AS_MANY, "--workers", "1"]
    measures = {str(one): partial(_seconds, [*command, str(one)]) for one in (1, 2)}
    measures |= {"half": partial(_seconds, half), "halves": partial(_twice_at_once, half)}
    found = in_turn(measures, ROUNDS)
    times = found["1"] / found["2"]
    what = f"`run --contracts {MANY_CONTRACTS}`, two workers"
    power = growth((1, 2), (found["1"], found["2"]))
    ratio = f"{times:.2f} times as fast as one, which takes {found['1']:.1f} s; exponent over workers {power}"
    yield Row(what, f"{found['2']:.1f} s", ratio, "at least 1.8", times >= 1.8)
    what = f"two of `run --contracts {HALF_AS_MANY}` at once, one worker each"
    alone = f"{found['halves'] / found['half']:.2f} times one alone; 1 where each has a processor"
    yield Row(what, f"{found['halves']:.1f} s", alone)


def _twice_at_once(command: Sequence[str | Path]) -> float:
    """Return how long it takes until two processes of the same command, begun at once, have ended."""
    started = time.perf_counter()
    with ThreadPoolExecutor(2) as both:
        list(both.map(taken, [command] * 2))
    return time.perf_counter() - started


def _seconds(command: Sequence[str | Path]) -> float:
    return taken(command).seconds


SECTIONS: tuple[Callable[[], Iterator[Row]], ...] = (questions, a_thousand_policies, two_workers)
