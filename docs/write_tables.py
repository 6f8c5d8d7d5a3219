"""Write the generated parts of the documents. `make docs` runs it; a test compares them.

With --check nothing is written, and the exit code is 1 if anything would change.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from simulator import load_scenario, simulate
from simulator.charts.chart import Chart
from simulator.charts.register import draw
from simulator.risk.measures import MEASURES

ROOT = Path(__file__).resolve().parents[1]
MADE = "<!-- {}: made by docs/write_tables.py -->\n"
END = "<!-- end of {} -->"
FLAGSHIP = "scenarios/cambridgeshire-2010.toml"
CHARTS = {"overspend": None, "bond-cover": "Granta"}
"""Charts that the README shows, each with its cluster."""
ROWS = {"every": "", "clusters": " (clusters only)", "together": " (all together only)"}


def readme() -> str:
    """Return the README with what the commands print on the flagship."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = _with_block(text, "flagship", f"```\n{_printed('run', FLAGSHIP)}\n```")
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "scenarios/regimes").glob("*.toml"))
    few = ("--contracts", "2000", *(word for file in files for word in ("--with", file)))
    compared = _printed("compare", FLAGSHIP, *few)
    table = compared[compared.index("What has each party") : compared.index("Positions are means")].strip()
    text = _with_block(text, "regimes", f"```\n{table}\n```")
    pictures = [f"![{chart.alt}](docs/{chart.name}.svg)" for chart in charts()]
    return _with_block(text, "charts", "\n\n".join(pictures))


def _printed(*arguments: str) -> str:
    """Return what a command prints, as wide as where no terminal says how wide it is."""
    program, wide = Path(sys.executable).with_name("cluster-risk"), os.environ | {"COLUMNS": "100"}
    done = subprocess.run(  # noqa: S603
        [program, *arguments], cwd=ROOT, env=wide, check=True, capture_output=True, encoding="utf-8"
    )
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def _with_block(text: str, name: str, block: str) -> str:
    start, end = MADE.format(name), END.format(name)
    before, _, rest = text.partition(start)
    return f"{before}{start}\n{block}\n\n{end}{rest.partition(end)[2]}"


@cache
def charts() -> list[Chart]:
    """Return the charts that the README shows, of the flagship."""
    result = simulate(load_scenario(ROOT / FLAGSHIP))
    return [draw(result, name, cluster) for name, cluster in CHARTS.items()]


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
    wanted = {ROOT / "README.md": readme(), ROOT / "docs" / "summary-columns.md": columns()}
    if "--check" not in sys.argv:
        # Their numbers stand in the README's text, which is compared; lines may differ in their last digits.
        for chart in charts():
            (ROOT / "docs" / f"{chart.name}.svg").write_bytes(chart.rendered("svg", outlined=True))
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
