"""A test on demand: processes killed at random moments, N times (200 by default).

`python benchmarks/kills.py 200` runs a small scenario with two workers again and again, and kills a worker,
or each fifth time the command itself, which then goes on with --resume if it had finished any blocks. Exits
with 1 if any run hangs, loses a result, leaves half of one or writes other bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from simulator.random_streams import RandomStreams

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = ROOT / "scenarios" / "two-clusters.toml"
PROGRAM = Path(sys.executable).with_name("cluster-risk")
LONGEST_SECONDS = 120.0
CONTRACTS = "60000"


def started(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start a run of some seconds in a folder."""
    command = [
        PROGRAM,
        "run",
        SCENARIO,
        "--contracts",
        CONTRACTS,
        "--workers",
        "2",
        "--out",
        "result",
        "--replace",
        *more,
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=folder, start_new_session=True, **quiet)


def workers_of(parent: int) -> list[int]:
    """Return the processes that a process has started (Linux)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


def digest(folder: Path) -> str:
    """Return what tells one summary from another."""
    return hashlib.sha256((folder / "result" / "summary.csv").read_bytes()).hexdigest()


def problem_of(number: int, folder: Path, seconds: float, right: str) -> str:
    """Kill once at a random moment, and return what went wrong; nothing if nothing did."""
    shutil.rmtree(folder / "result", ignore_errors=True)
    process, kills_command = started(folder), number % 5 == 0
    chance = RandomStreams(number).generator("kill")
    time.sleep(chance.uniform(0.0, seconds))
    victims = [process.pid] if kills_command else workers_of(process.pid)
    if victims:
        try:
            os.kill(int(chance.choice(victims)), signal.SIGKILL)
        except ProcessLookupError:
            victims = []
    try:
        code = process.wait(LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return "hung"
    if kills_command and any(folder.glob(".result-unfinished-*/blocks/*.block")):
        code = started(folder, "--resume").wait(LONGEST_SECONDS)
        for left in folder.glob(".result-unfinished-*"):
            shutil.rmtree(left)
        kills_command = False
    stands = (folder / "result").exists()
    if not kills_command and (code != 0 or not stands):
        return f"lost: exit code {code}"
    if stands and not (folder / "result" / "manifest.json").exists():
        return "half a result"
    return "other bytes" if stands and digest(folder) != right else ""


def main() -> None:
    """Kill, and say what went wrong."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as name:
        folder, clock = Path(name), time.perf_counter()
        if started(folder).wait() != 0:
            sys.exit("the run fails without a kill")
        seconds, right = time.perf_counter() - clock, digest(folder)
        found = [one for number in range(count) if (one := problem_of(number, folder, seconds, right))]
    print(f"{count} kills, {len(found)} problems {sorted(set(found))}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
