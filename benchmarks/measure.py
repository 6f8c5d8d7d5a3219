"""Times and memory of whole processes, in rounds taken in turn."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCENARIO = ROOT / "scenarios" / "cambridgeshire-2010.toml"
PROGRAM = Path(sys.executable).with_name("cluster-risk")
# As a user has it: one thread a process, and modules compiled once.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["OMP_NUM_THREADS"] = "1"
LONGEST_SECONDS, MOST_GIBIBYTES = 60, 6
"""What a peer may take before it is stopped."""
_STOPPED = 124
"""The exit code of what was."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process took."""

    seconds: float  # by the clock
    processor: float  # its own and its children's
    printed: str = ""
    trouble: str = ""  # why it came to no end
    is_stopped: bool = False  # because it took too long


def taken(command: Sequence[str | Path], *, is_peer: bool = False) -> Taken:
    """Run a whole process; one of ours must come to its end, a peer is stopped where it takes too much."""
    words = [str(word) for word in command]
    if is_peer:
        kibibytes = MOST_GIBIBYTES * 2**20
        words = ["/bin/sh", "-c", f'ulimit -v {kibibytes}; exec timeout {LONGEST_SECONDS} "$@"', "sh", *words]
    before, started = _processor(), time.perf_counter()
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    seconds, processor = time.perf_counter() - started, _processor() - before
    trouble = ""
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        trouble = f"stopped after {LONGEST_SECONDS} s" if done.returncode == _STOPPED else last
        memory = ("MemoryError", "Unable to allocate", "cannot allocate", "bad_alloc")
        if any(one in done.stderr for one in memory):
            trouble = f"out of memory ({MOST_GIBIBYTES} GiB)"
        if not is_peer:
            raise RuntimeError(f"{' '.join(words)}: {last}")
    is_stopped = is_peer and done.returncode == _STOPPED
    return Taken(seconds, processor, done.stdout, trouble, is_stopped)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def printed(*command: str) -> list[float]:
    """Return the numbers that a script of this folder prints."""
    return [float(word) for word in taken([sys.executable, "-m", *command]).printed.split()]


def in_turn(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Return the median of each of several measures, taken in turn so that they share the weather."""
    found = [{name: measure() for name, measure in measures.items()} for _ in range(rounds)]
    return {name: statistics.median(one[name] for one in found) for name in measures}


def peak_bytes(command: Sequence[str | Path]) -> tuple[int, float]:
    """Return the largest proportional memory of a process and its children (Linux), and their time."""
    before = _processor()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([str(word) for word in command], env=ENVIRONMENT, cwd=ROOT, **quiet)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_bytes_of(pid) for pid in _family(process.pid)))
        time.sleep(0.05)
    if process.returncode:
        raise RuntimeError(f"{command}: exit code {process.returncode}")
    return peak, _processor() - before


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
