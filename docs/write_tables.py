"""Write the generated parts of the documents. `make docs` runs it; a test compares them.

With --check nothing is written, and the exit code is 1 if anything would change.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from simulator.risk.measures import MEASURES, Kind

ROOT = Path(__file__).resolve().parents[1]
START, END = "<!-- flagship: made by docs/write_tables.py -->\n", "<!-- end of flagship -->"
ERRORS = {
    Kind.MEAN: "`_standard_error`",
    Kind.PROBABILITY: "`_low`, `_high`",
    Kind.QUANTILE: "`_low`, `_high`",
}


def readme() -> str:
    """Return the README with what the command prints on the flagship."""
    program = Path(sys.executable).with_name("cluster-risk")
    command = [program, "run", "scenarios/cambridgeshire-2010.toml"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")  # noqa: S603
    printed = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    after = rest.partition(END)[2]
    return f"{before}{START}\n```\n{printed}\n```\n\n{END}{after}"


def columns() -> str:
    """Return the list of the summary's columns."""
    rows = [
        f"| `{measure.name}` | {measure.meaning}{' (PCT only)' * measure.pct_only} | {ERRORS[measure.kind]} |"
        for measure in MEASURES
    ]
    return "\n".join(
        [
            "# Columns of summary.csv",
            "",
            "One row a cluster, then `PCT` for all clusters together. Amounts are pounds over the whole",
            "contract unless the name says otherwise. Beside each estimate stand its standard error, or the",
            "ends of its 95% interval. Made by `make docs` from the register of measures.",
            "",
            "| column | what it is | its error |",
            "|---|---|---|",
            "| `cluster` | name | |",
            "| `people` | registered list | exact |",
            *rows,
            "",
            "`{year}` is the number of the contract year, from 1. What is for the PCT only is empty",
            "for clusters.",
            "",
        ]
    )


def main() -> int:
    """Write or compare; return the exit code."""
    wanted = {ROOT / "README.md": readme(), ROOT / "docs" / "summary-columns.md": columns()}
    stale = [
        path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        print(f"out of date: {path.relative_to(ROOT)}")
        if "--check" not in sys.argv:
            path.write_text(wanted[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
