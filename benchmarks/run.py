"""Measure the simulator against peers and limits, side by side in one run.

Whole processes where a user would wait for one. Writes benchmarks/results.md; exits with 1 if a
limit is not kept. `make benchmark` runs it.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
SCENARIO = ROOT / "scenarios" / "cambridgeshire-2010.toml"
PROGRAM = Path(sys.executable).with_name("cluster-risk")
REPEATS = 5
CONTRACTS = 10_000
GIBIBYTE = 2**30
A_THOUSAND = [
    "--vary=rules.surplus.practice_share=0.01:0.2:0.01",
    "--vary=rules.surplus.pct_return_share=0.3:0.39:0.01",
    "--vary=rules.bond.share_of_annual_budget=0.01:0.05:0.01",
]
"""20 x 10 x 5 policies."""


def seconds(command: list[str]) -> float:
    """Return how long a whole process takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def printed(command: list[str]) -> list[float]:
    """Return the numbers that a process prints."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return [float(word) for word in done.stdout.split()]


def alternating(*measures: Callable[[], float]) -> list[float]:
    """Return the median of each of several measures, taken in turn so that they share the weather."""
    rounds = [[measure() for measure in measures] for _ in range(REPEATS)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def peak_bytes(command: list[str]) -> int:
    """Return the largest proportional memory of a process and its children together (Linux)."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_bytes_of(pid) for pid in _family(process.pid)))
        time.sleep(0.02)
    return peak


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(member for child in children for member in _family(int(child)))]


