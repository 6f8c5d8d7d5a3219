"""Measure the simulator against peers and limits, side by side in one run: `make bench`.

Writes benchmarks/RESULTS.md when all is measured, never half of it, and exits with 1 if a bar is not kept.
With names, `python -m benchmarks.run drawing one_year`, it measures those alone and prints them.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import growing, limits, many_clusters, peers, questions
from benchmarks.table import Row, report

HERE = Path(__file__).parent
SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    section.__name__: section
    for part in (limits, many_clusters, questions, peers, growing)
    for section in part.SECTIONS
}


def main(names: list[str]) -> int:
    """Run every benchmark, or those named; return the exit code."""
    if unknown := [name for name in names if name not in SECTIONS]:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in names or SECTIONS:
        started = time.perf_counter()
        found = _measured(name)
        rows += found
        told = "".join(f"\n  {' | '.join(filter(None, row.cells))}" for row in found)
        print(f"{name}: {time.perf_counter() - started:.0f} s{told}", file=sys.stderr, flush=True)
    page = report(_head(), rows)
    print(page)
    if not names:
        unfinished = HERE / "RESULTS.md.unfinished"
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(HERE / "RESULTS.md")
    return 0 if all(row.kept is not False for row in rows) else 1


def _measured(name: str) -> list[Row]:
    """Return the rows of a part; one that says why, where it cannot be measured."""
    try:
        return list(SECTIONS[name]())
    except (ArithmeticError, LookupError, OSError, RuntimeError, ValueError) as trouble:
        return [Row(f"the part `{name}`", "could not be measured", " ".join(str(trouble).split()), "", False)]


def _head() -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        "Made by `make bench`: whole processes, medians of 3 to 5 rounds taken in turn (once where a row "
        f"says so), {os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python "
        f"{platform.python_version()}, load at the end {load} (of 1, 5 and 15 minutes). Times differ from "
        "machine to machine; the ratios are what counts."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
