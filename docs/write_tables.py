"""Write the list of the summary's columns. `make docs` runs it; a test compares them.

With --check nothing is written, and the exit code is 1 if anything would change.
"""

from __future__ import annotations

import sys
from pathlib import Path

from simulator.risk.measures import MEASURES

ROOT = Path(__file__).resolve().parents[1]
ROWS = {"every": "", "clusters": " (clusters only)", "together": " (all together only)"}


def columns() -> str:
    """Return the list of the summary's columns."""
    rows = [
        f"| `{measure.name}` | {measure.heading.replace('{year}', 'of the year').strip()} "
        f"| {measure.meaning}{ROWS[measure.rows]} "
        f"| {', '.join(f'`_{end}`' for end in measure.estimator.ends)} |"
        for measure in MEASURES
    ]
    return "\n".join(
        [
            "# Columns of summary.csv",
            "",
            "One row a cluster, then `All clusters together`. Amounts are pounds over the whole "
            "contract unless",
            "the name says otherwise. Beside each estimate stand its standard error, or the ends of its 95%",
            "interval. Every table, chart and document uses these definitions and headings. Made by",
            "`make docs` from the register of measures.",
            "",
            "| column | heading | what it is | its error |",
            "|---|---|---|---|",
            "| `cluster` | cluster | name | |",
            "| `pct` | PCT | its PCT; only in a scenario of several, where each has a row under its name | |",
            "| `people` | people | registered list | exact |",
            *rows,
            "",
            "`{year}` is the number of the contract year, from 1. A measure without meaning for a "
            "row is empty",
            "there: bonds of a cluster that posts none, quantiles from too few contracts.",
            "",
        ]
    )


def main() -> int:
    """Write or compare; return the exit code."""
    wanted = {ROOT / "docs" / "summary-columns.md": columns()}
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