def _bytes_of(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def episodes() -> float:
    """Return the expected cases of the whole scenario in all contracts, the base year included."""
    from simulator import load_scenario
    from simulator.simulation.plan import make_plan

    plan = make_plan(load_scenario(SCENARIO))
    counted = [price.totals is not None for price in plan.prices]
    return float(plan.expected_counts[..., counted].sum()) * CONTRACTS


def main() -> int:
    """Run every benchmark; return the exit code."""
    python = sys.executable
    run = [str(PROGRAM), "run", str(SCENARIO), "--contracts", str(CONTRACTS)]
    imports = [python, "-c", "import numpy, scipy, pandas, matplotlib"]
    with tempfile.TemporaryDirectory() as folder:
        write = [*run, "--out", f"{folder}/out", "--replace"]
        importing, running, writing, episode = alternating(
            lambda: seconds(imports),
            lambda: seconds(run),
            lambda: seconds(write),
            lambda: printed([python, str(HERE / "every_episode.py"), "1"])[0],
        )
    raw, drawing = alternating(*_drawing_measures(python))
    every_episode = episode * episodes()
    memory, much = (
        peak_bytes([str(PROGRAM), "run", str(SCENARIO), "--contracts", contracts])
        for contracts in ("100000", "1000000")
    )
    rows = [
        ("importing numpy, scipy, pandas and matplotlib, alone", f"{importing:.2f} s", "", ""),
        (
            "`cluster-risk run`, flagship, 10,000 contracts, whole process",
            f"{running:.2f} s",
            f"{running / importing:.2f} times importing",
            "at most 3",
        ),
        ("the same with `--out`", f"{writing:.2f} s", f"{writing / importing:.2f} times importing", ""),
        (
            "numpy, every episode: one cluster's admissions measured, scaled up to the "
            "whole scenario by its number of episodes",
            f"{every_episode:,.0f} s",
            f"{every_episode / running:,.0f} times `cluster-risk run`",
            "at least 100",
        ),
        ("raw gamma, Poisson and normal numbers, a total", f"{raw:.1f} ns", "", ""),
        ("drawing step, a total", f"{drawing:.1f} ns", f"{drawing / raw:.2f} times raw", "at most 0.7"),
        *(
            (
                f"peak memory, {contracts} contracts, all processes",
                f"{peak / 2**20:,.0f} MiB",
                f"{peak / GIBIBYTE:.2f} GiB",
                "under 1 GiB",
            )
            for contracts, peak in (("100,000", memory), ("1,000,000", much))
        ),
    ]
    kept = [running / importing <= 3, every_episode / running >= 100, drawing / raw <= 0.7, much < GIBIBYTE]
    for more_rows, more_kept in (_pairing(python), _policies(python)):
        rows += more_rows
        kept += more_kept
    rows += [*_questions(), *_a_thousand_policies(running)]
    report = _report(rows)
    (HERE / "results.md").write_text(report, encoding="utf-8")
    print(report)
    return 0 if all(kept) else 1


def _drawing_measures(python: str) -> list[Callable[[], float]]:
    """Return the two sides of one process, measured together in each round."""
    latest: list[float] = []

    def raw() -> float:
        latest[:] = printed([python, str(HERE / "drawing.py"), "1"])
        return latest[0]

    return [raw, lambda: latest[1]]


def _pairing(python: str) -> tuple[list[tuple[str, str, str, str]], list[bool]]:
    """Return the rows of policies that change demand, and whether their limits are kept."""
    correlation, overspend, bond, milliseconds, megabytes = printed([python, str(HERE / "pairing.py")])
    what = "true saving of 0.1% against none, no shocks, the worst cluster: "
    fresh = "variance of a difference of {}, on fresh draws over on the same"
    rows = [
        (f"{what}correlation of spend", f"{correlation:.7f}", "", "at least 0.995"),
        (what + fresh.format("expected overspend"), f"{overspend:,.0f} times", "", "at least 100"),
        (what + fresh.format("bonds at 95%"), f"{bond:,.0f} times", "", "at least 20"),
        (
            "making all tables of the flagship's totals",
            f"{milliseconds:.0f} ms",
            "",
            "about 150 ms idle",
        ),
        ("memory of those tables", f"{megabytes:.0f} MB", "", "under 50 MB"),
    ]
    return rows, [correlation >= 0.995, overspend >= 100, bond >= 20, megabytes < 50]


def _policies(python: str) -> tuple[list[tuple[str, str, str, str]], list[bool]]:
    """Return the rows of one more policy of rules, and whether their limits are kept."""
    simulation, copy, policy, in_a_sweep, pairing = printed([python, str(HERE / "policies.py")])
    rows = [
        ("a simulation of the flagship's 10,000 contracts, in one process", f"{simulation:.0f} ms", "", ""),
        ("copying the arrays that a policy of rules reads", f"{copy:.2f} ms", "", ""),
        (
            "one more policy of rules: settlement and every measure with its error",
            f"{policy:.1f} ms",
            f"{policy / simulation:.3f} simulations",
            "under 0.1",
        ),
        ("the same", "", f"{policy / copy:.1f} times copying", "under 20"),
        (
            "the same in a sweep: with its check, its plan and every paired difference",
            f"{in_a_sweep:.1f} ms",
            f"{in_a_sweep / simulation:.3f} simulations",
            "",
        ),
        (
            "variance of a difference (PCT payment, bonds of 4% for 3%): on fresh draws over on the same",
            f"{pairing:.0f} times",
            "",
            "at least 20",
        ),
    ]
    return rows, [policy / simulation < 0.1, policy / copy < 20, pairing >= 20]


def _a_thousand_policies(running: float) -> list[tuple[str, str, str, str]]:
    """Return the rows of a sweep of 1,000 policies, in one process and in two, once each."""
    rows = []
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            out = ["--workers", str(workers), "--out", f"{folder}/sweep.csv"]
            taken = seconds([str(PROGRAM), "sweep", str(SCENARIO), *A_THOUSAND, *out])
        processes = "one process" if workers == 1 else f"{workers} processes"
        what = f"`cluster-risk sweep`, 1,000 policies of rules, every measure, {processes}"
        ratio = f"{taken / running:.0f} times `cluster-risk run`, for 1,000 of them"
        rows.append((what, f"{taken:.1f} s", ratio, ""))
    return rows


def _questions() -> list[tuple[str, str, str, str]]:
    """Return the rows of what users ask, in processor time: other work on the machine hardly moves it."""
    click, program, flagship = [sys.executable, "-c", "import click"], str(PROGRAM), str(SCENARIO)
    with tempfile.TemporaryDirectory() as folder:
        report = ["--out", f"{folder}/report", "--format", "html,pdf,docx,xlsx", "--replace"]
        asked = {
            "--help": (["--help"], "import click", 1.5),
            "bond --cluster Granta": (["bond", flagship, "--cluster", "Granta"], "run", 1.7),
            "bond": (["bond", flagship], "run", 1.7),
            "luck": (["luck", flagship], "run", 1.7),
            "size": (["size", flagship], "run", 1.7),
            "explain": (["explain", flagship], "run", 1.7),
            "run --method exact": (["run", flagship, "--method", "exact"], "run", 3.0),
            "report": (["report", flagship, *report], "run", 4.0),
            "validate": (["validate"], "run", 8.0),
            "run --contracts 1000000": (["run", flagship, "--contracts", "1000000"], "50,000", 20.0),
        }
        against = {
            "import click": processor_seconds(click),
            "run": processor_seconds([program, "run", flagship]),
            "50,000": processor_seconds([program, "run", flagship, "--contracts", "50000"]),
        }
        rows = []
        for name, (arguments, other, most) in asked.items():
            taken = processor_seconds([program, *arguments])
            ratio = f"{taken / against[other]:.1f} times `{other}`"
            rows.append((f"`{name}`, processor time", f"{taken:.2f} s", ratio, f"at most {most:g}"))
        return rows


def processor_seconds(command: list[str]) -> float:
    """Return the processor time of a whole process and its children: the least of three."""
    found = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


def _report(rows: list[tuple[str, str, str, str]]) -> str:
    lines = [
        "# Benchmarks",
        "",
        f"Made by `make benchmark`: medians of {REPEATS} rounds taken in turn, {os.cpu_count()} processors, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}. Times differ from "
        "machine to machine; the ratios are what counts.",
        "",
        "| what | measured | ratio | limit |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
